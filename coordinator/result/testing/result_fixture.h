// Experiments that are run by hand, for the tests of this folder.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "common/digest.h"
#include "coordinator/lifecycle/testing/lifecycle_fixture.h"
#include "coordinator/result/make_result.h"
#include "core/evaluate/predictions.h"
#include "gtest/gtest.h"

namespace gyrus {

// Two folds over samples whose ages are 0 to 5; fold 0 was wrong by 1, fold 1
// by 2, everywhere.
class MakeResultTest : public testing::Test {
 protected:
  MakeResultTest() : MakeResultTest(TwoTrials()) {}

  explicit MakeResultTest(v1::Plan plan) : plan_(std::move(plan)) {
    sources_.object = [this](const std::string& sha256) -> absl::StatusOr<std::string> {
      const auto found = vault_.find(sha256);
      if (found == vault_.end()) return absl::NotFoundError("no such object");
      return found->second;
    };
    sources_.items_seen = [](const std::string&, uint32_t attempt) {
      std::vector<v1::EpochItemsSeen> epochs(1);
      epochs[0].set_epoch(attempt * 10);
      return epochs;
    };
    Do(Submit{"request", plan_.spec()});
  }

  void Do(const Command& command) {
    const auto events = machine_.Decide(command);
    ASSERT_TRUE(events.ok()) << events.status();
    for (const v1::Event& event : *events) ASSERT_TRUE(machine_.Apply(event).ok());
  }

  std::vector<v1::Prediction> Predictions(int fold, double error) const {
    std::vector<v1::Prediction> predictions;
    for (const uint32_t index : plan_.folds(fold).test()) {
      v1::Prediction& p = predictions.emplace_back();
      p.set_item(plan_.samples(index).id());
      p.set_target(index);
      p.set_prediction(index + error);
    }
    return predictions;
  }

  absl::StatusOr<std::string> Format(std::vector<v1::Prediction> predictions) const {
    return FormatPredictions(plan_.arms(0).task(), std::move(predictions));
  }

  void Train(const std::string& trial, const std::string& predictions) {
    v1::TrainerFinished finished = Finished(0, trial);
    const std::string sha256 = Sha256Of(predictions);
    finished.mutable_artifacts(2)->set_sha256(sha256);
    vault_[sha256] = predictions;
    Do(StartAttempt{trial, Gang(2), "cpu"});
    Do(FinishRank{trial, 1, 0, finished});
    Do(FinishRank{trial, 1, 1, Finished(1)});
  }

  absl::StatusOr<v1::Result> ResultOf() const {
    auto made = MakeResult(machine_, sources_);
    if (!made.ok()) return made.status();
    return made->result;
  }

  v1::Plan plan_;
  ExperimentMachine machine_{"ab12cd34"};
  std::map<std::string, std::string> vault_;
  ResultSources sources_;
};

}  // namespace gyrus
