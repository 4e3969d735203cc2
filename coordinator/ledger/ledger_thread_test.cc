#include "coordinator/ledger/ledger_thread.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "common/testing/fake_clock.h"
#include "common/testing/test_folder.h"
#include "coordinator/ledger/ledger.h"
#include "coordinator/ledger/ledger_reader.h"
#include "coordinator/ledger/testing/ledger_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// The ids of the experiments that were submitted.
struct Names {
  std::vector<std::string> all;

  absl::Status Apply(const v1::Event& event) {
    if (event.experiment_id() == "impossible") return absl::DataLossError("cannot follow");
    all.push_back(event.experiment_id());
    return absl::OkStatus();
  }
};

// A disk on which a commit can be made to wait or to fail.
class FakeStore final : public LedgerStore {
 public:
  struct Disk {
    std::vector<LedgerBatch> commits;  // Read when the ledger is gone, or waits.
    // Set before the ledger starts.
    std::function<absl::Status()> on_commit = [] { return absl::OkStatus(); };
  };
  explicit FakeStore(Disk& disk) : disk_(disk) {}

  uint64_t incarnation() const override { return 1; }
  absl::Status ReadEvents(absl::FunctionRef<absl::Status(const v1::Event&)>) override {
    return absl::OkStatus();
  }
  absl::StatusOr<RecordMarks> ReadMarks() override { return RecordMarks(); }
  absl::Status Commit(const LedgerBatch& batch) override {
    disk_.commits.push_back(batch);
    return disk_.on_commit();
  }

 private:
  Disk& disk_;
};

// One reply, to be waited for.
class Reply {
 public:
  absl::AnyInvocable<void(absl::Status)> Taker() {
    return [this](absl::Status status) {
      status_ = std::move(status);
      came_.Notify();
    };
  }
  bool came() const { return came_.HasBeenNotified(); }
  absl::Status Wait() {
    came_.WaitForNotification();
    return status_;
  }

 private:
  absl::Status status_;
  absl::Notification came_;
};

Ledger<Names>::Decide Submit(const std::string& name) {
  return [name](Names&) -> absl::StatusOr<LedgerEvents> { return LedgerEvents{Submitted(name)}; };
}

class LedgerThreadTest : public testing::Test {
 protected:
  // The first commit waits for `release_`, so that what is run after `held_`
  // becomes one group, whose commit does `then`.
  void HoldFirstCommit(std::function<absl::Status()> then = [] { return absl::OkStatus(); }) {
    disk_.on_commit = [this, then = std::move(then)] {
      if (disk_.commits.size() > 1) return then();
      held_.Notify();
      release_.WaitForNotification();
      return absl::OkStatus();
    };
  }

  void Start(LedgerOptions options = {}) {
    auto ledger = Ledger<Names>::Start(
        std::make_unique<FakeStore>(disk_), std::make_unique<Names>(),
        [this](Names& names, absl::Span<const v1::Event> events) {
          published_.push_back(absl::StrCat(events.size(), " of ", names.all.size()));
          if (on_publish_) on_publish_();
        },
        std::move(options));
    ASSERT_TRUE(ledger.ok()) << ledger.status();
    ledger_ = *std::move(ledger);
  }

  void Run(Ledger<Names>::Decide decide, Reply& reply) {
    ledger_->Run(std::move(decide), reply.Taker());
  }
  absl::Status RunAndWait(Ledger<Names>::Decide decide) {
    Reply reply;
    Run(std::move(decide), reply);
    return reply.Wait();
  }
  // The state, as a command sees it.
  std::vector<std::string> Seen() {
    std::vector<std::string> seen;
    EXPECT_TRUE(RunAndWait([&seen](Names& names) -> absl::StatusOr<LedgerEvents> {
                  seen = names.all;
                  return LedgerEvents{};
                }).ok());
    return seen;
  }
  LedgerOptions NotingFatal() {
    LedgerOptions options;
    options.on_fatal = [this](const absl::Status& why) { fatal_.push_back(why); };
    return options;
  }

