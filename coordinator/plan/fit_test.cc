#include "coordinator/plan/fit.h"

#include <string>
#include <vector>

#include "coordinator/plan/make_plan.h"
#include "coordinator/plan/testing/plan_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::Contains;
using testing::DoubleEq;
using testing::ElementsAre;
using testing::HasSubstr;

// Eight subjects, the last two of them adverse; folds by lot.
v1::ExperimentSpec OutcomeSpec() {
  v1::ExperimentSpec spec = MakeSpec(2);
  spec.mutable_task()->clear_regression();
  v1::Classification& outcome = *spec.mutable_task()->mutable_classification();
  outcome.set_target("outcome");
  outcome.add_classes("normal");
  outcome.add_classes("adverse");
  outcome.mutable_weights()->set_fit(v1::CLASS_WEIGHT_FIT_BALANCED);
  spec.mutable_split()->mutable_kfold()->set_stratify("outcome");
  return spec;
}

v1::SampleTable OutcomeTable(int adverse) {
  v1::SampleTable table = MakeTable(8);
  for (int i = 0; i < 8; ++i) {
    (*table.mutable_samples(i)->mutable_texts())["outcome"] =
        i >= 8 - adverse ? "adverse" : "normal";
  }
  return table;
}

TEST(FitTest, BalancedWeightsAreInverseToTheClassesPartOfTheTrainingItems) {
  const auto plan = MakePlan(OutcomeSpec(), std::vector{OutcomeTable(2)}, FakeNetworkCost);
  ASSERT_TRUE(plan.ok()) << plan.status();
  for (const PlannedTrial& trial : TrialsOf(*plan)) {
    const auto spec = SpecOfTrial(*plan, "e", trial.id);
    // Stratified: each half has three normal and one adverse.
    EXPECT_THAT(spec->class_weights(), ElementsAre(DoubleEq(4 / (2 * 3.0)), DoubleEq(4 / 2.0)));
    std::vector<double> targets;
    for (const v1::Item& item : spec->train_items()) targets.push_back(item.target());
    EXPECT_EQ(std::count(targets.begin(), targets.end(), 1.0), 1);
  }
}

TEST(FitTest, WeightsMayBeGiven) {
  v1::ExperimentSpec spec = OutcomeSpec();
  v1::ClassWeights& weights = *spec.mutable_task()->mutable_classification()->mutable_weights();
  weights.clear_fit();
  weights.add_of(1);
  weights.add_of(5);
  const auto plan = MakePlan(spec, std::vector{OutcomeTable(2)}, FakeNetworkCost);
  EXPECT_THAT(SpecOfTrial(*plan, "e", TrialIds(*plan)[0])->class_weights(), ElementsAre(1, 5));
}

TEST(FitTest, ATrainingPartOfOneClassIsRefusedAndATestPartWarnedOf) {
  // The one adverse subject is in one half: there it is tested, and the other
  // half is trained on without it.
  const auto plan = MakePlan(OutcomeSpec(), std::vector{OutcomeTable(1)}, FakeNetworkCost);
  EXPECT_EQ(plan.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(plan.status().message()),
              testing::ContainsRegex("arm 'T1w': the training part of repeat 0 fold [01] has no "
                                     "item of class 'adverse'"));
  v1::ExperimentSpec spec = OutcomeSpec();
  spec.mutable_split()->mutable_kfold()->set_k(4);
  const auto quarters = MakePlan(spec, std::vector{OutcomeTable(2)}, FakeNetworkCost);
  ASSERT_TRUE(quarters.ok()) << quarters.status();
  EXPECT_THAT(quarters->warnings(), Contains(HasSubstr("tests no item of class adverse")));
}

TEST(FitTest, CovariatesAreScaledByTheTrainingPartAlone) {
  v1::ExperimentSpec spec = MakeSpec(2);
  spec.mutable_model()->mutable_resnet3d()->mutable_film()->add_columns("icv");
  v1::SampleTable table = MakeTable(8);
  for (int i = 0; i < 8; ++i) (*table.mutable_samples(i)->mutable_numbers())["icv"] = 10 * i;
  const auto plan = MakePlan(spec, std::vector{table}, FakeNetworkCost);
  ASSERT_TRUE(plan.ok()) << plan.status();
  const auto trial = SpecOfTrial(*plan, "e", TrialIds(*plan)[0]);
  ASSERT_EQ(trial->covariate_means_size(), 1);
  double sum = 0, squares = 0;
  for (const v1::Item& item : trial->train_items()) {
    sum += item.covariates(0);
    squares += item.covariates(0) * item.covariates(0);
    EXPECT_NEAR(item.covariates(0) * trial->covariate_sds(0) + trial->covariate_means(0),
                10 * item.target(), 1e-9);
  }
  EXPECT_NEAR(sum, 0, 1e-9);
  EXPECT_NEAR(squares, 4, 1e-9);
  const v1::Item& tested = trial->test_items(0);
  EXPECT_NEAR(tested.covariates(0) * trial->covariate_sds(0) + trial->covariate_means(0),
              10 * tested.target(), 1e-9);
  for (int i = 0; i < 8; ++i) (*table.mutable_samples(i)->mutable_numbers())["icv"] = 3;
  EXPECT_THAT(
      std::string(MakePlan(spec, std::vector{table}, FakeNetworkCost).status().message()),
      HasSubstr("covariate 'icv' has one value in the 4 training items of repeat 0 fold 0"));
}

TEST(FitTest, LabelImagesAreReadAfterTheChannels) {
  v1::ExperimentSpec spec = MakeSpec(2);
  spec.mutable_recipe()->add_labels("T2w");
  const auto plan = MakePlan(spec, std::vector{MakeTable(8)}, FakeNetworkCost);
  ASSERT_TRUE(plan.ok()) << plan.status();
  const auto trial = SpecOfTrial(*plan, "e", TrialIds(*plan)[0]);
  EXPECT_THAT(trial->channels(), ElementsAre("T1w"));
  EXPECT_THAT(MakeGrantBody(*trial, 1, plan->table_digests()).channels(),
              ElementsAre("T1w", "T2w"));
}

}  // namespace
}  // namespace gyrus
