#include "coordinator/runtime/attempt_dispatcher.h"

#include <map>
#include <utility>

#include "common/testing/test_folder.h"
#include "coordinator/runtime/testing/fakes.h"
#include "gmock/gmock.h"

namespace gyrus {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class AttemptDispatcherTest : public testing::Test {
 protected:
  AttemptDispatcherTest() {
    Do(Submit{"request", MakeSpec(2)});
    v1::Plan plan = TwoTrials();
    plan.mutable_spec()->mutable_resources()->set_slots_per_trial(2);
    (*plan.mutable_loaders())["infants"] = 0;
    Do(AdoptPlan{plan});
    Do(StartAttempt{kTrialA, Gang(2), "cpu"});
    links_.Add("worker-1", link_);
  }
  void Do(const Command& command) {
    const auto events = machine_.Decide(command);
    ASSERT_TRUE(events.ok()) << events.status();
    for (const v1::Event& event : *events) ASSERT_TRUE(machine_.Apply(event).ok());
  }
  const TrialStatus& Trial() const { return *machine_.FindTrial(kTrialA); }

  const TestFolder folder_;
  const SigningKey key_ = *SigningKey::LoadOrCreate(folder_.In("key"));
  ExperimentMachine machine_{"e"};
  FakeLoaders loaders_;
  WorkerLinks links_;
  const std::shared_ptr<FakeLink> link_ = std::make_shared<FakeLink>();

  absl::Mutex mu_;
  // Written under mu_; read after Close(), when nothing writes any more.
  std::map<uint32_t, v1::ToWorker> started_;  // By rank.
  std::vector<v1::RankExited> failed_;
  AttemptDispatcher dispatcher_{key_,
                                loaders_,
                                links_,
                                {.send_start =
                                     [this](const std::string& worker, v1::ToWorker start) {
                                       EXPECT_EQ(worker, "worker-1");
                                       absl::MutexLock lock(&mu_);
                                       started_[start.start().rank().rank()] = std::move(start);
                                     },
                                 .failed =
                                     [this](const v1::RankExited& exited) {
                                       absl::MutexLock lock(&mu_);
                                       failed_.push_back(exited);
                                     }}};
};

TEST_F(AttemptDispatcherTest, StartsEveryRankOnItsSlotWithTheSameSpecAndGrant) {
  dispatcher_.Start(machine_, Trial());
  dispatcher_.Close();
  ASSERT_THAT(started_, SizeIs(2));
  const v1::StartRank& zero = started_[0].start();
  const v1::StartRank& one = started_[1].start();
  EXPECT_EQ(zero.slot(), 0);
  EXPECT_EQ(one.slot(), 1);
  EXPECT_EQ(zero.world_size(), 2);
  EXPECT_EQ(zero.rank().attempt(), 1);
  EXPECT_EQ(zero.trial().SerializeAsString(), one.trial().SerializeAsString());
  EXPECT_EQ(zero.loaders().at("infants"), "loader:1");
  EXPECT_TRUE(
      VerifySignature(key_.public_key(), zero.grant().body(), zero.grant().signature()).ok());
  EXPECT_THAT(failed_, IsEmpty());
}

TEST_F(AttemptDispatcherTest, OneRankCanBeStartedAgain) {
  dispatcher_.Start(machine_, Trial(), 1);
  dispatcher_.Close();
  ASSERT_THAT(started_, SizeIs(1));
  EXPECT_EQ(started_.begin()->first, 1);
}

TEST_F(AttemptDispatcherTest, AStartThatCannotBeMadeFailsItsAttempt) {
  loaders_.SetStarted(false);
  dispatcher_.Start(machine_, Trial());
  loaders_.Close();
  dispatcher_.Close();
  EXPECT_THAT(started_, IsEmpty());
  ASSERT_THAT(failed_, SizeIs(1));
  EXPECT_EQ(failed_[0].rank().trial_id(), kTrialA);
  EXPECT_EQ(failed_[0].reason().code(), v1::REASON_CODE_INTERNAL);
}

TEST_F(AttemptDispatcherTest, StopsAndForgetsAlsoAfterItWasClosed) {
  dispatcher_.Close();
  dispatcher_.Stop(machine_, Trial(), MakeReason(v1::REASON_CODE_PEER_LOST));
  EXPECT_THAT(link_->stops(),
              ElementsAre(absl::StrCat(kTrialA, " 1/0"), absl::StrCat(kTrialA, " 1/1")));
  dispatcher_.Forget("e", kTrialA, {"worker-1", "a worker that is away"});
  EXPECT_THAT(link_->forgets(), ElementsAre(kTrialA));
}

}  // namespace
}  // namespace gyrus
