// A real agent and real processes, with a coordinator that a test plays.
#include "worker/agent/agent.h"

#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/digest.h"
#include "common/rpc/server.h"
#include "common/testing/paths.h"
#include "common/testing/test_folder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// Longer than anything here takes; only a test that fails waits for it.
constexpr absl::Duration kTestPatience = absl::Seconds(30);

// Hears what the worker says on each of its links, and says what a test wants.
// Thread-safe.
class FakeCoordinator final : public v1::Workers::Service {
 public:
  struct Received {
    int link = 0;  // From 1.
    v1::FromWorker message;
  };
  using Stream = grpc::ServerReaderWriter<v1::ToWorker, v1::FromWorker>;

  grpc::Status Link(grpc::ServerContext* context, Stream* stream) override {
    int link;
    {
      absl::MutexLock lock(&mu_);
      if (!refusal_.ok()) return refusal_;
      link = ++links_;
      context_ = context;
      stream_ = stream;
    }
    v1::FromWorker message;
    while (stream->Read(&message)) {
      absl::MutexLock lock(&mu_);
      heard_.push_back({link, message});
      v1::ToWorker reply;
      if (message.has_hello()) {
        reply.mutable_welcome();
        stream->Write(reply);
      } else if (message.has_record() && message.record().record().sequence() <= applies_up_to_) {
        *reply.mutable_applied()->mutable_rank() = message.record().rank();
        reply.mutable_applied()->set_sequence(message.record().record().sequence());
        stream->Write(reply);
      }
    }
    absl::MutexLock lock(&mu_);
    if (stream_ == stream) stream_ = nullptr;
    return grpc::Status::OK;
  }

  grpc::Status Upload(grpc::ServerContext* context, grpc::ServerReader<v1::UploadChunk>* reader,
                      v1::UploadReply*) override {
    v1::UploadChunk chunk;
    std::string sha256;
    std::string bytes;
    while (reader->Read(&chunk)) {
      if (bytes.empty()) sha256 = chunk.sha256();
      bytes += chunk.data();
      absl::MutexLock lock(&mu_);
      ++chunks_;
      const auto goes_on = [this, context]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
        return !holds_uploads_ || context->IsCancelled();
      };
      while (!mu_.AwaitWithTimeout(absl::Condition(&goes_on), absl::Milliseconds(5))) {
      }
    }
    if (Sha256Of(bytes) != sha256) return {grpc::StatusCode::DATA_LOSS, "other bytes"};
    absl::MutexLock lock(&mu_);
    if (vault_is_full_) return {grpc::StatusCode::RESOURCE_EXHAUSTED, "No space left on device"};
    ++uploads_;
    return grpc::Status::OK;
  }

  // On the newest link.
  void Send(const v1::ToWorker& message) {
    absl::MutexLock lock(&mu_);
    ASSERT_NE(stream_, nullptr);
    EXPECT_TRUE(stream_->Write(message));
  }
  void BreakLink() {
    absl::MutexLock lock(&mu_);
    if (stream_ != nullptr) context_->TryCancel();
  }
  void ApplyUpTo(uint64_t sequence) {
    absl::MutexLock lock(&mu_);
    applies_up_to_ = sequence;
  }
  void HoldUploads(bool hold) {
    absl::MutexLock lock(&mu_);
    holds_uploads_ = hold;
  }
  void FillVault(bool is_full) {
    absl::MutexLock lock(&mu_);
    vault_is_full_ = is_full;
  }
  void Refuse(grpc::StatusCode code) {
    absl::MutexLock lock(&mu_);
    refusal_ = grpc::Status(code, "refused");
  }
  int uploads() const {
    absl::MutexLock lock(&mu_);
    return uploads_;
  }
  void WaitForChunk() const {
    const auto came = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return chunks_ > 0; };
    absl::MutexLock lock(&mu_);
    EXPECT_TRUE(mu_.AwaitWithTimeout(absl::Condition(&came), kTestPatience));
  }

  // Waits until `is` holds for so many messages. All of them, and empty ones for
  // those that did not come in time.
  std::vector<Received> Wait(size_t count, bool (*is)(const v1::FromWorker&)) const {
    std::vector<Received> found;
    const auto enough = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
      found.clear();
      for (const Received& heard : heard_) {
        if (is(heard.message)) found.push_back(heard);
      }
      return found.size() >= count;
    };
    absl::MutexLock lock(&mu_);
    EXPECT_TRUE(mu_.AwaitWithTimeout(absl::Condition(&enough), kTestPatience))
        << found.size() << " messages came, not " << count;
    found.resize(std::max(found.size(), count));
    return found;
  }

 private:
  mutable absl::Mutex mu_;
  grpc::ServerContext* context_ ABSL_GUARDED_BY(mu_) = nullptr;
  Stream* stream_ ABSL_GUARDED_BY(mu_) = nullptr;
  int links_ ABSL_GUARDED_BY(mu_) = 0;
  std::vector<Received> heard_ ABSL_GUARDED_BY(mu_);
  uint64_t applies_up_to_ ABSL_GUARDED_BY(mu_) = 1000;
  grpc::Status refusal_ ABSL_GUARDED_BY(mu_);
  bool holds_uploads_ ABSL_GUARDED_BY(mu_) = false;
  bool vault_is_full_ ABSL_GUARDED_BY(mu_) = false;
  int chunks_ ABSL_GUARDED_BY(mu_) = 0;
  int uploads_ ABSL_GUARDED_BY(mu_) = 0;
};

