// A coordinator over a real ledger, with loaders and workers that a test plays.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "common/testing/test_folder.h"
#include "coordinator/runtime/coordinator.h"
#include "coordinator/runtime/testing/fakes.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {

class CoordinatorFixture : public testing::Test {
 protected:
  CoordinatorFixture() {
    folder_ = std::make_unique<RunFolder>(*RunFolder::OpenOrCreate(scratch_.In("run")));
    EXPECT_TRUE(MakeFolders(folder_->coordinator_folder()).ok());
    key_ = std::make_unique<SigningKey>(*SigningKey::LoadOrCreate(folder_->key_file()));
    Start();
  }

  // Starts a coordinator, also a second one from what is on the disk. It has
  // loaders of its own, as after a restart.
  void Start(std::unique_ptr<FakeLoaders> loaders = std::make_unique<FakeLoaders>()) {
    coordinator_.reset();
    loaders_ = std::move(loaders);
    reader_.reset();
    vault_ = *Vault::Open(folder_->vault_folder());
    links_ = MakeVaultLinks(*vault_);
    auto store = LedgerStore::Open(folder_->ledger_file());
    ASSERT_TRUE(store.ok()) << store.status();
    reader_ = *LedgerReader::Open(folder_->ledger_file());
    auto coordinator = Coordinator::Start(std::make_unique<GatedStore>(*std::move(store), gate_),
                                          {.folder = *folder_,
                                           .key = *key_,
                                           .vault = *vault_,
                                           .reader = *reader_,
                                           .loaders = *loaders_,
                                           .links = *links_,
                                           .clock = clock_});
    ASSERT_TRUE(coordinator.ok()) << coordinator.status();
    coordinator_ = *std::move(coordinator);
    AwaitDataChecks();
  }

  // Waits until a coordinator that started again has seen that the data are the same.
  void AwaitDataChecks() {
    for (const v1::ExperimentView& running : coordinator_->status_store().List()) {
      if (running.state() != v1::EXPERIMENT_STATE_RUNNING) continue;
      Await(running.id(), [](const v1::ExperimentView& view) {
        return std::none_of(view.trials().begin(), view.trials().end(),
                            [](const v1::TrialView& trial) {
                              return trial.reason().code() == v1::REASON_CODE_CHECKING_DATA;
                            });
      });
    }
  }

  // Two trials, kTrialA and kTrialB.
  static v1::SubmitRequest Request(uint32_t slots = 1, const std::string& id = "request") {
    v1::SubmitRequest request;
    request.set_request_id(id);
    *request.mutable_spec() = MakeSpec(2);
    request.mutable_spec()->mutable_resources()->set_slots_per_trial(slots);
    return request;
  }
  // Submits, and waits for the plan.
  std::string Submit(uint32_t slots = 1, const std::string& request = "request") {
    const auto id = coordinator_->Submit(Request(slots, request));
    EXPECT_TRUE(id.ok()) << id.status();
    Await(*id, [](const v1::ExperimentView& view) {
      EXPECT_THAT(view.reasons(), testing::IsEmpty()) << view.ShortDebugString();
      return view.state() != v1::EXPERIMENT_STATE_ADMITTING;
    });
    return *id;
  }

  // Everything said so far is decided, and what that made the ledger say to
  // itself, too.
  void Settle() {
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(coordinator_->Cancel("nobody").code(), absl::StatusCode::kNotFound);
    }
  }

  v1::ExperimentView Await(const std::string& id,
                           const std::function<bool(const v1::ExperimentView&)>& is) {
    absl::Mutex mu;
    bool changed = true;
    const int64_t subscription = coordinator_->status_store().Subscribe(id, [&] {
      absl::MutexLock lock(&mu);
      changed = true;
    });
    v1::ExperimentView view;
    do {
      {
        absl::MutexLock lock(&mu);
        if (!mu.AwaitWithTimeout(absl::Condition(&changed), kTestPatience)) {
          ADD_FAILURE() << "it stays " << view.ShortDebugString();
          break;
        }
        changed = false;
      }
      view = *coordinator_->status_store().View(id, true);
    } while (!is(view));
    coordinator_->status_store().Unsubscribe(subscription);
    return view;
  }
  v1::TrialView Trial(const std::string& id, const std::string& trial_id) const {
    const v1::ExperimentView view = coordinator_->status_store().View(id, false).value();
    for (const v1::TrialView& trial : view.trials()) {
      if (trial.id() == trial_id) return trial;
    }
    ADD_FAILURE() << "there is no trial " << trial_id;
    return {};
  }

  static v1::Hello HelloOf(const std::string& worker, uint32_t slots, uint64_t incarnation = 1) {
    v1::Hello hello;
    hello.set_worker_id(worker);
    hello.set_incarnation(incarnation);
    hello.set_slots(slots);
    hello.set_numeric_kind("cpu");
    return hello;
  }
  std::shared_ptr<FakeLink> Join(const v1::Hello& hello) {
    auto link = std::make_shared<FakeLink>();
    coordinator_->sessions().OnHello(link, hello);
    Settle();
    return link;
  }
  std::shared_ptr<FakeLink> Join(const std::string& worker, uint32_t slots,
                                 uint64_t incarnation = 1) {
    return Join(HelloOf(worker, slots, incarnation));
  }

  static v1::SpooledRecord RecordOf(const v1::RankId& rank, uint64_t sequence) {
    v1::SpooledRecord record;
    *record.mutable_rank() = rank;
    record.mutable_record()->set_sequence(sequence);
    return record;
  }
  // Its first and only record.
  void Finish(const std::shared_ptr<FakeLink>& link, const v1::RankId& rank) {
    v1::SpooledRecord record = RecordOf(rank, 1);
    *record.mutable_record()->mutable_finished() = Finished(rank.rank());
    coordinator_->sessions().OnRecord(link, record);
    Settle();
  }
  void Fail(const std::shared_ptr<FakeLink>& link, const v1::RankId& rank, v1::ReasonCode code) {
    v1::SpooledRecord record = RecordOf(rank, 1);
    *record.mutable_record()->mutable_failed() = MakeReason(code);
    coordinator_->sessions().OnRecord(link, record);
    Settle();
  }

  const TestFolder scratch_;
  FakeClock clock_;
  CommitGate gate_;
  std::unique_ptr<RunFolder> folder_;
  std::unique_ptr<SigningKey> key_;
  std::unique_ptr<FakeLoaders> loaders_;
  std::unique_ptr<Vault> vault_;
  std::unique_ptr<LinkTarget> links_;
  std::unique_ptr<LedgerReader> reader_;
  std::unique_ptr<Coordinator> coordinator_;
};

}  // namespace gyrus
