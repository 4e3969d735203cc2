#include "core/evaluate/predictions.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/random.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

v1::Task Regression() {
  v1::Task task;
  task.mutable_regression()->set_target("age");
  return task;
}

v1::Prediction Predict(const std::string& item, double target, double prediction) {
  v1::Prediction p;
  p.set_item(item);
  p.set_target(target);
  p.set_prediction(prediction);
  return p;
}

TEST(PredictionsTest, AreWrittenSortedInTheFewestDigits) {
  const auto text =
      FormatPredictions(Regression(), {Predict("c/s2/1", 0.1, 1e300), Predict("c/s1/1", 3, -2.5)});
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_EQ(*text,
            "item\ttarget\tprediction\n"
            "c/s1/1\t3\t-2.5\n"
            "c/s2/1\t0.1\t1e+300\n");
}

TEST(PredictionsTest, ReadBackBitForBit) {
  RandomStream random(1, "predictions_test");
  std::vector<v1::Prediction> written;
  for (int i = 0; i < 2000; ++i) {
    const uint64_t bits = uint64_t{random.NextUint32()} << 32 | random.NextUint32();
    const double number = std::bit_cast<double>(bits);
    if (std::isfinite(number)) written.push_back(Predict(absl::StrCat(i), number, -number));
  }
  written.push_back(Predict("smallest", std::numeric_limits<double>::denorm_min(), -0.0));
  const auto text = FormatPredictions(Regression(), written);
  ASSERT_TRUE(text.ok()) << text.status();
  const auto read = ParsePredictions(Regression(), *text, "p.tsv");
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_EQ(read->size(), written.size());
  EXPECT_TRUE(std::signbit(read->back().prediction()));
  EXPECT_EQ(*FormatPredictions(Regression(), *read), *text);
}

TEST(PredictionsTest, WhatCannotBeReadBackIsNotWritten) {
  const double nan = std::nan("");
  const std::vector<std::vector<v1::Prediction>> bad = {
      {Predict("", 1, 1)},
      {Predict("a\tb", 1, 1)},
      {Predict("a\nb", 1, 1)},
      {Predict("a\rb", 1, 1)},
      {Predict("a", nan, 1)},
      {Predict("a", 1, nan)},
      {Predict("a", 1, 1), Predict("b", 1, 1), Predict("a", 2, 2)},
  };
  for (const auto& predictions : bad) {
    EXPECT_EQ(FormatPredictions(Regression(), predictions).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
}

TEST(PredictionsTest, AMalformedFileIsRefusedWithItsLine) {
  const std::string head = "item\ttarget\tprediction\n";
  const std::pair<std::string, std::string> cases[] = {
      {"", "p.tsv:1: "},
      {"item\ttarget\n", "p.tsv:1: "},
      {"item\ttarget\tprediction", "p.tsv:1: "},
      {head + "a\t1\t2", "p.tsv:2: the last line is cut short"},
      {head + "a\t1\n", "p.tsv:2: has 2 columns"},
      {head + "a\t1\t2\t3\n", "p.tsv:2: has 4 columns"},
      {head + "a\t1\t2\n\n", "p.tsv:3: has 1 columns"},
      {head + "\t1\t2\n", "p.tsv:2: has no item"},
      {head + "a\t1\tnan\n", "p.tsv:2: 'nan' is not"},
      {head + "a\tinf\t1\n", "p.tsv:2: 'inf' is not"},
      {head + "a\t1\t1e999\n", "p.tsv:2: '1e999' is not"},
      {head + "a\t1\t2 \n", "p.tsv:2: '2 ' is not"},
      {head + "a\t1\t2\r\n", "p.tsv:2: '2\r' is not"},
      {head + "a\t\t2\n", "p.tsv:2: '' is not"},
      {head + "a\t1\tn/a\n", "p.tsv:2: 'n/a' is not"},
      {head + "a\t1\t2\na\t1\t2\n", "p.tsv:3: item 'a' comes twice"},
      {head + "b\t1\t2\na\t1\t2\n", "p.tsv:3: item 'a' comes twice or out of order"},
  };
  for (const auto& [text, message] : cases) {
    const absl::Status status = ParsePredictions(Regression(), text, "p.tsv").status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << text;
    EXPECT_TRUE(absl::StrContains(status.message(), message)) << status << "\n" << text;
  }
}

TEST(PredictionsTest, AFileWithoutItemsIsAFile) {
  const auto read = ParsePredictions(Regression(), *FormatPredictions(Regression(), {}), "p.tsv");
  ASSERT_TRUE(read.ok());
  EXPECT_TRUE(read->empty());
}

// A class, two of a segmentation, and the image itself.
v1::Task FourAnswers() {
  v1::Task task;
  task.mutable_classification()->add_classes("normal");
  task.mutable_classification()->add_classes("adverse");
  task.mutable_segmentation()->add_classes()->set_name("wm");
  task.mutable_segmentation()->add_classes()->set_name("gm");
  task.mutable_reconstruction();
  return task;
}

v1::Prediction Classified(const std::string& item, std::optional<double> target) {
  v1::Prediction p;
  p.set_item(item);
  if (target.has_value()) p.set_target(*target);
  p.set_prediction(0);
  p.add_probabilities(0.75);
  p.add_probabilities(0.25);
  p.add_segmentation()->set_dice(0.5);
  p.add_segmentation();
  p.set_reconstruction_error(0.125);
  return p;
}

TEST(PredictionsTest, ColumnsAreThoseOfTheTask) {
  const std::string expected =
      "item\ttarget\tprediction\tprobability:normal\tprobability:adverse\tdice:wm\tdice:gm\t"
      "reconstruction_error\n"
      "a\tadverse\tnormal\t0.75\t0.25\t0.5\tn/a\t0.125\n"
      "b\tn/a\tnormal\t0.75\t0.25\t0.5\tn/a\t0.125\n";
  const auto text =
      FormatPredictions(FourAnswers(), {Classified("b", std::nullopt), Classified("a", 1)});
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_EQ(*text, expected);
  const auto read = ParsePredictions(FourAnswers(), *text, "p.tsv");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->at(0).SerializeAsString(), Classified("a", 1).SerializeAsString());
  EXPECT_EQ(read->at(1).SerializeAsString(), Classified("b", std::nullopt).SerializeAsString());
}

TEST(PredictionsTest, WhatTheTaskAsksForMustBeThere) {
  EXPECT_EQ(FormatPredictions(FourAnswers(), {Predict("a", 1, 0)}).status().code(),
            absl::StatusCode::kInvalidArgument);
  for (const double target : {2.0, -1.0, 0.5}) {
    EXPECT_EQ(FormatPredictions(FourAnswers(), {Classified("a", target)}).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
  std::string text = *FormatPredictions(FourAnswers(), {Classified("a", 1)});
  text.replace(text.find("\tadverse\tnormal"), 8, "\tadversE");
  EXPECT_TRUE(absl::StrContains(ParsePredictions(FourAnswers(), text, "p").status().message(),
                                "p:2: 'adversE' is none of the classes normal, adverse"));
}

}  // namespace
}  // namespace gyrus
