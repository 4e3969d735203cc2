#include "coordinator/plan/external.h"

#include <set>
#include <string>

#include "coordinator/plan/make_plan.h"
#include "coordinator/plan/proof.h"
#include "coordinator/plan/testing/plan_fixture.h"
#include "coordinator/plan/trials.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::HasSubstr;

// Infants that folds are made of, and a clinic's, that are only predicted.
class ExternalTest : public testing::Test {
 protected:
  ExternalTest() {
    v1::Cohort& cohort = *spec_.add_cohorts();
    cohort.set_name("clinic");
    cohort.set_manifest("clinic.csv");
    spec_.mutable_evaluate()->add_external("clinic");
    clinic_.set_cohort("clinic");
    clinic_.set_digest(Sha256Of("clinic"));
    for (v1::Sample& sample : *clinic_.mutable_samples()) {
      const std::string subject = sample.subject_key().substr(sample.subject_key().find('/') + 1);
      sample.set_subject_key("clinic/" + subject);
      sample.set_id("clinic/" + subject + "/1");
      for (v1::Image& image : *sample.mutable_images()) {
        image.set_voxel_digest(Sha256Of("clinic" + image.path()));
      }
    }
  }

  absl::StatusOr<v1::Plan> Plan() const {
    return MakePlan(spec_, std::vector{infants_, clinic_}, FakeNetworkCost);
  }
  void ExpectRefused(absl::StatusCode code, const std::string& message) const {
    const absl::Status status = Plan().status();
    EXPECT_EQ(status.code(), code) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(message));
  }

  v1::ExperimentSpec spec_ = MakeSpec(2);
  v1::SampleTable infants_ = MakeTable(6);
  v1::SampleTable clinic_ = MakeTable(3);
};

TEST_F(ExternalTest, NoFoldHasThemAndEveryTrialPredictsAll) {
  const auto plan = Plan();
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->samples_size(), 6);
  ASSERT_EQ(plan->external_size(), 3);
  EXPECT_THAT(plan->external(0).DebugString(), testing::Not(HasSubstr(".nii")));
  EXPECT_EQ(plan->table_digests_size(), 2);
  for (const std::string& id : TrialIds(*plan)) {
    const auto trial = SpecOfTrial(*plan, "e", id);
    ASSERT_TRUE(trial.ok()) << trial.status();
    ASSERT_EQ(trial->external_items_size(), 3);
    EXPECT_EQ(trial->external_items(2).id(), "clinic/s02/1");
    EXPECT_EQ(trial->external_items(2).target(), 2);
    const v1::GrantBody grant = MakeGrantBody(*trial, 1, plan->table_digests());
    int purposes = 0;
    for (const v1::Permit& permit : grant.permits()) {
      purposes += permit.purpose() == v1::PURPOSE_EXTERNAL;
      for (const std::string& item : permit.items()) {
        EXPECT_EQ(item.starts_with("clinic/"), permit.purpose() == v1::PURPOSE_EXTERNAL) << item;
      }
    }
    EXPECT_EQ(purposes, 1);
  }
}

TEST_F(ExternalTest, TheSplitOfTheOthersStaysAsItWas) {
  const auto with = Plan();
  spec_.mutable_evaluate()->clear_external();
  spec_.mutable_cohorts()->RemoveLast();
  const auto without = MakePlan(spec_, std::vector{infants_}, FakeNetworkCost);
  ASSERT_TRUE(with.ok() && without.ok());
  ASSERT_EQ(with->folds_size(), without->folds_size());
  for (int i = 0; i < with->folds_size(); ++i) {
    EXPECT_EQ(with->folds(i).DebugString(), without->folds(i).DebugString());
  }
  EXPECT_NE(with->split_hash(), without->split_hash());  // It names them too.
}

TEST_F(ExternalTest, ATargetMayBeMissingAndAllMayBeTheSame) {
  for (v1::Sample& sample : *clinic_.mutable_samples()) (*sample.mutable_numbers())["age"] = 4;
  clinic_.mutable_samples(1)->mutable_numbers()->clear();
  const auto plan = Plan();
  ASSERT_TRUE(plan.ok()) << plan.status();
  const auto trial = SpecOfTrial(*plan, "e", TrialIds(*plan)[0]);
  EXPECT_TRUE(trial->external_items(0).has_target());
  EXPECT_FALSE(trial->external_items(1).has_target());
}

