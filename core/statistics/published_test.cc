// Numbers that studies have printed, computed again from what they printed
// beside them.
#include <cmath>
#include <functional>
#include <set>

#include "common/random.h"
#include "core/statistics/anova.h"
#include "core/statistics/corrected_t.h"
#include "core/statistics/groups.h"
#include "core/statistics/moments.h"
#include "core/statistics/student_t.h"
#include "core/statistics/testing/golden_fixture.h"
#include "core/statistics/wilcoxon.h"

namespace gyrus {
namespace {

// A study of infants (T1w/T2w ratio) prints mean and spread of five arms.
std::vector<GroupMoments> Arms(const Doubles& means, const Doubles& sds, size_t n) {
  std::vector<GroupMoments> arms;
  for (size_t i = 0; i < means.size(); ++i) arms.push_back({n, means[i], sds[i]});
  return arms;
}

Defined<TestResult> AnovaOfErrors(size_t n) {
  return OneWayAnova(Arms({2.055, 1.794, 1.546, 1.489, 1.498}, {.944, .434, .291, .302, .313}, n));
}

Defined<TestResult> AnovaOfCorrelations(size_t n) {
  return OneWayAnova(Arms({.933, .947, .960, .966, .963}, {.061, .023, .013, .012, .012}, n));
}

TEST(PublishedTest, FiveFoldsOnceCannotHaveGivenTheInfantStudysSignificance) {
  EXPECT_NEAR(AnovaOfErrors(5)->statistic, 1.11, .005);
  EXPECT_NEAR(AnovaOfErrors(5)->p, .38, .005);
  EXPECT_NEAR(AnovaOfErrors(15)->p, .015, .0005);
  EXPECT_NEAR(AnovaOfCorrelations(15)->p, .024, .0005);
  EXPECT_NEAR(AnovaOfErrors(25)->p, 3.8e-4, .05e-4);
  EXPECT_NEAR(AnovaOfCorrelations(25)->p, 9.4e-4, .05e-4);
}

TEST(PublishedTest, TheInfantStudyNeedsThirteenRuns) {
  for (size_t n = 2; n < 30; ++n) {
    const bool both = AnovaOfErrors(n)->p < .05 && AnovaOfCorrelations(n)->p < .05;
    EXPECT_EQ(both, n >= 13) << n;
  }
}

// Shares with at most eight below the line, in percent.
std::vector<double> SharesOfSmallFolds() {
  std::set<double> shares;
  for (int below = 1; below <= 8; ++below) {
    for (int above = 0; above <= below; ++above) shares.insert(100.0 * above / below);
  }
  return {shares.begin(), shares.end()};
}

// Whether five such folds round to this mean and spread.
bool Attainable(double mean, double sd, uint32_t ddof) {
  const std::vector<double> shares = SharesOfSmallFolds();
  Doubles folds;
  const std::function<bool(size_t)> search = [&](size_t first) {
    if (folds.size() == 5) {
      return std::abs(*Mean(folds) - mean) <= .005 + 1e-9 &&
             std::abs(*StandardDeviation(folds, ddof) - sd) <= .005 + 1e-9;
    }
    for (size_t i = first; i < shares.size(); ++i) {
      folds.push_back(shares[i]);
      const bool found = search(i);
      folds.pop_back();
      if (found) return true;
    }
    return false;
  };
  return search(0);
}

TEST(PublishedTest, TheTransferStudysSpreadsAreThoseOfItsFoldsThemselves) {
  for (const auto& [mean, sd] : {std::pair{90.0, 20.0}, {60.0, 13.33}, {70.0, 29.15}}) {
    EXPECT_TRUE(Attainable(mean, sd, 0)) << mean;
    EXPECT_FALSE(Attainable(mean, sd, 1)) << mean;
  }
  EXPECT_NEAR(*StandardDeviation(Doubles{100, 100, 100, 100, 50}, 0), 20, 1e-12);
  EXPECT_NEAR(*StandardDeviation(Doubles{100, 100, 75, 50, 25}, 0), 29.15, .005);
}

// Tables of a study of children: the column "Average" is over subjects.
TEST(PublishedTest, TheAverageOfTheChildrensTablesIsNotThatOfTheirGroups) {
  struct Row {
    Doubles groups;
    double mean;
    double printed;
  };
  const std::vector<Row> rows = {
      {{.30, 1.12, 1.19, 1.85}, 1.115, 1.07},
      {{.32, .92, 1.02, 1.79}, 1.0125, .96},
      {{2.57, 2.43, 2.80, 2.64, 2.85, 2.75}, 2.673, 2.64},
      {{.83, 1.65, 1.40, 1.36, 1.21, .83}, 1.213, 1.14},
  };
  for (const Row& row : rows) {
    EXPECT_NEAR(*Mean(row.groups), row.mean, .0005);
    EXPECT_GT(std::abs(*Mean(row.groups) - row.printed), .02);
  }
}

TEST(PublishedTest, TenPairsGiveAWilcoxonPOfWholeMultiples) {
  RandomStream draws(11, "wilcoxon");
  for (int trial = 0; trial < 500; ++trial) {
    Doubles differences;
    for (int i = 0; i < 10; ++i) differences.push_back(draws.NextUnit() - 0.3);
    const double multiple = Wilcoxon(differences)->p * 1024 / 2;
    EXPECT_EQ(multiple, std::round(multiple));
  }
}

// A published function has 1 / k * r + 1 / (k - 1) where 1 / (k * r) is meant:
// with ten repeats of ten folds its t is 3.03 times too small.
TEST(PublishedTest, AMisplacedFactorOfTheCorrectedTIsNotOurs) {
  Doubles a;
  Doubles b;
  RandomStream draws(5, "folds");
  for (int i = 0; i < 100; ++i) {
    a.push_back(3 + draws.NextUnit());
    b.push_back(3.1 + draws.NextUnit());
  }
  const auto ours = CorrectedT(a, b, CrossValidation{.folds = 10, .repeats = 10});
  const auto naive = PairedT(a, b);
  const double theirs = naive->statistic * std::sqrt(1.0 / 100) / std::sqrt(1.0 + 1.0 / 9);
  EXPECT_NEAR(ours->statistic / theirs, 3.03, .005);
  EXPECT_NEAR(ours->statistic / naive->statistic, std::sqrt(.01 / (.01 + 1.0 / 9)), 1e-12);
}

}  // namespace
}  // namespace gyrus
