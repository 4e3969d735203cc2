#include "coordinator/plan/stage_plans.h"

#include <set>
#include <string>
#include <vector>

#include "coordinator/plan/make_plan.h"
#include "coordinator/plan/proof.h"
#include "coordinator/plan/testing/plan_fixture.h"
#include "coordinator/plan/trials.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Adults, by another name and with other images than the infants.
v1::SampleTable Adults(int subjects) {
  v1::SampleTable table = MakeTable(subjects);
  table.set_cohort("adults");
  table.set_digest(Sha256Of("adults"));
  for (v1::Sample& sample : *table.mutable_samples()) {
    const std::string subject = sample.subject_key().substr(sample.subject_key().find('/') + 1);
    sample.set_subject_key("adults/" + subject);
    sample.set_id("adults/" + subject + "/1");
    for (v1::Image& image : *sample.mutable_images()) {
      image.set_voxel_digest(Sha256Of("adult" + image.path()));
    }
  }
  return table;
}

// Pretraining on `first`, then two folds of infants; arms with it and without.
v1::ExperimentSpec TwoStages(const std::vector<std::string>& first) {
  v1::ExperimentSpec spec = MakeSpec(2);
  spec.add_cohorts()->set_name("adults");
  v1::Stage& pretrain = *spec.add_stages();
  pretrain.set_name("pretrain");
  for (const std::string& cohort : first) pretrain.add_cohorts(cohort);
  pretrain.mutable_train()->set_epochs(9);
  v1::Stage& finetune = *spec.add_stages();
  finetune.set_name("finetune");
  finetune.add_cohorts("infants");
  *spec.add_arms() = spec.arms(0);
  spec.mutable_arms(1)->set_name("scratch");
  spec.mutable_arms(1)->mutable_init()->mutable_random();
  return spec;
}

v1::Plan PlanOf(const v1::ExperimentSpec& spec) {
  const auto plan = MakePlan(spec, std::vector{MakeTable(6), Adults(5)}, FakeNetworkCost);
  EXPECT_TRUE(plan.ok()) << plan.status();
  return plan.value_or(v1::Plan());
}

TEST(StagePlansTest, ATrainingOnOthersIsDoneOnceForAllFolds) {
  const v1::Plan plan = PlanOf(TwoStages({"adults"}));
  EXPECT_THAT(TrialIds(plan), ElementsAre("T1w/pretrain/r0/f0/s7", "T1w/finetune/r0/f0/s7",
                                          "scratch/finetune/r0/f0/s7", "T1w/finetune/r0/f1/s7",
                                          "scratch/finetune/r0/f1/s7"));
  const std::vector<PlannedTrial> trials = TrialsOf(plan);
  EXPECT_EQ(trials[0].parent, "");
  EXPECT_EQ(trials[1].parent, "T1w/pretrain/r0/f0/s7");
  EXPECT_EQ(trials[2].parent, "");
  EXPECT_EQ(trials[3].parent, "T1w/pretrain/r0/f0/s7");
  const auto pretrain = SpecOfTrial(plan, "e", trials[0].id);
  EXPECT_EQ(pretrain->train().epochs(), 9);
  EXPECT_EQ(pretrain->train_items_size(), 5);
  EXPECT_EQ(pretrain->test_items_size(), 0);
  EXPECT_EQ(pretrain->train_items(0).id(), "adults/s00/1");
  EXPECT_EQ(SpecOfTrial(plan, "e", trials[1].id)->train().epochs(), 3);
  EXPECT_THAT(trials[0].plan->table_digests(), ElementsAre(Sha256Of("adults")));
  EXPECT_THAT(trials[1].plan->table_digests(), ElementsAre(Sha256Of("table")));
}

