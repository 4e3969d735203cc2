// The clock, the disk, the workers and the loader of a coordinator under test.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/clock.h"
#include "common/testing/fake_clock.h"
#include "coordinator/ledger/ledger_store.h"
#include "coordinator/lifecycle/testing/lifecycle_fixture.h"
#include "coordinator/runtime/loaders.h"
#include "coordinator/runtime/worker_links.h"
#include "gtest/gtest.h"

namespace gyrus {

// Longer than anything here takes; only a test that fails waits for it.
inline constexpr absl::Duration kTestPatience = absl::Seconds(10);

// Lets commits pass, or holds the next one, so that what a test says meanwhile
// becomes one group of commands.
class CommitGate {
 public:
  void Close() {
    absl::MutexLock lock(&mu_);
    closed_ = true;
  }
  void WaitUntilOneWaits() {
    absl::MutexLock lock(&mu_);
    EXPECT_TRUE(mu_.AwaitWithTimeout(absl::Condition(&waits_), kTestPatience));
  }
  void Open() {
    absl::MutexLock lock(&mu_);
    closed_ = false;
  }
  void Pass() {
    absl::MutexLock lock(&mu_);
    waits_ = true;
    mu_.Await(absl::Condition(
        +[](bool* closed) { return !*closed; }, &closed_));
    waits_ = false;
  }

 private:
  absl::Mutex mu_;
  bool closed_ ABSL_GUARDED_BY(mu_) = false;
  bool waits_ ABSL_GUARDED_BY(mu_) = false;
};

class GatedStore final : public LedgerStore {
 public:
  GatedStore(std::unique_ptr<LedgerStore> store, CommitGate& gate)
      : store_(std::move(store)), gate_(gate) {}
  uint64_t incarnation() const override { return store_->incarnation(); }
  absl::Status ReadEvents(absl::FunctionRef<absl::Status(const v1::Event&)> replay) override {
    return store_->ReadEvents(replay);
  }
  absl::StatusOr<RecordMarks> ReadMarks() override { return store_->ReadMarks(); }
  absl::Status Commit(const LedgerBatch& batch) override {
    gate_.Pass();
    return store_->Commit(batch);
  }

 private:
  const std::unique_ptr<LedgerStore> store_;
  CommitGate& gate_;
};

// A worker's end of the link: keeps the messages that it gets. Thread-safe.
class FakeLink final : public WorkerLink {
 public:
  void Send(v1::ToWorker message) override {
    absl::MutexLock lock(&mu_);
    messages_.push_back(std::move(message));
  }
  void Close(const absl::Status& why) override {
    absl::MutexLock lock(&mu_);
    closed_.push_back(why);
  }

  std::vector<v1::ToWorker> messages() const {
    absl::MutexLock lock(&mu_);
    return messages_;
  }
  std::vector<absl::Status> closed() const {
    absl::MutexLock lock(&mu_);
    return closed_;
  }
  std::vector<v1::StartRank> starts() const {
    std::vector<v1::StartRank> starts;
    for (const v1::ToWorker& message : messages()) {
      if (message.has_start()) starts.push_back(message.start());
    }
    return starts;
  }
  // "trial" of each ForgetTrial.
  std::vector<std::string> forgets() const {
    std::vector<std::string> forgets;
    for (const v1::ToWorker& message : messages()) {
      if (message.has_forget()) forgets.push_back(message.forget().trial_id());
    }
    return forgets;
  }
  // How often it was acknowledged that records of that rank are durable.
  int applied(const v1::RankId& rank) const {
    int applied = 0;
    for (const v1::ToWorker& message : messages()) {
      if (!message.has_applied()) continue;
      applied += message.applied().rank().SerializeAsString() == rank.SerializeAsString();
    }
    return applied;
  }
  // "trial attempt/rank" of each StopRank.
  std::vector<std::string> stops() const {
    std::vector<std::string> stops;
    for (const v1::ToWorker& message : messages()) {
      if (!message.has_stop()) continue;
      const v1::RankId& rank = message.stop().rank();
      stops.push_back(absl::StrCat(rank.trial_id(), " ", rank.attempt(), "/", rank.rank()));
    }
    return stops;
  }
  // Waits until there have been so many. All of them, and empty ones for those
  // that did not come in time.
  std::vector<v1::StartRank> WaitForStarts(size_t count) const {
    const auto enough = [this, count]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
      size_t starts = 0;
      for (const v1::ToWorker& message : messages_) starts += message.has_start();
      return starts >= count;
    };
    {
      absl::MutexLock lock(&mu_);
      EXPECT_TRUE(mu_.AwaitWithTimeout(absl::Condition(&enough), kTestPatience))
          << "a worker did not get the start of " << count << " ranks";
    }
    std::vector<v1::StartRank> all = starts();
    all.resize(std::max(all.size(), count));
    return all;
  }

 private:
  mutable absl::Mutex mu_;
  std::vector<v1::ToWorker> messages_ ABSL_GUARDED_BY(mu_);
  std::vector<absl::Status> closed_ ABSL_GUARDED_BY(mu_);
};

// A loader at "loader:1" that has six samples for whoever asks, of a size that a
// network takes. Keeps the requests. Thread-safe.
class FakeLoaders : public Loaders {
 public:
  absl::StatusOr<std::vector<std::string>> Addresses() override {
    absl::MutexLock lock(&mu_);
    const auto may_answer = [this]()
                                ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return started_ || closed_; };
    mu_.Await(absl::Condition(&may_answer));
    if (!started_) return absl::CancelledError("closed");
    return std::vector<std::string>{"loader:1"};
  }
  std::vector<std::string> KnownAddresses() override { return {"loader:1"}; }
  absl::StatusOr<AdmittedTable> Admit(const v1::AdmitRequest& request,
                                      const std::function<void(const v1::Admission&)>&,
                                      std::vector<v1::Reason>&) override {
    absl::MutexLock lock(&mu_);
    requests_.push_back(request);
    if (!failures_.empty()) {
      const absl::Status failure = failures_.front();
      failures_.erase(failures_.begin());
      return failure;
    }
    AdmittedTable admitted;
    admitted.table = MakeTable(6);
    for (v1::Sample& sample : *admitted.table.mutable_samples()) {
      for (v1::Image& image : *sample.mutable_images()) image.set_shape(0, 40);
    }
    return admitted;
  }
  void Close() override {
    absl::MutexLock lock(&mu_);
    closed_ = true;
  }

  // The next calls of Admit() end with these.
  void FailNextAdmissions(std::vector<absl::Status> failures) {
    absl::MutexLock lock(&mu_);
    failures_ = std::move(failures);
  }
  // Addresses() waits until SetStarted(true).
  void SetStarted(bool started) {
    absl::MutexLock lock(&mu_);
    started_ = started;
  }
  std::vector<v1::AdmitRequest> requests() const {
    absl::MutexLock lock(&mu_);
    return requests_;
  }

 private:
  mutable absl::Mutex mu_;
  bool started_ ABSL_GUARDED_BY(mu_) = true;
  bool closed_ ABSL_GUARDED_BY(mu_) = false;
  std::vector<v1::AdmitRequest> requests_ ABSL_GUARDED_BY(mu_);
  std::vector<absl::Status> failures_ ABSL_GUARDED_BY(mu_);
};

}  // namespace gyrus
