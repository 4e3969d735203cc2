#include "core/report/external_text.h"

#include "core/report/testing/report_fixture.h"
#include "core/report/testing/statistics_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::HasSubstr;

TEST(ExternalTextTest, NetworksStandBesideTheirEnsemble) {
  const std::string text = ExternalText(MakeExternalResult());
  EXPECT_THAT(text, HasSubstr("External cohorts, which no fold has seen, all together:\n"));
  EXPECT_THAT(text, HasSubstr("MAE [months] +- SD  of ensemble    R2 +- SD  of ensemble"));
  EXPECT_THAT(text, HasSubstr("T1w  10         5  2.5 +- 0.25 (4 of 5)         1.75  n/a +- n/a"));
  EXPECT_THAT(text, HasSubstr("RI   10         0            n/a +- n/a          n/a"));
  EXPECT_THAT(text, HasSubstr("T1w: 2 of the items have no target and are in no metric"));
  EXPECT_THAT(text, HasSubstr("n/a: R2 of the ensemble of T1w: the targets have one value\n"));
  EXPECT_THAT(text, HasSubstr("n/a: MAE (1) of networks of T1w: there is one item\n"));
}

TEST(ExternalTextTest, ComparisonsOfEnsemblesHaveNoFolds) {
  v1::Result result = MakeExternalResult();
  *result.mutable_external_comparisons() = MakeComparisons();
  v1::Comparison& comparison = *result.mutable_external_comparisons()->mutable_comparisons(0);
  comparison.clear_difference();
  result.mutable_external_comparisons()->set_networks(4);
  const std::string text = ExternalText(result);
  EXPECT_THAT(
      text,
      HasSubstr("Ensembles of 4 networks each, of the folds that all arms have. Compared with "
                "RI, two-sided"));
  EXPECT_THAT(text, testing::Not(HasSubstr("folds  ")));
  EXPECT_THAT(text, HasSubstr("subjects  of their errors [95% BCa]"));
  EXPECT_THAT(text, HasSubstr("the ensemble's mean absolute error over its sessions; interval"));
  EXPECT_THAT(text, testing::Not(HasSubstr("repeats")));
}

TEST(ExternalTextTest, WithoutExternalItemsThereIsNothingToSay) {
  EXPECT_EQ(ExternalText(MakeIncompleteResult()), "");
}

}  // namespace
}  // namespace gyrus