TEST(StagePlansTest, ATrainingOnTheSamePeopleIsDoneForEachFoldWithoutThoseHeldOut) {
  v1::ExperimentSpec spec = TwoStages({"adults", "infants"});
  spec.mutable_split()->mutable_validation()->set_fraction(0.34);
  const v1::Plan plan = PlanOf(spec);
  ASSERT_EQ(plan.earlier_size(), 1);
  const v1::Plan& earlier = plan.earlier(0).plan();
  ASSERT_EQ(earlier.folds_size(), 2);
  for (int f = 0; f < 2; ++f) {
    std::set<std::string> held_out;
    for (const uint32_t i : plan.folds(f).test()) held_out.insert(plan.samples(i).id());
    for (const uint32_t i : plan.folds(f).validation()) held_out.insert(plan.samples(i).id());
    size_t used = 0;
    for (const auto* part : {&earlier.folds(f).train(), &earlier.folds(f).validation()}) {
      for (const uint32_t i : *part) {
        EXPECT_FALSE(held_out.contains(earlier.samples(i).id())) << earlier.samples(i).id();
        ++used;
      }
    }
    EXPECT_EQ(used, 11 - held_out.size());
    EXPECT_FALSE(earlier.folds(f).validation().empty());
  }
  const std::vector<PlannedTrial> trials = TrialsOf(plan);
  EXPECT_EQ(trials[2].id, "T1w/finetune/r0/f0/s7");
  EXPECT_EQ(trials[2].parent, "T1w/pretrain/r0/f0/s7");
  EXPECT_EQ(trials[4].parent, "T1w/pretrain/r0/f1/s7");
}

TEST(StagePlansTest, TwinsUnderAnotherNameAreFoundInBothStages) {
  v1::SampleTable adults = Adults(5);
  const v1::SampleTable infants = MakeTable(6);
  adults.mutable_samples(1)->mutable_images(0)->set_voxel_digest(
      infants.samples(2).images(0).voxel_digest());
  const auto plan = MakePlan(TwoStages({"adults"}), std::vector{infants, adults}, FakeNetworkCost);
  EXPECT_THAT(std::string(plan.status().message()), HasSubstr("have the same voxels"));
}

TEST(StagePlansTest, TheProofFindsWhatAFoldHoldsOut) {
  v1::Plan plan = PlanOf(TwoStages({"adults", "infants"}));
  EXPECT_TRUE(ProveStagesApart(plan).ok());
  v1::Plan& earlier = *plan.mutable_earlier(0)->mutable_plan();
  v1::Fold& fold = *earlier.mutable_folds(0);
  const std::string& tested = plan.samples(plan.folds(0).test(0)).id();
  for (int i = 0; i < earlier.samples_size(); ++i) {
    if (earlier.samples(i).id() == tested) fold.add_train(i);
  }
  EXPECT_EQ(ProveStagesApart(plan).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(ProveStagesApart(plan).message()), HasSubstr(tested));
}

TEST(StagePlansTest, ArmsThatWouldTrainTheSameShareIt) {
  v1::ExperimentSpec spec = TwoStages({"adults"});
  *spec.add_arms() = spec.arms(0);
  spec.mutable_arms(2)->set_name("slow");
  *spec.mutable_arms(2)->mutable_train() = spec.train();
  spec.mutable_arms(2)->mutable_train()->set_epochs(1);
  *spec.add_arms() = spec.arms(0);
  spec.mutable_arms(3)->set_name("T2w");
  spec.mutable_arms(3)->set_channels(0, "T2w");
  const v1::Plan plan = PlanOf(spec);
  const v1::StagePlan& stage = plan.earlier(0);
  ASSERT_EQ(stage.plan().arms_size(), 2);
  EXPECT_EQ(stage.arms().at("slow"), "T1w");
  EXPECT_EQ(stage.arms().at("T2w"), "T2w");
  EXPECT_FALSE(stage.arms().contains("scratch"));
}

TEST(StagePlansTest, ArmsThatGoOnFromOthersShareNothing) {
  v1::ExperimentSpec spec = TwoStages({"adults"});
  *spec.add_arms() = spec.arms(0);
  spec.mutable_arms(2)->set_name("T2w");
  spec.mutable_arms(2)->set_channels(0, "T2w");
  // In between both see T1w, and would train the same but for where they are from.
  v1::Stage between = spec.stages(0);
  between.set_name("between");
  between.add_channels("T1w");
  const v1::Stage last = spec.stages(1);
  *spec.mutable_stages(1) = between;
  *spec.add_stages() = last;
  const v1::Plan plan = PlanOf(spec);
  ASSERT_EQ(plan.earlier_size(), 2);
  EXPECT_EQ(plan.earlier(1).arms().at("T2w"), "T2w");
  for (const PlannedTrial& trial : TrialsOf(plan)) {
    if (trial.id != "T2w/between/r0/f0/s7") continue;
    EXPECT_EQ(trial.parent, "T2w/pretrain/r0/f0/s7");
  }
}

}  // namespace
}  // namespace gyrus
