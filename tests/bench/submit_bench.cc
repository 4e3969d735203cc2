// How soon an idle system trains: from the submission of an experiment until the
// client hears of a first step. Real programs, started once; the first
// submission admits and prepares the cohort, later ones find it in the cache.
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"
#include "cli/coordinator_client.h"
#include "cli/experiment_file.h"
#include "cli/local_programs.h"
#include "common/files.h"
#include "common/process.h"
#include "common/run_folder.h"
#include "common/testing/paths.h"
#include "tests/bench/paired.h"

namespace gyrus::cli {
namespace {

[[noreturn]] void Stop(const std::string& why) {
  fprintf(stderr, "submit_bench: %s\n", why.c_str());
  std::exit(1);
}

template <typename T>
T Must(absl::StatusOr<T> value) {
  if (!value.ok()) Stop(value.status().ToString());
  return *std::move(value);
}

void Check(const absl::Status& status) {
  if (!status.ok()) Stop(status.ToString());
}

bool HasStepped(const v1::ExperimentView& view) {
  for (const v1::TrialView& trial : view.trials()) {
    if (trial.progress().step() > 0) return true;
  }
  return false;
}

// Leaves the system idle again.
double SecondsToFirstStep(CoordinatorClient& client, const v1::SubmitRequest& request) {
  std::string id;
  const double seconds = SecondsOf([&] {
    id = Must(client.Submit(request));
    const v1::ExperimentView view =
        Must(client.Watch(id, [](const v1::ExperimentView& seen) { return !HasStepped(seen); }));
    if (!HasStepped(view)) Stop(absl::StrCat("it ended before a step:\n", view.DebugString()));
  });
  Check(client.Cancel(id));
  Must(client.Watch(id, [](const v1::ExperimentView&) { return true; }));
  return seconds;
}

void BenchSubmit(benchmark::State& state, const ExperimentFile& experiment) {
  const std::string folder = absl::StrCat(BinaryDir(), "/submit_bench.", getpid());
  auto programs = Must(LocalPrograms::Start(Must(RunFolder::OpenOrCreate(folder)),
                                            {.program_folder = BinaryDir() + "/bin",
                                             .cache_folder = folder + "/cache",
                                             .data_roots = Must(DataRoots(experiment.spec)),
                                             .workers = 1}));
  std::vector<double> seconds;
  Check(programs->Supervise([&](CoordinatorClient& client) {
    v1::SubmitRequest request;
    *request.mutable_spec() = experiment.spec;
    for (auto _ : state) {
      request.set_request_id(absl::StrCat("submit-bench-", seconds.size()));
      seconds.push_back(SecondsToFirstStep(client, request));
      state.SetIterationTime(seconds.back());
    }
    return absl::OkStatus();
  }));
  programs.reset();
  Check(RemoveAll(folder));
  state.counters["cold_ms"] = seconds.front() * 1e3;
  seconds.erase(seconds.begin());
  state.counters["warm_ms"] = Median(seconds) * 1e3;
}

}  // namespace
}  // namespace gyrus::cli

// submit_bench [benchmark options] EXPERIMENT.yaml
int main(int argc, char** argv) {
  using namespace gyrus::cli;
  benchmark::Initialize(&argc, argv);
  if (argc != 2) Stop("name one experiment");
  gyrus::BlockShutdownSignals();
  const ExperimentFile experiment = Must(LoadExperiment({.file = argv[1]}));
  gyrus::RegisterPairs(
      "first_step", [&experiment](benchmark::State& state) { BenchSubmit(state, experiment); }, 11);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
