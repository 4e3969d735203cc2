// Measures the work of a coordinator for an experiment of 10, 1,000 and 10,000 trials.
// All trials run and end at the same time on one worker, which this program simulates.
// The times include the work of the simulation, which is small.
//
// Counters, in the order in which they are measured:
//   plan_s            from Submit to the start of the last trial
//   commit_us         from a record of ten steps to its acknowledgement, median of
//                     200, one at a time, while all trials run
//   list_us, show_ms  a call over a socket, median
//   watch_first_ms    from the call to the first view
//   watch_update_ms   from a record to the view that shows it, median
//   ended_per_s       trials that end, from the first record to the last
//                     acknowledgement; all records are sent at once
//   result_s          the first GetResult, which waits for the files
//   list_in_result_us List while four results are computed, median
//   rss_mib           resident memory at the end
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "benchmark/benchmark.h"
#include "common/files.h"
#include "common/rpc/channel.h"
#include "common/rpc/server.h"
#include "common/testing/paths.h"
#include "coordinator/runtime/coordinator.h"
#include "coordinator/runtime/testing/fakes.h"
#include "coordinator/runtime/testing/trained_trials.h"
#include "coordinator/service/experiments_service.h"

namespace gyrus {
namespace {

double Median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + values.size() / 2, values.end());
  return values[values.size() / 2];
}

double ResidentMib() {
  long pages = 0;
  std::FILE* const file = std::fopen("/proc/self/statm", "r");
  if (file != nullptr && std::fscanf(file, "%*d %ld", &pages) != 1) pages = 0;
  if (file != nullptr) std::fclose(file);
  return static_cast<double>(pages) * 4096 / (1 << 20);
}

// A worker's end of the link. Keeps the starts, and counts acknowledgements.
class PlayedWorker final : public WorkerLink {
 public:
  void Send(v1::ToWorker message) override {
    absl::MutexLock lock(&mu_);
    if (message.has_start()) starts_.push_back(std::move(*message.mutable_start()));
    if (message.has_applied()) ++applied_;
  }
  void Close(const absl::Status& why) override {
    std::fprintf(stderr, "the link was closed: %s\n", std::string(why.message()).c_str());
  }

  std::vector<v1::StartRank> WaitForStarts(size_t count) {
    absl::MutexLock lock(&mu_);
    const auto all = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return starts_.size() >= count; };
    mu_.Await(absl::Condition(&all));
    return starts_;
  }
  void WaitForApplied(uint64_t count) {
    absl::MutexLock lock(&mu_);
    const auto all = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return applied_ >= count; };
    mu_.Await(absl::Condition(&all));
  }

 private:
  absl::Mutex mu_;
  std::vector<v1::StartRank> starts_ ABSL_GUARDED_BY(mu_);
  uint64_t applied_ ABSL_GUARDED_BY(mu_) = 0;
};

// A coordinator on a socket, over a fresh run folder.
class Bench {
 public:
  explicit Bench(const std::string& path)
      : folder_(Fresh(path)),
        key_(*SigningKey::LoadOrCreate(folder_.key_file())),
        vault_(*Vault::Open(folder_.vault_folder())),
        store_(*LedgerStore::Open(folder_.ledger_file())),
        reader_(*LedgerReader::Open(folder_.ledger_file())),
        links_(MakeVaultLinks(*vault_)),
        coordinator_(*Coordinator::Start(std::move(store_), {.folder = folder_,
                                                             .key = key_,
                                                             .vault = *vault_,
                                                             .reader = *reader_,
                                                             .loaders = loaders_,
                                                             .links = *links_,
                                                             .clock = SystemClock()})),
        service_(*coordinator_, loaders_),
        server_(*RpcServer::Start({}, {&service_})),
        stub_(v1::Experiments::NewStub(OpenChannel(server_->address()))) {}

  Vault& vault() { return *vault_; }
  v1::Experiments::Stub& stub() { return *stub_; }
  Coordinator& coordinator() { return *coordinator_; }
  void Hello(const std::shared_ptr<PlayedWorker>& worker, uint32_t slots) {
    v1::Hello hello;
    hello.set_worker_id("worker-1");
    hello.set_incarnation(1);
    hello.set_slots(slots);
    hello.set_numeric_kind("cpu");
    coordinator_->sessions().OnHello(worker, hello);
  }
  void Record(const std::shared_ptr<PlayedWorker>& worker, v1::SpooledRecord record) {
    coordinator_->sessions().OnRecord(worker, std::move(record));
  }

 private:
  static RunFolder Fresh(const std::string& path) {
    RemoveAll(path).IgnoreError();
    RunFolder folder = *RunFolder::OpenOrCreate(path);
    MakeFolders(folder.coordinator_folder()).IgnoreError();
    return folder;
  }

  FakeLoaders loaders_;
  RunFolder folder_;
  SigningKey key_;
  std::unique_ptr<Vault> vault_;
  std::unique_ptr<LedgerStore> store_;
  std::unique_ptr<LedgerReader> reader_;
  std::unique_ptr<LinkTarget> links_;
  std::unique_ptr<Coordinator> coordinator_;
  ExperimentsService service_;
  std::unique_ptr<RpcServer> server_;
  std::unique_ptr<v1::Experiments::Stub> stub_;
};

double SecondsSince(absl::Time start) { return absl::ToDoubleSeconds(absl::Now() - start); }

double ListSeconds(Bench& bench) {
  const absl::Time start = absl::Now();
  grpc::ClientContext context;
  v1::ListReply reply;
  bench.stub().List(&context, {}, &reply);
  return SecondsSince(start);
}

v1::ExperimentView Show(Bench& bench, const std::string& id) {
  grpc::ClientContext context;
  v1::ShowRequest request;
  request.set_experiment_id(id);
  v1::ExperimentView view;
  bench.stub().Show(&context, request, &view);
  return view;
}

