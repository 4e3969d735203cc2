#include "core/report/external_text.h"

#include "core/report/report_fixture.h"
#include "core/report/statistics_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::HasSubstr;

v1::Result WithExternal() {
  v1::Result result = MakeIncompleteResult();
  v1::ExternalResult& external = *result.mutable_arms(0)->mutable_external();
  external.set_n(10);
  external.set_without_target(2);
  external.set_networks(5);
  SetMetric(v1::METRIC_MAE, 2.5, *external.mutable_mean());
  external.mutable_mean()->mutable_values(0)->set_folds(4);
  external.mutable_mean()->mutable_values(0)->set_undefined(1);
  SetMetric(v1::METRIC_MAE, 0.25, *external.mutable_sd());
  SetMetric(v1::METRIC_MAE, 1.75, *external.mutable_ensemble());
  v1::MetricValue& r2 = *external.mutable_ensemble()->add_values();
  r2.set_metric(v1::METRIC_R2);
  r2.set_reason("the targets have one value");
  result.mutable_arms(1)->mutable_external()->set_n(10);
  return result;
}

TEST(ExternalTextTest, NetworksStandBesideTheirEnsemble) {
  const std::string text = ExternalText(WithExternal());
  EXPECT_THAT(text, HasSubstr("External cohorts, which no fold has seen, all together:\n"));
  EXPECT_THAT(text, HasSubstr("MAE [months] +- SD  of ensemble    R2 +- SD  of ensemble"));
  EXPECT_THAT(text, HasSubstr("T1w  10         5  2.5 +- 0.25 (4 of 5)         1.75  n/a +- n/a"));
  EXPECT_THAT(text, HasSubstr("RI   10         0            n/a +- n/a          n/a"));
  EXPECT_THAT(text, HasSubstr("T1w: 2 of the items have no target and are in no metric"));
  EXPECT_THAT(text, HasSubstr("n/a: R2 of the ensemble of T1w: the targets have one value\n"));
}

TEST(ExternalTextTest, ComparisonsOfEnsemblesHaveNoFolds) {
  v1::Result result = WithExternal();
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
}

TEST(ExternalTextTest, WithoutExternalItemsThereIsNothingToSay) {
  EXPECT_EQ(ExternalText(MakeIncompleteResult()), "");
}

}  // namespace
}  // namespace gyrus
