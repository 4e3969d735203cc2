// How many commands a second become durable: each with a sync of its own, and
// with as many callers waiting as share one.
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "benchmark/benchmark.h"
#include "common/files.h"
#include "common/testing/paths.h"
#include "coordinator/ledger/ledger.h"

namespace gyrus {
namespace {

struct Count {
  int events = 0;
  absl::Status Apply(const v1::Event&) {
    ++events;
    return absl::OkStatus();
  }
};

// Lets `most` commands be unanswered at a time. Thread-safe.
class Callers {
 public:
  explicit Callers(int most) : most_(most) {}

  void Begin() {
    absl::MutexLock lock(&mu_);
    mu_.Await(absl::Condition(this, &Callers::OneIsFree));
    ++waiting_;
  }
  void End() {
    absl::MutexLock lock(&mu_);
    --waiting_;
  }
  void WaitForAll() {
    absl::MutexLock lock(&mu_);
    mu_.Await(absl::Condition(this, &Callers::AllAreFree));
  }

 private:
  bool OneIsFree() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return waiting_ < most_; }
  bool AllAreFree() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return waiting_ == 0; }

  const int most_;
  absl::Mutex mu_;
  int waiting_ ABSL_GUARDED_BY(mu_) = 0;
};

// Makes a trainer's report of ten steps. The ledger would drop a repeated one.
v1::SpooledRecord Steps(uint64_t sequence) {
  v1::SpooledRecord record;
  record.mutable_rank()->set_experiment_id("abcdefgh");
  record.mutable_rank()->set_trial_id("T1w/main/r0/f0/s0");
  record.mutable_rank()->set_attempt(1);
  record.mutable_record()->set_sequence(sequence);
  v1::StepsDone& steps = *record.mutable_record()->mutable_steps();
  for (int i = 0; i < 10; ++i) steps.add_train_loss(0.1 * i);
  return record;
}

v1::Event Started(int number) {
  v1::Event event;
  event.set_experiment_id("abcdefgh");
  event.mutable_attempt_started()->set_trial_id(absl::StrCat("T1w/main/r0/f", number, "/s0"));
  event.mutable_attempt_started()->set_attempt(1);
  return event;
}

// Commands, half of them events and half records, from `range(0)` callers.
void DurableCommands(benchmark::State& state) {
  const std::string folder = BinaryDir() + "/ledger_bench.tmp";
  if (!RemoveAll(folder).ok() || !MakeFolders(folder).ok()) return state.SkipWithError("folder");
  auto store = LedgerStore::Open(folder + "/ledger.db");
  if (!store.ok()) return state.SkipWithError(store.status().ToString().c_str());
  auto ledger = Ledger<Count>::Start(*std::move(store), std::make_unique<Count>());
  Callers callers(static_cast<int>(state.range(0)));
  bool all_ok = true;
  const auto done = [&callers, &all_ok](const absl::Status& status) {
    all_ok &= status.ok();
    callers.End();
  };
  uint64_t number = 0;
  for (auto _ : state) {
    callers.Begin();
    if (++number % 2 == 0) {
      (*ledger)->RunRecord(
          Steps(number / 2), [](Count&, const v1::SpooledRecord&) { return LedgerEvents{}; }, done);
    } else {
      (*ledger)->Run([number](Count&) { return LedgerEvents{Started(number)}; }, done);
    }
  }
  callers.WaitForAll();
  ledger->reset();
  if (!all_ok) state.SkipWithError("a command failed");
  state.counters["commands"] =
      benchmark::Counter(static_cast<double>(number), benchmark::Counter::kIsRate);
  if (!RemoveAll(folder).ok()) state.SkipWithError("folder");
}
BENCHMARK(DurableCommands)->ArgName("callers")->Arg(1)->Arg(64)->Arg(1024)->UseRealTime();

}  // namespace
}  // namespace gyrus

BENCHMARK_MAIN();
