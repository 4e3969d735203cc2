#include "core/evaluate/class_comparison.h"

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "core/evaluate/class_metrics.h"
#include "core/evaluate/subject_errors.h"
#include "core/evaluate/test_outcome.h"
#include "core/statistics/checks.h"
#include "core/statistics/proportion.h"
#include "core/statistics/roc.h"

namespace gyrus {
namespace {

struct PooledItem {
  int label = 0;
  std::vector<RunningMean> probabilities;
};

using Pooled = std::map<std::string, PooledItem>;

// Takes only folds that both arms have. An item that several repeats test gets the mean of
// its probabilities, so that it counts once in a test.
absl::StatusOr<Pooled> Pool(const TestedArm& arm, const TestedArm& other) {
  Pooled pooled;
  for (const TestedFold& fold : arm.folds) {
    if (FindFold(other, fold) == nullptr) continue;
    std::vector<const v1::Prediction*> targeted;
    for (const v1::Prediction& p : fold.predictions) {
      if (p.has_target()) targeted.push_back(&p);
    }
    GYRUS_ASSIGN_OR_RETURN(const ClassItems items, ClassItemsOf(targeted));
    for (size_t i = 0; i < targeted.size(); ++i) {
      PooledItem& item = pooled[targeted[i]->item()];
      item.label = items.labels[i];
      item.probabilities.resize(items.classes);
      for (size_t c = 0; c < items.classes; ++c) {
        item.probabilities[c].Add(items.probabilities[i][c]);
      }
    }
  }
  return pooled;
}

std::vector<double> MeansOf(const PooledItem& item) {
  std::vector<double> means;
  for (const RunningMean& mean : item.probabilities) means.push_back(mean.mean());
  return means;
}

struct PairedClasses {
  std::vector<int> labels;
  std::vector<std::vector<double>> first;
  std::vector<std::vector<double>> second;
};

PairedClasses PairItems(const Pooled& first, const Pooled& second) {
  PairedClasses paired;
  for (const auto& [item, of_first] : first) {
    const auto match = second.find(item);
    if (match == second.end()) continue;
    paired.labels.push_back(of_first.label);
    paired.first.push_back(MeansOf(of_first));
    paired.second.push_back(MeansOf(match->second));
  }
  return paired;
}

// Only items on which exactly one of the arms is right carry information about their
// difference.
Defined<TestResult> McNemarOf(const PairedClasses& paired) {
  if (paired.labels.empty()) return Undefined("no item was tested by both");
  uint64_t only_first = 0, only_second = 0;
  for (size_t i = 0; i < paired.labels.size(); ++i) {
    const bool first = DecisionOf(paired.first[i]) == paired.labels[i];
    const bool second = DecisionOf(paired.second[i]) == paired.labels[i];
    only_first += first && !second;
    only_second += second && !first;
  }
  return McNemarExact(only_first, only_second);
}

Defined<TestResult> DeLongTest(const PairedClasses& paired) {
  std::vector<double> first, second;
  for (size_t i = 0; i < paired.labels.size(); ++i) {
    if (paired.first[i].size() != 2 || paired.second[i].size() != 2) {
      return Undefined("there are more than two classes");
    }
    first.push_back(paired.first[i][1]);
    second.push_back(paired.second[i][1]);
  }
  GYRUS_ASSIGN_OR_RETURN(DeLongPair pair, CompareRoc(paired.labels, first, second));
  return pair.test;
}

}  // namespace

absl::Status CompareClasses(const TestedArm& first, const TestedArm& second,
                            v1::Comparison& comparison) {
  GYRUS_ASSIGN_OR_RETURN(const Pooled of_first, Pool(first, second));
  GYRUS_ASSIGN_OR_RETURN(const Pooled of_second, Pool(second, first));
  const PairedClasses paired = PairItems(of_first, of_second);
  GYRUS_ASSIGN_OR_RETURN(*comparison.add_tests(),
                         OutcomeOf(v1::TEST_KIND_MCNEMAR, McNemarOf(paired)));
  GYRUS_ASSIGN_OR_RETURN(*comparison.add_tests(),
                         OutcomeOf(v1::TEST_KIND_DELONG, DeLongTest(paired)));
  return absl::OkStatus();
}

}  // namespace gyrus
