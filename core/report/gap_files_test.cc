#include "core/report/gap_files.h"

#include "core/report/testing/statistics_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace gyrus {
namespace {

TEST(GapFilesTest, ACorrectionHasAllThatAppliesIt) {
  const std::string text = BiasCorrectionJson(v1::BIAS_METHOD_COLE, MakeBias().folds(0), "years");
  EXPECT_EQ(text.back(), '\n');
  const auto json = nlohmann::json::parse(text);
  EXPECT_EQ(json["method"], "cole");
  EXPECT_EQ(json["slope"], 0.5);
  EXPECT_EQ(json["intercept"], 20);
  EXPECT_EQ(json["n"], 4);
  EXPECT_EQ(json["unit"], "years");
  EXPECT_THAT(std::string(json["sentence"]), testing::HasSubstr("/ slope"));
  EXPECT_EQ(
      nlohmann::json::parse(BiasCorrectionJson(v1::BIAS_METHOD_AGE_REGRESSION, {}, ""))["unit"],
      nullptr);
}

TEST(GapFilesTest, GapsAreThereBeforeAndAfterInTheFewestDigits) {
  EXPECT_EQ(
      FormatGaps({{.item = "c/s/1", .age = 0.1, .prediction = 3, .gap = 2.9, .corrected = -1e300}}),
      "item\tage\tprediction\tgap\tcorrected_gap\n"
      "c/s/1\t0.1\t3\t2.9\t-1e+300\n");
}

}  // namespace
}  // namespace gyrus