v1::SpooledRecord Steps(const v1::RankId& rank, uint64_t sequence) {
  v1::SpooledRecord record;
  *record.mutable_rank() = rank;
  record.mutable_record()->set_sequence(sequence);
  v1::StepsDone& steps = *record.mutable_record()->mutable_steps();
  steps.set_first_step(static_cast<uint32_t>(10 * (sequence - 1)));
  for (int i = 0; i < 10; ++i) steps.add_train_loss(0.1 * i);
  steps.set_seconds(1);
  steps.set_items(10);
  return record;
}

// Runs `call` `times` times; the median of the seconds that it returns.
template <typename Call>
double MedianOf(int times, const Call& call) {
  std::vector<double> seconds;
  for (int i = 0; i < times; ++i) seconds.push_back(call());
  return Median(std::move(seconds));
}

double GetResultSeconds(Bench& bench, const std::string& id, bool& ok) {
  const absl::Time start = absl::Now();
  grpc::ClientContext context;
  v1::GetResultRequest request;
  request.set_experiment_id(id);
  v1::Result result;
  ok = bench.stub().GetResult(&context, request, &result).ok();
  return SecondsSince(start);
}

void MeasureWatch(benchmark::State& state, Bench& bench, const std::string& id,
                  const std::shared_ptr<PlayedWorker>& worker, const v1::RankId& rank,
                  uint64_t& sequence) {
  grpc::ClientContext context;
  v1::ShowRequest request;
  request.set_experiment_id(id);
  const absl::Time start = absl::Now();
  const auto stream = bench.stub().Watch(&context, request);
  v1::ExperimentView view;
  stream->Read(&view);
  state.counters["watch_first_ms"] = 1e3 * SecondsSince(start);
  state.counters["watch_update_ms"] = 1e3 * MedianOf(10, [&] {
                                        const absl::Time sent = absl::Now();
                                        bench.Record(worker, Steps(rank, ++sequence));
                                        do {
                                          if (!stream->Read(&view)) break;
                                        } while (view.trials(0).progress().step() < 10 * sequence);
                                        return SecondsSince(sent);
                                      });
  context.TryCancel();
  stream->Finish();
}

void MeasureResult(benchmark::State& state, Bench& bench, const std::string& id) {
  bool ok = false;
  state.counters["result_s"] = GetResultSeconds(bench, id, ok);
  if (!ok) return state.SkipWithError("no result");
  std::atomic<int> running{4};
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      bool its_ok = false;
      GetResultSeconds(bench, id, its_ok);
      --running;
    });
  }
  std::vector<double> seconds;
  while (running > 0) seconds.push_back(ListSeconds(bench));
  for (std::thread& reader : readers) reader.join();
  state.counters["list_in_result_us"] = 1e6 * Median(std::move(seconds));
}

void OneExperiment(benchmark::State& state) {
  const int trials = static_cast<int>(state.range(0));
  const std::string path = BinaryDir() + "/coordinator_bench.tmp";
  for (auto _ : state) {
    Bench bench(path);
    const auto worker = std::make_shared<PlayedWorker>();
    const absl::Time submitted = absl::Now();
    bench.Hello(worker, trials);
    const auto id = bench.coordinator().Submit(RequestForTrials(trials));
    if (!id.ok()) return state.SkipWithError(id.status().ToString().c_str());
    std::vector<v1::StartRank> starts = worker->WaitForStarts(trials);
    state.counters["plan_s"] = SecondsSince(submitted);

    // The first trial of the plan reports steps; it is the one that a view shows first.
    std::sort(starts.begin(), starts.end(), [&](const auto& a, const auto& b) {
      return a.rank().trial_id() < b.rank().trial_id();
    });
    const v1::RankId rank = starts[0].rank();
    uint64_t sequence = 0;
    uint64_t applied = 0;
    state.counters["commit_us"] = 1e6 * MedianOf(200, [&] {
                                    const absl::Time start = absl::Now();
                                    bench.Record(worker, Steps(rank, ++sequence));
                                    worker->WaitForApplied(++applied);
                                    return SecondsSince(start);
                                  });
    state.counters["list_us"] = 1e6 * MedianOf(20, [&] { return ListSeconds(bench); });
    state.counters["show_ms"] = 1e3 * MedianOf(5, [&] {
                                  const absl::Time start = absl::Now();
                                  benchmark::DoNotOptimize(Show(bench, *id));
                                  return SecondsSince(start);
                                });
    MeasureWatch(state, bench, *id, worker, rank, sequence);
    worker->WaitForApplied(applied = sequence);

    std::vector<v1::SpooledRecord> records;
    for (const v1::StartRank& start : starts) {
      records.push_back(FinishedRecord(bench.vault(), start).value());
    }
    records[0].mutable_record()->set_sequence(sequence + 1);
    const absl::Time ending = absl::Now();
    for (size_t i = 0; i < records.size(); ++i) {
      // As many at once as the ledger's queue takes.
      if (i >= 2000) worker->WaitForApplied(applied + i - 2000);
      bench.Record(worker, records[i]);
    }
    worker->WaitForApplied(applied + records.size());
    state.counters["ended_per_s"] = trials / SecondsSince(ending);
    MeasureResult(state, bench, *id);
    state.counters["rss_mib"] = ResidentMib();
  }
  RemoveAll(path).IgnoreError();
}
BENCHMARK(OneExperiment)
    ->ArgName("trials")
    ->Arg(10)
    ->Arg(1000)
    ->Arg(10000)
    ->Iterations(1)
    ->UseRealTime()
    ->Unit(benchmark::kSecond);

}  // namespace
}  // namespace gyrus

BENCHMARK_MAIN();
