// Absolute errors by subject. A subject counts once, however many sessions it has and in
// however many repeats it was tested: its error is the mean over them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/evaluate/tested_arm.h"

namespace gyrus {

// Computes a mean of values that are added one after another. Thread-compatible.
class RunningMean {
 public:
  void Add(double value) {
    sum_ += value;
    ++n_;
  }
  double mean() const { return sum_ / n_; }

 private:
  double sum_ = 0;
  double n_ = 0;
};

// Subject key -> the mean of its errors.
using SubjectMeans = std::map<std::string, RunningMean>;

// The means, in the order of the subject keys.
std::vector<double> ValuesOf(const SubjectMeans& means);

struct PairedErrors {
  std::vector<double> first;
  std::vector<double> second;
};

// The errors of the subjects that both arms have, from the folds that both have, in the
// order of their keys. INTERNAL: an item has no sample.
absl::StatusOr<PairedErrors> PairSubjects(const TestedArm& first, const TestedArm& second,
                                          const SamplesById& samples);

// The sample of an item. INTERNAL: there is none.
absl::StatusOr<const v1::Sample*> SampleOf(const std::string& item, const SamplesById& samples);

// The fold of `arm` with the same repeat and number as `like`; null if there is none.
const TestedFold* FindFold(const TestedArm& arm, const TestedFold& like);

}  // namespace gyrus