TEST_F(ExternalTest, WhatANetworkCannotSeeOrBeJudgedByIsRefusedByLine) {
  const v1::SampleTable fit = clinic_;
  clinic_.mutable_samples(1)->set_line(7);
  clinic_.mutable_samples(1)->mutable_images(0)->set_shape(2, 25);
  ExpectRefused(absl::StatusCode::kInvalidArgument,
                "evaluate.external: arm 'T1w': clinic.csv:7 (clinic/s01/1) T1w: comes out of the "
                "recipe as 1x20x22x25");
  clinic_.mutable_samples(1)->clear_images();
  ExpectRefused(absl::StatusCode::kDataLoss, "has no image for channel 'T1w'");
  clinic_ = fit;
  (*clinic_.mutable_samples(0)->mutable_numbers())["age"] = 1.0 / 0.0;
  ExpectRefused(absl::StatusCode::kDataLoss, "column 'age' is inf; it must be a finite number");
}

TEST_F(ExternalTest, AnImageThatIsTrainedOnIsNotExternal) {
  clinic_.mutable_samples(0)->mutable_images(1)->set_voxel_digest(
      infants_.samples(5).images(1).voxel_digest());
  ExpectRefused(absl::StatusCode::kDataLoss, "have the same voxels but are two subjects");
}

// No key and no image says that they are the same people.
TEST_F(ExternalTest, SubjectsOfOneNameAreWarnedOf) {
  EXPECT_THAT(Plan()->warnings(), testing::Contains(HasSubstr(
                                      "3 subjects of evaluate.external are called as one that is "
                                      "trained on (s00, ...)")));
  for (v1::Sample& sample : *clinic_.mutable_samples()) {
    sample.set_subject_key(sample.subject_key() + "c");
  }
  EXPECT_THAT(Plan()->warnings(),
              testing::Not(testing::Contains(HasSubstr("are called as one that is trained on"))));
}

TEST_F(ExternalTest, WithoutASampleToTrainOnThereIsNoPlan) {
  spec_.mutable_evaluate()->add_external("infants");
  ExpectRefused(absl::StatusCode::kDataLoss, "the cohorts hold no sample");
}

TEST_F(ExternalTest, StagesBeforeTheFoldsDoNotTrainOnThem) {
  spec_.add_stages()->set_name("pretrain");
  spec_.add_stages()->set_name("finetune");
  const auto plan = Plan();
  ASSERT_TRUE(plan.ok()) << plan.status();
  ASSERT_EQ(plan->earlier_size(), 1);
  for (const v1::Sample& sample : plan->earlier(0).plan().samples()) {
    EXPECT_TRUE(sample.id().starts_with("infants/")) << sample.id();
  }
  EXPECT_EQ(plan->external_size(), 3);
  for (const PlannedTrial& planned : TrialsOf(*plan)) {
    const auto trial = SpecOfTrial(*plan, "e", planned.id);
    ASSERT_TRUE(trial.ok()) << trial.status();
    EXPECT_EQ(trial->external_items_size(), planned.stage == "finetune" ? 3 : 0);
  }
}

TEST_F(ExternalTest, TheProofFindsThemInAnyTraining) {
  spec_.add_stages()->set_name("pretrain");
  spec_.add_stages()->set_name("finetune");
  const auto plan = Plan();
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_TRUE(ProveExternalApart(*plan).ok());
  const auto expect_found = [](const v1::Plan& leaky, const std::string& what) {
    const absl::Status status = ProveExternalApart(leaky);
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_THAT(std::string(status.message()), HasSubstr(what));
  };
  v1::Plan same = *plan;
  same.mutable_external(0)->set_subject_key(plan->samples(3).subject_key());
  expect_found(same, "subject infants/s03 of infants/s03/1 is of the external clinic/s00/1");
  v1::Plan image = *plan;
  image.mutable_external(2)->mutable_images(0)->set_voxel_digest(
      plan->samples(4).images(1).voxel_digest());
  expect_found(image, "image with voxel digest");
  v1::Plan family = *plan;
  family.mutable_external(1)->set_family_key("f");
  family.mutable_earlier(0)->mutable_plan()->mutable_samples(2)->set_family_key("f");
  expect_found(family, "family f of infants/s02/1");
}

}  // namespace
}  // namespace gyrus
