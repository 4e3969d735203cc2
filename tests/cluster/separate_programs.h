// A cluster of separate programs on loopback, each of which a test can stop and start.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "common/process.h"
#include "tests/cluster/programs.h"

namespace gyrus {

// A coordinator, a data loader and workers that serve one experiment. Time-outs are
// short, so that faults can be short as well. With --long, tests of faults use
// FaultLength() to take the lengths that were met in practice.
class SeparateProgramsTest : public ProgramsTest {
 protected:
  void TearDown() override;

  // `in_ci`, or `in_long` under --long.
  static absl::Duration FaultLength(absl::Duration in_ci, absl::Duration in_long);

  // A program that was stopped starts again with the same address and folders.
  void StartCoordinator(std::vector<std::string> more = {});
  void StartLoader();
  void StartWorker(const std::string& name);
  // Starts the three, and one worker "worker-1".
  void StartAll();
  // Kills the program and waits for its end.
  void KillProgram(const std::string& name);

  // Submits Experiment() with these changes; later calls are about it.
  void SubmitExperiment(std::vector<std::string> more = {});
  // What `gyrus show --json` prints; null while the coordinator is away.
  nlohmann::json Show() const;
  // Shows again and again until `is` holds; a failed expectation after a while.
  nlohmann::json AwaitView(absl::FunctionRef<bool(const nlohmann::json&)> is) const;
  // Waits until some trial has done optimiser steps.
  void AwaitSteps() const;
  // Waits for the end, which must be VALID, and returns the result.
  nlohmann::json AwaitResult() const;

  // A small file system at In(name), which TearDown() takes away. False: not possible
  // here, because that needs root.
  bool Mount(const std::string& name, const std::string& size);
  void Resize(const std::string& name, const std::string& size) const;

  // Arguments of the coordinator's and the workers' command lines.
  std::vector<std::string> coordinator_options_ = {
      "--check-interval",      "50ms", "--adoption-window", "3s",    "--first-retry-pause", "100ms",
      "--longest-retry-pause", "1s",   "--first-rest",      "500ms", "--longest-rest",      "2s"};
  std::vector<std::string> worker_options_ = {"--longest-reconnect-pause", "500ms",
                                              "--longest-upload-pause", "500ms"};

 private:
  void Start(const std::string& name, std::vector<std::string> arguments);
  std::string AwaitAddress(const std::string& file) const;

  std::map<std::string, Child> programs_;
  std::vector<std::string> mounts_;
  std::string coordinator_ = "127.0.0.1:0";
  std::string loader_ = "127.0.0.1:0";
};

// Weights, predictions, items seen and served of each fold, to be compared.
std::vector<std::vector<std::string>> DigestsOf(const nlohmann::json& result);

// Whether each trial had one attempt only.
bool NoAttemptWasLost(const nlohmann::json& view);

}  // namespace gyrus