  FakeStore::Disk disk_;
  absl::Notification held_, release_;
  std::vector<std::string> published_;
  std::function<void()> on_publish_;
  std::vector<absl::Status> fatal_;
  std::unique_ptr<Ledger<Names>> ledger_;
};

TEST_F(LedgerThreadTest, NobodyHearsOfAnythingBeforeTheCommit) {
  HoldFirstCommit();
  Start();
  Reply reply;
  Run(Submit("a"), reply);
  held_.WaitForNotification();
  EXPECT_FALSE(reply.came());
  EXPECT_THAT(published_, IsEmpty());
  on_publish_ = [&reply] { EXPECT_FALSE(reply.came()); };
  release_.Notify();
  EXPECT_TRUE(reply.Wait().ok());
  EXPECT_THAT(published_, ElementsAre("1 of 1"));
}

TEST_F(LedgerThreadTest, WhoeverWaitsSharesOneCommit) {
  HoldFirstCommit();
  Start();
  Reply first;
  Run(Submit("first"), first);
  held_.WaitForNotification();
  std::vector<Reply> rest(50);
  for (Reply& reply : rest) Run(Submit("rest"), reply);
  release_.Notify();
  for (Reply& reply : rest) EXPECT_TRUE(reply.Wait().ok());
  EXPECT_TRUE(first.Wait().ok());
  ASSERT_EQ(disk_.commits.size(), 2);
  EXPECT_EQ(disk_.commits[1].events.size(), 50);
}

TEST_F(LedgerThreadTest, ADecisionSeesThoseBeforeItAndIsAnsweredWithThem) {
  absl::Notification second_held, release_second;
  HoldFirstCommit([&] {
    second_held.Notify();
    release_second.WaitForNotification();
    return absl::OkStatus();
  });
  Start();
  Reply first, second, third;
  Run(Submit("first"), first);
  held_.WaitForNotification();
  std::vector<std::string> seen;
  Run(Submit("second"), second);
  Run(
      [&seen](Names& names) -> absl::StatusOr<LedgerEvents> {
        seen = names.all;
        return LedgerEvents{};  // Changes nothing, but has seen what is not durable.
      },
      third);
  release_.Notify();
  second_held.WaitForNotification();
  EXPECT_FALSE(third.came());
  release_second.Notify();
  EXPECT_TRUE(third.Wait().ok());
  EXPECT_THAT(seen, ElementsAre("first", "second"));
}

TEST_F(LedgerThreadTest, ARefusalChangesNothing) {
  Start();
  const absl::Status refusal = absl::AlreadyExistsError("no");
  EXPECT_EQ(RunAndWait([&](Names&) -> absl::StatusOr<LedgerEvents> { return refusal; }), refusal);
  EXPECT_THAT(Seen(), IsEmpty());
  EXPECT_THAT(disk_.commits, IsEmpty());
  EXPECT_TRUE(RunAndWait(Submit("a")).ok());
}

// Someone sent it; the ledger goes on.
TEST_F(LedgerThreadTest, WhatCouldNotBeReadAgainIsRefused) {
  Start();
  v1::Event newer = Submitted("newer");
  newer.mutable_submitted()
      ->GetReflection()
      ->MutableUnknownFields(newer.mutable_submitted())
      ->AddVarint(1000, 1);
  v1::Event latin = Submitted("latin");
  latin.mutable_submitted()->set_request_id("Gr\xf6\xdf\x65");
  for (const v1::Event& bad : {newer, latin, v1::Event()}) {
    const absl::Status status = RunAndWait([&bad](Names&) -> absl::StatusOr<LedgerEvents> {
      return LedgerEvents{Submitted("its companion"), bad};
    });
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  }
  EXPECT_TRUE(RunAndWait(Submit("good")).ok());
  EXPECT_THAT(Seen(), ElementsAre("good"));
}

