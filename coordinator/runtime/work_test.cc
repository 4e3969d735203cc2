// How much a coordinator does for an experiment, counted and not timed: twice the
// trials cost twice the work, and no more.
#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/testing/sync_spy.h"
#include "coordinator/runtime/testing/coordinator_fixture.h"
#include "coordinator/runtime/testing/trained_trials.h"

namespace gyrus {
namespace {

struct Work {
  uint64_t rows = 0;
  uint64_t commits = 0;
  uint64_t trials_read = 0;
  uint64_t trials_copied = 0;
  uint64_t messages = 0;
  uint64_t message_bytes = 0;
  uint64_t links = 0;
  uint64_t syncs = 0;
};

// Each by its name.
std::map<std::string, uint64_t> ToMap(const Work& work) {
  return {{"rows", work.rows},
          {"commits", work.commits},
          {"trials_read", work.trials_read},
          {"trials_copied", work.trials_copied},
          {"messages", work.messages},
          {"message_bytes", work.message_bytes},
          {"links", work.links},
          {"syncs", work.syncs}};
}

class CountingStore final : public LedgerStore {
 public:
  CountingStore(std::unique_ptr<LedgerStore> store, std::atomic<uint64_t>& rows,
                std::atomic<uint64_t>& commits)
      : store_(std::move(store)), rows_(rows), commits_(commits) {}
  uint64_t incarnation() const override { return store_->incarnation(); }
  absl::Status ReadEvents(absl::FunctionRef<absl::Status(const v1::Event&)> replay) override {
    return store_->ReadEvents(replay);
  }
  absl::StatusOr<RecordMarks> ReadMarks() override { return store_->ReadMarks(); }
  absl::Status Commit(const LedgerBatch& batch) override {
    rows_ += batch.events.size() + batch.records.size();
    ++commits_;
    return store_->Commit(batch);
  }

 private:
  const std::unique_ptr<LedgerStore> store_;
  std::atomic<uint64_t>& rows_;
  std::atomic<uint64_t>& commits_;
};

// Lets nothing be linked before everything that will be is known, so that batches
// do not depend on the speed of this machine.
class CountingLinks final : public LinkTarget {
 public:
  explicit CountingLinks(std::unique_ptr<LinkTarget> target) : target_(std::move(target)) {}
  absl::Status Link(const std::string& sha256, const std::string& path) override {
    may_go_on.WaitForNotification();
    ++links;
    return target_->Link(sha256, path);
  }
  absl::Status Write(const std::string& content, const std::string& path) override {
    return target_->Write(content, path);
  }
  absl::Status Sync(const std::string& folder) override { return target_->Sync(folder); }
  bool Exists(const std::string& path) const override { return target_->Exists(path); }

  absl::Notification may_go_on;
  std::atomic<uint64_t> links{0};

 private:
  const std::unique_ptr<LinkTarget> target_;
};

class CountingTrials final : public ElementCounter {
 public:
  void CountRead() override { ++reads; }
  void CountWrite() override { ++writes; }
  std::atomic<uint64_t> reads{0}, writes{0};
};

class WorkTest : public CoordinatorFixture {
 protected:
  // Starts all trials at once, ends all at once, shows the experiment and computes
  // its result.
  Work WorkFor(int trials) {
    coordinator_.reset();
    const std::string path = scratch_.In(absl::StrCat("run-", trials));
    folder_ = std::make_unique<RunFolder>(*RunFolder::OpenOrCreate(path));
    EXPECT_TRUE(MakeFolders(folder_->coordinator_folder()).ok());
    loaders_ = std::make_unique<FakeLoaders>();
    vault_ = *Vault::Open(folder_->vault_folder());
    CountingLinks links(MakeVaultLinks(*vault_));
    CountingTrials counter;
    std::atomic<uint64_t> rows{0}, commits{0}, syncs{0};
    auto store =
        std::make_unique<CountingStore>(*LedgerStore::Open(folder_->ledger_file()), rows, commits);
    reader_ = *LedgerReader::Open(folder_->ledger_file());
    coordinator_ = *Coordinator::Start(
        std::make_unique<GatedStore>(std::move(store), gate_),
        {.folder = *folder_,
         .key = *key_,
         .vault = *vault_,
         .reader = *reader_,
         .loaders = *loaders_,
         .links = links,
         .clock = clock_},
        {.state = {.trial_counter = &counter}, .check_interval = absl::Hours(1)});
    const SyncSpy spy([&syncs](const std::string&) { ++syncs; });
    const auto link = Join("a", trials);
    const std::string id = coordinator_->Submit(RequestForTrials(trials)).value();
    const std::vector<v1::StartRank> starts = link->WaitForStarts(trials);
    EndAll(link, starts);
    AwaitEnd(id);
    EXPECT_EQ(coordinator_->status_store().View(id, false)->trials_done(), trials);
    links.may_go_on.Notify();
    const auto result = coordinator_->MakeResult(id);
    EXPECT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(result->arms(0).folds_done(), trials);
    Work work{.rows = rows,
              .commits = commits,
              .trials_read = counter.reads,
              .trials_copied = counter.writes,
              .links = links.links,
              .syncs = syncs};
    for (const v1::ToWorker& message : link->messages()) {
      ++work.messages;
      work.message_bytes += message.ByteSizeLong();
    }
    coordinator_.reset();
    return work;
  }

 private:
  // While the first record is on its way to the disk, all others wait for it.
  void EndAll(const std::shared_ptr<FakeLink>& link, const std::vector<v1::StartRank>& starts) {
    gate_.Close();
    for (const v1::StartRank& start : starts) {
      coordinator_->sessions().OnRecord(link, FinishedRecord(*vault_, start).value());
    }
    gate_.Open();
  }

  // Without building a view after each change, as Await() does.
  void AwaitEnd(const std::string& id) {
    absl::Mutex mu;
    const auto has_ended = [&] { return coordinator_->status_store().Machine(id)->IsTerminal(); };
    bool changed = false;
    const int64_t subscription = coordinator_->status_store().Subscribe(id, [&] {
      absl::MutexLock lock(&mu);
      changed = true;
    });
    while (!has_ended()) {
      absl::MutexLock lock(&mu);
      ASSERT_TRUE(mu.AwaitWithTimeout(absl::Condition(&changed), 10 * kTestPatience));
      changed = false;
    }
    coordinator_->status_store().Unsubscribe(subscription);
  }
};

TEST_F(WorkTest, TwiceTheTrialsCostTwiceTheWork) {
  const std::map<std::string, uint64_t> one = ToMap(WorkFor(1000));
  const std::map<std::string, uint64_t> two = ToMap(WorkFor(2000));
  for (const auto& [name, count] : one) {
    EXPECT_GT(count, 0) << name;
    EXPECT_LE(two.at(name), 2.05 * count) << name;
    RecordProperty(name, absl::StrCat(count, " ", two.at(name)));
  }
  // Three events and a record for each trial, two commits for all ends.
  EXPECT_LT(two.at("rows"), 4.1 * 2000);
  EXPECT_LT(two.at("commits"), 12);
  EXPECT_EQ(two.at("links"), 3 * 2000);
  // For each trial: the new folder of its checkpoint in the folder above, model.json, and
  // the names in it. A few hundred are shared by all.
  EXPECT_LE(two.at("syncs"), 3 * 2000 + 400);
  EXPECT_EQ(two.at("trials_copied"), 3 * 2000);
}

}  // namespace
}  // namespace gyrus
