#include "core/report/result_table.h"

#include "absl/strings/str_cat.h"
#include "core/report/testing/report_fixture.h"
#include "core/report/testing/statistics_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

TEST(ResultTableTest, SaysWhatIsMissingAndOverWhatEachMeanIs) {
  EXPECT_EQ(absl::StrCat("\n", ResultTable(MakeIncompleteResult())), R"(
ages (ab12cd34): INCOMPLETE, 3 of 4 trials done

  arm  MAE [months] +- SD            R2  baseline MAE  folds
  T1w         2 +- 0.7071  0.5 (1 of 2)             8    2/2
  RI             3 +- n/a           0.5             8    1/2
Mean over folds; SD with ddof 1; baseline: the mean of the training targets.
Not complete: the means leave out 1 of 4 trials.
missing: RI r0/f1: FAILED: TRAINER_FAILED: the loss is not finite

  arm   fold  n  MAE [months]   R2  baseline MAE   state
  T1w  r0/f0  4           1.5  0.5             8    DONE
  T1w  r0/f1  4           2.5  n/a             8    DONE
  RI   r0/f0  4             3  0.5             8    DONE
  RI   r0/f1  4             -    -             9  FAILED
n/a: R2 in T1w r0/f1: the targets have one value
Split 1212
warning: mind the gap
)");
}

TEST(ResultTableTest, OfACompleteExperimentNamesNoHole) {
  v1::Result result = MakeIncompleteResult();
  result.set_state(v1::EXPERIMENT_STATE_VALID);
  result.mutable_arms()->RemoveLast();
  const std::string table = ResultTable(result);
  EXPECT_THAT(table, testing::HasSubstr("VALID, 2 of 2 trials done"));
  EXPECT_THAT(table, testing::Not(testing::HasSubstr("missing")));
  EXPECT_THAT(table, testing::Not(testing::HasSubstr("Not complete")));
  EXPECT_THAT(table, testing::HasSubstr("SD with ddof 1"));
}

TEST(ResultTableTest, HasWhatElseWasAskedFor) {
  v1::Result result = MakeIncompleteResult();
  EXPECT_THAT(ResultTable(result), testing::Not(testing::HasSubstr("Compared")));
  *result.mutable_comparisons() = MakeComparisons();
  *result.add_group_tables() = MakeGroupTable("T1w");
  *result.mutable_arms(0)->mutable_bias() = MakeBias();
  result.mutable_arms(0)->add_cumulative_scores()->set_alpha(1);
  const std::string table = ResultTable(result);
  for (const char* part : {"\nCompared with RI", "\n  age ", "corrected gap SD", "CS(1) %"}) {
    EXPECT_THAT(table, testing::HasSubstr(part));
  }
}

TEST(ResultTableTest, ItemsWithoutATargetAreSaid) {
  v1::Result result = MakeIncompleteResult();
  result.mutable_arms(0)->mutable_folds(0)->set_without_target(2);
  result.mutable_arms(0)->mutable_folds(1)->set_without_target(1);
  EXPECT_THAT(ResultTable(result),
              testing::HasSubstr("3 test items of 1 arm have no target and are in no metric of a "
                                 "number or class.\n"));
}

TEST(ResultTableTest, OneReasonOfManyFoldsIsOneLine) {
  v1::Result result = MakeIncompleteResult();
  for (int i = 0; i < 4; ++i) *result.mutable_arms(0)->add_folds() = MakeDoneFold(1, 2);
  EXPECT_THAT(ResultTable(result),
              testing::HasSubstr("n/a: R2 in 5 folds: the targets have one value\n"));
}

TEST(ResultTableTest, TheBaselineOfClassesIsTheirMostFrequentOne) {
  v1::Result result = MakeIncompleteResult();
  for (v1::ArmResult& arm : *result.mutable_arms()) {
    for (v1::FoldResult& fold : *arm.mutable_folds()) {
      fold.mutable_baseline()->mutable_values(0)->set_metric(v1::METRIC_ACCURACY);
    }
  }
  const std::string table = ResultTable(result);
  EXPECT_THAT(table, testing::HasSubstr("baseline accuracy"));
  EXPECT_THAT(table, testing::HasSubstr("; baseline: the most frequent training class."));
}

TEST(ResultTableTest, OfAnInvalidExperimentIsItsReasons) {
  v1::Result result;
  result.set_experiment("ages");
  result.set_id("ab12cd34");
  result.set_state(v1::EXPERIMENT_STATE_INVALID);
  v1::Reason& reason = *result.add_reasons();
  reason.set_code(v1::REASON_CODE_BAD_DATA);
  reason.set_message("duplicates");
  EXPECT_EQ(ResultTable(result),
            "ages (ab12cd34): INVALID, 0 of 0 trials done\n"
            "BAD_DATA: duplicates\n");
}

}  // namespace
}  // namespace gyrus
