#include "coordinator/plan/make_plan.h"

#include <algorithm>

#include "common/random.h"
#include "coordinator/plan/proof.h"
#include "coordinator/plan/testing/plan_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::HasSubstr;

// 14 subjects, some with several visits, some in families, on four sites.
v1::SampleTable MixedTable() {
  v1::SampleTable table = MakeTable(14);
  for (int i = 0; i < 14; ++i) {
    v1::Sample& sample = *table.mutable_samples(i);
    sample.set_site(absl::StrCat("site", i % 4));
    if (i % 5 == 0) sample.set_family_key("f");
    if (i % 3 != 0) continue;
    v1::Sample second = MakeSample(absl::StrCat("s", i / 10, i % 10), i + 0.5, 2);
    second.set_site(sample.site());
    *table.add_samples() = second;
  }
  return table;
}

absl::Status PlanStatus(const v1::ExperimentSpec& spec, const v1::SampleTable& table) {
  return MakePlan(spec, std::vector{table}, FakeNetworkCost).status();
}

TEST(MakePlanTest, EveryPlanIsProvedWhateverItsShape) {
  int made = 0;
  for (const char* group : {"subject", "family", "site"}) {
    for (const char* stratify : {"age", "none"}) {
      for (int k = 2; k <= 4; ++k) {
        for (uint64_t seed = 0; seed < 5; ++seed) {
          v1::ExperimentSpec spec = MakeSpec(k, 2);
          spec.mutable_split()->mutable_kfold()->set_group(group);
          spec.mutable_split()->mutable_kfold()->set_stratify(stratify);
          spec.mutable_split()->mutable_validation()->set_fraction(0.2);
          spec.mutable_split()->set_seed(seed);
          const auto plan = MakePlan(spec, std::vector{MixedTable()}, FakeNetworkCost);
          if (!plan.ok()) {
            // The family joins all sites but one: too few groups.
            EXPECT_EQ(std::string(group), "site") << plan.status();
            EXPECT_EQ(plan.status().code(), absl::StatusCode::kInvalidArgument);
            continue;
          }
          ++made;
          EXPECT_TRUE(ProveDisjoint(*plan).ok());
        }
      }
    }
  }
  EXPECT_GE(made, 60);
}

TEST(MakePlanTest, IsTheSameWhateverTheOrderOfTheTable) {
  const v1::SampleTable table = MixedTable();
  v1::ExperimentSpec spec = MakeSpec(3, 2);
  spec.mutable_split()->mutable_validation()->set_fraction(0.2);
  const auto plan = MakePlan(spec, std::vector{table}, FakeNetworkCost);
  ASSERT_TRUE(plan.ok()) << plan.status();
  for (uint64_t seed = 0; seed < 10; ++seed) {
    RandomStream random(seed, "make_plan_test");
    std::vector<v1::SampleTable> parts(2, table);
    for (v1::SampleTable& part : parts) part.clear_samples();
    std::vector<v1::Sample> samples(table.samples().begin(), table.samples().end());
    for (uint32_t i = static_cast<uint32_t>(samples.size()); i > 1; --i) {
      std::swap(samples[i - 1], samples[random.NextBelow(i)]);
    }
    for (const v1::Sample& sample : samples) *parts[random.NextBelow(2)].add_samples() = sample;
    const auto shuffled = MakePlan(spec, parts, FakeNetworkCost);
    ASSERT_TRUE(shuffled.ok()) << shuffled.status();
    EXPECT_EQ(shuffled->DebugString(), plan->DebugString());
  }
}

TEST(MakePlanTest, KeepsWhatIsNeededAndNoPath) {
  const auto plan = MakePlan(MakeSpec(3), std::vector{MakeTable(9)}, FakeNetworkCost);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->samples_size(), 9);
  EXPECT_THAT(plan->DebugString(), testing::Not(HasSubstr(".nii")));
  EXPECT_EQ(plan->samples(0).images(0).voxel_digest().size(), 32);
  EXPECT_EQ(plan->split_hash(), SplitHash(*plan));
  EXPECT_EQ(plan->table_digests_size(), 1);
  EXPECT_EQ(plan->arms_size(), 1);
  v1::ExperimentSpec expected = MakeSpec(3);
  expected.mutable_evaluate()->set_pool(v1::POOL_FOLDS);
  EXPECT_EQ(plan->spec().DebugString(), expected.DebugString());
}