TEST_F(LedgerThreadTest, EventsAreStampedWithTheTime) {
  const FakeClock clock;
  LedgerOptions options;
  options.clock = &clock;
  Start(std::move(options));
  ASSERT_TRUE(RunAndWait(Submit("a")).ok());
  EXPECT_EQ(disk_.commits.at(0).events.at(0).time_us(), 42);
}

TEST_F(LedgerThreadTest, AFailedCommitIsAnsweredOkToNobody) {
  HoldFirstCommit([] { return absl::ResourceExhaustedError("disk full"); });
  Start(NotingFatal());
  Reply first, second, third;
  Run(Submit("first"), first);
  held_.WaitForNotification();
  Run(Submit("second"), second);
  Run([](Names&) -> absl::StatusOr<LedgerEvents> { return LedgerEvents{}; }, third);
  release_.Notify();
  EXPECT_EQ(second.Wait().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(third.Wait().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(fatal_, ElementsAre(absl::ResourceExhaustedError("disk full")));
  EXPECT_THAT(published_, ElementsAre("1 of 1"));

  EXPECT_EQ(RunAndWait(Submit("later")).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(disk_.commits.size(), 2);
}

TEST_F(LedgerThreadTest, AnEventThatCannotFollowIsAnsweredOkToNobody) {
  HoldFirstCommit();
  Start(NotingFatal());
  Reply first, second, third;
  Run(Submit("first"), first);
  held_.WaitForNotification();
  Run(Submit("second"), second);
  Run(Submit("impossible"), third);
  release_.Notify();
  EXPECT_EQ(second.Wait().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(third.Wait().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(fatal_.size(), 1);
  EXPECT_EQ(disk_.commits.size(), 1);
}

TEST_F(LedgerThreadTest, ByDefaultAFailedCommitEndsTheProcess) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  disk_.on_commit = [] { return absl::ResourceExhaustedError("disk full"); };
  EXPECT_EXIT(
      {
        Start();
        [[maybe_unused]] const absl::Status never = RunAndWait(Submit("a"));
      },
      testing::ExitedWithCode(5), "disk full");
}

TEST_F(LedgerThreadTest, AFullQueueIsRefusedAtOnceButNotTheLedgersOwn) {
  HoldFirstCommit();
  LedgerOptions options;
  options.max_queued = 2;
  Start(std::move(options));
  Reply first, second, third, fourth, always;
  std::vector<Reply> own(5);
  ledger_->Run(Submit("first"), [&](absl::Status status) {
    for (Reply& reply : own) Run(Submit("own"), reply);
    first.Taker()(std::move(status));
  });
  held_.WaitForNotification();
  Run(Submit("second"), second);
  Run(Submit("third"), third);
  Run(Submit("fourth"), fourth);
  EXPECT_EQ(fourth.Wait().code(), absl::StatusCode::kResourceExhausted);
  ledger_->RunAlways(Submit("always"), always.Taker());
  release_.Notify();
  EXPECT_TRUE(second.Wait().ok());
  EXPECT_TRUE(third.Wait().ok());
  for (Reply& reply : own) EXPECT_TRUE(reply.Wait().ok());
  EXPECT_TRUE(always.Wait().ok());
  EXPECT_THAT(Seen(),
              ElementsAre("first", "second", "third", "always", "own", "own", "own", "own", "own"));
}

TEST_F(LedgerThreadTest, WhatIsQueuedIsAnsweredBeforeItGoes) {
  HoldFirstCommit();
  Start();
  std::vector<Reply> replies(20);
  for (Reply& reply : replies) Run(Submit("a"), reply);
  release_.Notify();
  ledger_.reset();
  for (Reply& reply : replies) {
    ASSERT_TRUE(reply.came());
    EXPECT_TRUE(reply.Wait().ok());
  }
}

// Over a real ledger: what a restart remembers.
class LedgerRestartTest : public testing::Test {
 protected:
  void Restart() {
    ledger_.reset();
    const absl::Status status = TryRestart();
    ASSERT_TRUE(status.ok()) << status;
  }
  absl::Status TryRestart() {
    auto store = LedgerStore::Open(path_);
    if (!store.ok()) return store.status();
    auto ledger = Ledger<Names>::Start(*std::move(store), std::make_unique<Names>());
    if (!ledger.ok()) return ledger.status();
    ledger_ = *std::move(ledger);
    return absl::OkStatus();
  }

  // Runs a record that causes the event `name`.
  void Run(v1::SpooledRecord record, const std::string& name, Reply& reply) {
    ledger_->RunRecord(
        std::move(record),
        [name](Names&, const v1::SpooledRecord& it) -> absl::StatusOr<LedgerEvents> {
          if (name.empty()) return absl::AbortedError("refused");
          return LedgerEvents{Submitted(absl::StrCat(name, it.record().sequence()))};
        },
        reply.Taker());
  }
  absl::Status RunAndWait(v1::SpooledRecord record, const std::string& name) {
    Reply reply;
    Run(std::move(record), name, reply);
    return reply.Wait();
  }
  std::vector<std::string> Seen() {
    std::vector<std::string> seen;
    Reply reply;
    ledger_->Run(
        [&seen](Names& names) -> absl::StatusOr<LedgerEvents> {
          seen = names.all;
          return LedgerEvents{};
        },
        reply.Taker());
    EXPECT_TRUE(reply.Wait().ok());
    return seen;
  }
  size_t Metrics() {
    auto reader = LedgerReader::Open(path_);
    return (*reader)->Metrics({"e", "T1w/main/r0/f0/s0", 1})->size();
  }

  const TestFolder folder_;
  const std::string path_ = folder_.In("ledger.db");
  std::unique_ptr<Ledger<Names>> ledger_;
};

TEST_F(LedgerRestartTest, ARecordIsAppliedOnceHoweverOftenItComes) {
  Restart();
  Reply first, again;
  Run(StepsRecord(0, 1, {5}), "a", first);
  Run(StepsRecord(0, 1, {5}), "b", again);  // Perhaps in the same group.
  EXPECT_TRUE(first.Wait().ok());
  EXPECT_TRUE(again.Wait().ok());
  EXPECT_TRUE(RunAndWait(StepsRecord(0, 1, {5}), "c").ok());
  EXPECT_EQ(Metrics(), 1);
  Restart();
  EXPECT_TRUE(RunAndWait(StepsRecord(0, 1, {5}), "d").ok());
  EXPECT_TRUE(RunAndWait(StepsRecord(0, 2, {4}), "e").ok());
  EXPECT_EQ(Metrics(), 2);
  EXPECT_THAT(Seen(), ElementsAre("a1", "e2"));
  EXPECT_EQ(ledger_->incarnation(), 2);
}

TEST_F(LedgerRestartTest, ARecordAfterAGapIsRefused) {
  Restart();
  const absl::Status status = RunAndWait(StepsRecord(0, 2, {5}), "a");
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("rank 0 came before record 1"));
  EXPECT_EQ(RunAndWait(StepsRecord(0, 0, {5}), "a").code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(Seen(), IsEmpty());
}

TEST_F(LedgerRestartTest, ARefusedRecordLeavesNoRowsAndNoMark) {
  Restart();
  EXPECT_EQ(RunAndWait(StepsRecord(0, 1, {5}), "").code(), absl::StatusCode::kAborted);
  EXPECT_EQ(Metrics(), 0);
  EXPECT_TRUE(RunAndWait(StepsRecord(0, 1, {5}), "a").ok());
  EXPECT_EQ(Metrics(), 1);
}

TEST_F(LedgerRestartTest, ALedgerThatContradictsItselfDoesNotStart) {
  {
    auto store = LedgerStore::Open(path_);
    ASSERT_TRUE(store.ok());
    ASSERT_TRUE((*store)->Commit({.events = {Submitted("a"), Submitted("impossible")}}).ok());
  }
  EXPECT_EQ(TryRestart(), absl::DataLossError("event 2: cannot follow"));
}

}  // namespace
}  // namespace gyrus
