// Trials that continue from checkpoints on workers' hosts.
#include <string>

#include "coordinator/runtime/testing/coordinator_fixture.h"

namespace gyrus {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ResumeTest : public CoordinatorFixture {
 protected:
  void WriteCheckpoint(const std::shared_ptr<FakeLink>& link, const v1::RankId& rank,
                       uint64_t sequence) {
    v1::SpooledRecord record = RecordOf(rank, sequence);
    record.mutable_record()->mutable_checkpoint()->set_step(40);
    coordinator_->sessions().OnRecord(link, record);
    Settle();
  }
  static v1::HostCheckpoint Checkpoint(const v1::RankId& rank) {
    v1::HostCheckpoint checkpoint;
    checkpoint.set_experiment_id(rank.experiment_id());
    checkpoint.set_trial_id(rank.trial_id());
    checkpoint.set_attempt(rank.attempt());
    checkpoint.set_step(40);
    return checkpoint;
  }
};

TEST_F(ResumeTest, AnAttemptShowsWhereItBegan) {
  const auto link = Join("a", 1);
  const std::string id = Submit();
  const v1::RankId rank = link->WaitForStarts(1)[0].rank();
  v1::SpooledRecord started = RecordOf(rank, 1);
  started.mutable_record()->mutable_started()->set_resumed_step(120);
  coordinator_->sessions().OnRecord(link, started);
  Settle();
  EXPECT_EQ(Trial(id, kTrialA).progress().resumed_step(), 120);
  EXPECT_EQ(Trial(id, kTrialA).progress().step(), 120);
  coordinator_->sessions().OnExited([&] {
    v1::RankExited exited;
    *exited.mutable_rank() = rank;
    *exited.mutable_reason() = MakeReason(v1::REASON_CODE_TRAINER_EXITED);
    return exited;
  }());
  const v1::RankId second = link->WaitForStarts(2)[1].rank();
  v1::SpooledRecord again = RecordOf(second, 1);
  again.mutable_record()->mutable_started()->set_restart_reason("no checkpoint on this host");
  coordinator_->sessions().OnRecord(link, again);
  Settle();
  EXPECT_EQ(Trial(id, kTrialA).progress().resumed_step(), 0);
  EXPECT_EQ(Trial(id, kTrialA).progress().restart_reason(), "no checkpoint on this host");
}

TEST_F(ResumeTest, WorkersForgetATrialOnceItHasEndedForGood) {
  const auto link = Join("a", 1);
  const std::string id = Submit();
  const v1::RankId first = link->WaitForStarts(1)[0].rank();
  WriteCheckpoint(link, first, 1);
  v1::RankExited exited;
  *exited.mutable_rank() = first;
  *exited.mutable_reason() = MakeReason(v1::REASON_CODE_TRAINER_EXITED);
  coordinator_->sessions().OnExited(exited);
  const v1::RankId second = link->WaitForStarts(2)[1].rank();
  ASSERT_EQ(second.trial_id(), kTrialA);
  Settle();
  EXPECT_THAT(link->forgets(), IsEmpty()) << "it is tried again";
  Finish(link, second);
  EXPECT_THAT(link->forgets(), ElementsAre(kTrialA));

  const v1::RankId other = link->WaitForStarts(3)[2].rank();
  WriteCheckpoint(link, other, 1);
  ASSERT_TRUE(coordinator_->Cancel(id).ok());
  EXPECT_THAT(link->forgets(), ElementsAre(kTrialA, kTrialB));
}

TEST_F(ResumeTest, AHelloWithCheckpointsThatNobodyNeedsIsAnsweredWithForget) {
  const auto link = Join("a", 1);
  Submit();
  const v1::RankId rank = link->WaitForStarts(1)[0].rank();
  Finish(link, rank);
  const v1::RankId running = link->WaitForStarts(2)[1].rank();
  v1::Hello hello = HelloOf("b", 1);
  *hello.add_checkpoints() = Checkpoint(rank);
  *hello.add_checkpoints() = Checkpoint(running);
  EXPECT_THAT(Join(hello)->forgets(), ElementsAre(kTrialA));
}

}  // namespace
}  // namespace gyrus