TEST(MakePlanTest, WarnsOfFoldsThatTestOneSample) {
  const auto plan = MakePlan(MakeSpec(3), std::vector{MakeTable(4)}, FakeNetworkCost);
  ASSERT_TRUE(plan.ok()) << plan.status();
  ASSERT_EQ(plan->warnings_size(), 2);
  EXPECT_THAT(plan->warnings(0),
              HasSubstr("repeat 0 fold 1, repeat 0 fold 2 test one sample each"));
  EXPECT_THAT(plan->warnings(1), HasSubstr("repeat 0 fold 0 tests fewer than 10 items"));
}

// As a table that has rows only: no image was read.
v1::SampleTable RowsOf(v1::SampleTable table) {
  for (v1::Sample& sample : *table.mutable_samples()) {
    for (v1::Image& image : *sample.mutable_images()) {
      image.clear_voxel_digest();
      image.clear_shape();
      image.clear_spacing_mm();
    }
  }
  return table;
}

TEST(CheckRowsTest, RowsAreEnoughToFindWhatIsWrongWithThem) {
  const v1::ExperimentSpec spec = MakeSpec(3);
  const auto check = [&spec](const v1::SampleTable& table) {
    return std::string(CheckRows(spec, std::vector{RowsOf(table)}).message());
  };
  EXPECT_EQ(check(MakeTable(6)), "");
  v1::SampleTable twice = MakeTable(6);
  twice.mutable_samples(1)->set_id(twice.samples(0).id());
  EXPECT_THAT(check(twice), HasSubstr("are the same session"));
  v1::SampleTable missing = MakeTable(6);
  missing.mutable_samples(2)->mutable_numbers()->clear();
  EXPECT_THAT(check(missing), HasSubstr("participants.csv:4"));
  EXPECT_THAT(check(MakeTable(2)), HasSubstr("split.kfold.k"));
  EXPECT_FALSE(MakePlan(spec, std::vector{RowsOf(MakeTable(6))}, FakeNetworkCost).ok());
}

TEST(MakePlanTest, WhatCannotBePlannedIsRefused) {
  v1::SampleTable constant = MakeTable(6);
  for (v1::Sample& sample : *constant.mutable_samples()) (*sample.mutable_numbers())["age"] = 3;
  EXPECT_THAT(std::string(PlanStatus(MakeSpec(2), constant).message()),
              HasSubstr("nothing to learn from"));

  v1::SampleTable duplicates = MakeTable(6);
  duplicates.mutable_samples(0)->mutable_images(0)->set_voxel_digest(
      duplicates.samples(5).images(0).voxel_digest());
  EXPECT_EQ(PlanStatus(MakeSpec(2), duplicates).code(), absl::StatusCode::kDataLoss);

  EXPECT_EQ(PlanStatus(MakeSpec(7), MakeTable(6)).code(), absl::StatusCode::kInvalidArgument);

  v1::ExperimentSpec unknown_target = MakeSpec(2);
  unknown_target.mutable_task()->mutable_regression()->set_target("iq");
  EXPECT_EQ(PlanStatus(unknown_target, MakeTable(6)).code(), absl::StatusCode::kDataLoss);

  v1::ExperimentSpec unknown_stratum = MakeSpec(2);
  unknown_stratum.mutable_split()->mutable_kfold()->set_stratify("iq");
  EXPECT_THAT(std::string(PlanStatus(unknown_stratum, MakeTable(6)).message()),
              HasSubstr("split.kfold.stratify: participants.csv:2"));

  v1::ExperimentSpec twice = MakeSpec(2);
  *twice.add_arms() = twice.arms(0);
  EXPECT_THAT(std::string(PlanStatus(twice, MakeTable(6)).message()), HasSubstr("comes twice"));

  v1::ExperimentSpec armless = MakeSpec(2);
  armless.clear_arms();
  EXPECT_EQ(PlanStatus(armless, MakeTable(6)).code(), absl::StatusCode::kInvalidArgument);
}

TEST(MakePlanTest, ATrainPartWithoutSpreadIsRefusedWhenTheOutputIsFittedToIt) {
  v1::ExperimentSpec spec = MakeSpec(2);
  const absl::Status status = PlanStatus(spec, MakeTable(2));
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("arm 'T1w': the 1 training targets of"));
  spec.mutable_task()->mutable_regression()->mutable_output()->set_fit(v1::OUTPUT_FIT_IDENTITY);
  EXPECT_TRUE(PlanStatus(spec, MakeTable(2)).ok());
}

}  // namespace
}  // namespace gyrus
