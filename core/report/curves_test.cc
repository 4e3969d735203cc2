#include "core/report/curves.h"

#include <limits>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace gyrus {
namespace {

v1::EpochPoint& AddPoint(double train_loss, v1::TrialCurve& curve) {
  const int epoch = curve.epochs_size();
  v1::EpochPoint& point = *curve.add_epochs();
  point.set_epoch(epoch);
  point.set_attempt(1);
  point.set_train_loss(train_loss);
  point.set_learning_rate(0.001);
  point.set_seconds(1.5);
  return point;
}

v1::Curves TwoCurves() {
  v1::Curves curves;
  v1::TrialCurve& first = *curves.add_trials();
  first.set_trial_id("T1w/train/r0/f0/s1");
  AddPoint(8, first).set_validation_loss(3);
  AddPoint(4.5, first).set_validation_loss(1);
  AddPoint(1, first).set_validation_loss(2);
  v1::TrialCurve& second = *curves.add_trials();
  second.set_trial_id("T1w/train/r0/f1/s1");
  AddPoint(std::numeric_limits<double>::quiet_NaN(), second);
  return curves;
}

TEST(CurvesTest, TheTableHasEveryEpoch) {
  EXPECT_EQ(FormatCurves(TwoCurves()),
            "trial\tepoch\tattempt\ttrain_loss\tvalidation_loss\tlearning_rate\tseconds\n"
            "T1w/train/r0/f0/s1\t1\t1\t8\t3\t0.001\t1.5\n"
            "T1w/train/r0/f0/s1\t2\t1\t4.5\t1\t0.001\t1.5\n"
            "T1w/train/r0/f0/s1\t3\t1\t1\t2\t0.001\t1.5\n"
            "T1w/train/r0/f1/s1\t1\t1\tn/a\tn/a\t0.001\t1.5\n");
}

TEST(CurvesTest, ATerminalGetsPictures) {
  EXPECT_EQ(DescribeCurves(TwoCurves()),
            "T1w/train/r0/f0/s1: 3 epochs\n"
            "  loss        █▅▁  8 to 1, best 1\n"
            "  validation  █▁▅  3 to 2, best 1\n"
            "T1w/train/r0/f1/s1: 1 epoch\n"
            "  loss        ?  not finite\n");
}

TEST(CurvesTest, ALongCurveFitsIntoALine) {
  v1::Curves curves;
  for (int i = 0; i < 1000; ++i) {
    if (i == 0) curves.add_trials();
    AddPoint(1000 - i, *curves.mutable_trials(0));
  }
  const std::string text = DescribeCurves(curves);
  const std::string line =
      text.substr(text.find("  loss"), text.find("  1000 to") - text.find("  loss"));
  EXPECT_EQ(line.size(), std::string("  loss        ").size() + 40 * 3) << text;
}

TEST(CurvesTest, JsonHasNullForWhatIsAbsent) {
  const auto json = nlohmann::json::parse(CurvesToJson(TwoCurves()));
  EXPECT_EQ(json["trials"][0]["id"], "T1w/train/r0/f0/s1");
  EXPECT_EQ(json["trials"][0]["epochs"][2]["epoch"], 3);
  EXPECT_EQ(json["trials"][0]["epochs"][2]["validation_loss"], 2);
  EXPECT_TRUE(json["trials"][1]["epochs"][0]["train_loss"].is_null());
  EXPECT_TRUE(json["trials"][1]["epochs"][0]["validation_loss"].is_null());
}

}  // namespace
}  // namespace gyrus
