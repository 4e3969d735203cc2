#include "core/evaluate/predictions.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/random.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

v1::Prediction Predict(const std::string& item, double target, double prediction) {
  v1::Prediction p;
  p.set_item(item);
  p.set_target(target);
  p.set_prediction(prediction);
  return p;
}

TEST(PredictionsTest, AreWrittenSortedInTheFewestDigits) {
  const auto text = FormatPredictions({Predict("c/s2/1", 0.1, 1e300), Predict("c/s1/1", 3, -2.5)});
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
  const auto text = FormatPredictions(written);
  ASSERT_TRUE(text.ok()) << text.status();
  const auto read = ParsePredictions(*text, "p.tsv");
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_EQ(read->size(), written.size());
  EXPECT_TRUE(std::signbit(read->back().prediction()));
  EXPECT_EQ(*FormatPredictions(*read), *text);
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
    EXPECT_EQ(FormatPredictions(predictions).status().code(), absl::StatusCode::kInvalidArgument);
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
      {head + "a\t1\t2\na\t1\t2\n", "p.tsv:3: item 'a' comes twice"},
      {head + "b\t1\t2\na\t1\t2\n", "p.tsv:3: item 'a' comes twice or out of order"},
  };
  for (const auto& [text, message] : cases) {
    const absl::Status status = ParsePredictions(text, "p.tsv").status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << text;
    EXPECT_TRUE(absl::StrContains(status.message(), message)) << status << "\n" << text;
  }
}

TEST(PredictionsTest, AFileWithoutItemsIsAFile) {
  const auto read = ParsePredictions(*FormatPredictions({}), "p.tsv");
  ASSERT_TRUE(read.ok());
  EXPECT_TRUE(read->empty());
}

}  // namespace
}  // namespace gyrus
