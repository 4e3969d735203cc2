#include "core/statistics/summary.h"

#include "core/statistics/checks.h"
#include "core/statistics/testing/golden_fixture.h"

namespace gyrus {
namespace {

using Values = std::vector<Defined<double>>;

TEST(SummaryTest, WhatIsUndefinedIsCountedNotAveraged) {
  const Values folds = {0.5, Undefined("no item is negative"), 1.0, Undefined("other"), 0.75};
  const auto summary = SummaryOf(folds, 1);
  ASSERT_TRUE(summary.ok());
  EXPECT_EQ(summary->n, 3);
  EXPECT_EQ(summary->undefined, 2);
  EXPECT_THAT(summary->mean, Holds(0.75));
  EXPECT_THAT(summary->sd, Holds(0.25));
  EXPECT_EQ(ToText(*summary), "0.75 (0.25), n = 3, 2 n/a: no item is negative");
}

TEST(SummaryTest, TheDivisorIsAsAsked) {
  const Values folds = {1.0, 3.0};
  EXPECT_THAT(SummaryOf(folds, 0)->sd, Holds(1.0));
  EXPECT_THAT(SummaryOf(folds, 1)->sd, Holds(std::sqrt(2.0)));
}

TEST(SummaryTest, OfNothingDefinedIsUndefinedItself) {
  const auto summary = SummaryOf(Values{Undefined("one class")}, 1);
  ASSERT_TRUE(summary.ok());
  EXPECT_THAT(summary->mean, IsUndefinedBecause("no values"));
  EXPECT_EQ(ToText(*summary), "n/a (n/a), n = 0, 1 n/a: one class");
}

TEST(SummaryTest, AnErrorThatIsNoAnswerIsNotTakenForOne) {
  EXPECT_THAT(SummaryOf(Values{1.0, absl::InvalidArgumentError("bad input")}, 1),
              IsMisuse("bad input"));
  EXPECT_THAT(SummaryOf(Values{1.0, std::nan("")}, 1), IsMisuse("nan"));
}

}  // namespace
}  // namespace gyrus