bool IsHello(const v1::FromWorker& message) { return message.has_hello(); }
bool IsRecord(const v1::FromWorker& message) { return message.has_record(); }
bool IsExit(const v1::FromWorker& message) { return message.has_exited(); }
bool IsWaiting(const v1::FromWorker& message) { return message.has_waiting(); }
bool IsFinished(const v1::FromWorker& message) {
  return message.record().record().has_finished() || message.record().record().has_failed();
}

// "link:sequence" of each.
std::vector<std::string> Order(const std::vector<FakeCoordinator::Received>& records) {
  std::vector<std::string> order;
  for (const auto& heard : records) {
    order.push_back(absl::StrCat(heard.link, ":", heard.message.record().record().sequence()));
  }
  return order;
}

class AgentTest : public testing::Test {
 protected:
  AgentTest() : server_(*RpcServer::Start({}, {&coordinator_})), address_(server_->address()) {
    StartAgent();
  }
  ~AgentTest() override { StopAgent(); }

  void StartAgent() {
    auto identity = NextIncarnation(scratch_.In("worker"));
    ASSERT_TRUE(identity.ok()) << identity.status();
    agent_ = std::make_unique<Agent>(
        AgentOptions{.coordinator_address = address_,
                     .folder = scratch_.In("worker"),
                     .trainer = {absl::StrCat(BinaryDir(), "/tests/fake_trainer")},
                     .slots = 2,
                     .numeric_kind = "cpu",
                     .checkpoint_folder = scratch_.In("resume"),
                     .upload = {.first_pause = absl::Milliseconds(5),
                                .longest_pause = absl::Milliseconds(20)}},
        *std::move(identity));
    runs_ = std::thread([this] { ended_ = agent_->Run(); });
    coordinator_.Wait(1, &IsHello);
  }
  void StopAgent() {
    if (agent_ == nullptr) return;
    agent_->Stop();
    runs_.join();
    agent_.reset();
  }
  void StopCoordinator() { server_.reset(); }
  void StartCoordinatorAgain() {
    auto server = RpcServer::Start({.address = address_}, {&coordinator_});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  static v1::RankId RankOf(uint32_t rank) {
    v1::RankId id;
    id.set_experiment_id("e");
    id.set_trial_id("T1w/train/r0/f0/s1");
    id.set_attempt(1);
    id.set_rank(rank);
    return id;
  }
  void StartRank(const std::string& words, uint32_t rank = 0) {
    v1::ToWorker message;
    *message.mutable_start()->mutable_rank() = RankOf(rank);
    message.mutable_start()->mutable_trial()->set_arm(words);
    coordinator_.Send(message);
  }
  void StopRank(uint32_t rank = 0) {
    v1::ToWorker message;
    *message.mutable_stop()->mutable_rank() = RankOf(rank);
    coordinator_.Send(message);
  }
  void Open(const std::string& gate) {
    EXPECT_TRUE(WriteFileAtomically(scratch_.In(gate), "").ok());
  }
  // Returns the process id that the fake trainer wrote as "pid=".
  pid_t WaitForPid() {
    const absl::Time give_up = absl::Now() + kTestPatience;
    while (absl::Now() < give_up) {
      const auto text = ReadFile(scratch_.In("pid"));
      pid_t pid = 0;
      if (text.ok() && absl::SimpleAtoi(*text, &pid)) return pid;
      absl::SleepFor(absl::Milliseconds(2));
    }
    ADD_FAILURE() << "the trainer did not start";
    return 0;
  }
  static bool Lives(pid_t pid) { return kill(pid, 0) == 0 || errno != ESRCH; }

  const TestFolder scratch_;
  FakeCoordinator coordinator_;
  std::unique_ptr<RpcServer> server_;
  const std::string address_;
  std::unique_ptr<Agent> agent_;
  std::thread runs_;
  absl::Status ended_;
};

TEST_F(AgentTest, WhatWasNotAppliedIsSaidAgainAfterABreakAndNothingElse) {
  coordinator_.ApplyUpTo(1);
  StartRank(absl::StrCat("steps steps steps until=", scratch_.In("gate"), " steps fail"));
  EXPECT_THAT(Order(coordinator_.Wait(3, &IsRecord)), ElementsAre("1:1", "1:2", "1:3"));
  coordinator_.BreakLink();
  EXPECT_THAT(Order(coordinator_.Wait(5, &IsRecord)),
              ElementsAre("1:1", "1:2", "1:3", "2:2", "2:3"));
  const auto hello = coordinator_.Wait(2, &IsHello)[1].message.hello();
  ASSERT_THAT(hello.running(), SizeIs(1));
  EXPECT_EQ(hello.incarnation(), 1);
  coordinator_.ApplyUpTo(100);
  coordinator_.BreakLink();
  coordinator_.Wait(7, &IsRecord);  // "3:2" and "3:3", applied.
  Open("gate");
  EXPECT_THAT(Order(coordinator_.Wait(9, &IsRecord)),
              ElementsAre("1:1", "1:2", "1:3", "2:2", "2:3", "3:2", "3:3", "3:4", "3:5"));
  // It is over: the next Hello does not speak of it.
  for (int i = 0; i < 20; ++i) {
    const auto hellos = coordinator_.Wait(1, &IsHello);
    if (hellos.back().message.hello().running().empty()) break;
    coordinator_.BreakLink();
    coordinator_.Wait(hellos.size() + 1, &IsHello);
  }
  EXPECT_THAT(coordinator_.Wait(1, &IsHello).back().message.hello().running(), IsEmpty());
  EXPECT_THAT(coordinator_.Wait(9, &IsRecord), SizeIs(9));
  EXPECT_THAT(coordinator_.Wait(0, &IsExit), IsEmpty());
}

TEST_F(AgentTest, TrainingGoesOnWhileTheCoordinatorIsAway) {
  StartRank(absl::StrCat("steps pid=", scratch_.In("pid"), " until=", scratch_.In("gate"),
                         " steps steps finish"));
  coordinator_.Wait(1, &IsRecord);
  const pid_t pid = WaitForPid();
  StopCoordinator();
  EXPECT_TRUE(Lives(pid));
  Open("gate");
  StartCoordinatorAgain();
  const auto records = coordinator_.Wait(4, &IsRecord);
  EXPECT_THAT(Order(records), ElementsAre("1:1", "2:2", "2:3", "2:4"));
  EXPECT_TRUE(records.back().message.record().record().has_finished());
  EXPECT_EQ(coordinator_.uploads(), 1);
}

TEST_F(AgentTest, ATrainerThatIsKilledIsReportedWithItsSignalAfterItsRecords) {
  coordinator_.ApplyUpTo(0);
  StartRank(absl::StrCat("pid=", scratch_.In("pid"), " steps steps kill"));
  EXPECT_THAT(coordinator_.Wait(2, &IsRecord), SizeIs(2));
  const pid_t pid = WaitForPid();
  while (Lives(pid)) absl::SleepFor(absl::Milliseconds(2));
  // Comes after the end of rank 0, of which nothing is said yet: the rank
  // speaks for itself until all that it said is applied.
  StartRank("steps wait", 1);
  EXPECT_THAT(coordinator_.Wait(3, &IsRecord), SizeIs(3));
  coordinator_.ApplyUpTo(100);
  coordinator_.BreakLink();
  const auto exit = coordinator_.Wait(1, &IsExit)[0];
  EXPECT_EQ(exit.link, 2);
  EXPECT_EQ(exit.message.exited().rank().SerializeAsString(), RankOf(0).SerializeAsString());
  // As the system does when memory is short.
  EXPECT_EQ(exit.message.exited().reason().code(), v1::REASON_CODE_ENVIRONMENT);
  EXPECT_THAT(exit.message.exited().reason().message(), HasSubstr("killed by signal 9"));
  // Nobody answered; it may have been lost.
  coordinator_.BreakLink();
  EXPECT_EQ(coordinator_.Wait(2, &IsExit)[1].link, 3);
  StopRank(0);
  StopRank(1);
  coordinator_.BreakLink();
  EXPECT_THAT(coordinator_.Wait(4, &IsHello)[3].message.hello().running(), IsEmpty());
}

TEST_F(AgentTest, ATrainerThatLeavesWithoutAWordIsReported) {
  StartRank("steps");
  EXPECT_THAT(coordinator_.Wait(1, &IsExit)[0].message.exited().reason().message(),
              HasSubstr("exited with 3"));
}

TEST_F(AgentTest, AStoppedTrainerIsGoneWithItsFilesAndOthersStay) {
  StartRank(absl::StrCat("pid=", scratch_.In("pid"), " steps wait"), 0);
  StartRank("steps wait", 1);
  coordinator_.Wait(2, &IsRecord);
  const pid_t pid = WaitForPid();
  StopRank(0);
  StopRank(7);  // Nobody here.
  coordinator_.BreakLink();
  const auto hello = coordinator_.Wait(2, &IsHello)[1].message.hello();
  ASSERT_THAT(hello.running(), SizeIs(1));
  EXPECT_EQ(hello.running(0).rank(), 1);
  EXPECT_FALSE(Lives(pid));
  EXPECT_EQ(
      ReadFile(scratch_.In("worker/spool/e_T1w+train+r0+f0+s1_a1_k0/records.log")).status().code(),
      absl::StatusCode::kNotFound);
  EXPECT_THAT(coordinator_.Wait(0, &IsExit), IsEmpty());
}

TEST_F(AgentTest, AStartSaidTwiceStartsOneTrainer) {
  StartRank(absl::StrCat("steps until=", scratch_.In("gate"), " steps wait"));
  StartRank("fail");
  coordinator_.Wait(1, &IsRecord);
  Open("gate");
  const auto records = coordinator_.Wait(2, &IsRecord);
  EXPECT_THAT(Order(records), ElementsAre("1:1", "1:2"));
  EXPECT_TRUE(records[1].message.record().record().has_steps());
}

TEST_F(AgentTest, WhatAFailedTrainerHadIsUploadedBeforeItIsTold) {
  StartRank("diverge");
  const auto record = coordinator_.Wait(1, &IsRecord)[0].message.record().record();
  EXPECT_TRUE(record.has_failed());
  EXPECT_EQ(record.last_finite_size(), 2);
  EXPECT_EQ(coordinator_.uploads(), 2);
}

TEST_F(AgentTest, WhyATrainerFailedIsToldAlsoWhereItsFilesCannotBeUploaded) {
  StartRank("diverge_without");
  const auto record = coordinator_.Wait(1, &IsRecord)[0].message.record().record();
  EXPECT_EQ(record.failed().code(), v1::REASON_CODE_TRAINER_FAILED);
  EXPECT_EQ(record.last_finite_size(), 0);
}

// The files of a finished trial are not lost to a coordinator that restarts.
TEST_F(AgentTest, AnUploadThatIsCutOffIsMadeAgain) {
  coordinator_.HoldUploads(true);
  StartRank("finish");
  coordinator_.WaitForChunk();
  StopCoordinator();
  coordinator_.HoldUploads(false);
  StartCoordinatorAgain();
  const auto last = coordinator_.Wait(1, &IsFinished)[0].message.record().record();
  EXPECT_TRUE(last.has_finished()) << last.ShortDebugString();
  EXPECT_EQ(coordinator_.uploads(), 1);
}

// The fault of the issue: a full vault cost a finished training, and its spool.
TEST_F(AgentTest, AVaultWithoutRoomIsWaitedForWithTheFilesInTheSpool) {
  coordinator_.FillVault(true);
  StartRank("finish");
  const auto waiting = coordinator_.Wait(1, &IsWaiting)[0].message.waiting();
  EXPECT_EQ(waiting.reason().code(), v1::REASON_CODE_ENVIRONMENT);
  EXPECT_THAT(waiting.reason().message(), HasSubstr("No space left on device"));
  EXPECT_TRUE(ReadFile(scratch_.In("worker/spool/e_T1w+train+r0+f0+s1_a1_k0/weights")).ok());
  EXPECT_THAT(coordinator_.Wait(0, &IsFinished), IsEmpty());
  // A coordinator that was away hears of it again.
  coordinator_.BreakLink();
  coordinator_.Wait(2, &IsHello);
  while (coordinator_.Wait(1, &IsWaiting).back().link < 2) absl::SleepFor(absl::Milliseconds(2));
  coordinator_.FillVault(false);
  const auto last = coordinator_.Wait(1, &IsFinished)[0].message.record().record();
  EXPECT_TRUE(last.has_finished()) << last.ShortDebugString();
  EXPECT_EQ(coordinator_.uploads(), 1);
  EXPECT_EQ(coordinator_.Wait(1, &IsWaiting).back().message.waiting().reason().code(),
            v1::REASON_CODE_UNSPECIFIED);
}

TEST_F(AgentTest, AStoppedRankWaitsForTheVaultNoLonger) {
  coordinator_.FillVault(true);
  StartRank("finish");
  coordinator_.Wait(1, &IsWaiting);
  StopRank();
  coordinator_.BreakLink();
  EXPECT_THAT(coordinator_.Wait(2, &IsHello)[1].message.hello().running(), IsEmpty());
  const std::string weights = scratch_.In("worker/spool/e_T1w+train+r0+f0+s1_a1_k0/weights");
  const absl::Time give_up = absl::Now() + kTestPatience;
  while (ReadFile(weights).ok() && absl::Now() < give_up) absl::SleepFor(absl::Milliseconds(2));
  EXPECT_FALSE(ReadFile(weights).ok());
}

TEST(RankExitTest, OnlyWhatTheEnvironmentDidIsSaidToBeSo) {
  // As in waitpid(2): the exit code is in the second byte, a signal in the first.
  EXPECT_EQ(DescribeRankExit(4 << 8, "disk full").code, v1::REASON_CODE_ENVIRONMENT);
  EXPECT_EQ(DescribeRankExit(4 << 8, "disk full").how, "exited with 4: disk full");
  EXPECT_EQ(DescribeRankExit(SIGKILL, "").code, v1::REASON_CODE_ENVIRONMENT);
  EXPECT_EQ(DescribeRankExit(SIGSEGV, "").code, v1::REASON_CODE_TRAINER_EXITED);
  EXPECT_EQ(DescribeRankExit(1 << 8, "").code, v1::REASON_CODE_TRAINER_EXITED);
}

TEST_F(AgentTest, ALogThatIsDamagedEndsItsTrainer) {
  StartRank(absl::StrCat("pid=", scratch_.In("pid"), " steps junk wait"));
  const auto exit = coordinator_.Wait(1, &IsExit)[0].message.exited();
  EXPECT_THAT(exit.reason().message(), HasSubstr("damaged"));
  EXPECT_FALSE(Lives(WaitForPid()));
}

TEST_F(AgentTest, AnotherVersionOrANewerIncarnationEndsTheAgentAndItsTrainers) {
  StartRank(absl::StrCat("pid=", scratch_.In("pid"), " wait"));
  const pid_t pid = WaitForPid();
  coordinator_.Refuse(grpc::StatusCode::ABORTED);
  coordinator_.BreakLink();
  runs_.join();
  EXPECT_EQ(ended_.code(), absl::StatusCode::kAborted);
  agent_->Stop();
  agent_.reset();
  EXPECT_FALSE(Lives(pid));
}

TEST_F(AgentTest, ARestartedAgentIsANewIncarnationThatRunsNothing) {
  StartRank(absl::StrCat("pid=", scratch_.In("pid"), " wait"));
  const pid_t pid = WaitForPid();
  StopAgent();
  EXPECT_FALSE(Lives(pid));
  StartAgent();
  const auto hello = coordinator_.Wait(2, &IsHello)[1].message.hello();
  EXPECT_EQ(hello.incarnation(), 2);
  EXPECT_EQ(hello.worker_id(), coordinator_.Wait(1, &IsHello)[0].message.hello().worker_id());
  EXPECT_THAT(hello.running(), IsEmpty());
}

TEST_F(AgentTest, CheckpointsOutliveAttemptsAndRestartsUntilTheTrialIsForgotten) {
  StartRank("steps checkpoint steps fail");
  coordinator_.Wait(1, &IsFinished);
  StopAgent();
  StartAgent();
  const auto hello = coordinator_.Wait(2, &IsHello)[1].message.hello();
  ASSERT_THAT(hello.checkpoints(), SizeIs(1));
  EXPECT_EQ(hello.checkpoints(0).experiment_id(), "e");
  EXPECT_EQ(hello.checkpoints(0).trial_id(), "T1w/train/r0/f0/s1");
  EXPECT_EQ(hello.checkpoints(0).attempt(), 1);
  EXPECT_EQ(hello.checkpoints(0).step(), 1);
  v1::ToWorker message;
  message.mutable_forget()->set_experiment_id("e");
  message.mutable_forget()->set_trial_id("T1w/train/r0/f0/s1");
  coordinator_.Send(message);
  const absl::Time give_up = absl::Now() + kTestPatience;
  while (ReadFile(scratch_.In("resume/e/T1w+train+r0+f0+s1/step-0000001-00000000/head.pb")).ok() &&
         absl::Now() < give_up) {
    absl::SleepFor(absl::Milliseconds(2));
  }
  coordinator_.BreakLink();
  EXPECT_THAT(coordinator_.Wait(3, &IsHello)[2].message.hello().checkpoints(), IsEmpty());
}

TEST(IdentityTest, ADamagedIdentityIsNotTakenForANewWorker) {
  const TestFolder scratch;
  ASSERT_TRUE(NextIncarnation(scratch.path()).ok());
  for (const char* text : {"", "one", "one two", "one 2 3"}) {
    ASSERT_TRUE(WriteFileAtomically(scratch.In("id"), text).ok());
    EXPECT_EQ(NextIncarnation(scratch.path()).status().code(), absl::StatusCode::kDataLoss) << text;
  }
}

}  // namespace
}  // namespace gyrus
