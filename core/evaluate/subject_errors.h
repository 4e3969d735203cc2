// Absolute errors by subject. A subject counts once, however many visits and
// repeats it was tested in: its error is the mean over them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/evaluate/tested_arm.h"

namespace gyrus {

// A mean in the making. Thread-compatible.
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

// By subject.
using SubjectMeans = std::map<std::string, RunningMean>;

// In the order of the subjects.
std::vector<double> ValuesOf(const SubjectMeans& means);

struct PairedErrors {
  std::vector<double> first;
  std::vector<double> second;
};

// Of the subjects that both arms have, from the folds that both have, in the
// order of their names. INTERNAL: an item is of no sample.
absl::StatusOr<PairedErrors> PairSubjects(const TestedArm& first, const TestedArm& second,
                                          const SamplesById& samples);

// INTERNAL: there is none.
absl::StatusOr<const v1::Sample*> SampleOf(const std::string& item, const SamplesById& samples);

// The fold of the same repeat and number; null: none.
const TestedFold* FindFold(const TestedArm& arm, const TestedFold& like);

}  // namespace gyrus
