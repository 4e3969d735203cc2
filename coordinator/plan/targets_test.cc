#include "coordinator/plan/targets.h"

#include <cmath>
#include <string>

#include "coordinator/plan/testing/plan_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::HasSubstr;

v1::Task Age(v1::Missing missing = v1::MISSING_REFUSE) {
  v1::Task task;
  task.mutable_regression()->set_target("age");
  task.mutable_regression()->set_missing(missing);
  return task;
}

v1::Task Outcome(v1::Missing missing = v1::MISSING_REFUSE) {
  v1::Task task;
  v1::Classification& outcome = *task.mutable_classification();
  outcome.set_target("outcome");
  outcome.add_classes("normal");
  outcome.add_classes("adverse");
  outcome.set_missing(missing);
  return task;
}

Samples WithOutcomes(const std::vector<std::string>& outcomes) {
  Samples samples;
  for (size_t i = 0; i < outcomes.size(); ++i) {
    samples.push_back(MakeSample(absl::StrCat("s", i), static_cast<double>(i)));
    samples.back().set_line(static_cast<uint32_t>(i + 2));
    (*samples.back().mutable_texts())["outcome"] = outcomes[i];
  }
  return samples;
}

std::string FaultsOf(const Samples& samples, const v1::Task& task) {
  const absl::Status status = CheckTargets(MakeSpec(2), samples, task);
  if (!status.ok()) {
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  }
  return std::string(status.message());
}

TEST(TargetsTest, ThatDoNotVaryAreRefused) {
  Samples samples = WithOutcomes({"normal", "normal", "normal"});
  EXPECT_EQ(FaultsOf(samples, Age()), "");
  EXPECT_THAT(FaultsOf(samples, Outcome()), HasSubstr("target 'outcome' is normal in all 3"));
  for (v1::Sample& sample : samples) (*sample.mutable_numbers())["age"] = 4;
  EXPECT_THAT(FaultsOf(samples, Age()), HasSubstr("target 'age' is 4 in all 3 samples"));
}

TEST(TargetsTest, AClassThatIsNotNamedIsToldWithItsLine) {
  EXPECT_EQ(FaultsOf(WithOutcomes({"normal", "adverse"}), Outcome()), "");
  EXPECT_THAT(FaultsOf(WithOutcomes({"normal", "averse", "adverse"}), Outcome()),
              HasSubstr("participants.csv:3 (infants/s1/1): column 'outcome' is 'averse', which is "
                        "none of the classes normal, adverse"));
  EXPECT_THAT(FaultsOf(WithOutcomes({"normal", "Adverse", "adverse"}), Outcome()),
              HasSubstr("is 'Adverse', which looks like class 'adverse' but is another text"));
}

TEST(TargetsTest, WhatIsMissingIsRefusedOrMasked) {
  Samples samples = WithOutcomes({"normal", "n/a", "adverse", ""});
  EXPECT_THAT(FaultsOf(samples, Outcome()),
              HasSubstr("participants.csv:3 (infants/s1/1): has no class in column 'outcome'"));
  EXPECT_EQ(FaultsOf(samples, Outcome(v1::MISSING_MASK)), "");
  samples[2].clear_numbers();
  EXPECT_THAT(FaultsOf(samples, Age()),
              HasSubstr("participants.csv:4 (infants/s2/1): has no number in column 'age'"));
  EXPECT_EQ(FaultsOf(samples, Age(v1::MISSING_MASK)), "");
  // Values that are not missing are still checked.
  (*samples[2].mutable_numbers())["age"] = INFINITY;
  EXPECT_THAT(FaultsOf(samples, Age(v1::MISSING_MASK)), HasSubstr("column 'age' is inf"));
  EXPECT_THAT(FaultsOf(WithOutcomes({"n/a", "n/a"}), Outcome(v1::MISSING_MASK)),
              HasSubstr("is known of no sample"));
}

TEST(TargetsTest, OutsideOfTheBinsIsRefused) {
  v1::Task task;
  v1::SoftLabels& bins = *task.mutable_soft_labels();
  bins.set_target("age");
  bins.set_from(0);
  bins.set_to(2);
  EXPECT_EQ(FaultsOf(WithOutcomes({"a", "b", "c"}), task), "");  // 0, 1, 2
  EXPECT_THAT(FaultsOf(WithOutcomes({"a", "b", "c", "d"}), task),
              HasSubstr("participants.csv:5 (infants/s3/1): column 'age' is 3, outside of the bins "
                        "from 0 to 2"));
}

TEST(TargetsTest, ImagesNeedNone) {
  v1::Task task;
  task.mutable_reconstruction();
  EXPECT_EQ(FaultsOf(WithOutcomes({"a", "a"}), task), "");
}

}  // namespace
}  // namespace gyrus
