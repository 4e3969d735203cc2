// Tasks, predictions and arms for the tests of this folder and its neighbours.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/evaluate/metrics.h"
#include "core/evaluate/tested_arm.h"
#include "gtest/gtest.h"

namespace gyrus {

inline v1::Task NumberTask() {
  v1::Task task;
  task.mutable_regression()->set_target("age");
  return task;
}

inline v1::Task ClassTask() {
  v1::Task task;
  task.mutable_classification()->set_target("outcome");
  return task;
}

inline v1::Prediction MakePrediction(const std::string& item, double target, double prediction) {
  v1::Prediction p;
  p.set_item(item);
  p.set_target(target);
  p.set_prediction(prediction);
  return p;
}

// item-0, item-1, ...
inline std::vector<v1::Prediction> MakePredictions(const std::vector<double>& targets,
                                                   const std::vector<double>& predicted) {
  std::vector<v1::Prediction> result;
  for (size_t i = 0; i < targets.size(); ++i) {
    result.push_back(MakePrediction(absl::StrCat("item-", i), targets[i], predicted[i]));
  }
  return result;
}

// Makes a prediction of one of two classes.
inline v1::Prediction MakeClassPrediction(const std::string& item, int label, double score) {
  v1::Prediction p = MakePrediction(item, label, score > 0.5 ? 1 : 0);
  p.add_probabilities(1 - score);
  p.add_probabilities(score);
  return p;
}

// An arm of which only the MAE of each fold of one repeat is known.
inline TestedArm ArmOfFolds(const std::string& name, const std::vector<double>& maes) {
  TestedArm arm{.name = name, .task = NumberTask()};
  for (size_t f = 0; f < maes.size(); ++f) {
    TestedFold& fold = arm.folds.emplace_back();
    fold.fold = static_cast<uint32_t>(f);
    EXPECT_TRUE(AddValue(v1::METRIC_MAE, maes[f], fold.metrics).ok());
  }
  return arm;
}

// Samples c/SUBJECT/VISIT, found by their id. Thread-compatible.
class SampleSet {
 public:
  v1::Sample& Add(const std::string& subject, const std::string& visit = "1") {
    v1::Sample& sample = samples_.emplace_back();
    sample.set_subject_key(absl::StrCat("c/", subject));
    sample.set_id(absl::StrCat("c/", subject, "/", visit));
    return sample;
  }

  SamplesById ById() const {
    SamplesById by_id;
    for (const v1::Sample& sample : samples_) by_id[sample.id()] = &sample;
    return by_id;
  }

 private:
  std::deque<v1::Sample> samples_;  // Keeps its elements where they are.
};

}  // namespace gyrus
