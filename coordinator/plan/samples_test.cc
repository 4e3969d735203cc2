#include "coordinator/plan/samples.h"

#include <cmath>

#include "common/reason/reason.h"
#include "coordinator/plan/refusal.h"
#include "coordinator/plan/testing/plan_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::HasSubstr;

std::string Message(const absl::Status& status) { return std::string(status.message()); }

Samples Ages(std::vector<double> ages) {
  Samples samples;
  for (size_t i = 0; i < ages.size(); ++i) {
    samples.push_back(MakeSample(absl::StrCat("s", i), ages[i]));
    samples.back().set_line(static_cast<uint32_t>(i) + 2);
  }
  return samples;
}

TEST(SamplesTest, AreInCanonicalOrderWhateverTheirTables) {
  v1::SampleTable first = MakeTable(3);
  v1::SampleTable second;
  *second.add_samples() = MakeSample("s000", 5);
  const auto samples = MergeTables(MakeSpec(2), std::vector{first, second});
  ASSERT_TRUE(samples.ok()) << samples.status();
  std::vector<std::string> ids;
  for (const v1::Sample& sample : *samples) ids.push_back(sample.id());
  EXPECT_THAT(ids, testing::ElementsAre("infants/s00/1", "infants/s000/1", "infants/s01/1",
                                        "infants/s02/1"));
}

TEST(SamplesTest, WhatALoaderMustNotLeaveOutIsRefused) {
  const auto merge = [](auto change) {
    v1::SampleTable table = MakeTable(3);
    change(table);
    return MergeTables(MakeSpec(2), std::vector{table}).status();
  };
  EXPECT_EQ(merge([](auto&) {}).code(), absl::StatusCode::kOk);
  const absl::Status twice = merge([](auto& t) { *t.add_samples() = t.samples(0); });
  EXPECT_EQ(twice.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(Message(twice), HasSubstr("participants.csv:2 (infants/s00/1) and "));
  EXPECT_EQ(merge([](auto& t) { t.clear_samples(); }).code(), absl::StatusCode::kDataLoss);
  EXPECT_FALSE(merge([](auto& t) { t.mutable_samples(1)->clear_subject_key(); }).ok());
  EXPECT_FALSE(
      merge([](auto& t) { t.mutable_samples(1)->mutable_images(0)->clear_voxel_digest(); }).ok());
}

TEST(DuplicatesTest, TwoSubjectsWithTheSameVoxelsAreRefusedByLineAndFile) {
  Samples samples = Ages({1, 2, 3});
  ASSERT_TRUE(CheckNoDuplicates(MakeSpec(2), samples).ok());
  samples[2].mutable_images(1)->set_voxel_digest(samples[0].images(1).voxel_digest());
  const absl::Status status = CheckNoDuplicates(MakeSpec(2), samples);
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(Message(status),
              HasSubstr("participants.csv:2 (infants/s0/1) T2w s0_1_T2w.nii.gz and "
                        "participants.csv:4 (infants/s2/1) T2w s2_1_T2w.nii.gz have the same"));
}

TEST(DuplicatesTest, VisitsOfOneSubjectMayBeTwins) {
  Samples samples = {MakeSample("s0", 1, 1), MakeSample("s0", 2, 2)};
  samples[1].mutable_images(0)->set_voxel_digest(samples[0].images(0).voxel_digest());
  EXPECT_TRUE(CheckNoDuplicates(MakeSpec(2), samples).ok());
}

TEST(DuplicatesTest, LabelsOfTwoSubjectsMayBeTheSame) {
  v1::ExperimentSpec spec = MakeSpec(2);
  spec.mutable_arms(0)->mutable_recipe()->add_labels("T2w");
  Samples samples = Ages({1, 2, 3});
  samples[2].mutable_images(1)->set_voxel_digest(samples[0].images(1).voxel_digest());
  EXPECT_TRUE(CheckNoDuplicates(spec, samples).ok());
  samples[2].mutable_images(0)->set_voxel_digest(samples[0].images(0).voxel_digest());
  EXPECT_FALSE(CheckNoDuplicates(spec, samples).ok());
}

TEST(LookAlikesTest, SitesAndTextsThatLookAlikeAreRefusedByLine) {
  Samples samples = Ages({1, 2, 3});
  for (v1::Sample& sample : samples) sample.set_site("Lyon");
  (*samples[0].mutable_texts())["sex"] = "M";
  (*samples[1].mutable_texts())["sex"] = "n/a";
  EXPECT_TRUE(CheckNoLookAlikes(MakeSpec(2), samples).ok());
  samples[2].set_site("lyon");
  const absl::Status status = CheckNoLookAlikes(MakeSpec(2), samples);
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(Message(status),
              HasSubstr("participants.csv:4 (infants/s2/1): site 'lyon' and 'Lyon' of "
                        "participants.csv:2 (infants/s0/1) look alike"));
}

TEST(NumbersTest, AMissingOrInfiniteNumberIsRefusedByLine) {
  Samples samples = Ages({1, INFINITY, 3});
  samples[2].clear_numbers();
  const absl::Status status = CheckNumbers(MakeSpec(2), samples, "age");
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(Message(status), HasSubstr("participants.csv:3 (infants/s1/1): column 'age' is inf"));
  EXPECT_THAT(Message(status), HasSubstr("participants.csv:4 (infants/s2/1): has no number"));
}

TEST(RefusalTest, HasAReasonForEachProblemAndStaysShort) {
  ProblemList problems;
  EXPECT_TRUE(problems.ToStatus(absl::StatusCode::kDataLoss).ok());
  for (int i = 0; i < 25; ++i) problems.Add(absl::StrCat("row ", i));
  const v1::PlanRefusal refusal = RefusalOf(problems.ToStatus(absl::StatusCode::kDataLoss));
  ASSERT_EQ(refusal.reasons_size(), 11);
  EXPECT_EQ(refusal.reasons(9).message(), "row 9");
  EXPECT_EQ(refusal.reasons(10).message(), "and 15 more like these");
  EXPECT_EQ(refusal.reasons(0).code(), v1::REASON_CODE_BAD_DATA);
  EXPECT_EQ(RefusalOf(absl::InvalidArgumentError("k")).reasons(0).code(), v1::REASON_CODE_BAD_SPEC);
  EXPECT_EQ(RefusalOf(absl::UnavailableError("k")).reasons(0).code(), v1::REASON_CODE_ENVIRONMENT);
  const absl::Status leak = WithReason(absl::FailedPreconditionError("k"), v1::REASON_CODE_LEAK);
  EXPECT_EQ(RefusalOf(leak).reasons(0).code(), v1::REASON_CODE_LEAK);
}

}  // namespace
}  // namespace gyrus
