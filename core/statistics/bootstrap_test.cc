#include "core/statistics/bootstrap.h"

#include <numeric>
#include <set>

#include "core/statistics/checks.h"
#include "core/statistics/moments.h"
#include "core/statistics/testing/golden_fixture.h"

namespace gyrus {
namespace {

std::vector<size_t> OneItemEach(size_t n) {
  std::vector<size_t> subject_of(n);
  std::iota(subject_of.begin(), subject_of.end(), 0);
  return subject_of;
}

Defined<double> MeanOf(const Doubles& values, absl::Span<const size_t> items) {
  Doubles chosen;
  for (const size_t item : items) chosen.push_back(values[item]);
  return Mean(chosen);
}

Defined<BootstrapResult> BootstrapOfMean(const Doubles& values,
                                         const BootstrapOptions& options = {}) {
  return BootstrapBySubject(
      OneItemEach(values.size()),
      [&](absl::Span<const size_t> items) { return MeanOf(values, items); }, options);
}

TEST(BootstrapTest, OfAMeanIsNearTheIntervalOfT) {
  const auto result = BootstrapOfMean(kA, {.resamples = 20'000});
  ASSERT_TRUE(result.ok());
  EXPECT_GOLDEN(result->estimate, 4.58333333333);
  // mean -+ 1.96 * sd(ddof 0) / sqrt(12), within the noise of 20,000 draws.
  ASSERT_TRUE(result->percentile.ok());
  EXPECT_NEAR(result->percentile->lower, 4.58333 - 1.96 * 1.60095 / std::sqrt(12.0), 0.03);
  EXPECT_NEAR(result->percentile->upper, 4.58333 + 1.96 * 1.60095 / std::sqrt(12.0), 0.03);
  ASSERT_TRUE(result->bca.ok());
  EXPECT_NEAR(result->bca->lower, result->percentile->lower, 0.1);
  EXPECT_EQ(result->subjects, 12);
  EXPECT_EQ(result->resamples, 20'000);
}

TEST(BootstrapTest, ASeedIsAnInterval) {
  const auto one = BootstrapOfMean(kA, {.seed = 7});
  const auto again = BootstrapOfMean(kA, {.seed = 7});
  const auto other = BootstrapOfMean(kA, {.seed = 8});
  EXPECT_EQ(*one->percentile, *again->percentile);
  EXPECT_EQ(*one->bca, *again->bca);
  EXPECT_FALSE(*one->percentile == *other->percentile);
  EXPECT_EQ(one->seed, 7);
}

TEST(BootstrapTest, ScansOfASubjectComeTogether) {
  // Subject 0 has items 0 and 3, subject 1 has 1, subject 2 has 2.
  const std::vector<size_t> subject_of = {0, 1, 2, 0};
  std::set<size_t> sizes;
  const auto result =
      BootstrapBySubject(subject_of, [&](absl::Span<const size_t> items) -> Defined<double> {
        EXPECT_EQ(std::count(items.begin(), items.end(), 0),
                  std::count(items.begin(), items.end(), 3));
        sizes.insert(items.size());
        return static_cast<double>(items.size());
      });
  ASSERT_TRUE(result.ok());
  // Three draws; the two-scan subject 0 to 3 times. 2 and 3 come of leaving one out.
  EXPECT_EQ(sizes, (std::set<size_t>{2, 3, 4, 5, 6}));
  EXPECT_EQ(result->subjects, 3);
}

TEST(BootstrapTest, ResamplesWithoutAnAnswerAreCounted) {
  const Doubles values = {0, 1, 2};
  const auto needs_a_zero = [&](absl::Span<const size_t> items) -> Defined<double> {
    if (std::count(items.begin(), items.end(), 0) == 0) return Undefined("no zero");
    return MeanOf(values, items);
  };
  const auto result = BootstrapBySubject(OneItemEach(3), needs_a_zero);
  ASSERT_TRUE(result.ok());
  // (2/3)^3 of 2,000.
  EXPECT_NEAR(result->undefined, 593, 70);
  EXPECT_TRUE(result->percentile.ok());
  EXPECT_THAT(result->bca, IsUndefinedBecause("without one of the subjects: no zero"));
}

TEST(BootstrapTest, BadInputHasAReason) {
  const auto zero = [](absl::Span<const size_t>) -> Defined<double> { return 0.0; };
  const auto broken = [](absl::Span<const size_t>) -> Defined<double> {
    return absl::InvalidArgumentError("broken");
  };
  EXPECT_THAT(BootstrapBySubject({0, 0}, zero), IsUndefinedBecause("fewer than two subjects"));
  EXPECT_THAT(BootstrapBySubject({0, 2, 2}, zero), IsMisuse("without gaps"));
  EXPECT_THAT(BootstrapBySubject({0, 1}, zero, {.resamples = 1'999}), IsMisuse("too few"));
  EXPECT_THAT(BootstrapBySubject({0, 1}, broken), IsMisuse("broken"));
  const auto constant = BootstrapBySubject({0, 1}, zero);
  ASSERT_TRUE(constant.ok());
  EXPECT_THAT(constant->bca, IsUndefinedBecause("the same without any one"));
}

TEST(BcaTest, WithoutBiasOrAccelerationIsThePercentileInterval) {
  Doubles resampled;
  for (int i = 0; i <= 1000; ++i) resampled.push_back(i);
  const Doubles left_out = {1, 2, 3, 4, 5};
  const auto bca = BcaInterval(resampled, 500, left_out, 0.9);
  const auto percentile = PercentileInterval(resampled, 0.9);
  ASSERT_TRUE(bca.ok() && percentile.ok());
  EXPECT_NEAR(bca->lower, percentile->lower, 1e-9);
  EXPECT_NEAR(bca->upper, percentile->upper, 1e-9);
  EXPECT_THAT(BcaInterval(resampled, 2000, left_out, 0.9), IsUndefinedBecause("beyond all"));
  EXPECT_THAT(BcaInterval(resampled, 500, {1, 1}, 0.9), IsUndefinedBecause("any one subject"));
}

// By hand: bias 0.2533 (600 of 1000 below), acceleration of {1, 1, 1, 4} left out:
// deviations -0.75 three times and 2.25, so -(3 * -0.421875 + 11.390625) / (6 * 6.75^1.5).
TEST(BcaTest, MovesBothEndsByBiasAndAcceleration) {
  Doubles resampled;
  for (int i = 0; i < 1000; ++i) resampled.push_back(i);
  const auto bca = BcaInterval(resampled, 599.5, {1, 1, 1, 4}, 0.95);
  ASSERT_TRUE(bca.ok());
  const double acceleration = -10.125 / (6 * std::pow(6.75, 1.5));
  const double bias = 0.2533471031357997;
  const auto place = [&](double z) {
    const double moved = bias + (bias + z) / (1 - acceleration * (bias + z));
    return 999 * 0.5 * std::erfc(-moved / std::sqrt(2.0));
  };
  EXPECT_NEAR(bca->lower, place(-1.959963984540054), 1e-9);
  EXPECT_NEAR(bca->upper, place(1.959963984540054), 1e-9);
}

}  // namespace
}  // namespace gyrus
