#include "coordinator/runtime/coordinator.h"

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "coordinator/runtime/testing/coordinator_fixture.h"

namespace gyrus {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class CoordinatorTest : public CoordinatorFixture {};

std::set<std::string> PermittedFor(const v1::GrantBody& body, v1::Purpose purpose) {
  std::set<std::string> items;
  for (const v1::Permit& permit : body.permits()) {
    if (permit.purpose() == purpose) items.insert(permit.items().begin(), permit.items().end());
  }
  return items;
}

TEST_F(CoordinatorTest, AGangStartsOnAllItsSlotsOrNotAtAll) {
  const auto first = Join("a", 1);
  const std::string id = Submit(2);
  Settle();
  EXPECT_EQ(Trial(id, kTrialA).reason().code(), v1::REASON_CODE_WAITING_FOR_SLOTS);
  EXPECT_THAT(first->starts(), IsEmpty());
  const auto second = Join("b", 1);
  const v1::StartRank zero = first->WaitForStarts(1).at(0);
  const v1::StartRank one = second->WaitForStarts(1).at(0);
  EXPECT_EQ(zero.rank().trial_id(), kTrialA);
  EXPECT_EQ(one.rank().trial_id(), kTrialA);
  EXPECT_THAT((std::vector{zero.rank().rank(), one.rank().rank()}), UnorderedElementsAre(0, 1));
  EXPECT_EQ(zero.world_size(), 2);
  EXPECT_EQ(Trial(id, kTrialB).state(), v1::TRIAL_STATE_PENDING);
}

TEST_F(CoordinatorTest, AStartBringsASignedGrantOfItsOwnFoldOnly) {
  const auto link = Join("a", 2);
  const std::string id = Submit();
  for (const v1::StartRank& start : link->WaitForStarts(2)) {
    ASSERT_TRUE(
        VerifySignature(key_->public_key(), start.grant().body(), start.grant().signature()).ok());
    v1::GrantBody body;
    ASSERT_TRUE(body.ParseFromString(start.grant().body()));
    EXPECT_EQ(body.trial_id(), start.rank().trial_id());
    EXPECT_EQ(body.attempt(), 1);
    const auto train = PermittedFor(body, v1::PURPOSE_TRAIN);
    const auto test = PermittedFor(body, v1::PURPOSE_TEST);
    EXPECT_THAT(train, SizeIs(3));
    EXPECT_THAT(test, SizeIs(3));
    for (const std::string& item : test) EXPECT_FALSE(train.contains(item)) << item;
    EXPECT_EQ(start.loaders().at("infants"), "loader:1");
  }
}

TEST_F(CoordinatorTest, TwoTrialsNeverShareASlot) {
  const auto link = Join("a", 3);
  const std::string id = Submit(2);
  const auto starts = link->WaitForStarts(2);
  Settle();
  ASSERT_THAT(link->starts(), SizeIs(2));
  EXPECT_NE(starts[0].slot(), starts[1].slot());
  EXPECT_EQ(Trial(id, kTrialB).state(), v1::TRIAL_STATE_PENDING);
  Finish(link, starts[0].rank());
  EXPECT_EQ(Trial(id, kTrialB).state(), v1::TRIAL_STATE_PENDING) << "rank 1 has its slot yet";
  Finish(link, starts[1].rank());
  EXPECT_EQ(Trial(id, kTrialA).state(), v1::TRIAL_STATE_DONE);
  EXPECT_EQ(link->WaitForStarts(4)[2].rank().trial_id(), kTrialB);
}

TEST_F(CoordinatorTest, WhyATrialWaitsIsTrueAlsoWhenOthersMove) {
  Submit();
  const std::string second = Submit(1, "another");
  EXPECT_EQ(Trial(second, kTrialB).reason().message(), "no worker is connected yet");
  const auto link = Join("a", 1);
  link->WaitForStarts(1);
  Settle();
  EXPECT_THAT(Trial(second, kTrialB).reason().message(), HasSubstr("free are 0 of at most 1"));
  Start();
  EXPECT_EQ(Trial(second, kTrialB).reason().message(), "no worker is connected yet");
}

TEST_F(CoordinatorTest, OneRanksFailureStopsTheWholeGangAndItIsTriedAgain) {
  const auto a = Join("a", 1);
  const auto b = Join("b", 1);
  const std::string id = Submit(2);
  const v1::RankId rank = b->WaitForStarts(1)[0].rank();
  a->WaitForStarts(1);
  v1::RankExited exited;
  *exited.mutable_rank() = rank;
  *exited.mutable_reason() = MakeReason(v1::REASON_CODE_TRAINER_EXITED, "killed by signal 9");
  coordinator_->sessions().OnExited(exited);
  EXPECT_EQ(a->WaitForStarts(2)[1].rank().attempt(), 2);
  EXPECT_EQ(b->WaitForStarts(2)[1].rank().attempt(), 2);
  const std::string other = absl::StrCat(kTrialA, " 1/", 1 - rank.rank());
  EXPECT_THAT(a->stops(), ElementsAre(other));
  EXPECT_THAT(b->stops(), ElementsAre(absl::StrCat(kTrialA, " 1/", rank.rank())));
  EXPECT_THAT(Trial(id, kTrialA).reason().message(), HasSubstr("killed by signal 9"));
}

// The failure is decided together with the next attempt's start, as happens
// whenever it comes while another commit is on its way to the disk.
TEST_F(CoordinatorTest, WhatIsStoppedIsTheAttemptThatFailedAndNotTheNext) {
  const auto a = Join("a", 1);
  Submit();
  const v1::RankId rank = a->WaitForStarts(1)[0].rank();
  gate_.Close();
  std::thread operators([&] { EXPECT_TRUE(coordinator_->Submit(Request(1, "another")).ok()); });
  gate_.WaitUntilOneWaits();
  v1::SpooledRecord failed = RecordOf(rank, 1);
  *failed.mutable_record()->mutable_failed() = MakeReason(v1::REASON_CODE_PEER_LOST);
  coordinator_->sessions().OnRecord(a, failed);
  gate_.Open();
  operators.join();
  EXPECT_EQ(a->WaitForStarts(2)[1].rank().attempt(), 2);
  EXPECT_THAT(a->stops(), ElementsAre(absl::StrCat(kTrialA, " 1/0")));
}

TEST_F(CoordinatorTest, WhatIsSaidTwiceOrOfAnOldAttemptChangesNothing) {
  const auto link = Join("a", 1);
  const std::string id = Submit();
  const v1::RankId first = link->WaitForStarts(1)[0].rank();
  Fail(link, first, v1::REASON_CODE_PEER_LOST);
  const v1::RankId second = link->WaitForStarts(2)[1].rank();
  ASSERT_EQ(second.attempt(), 2);

  Fail(link, first, v1::REASON_CODE_TRAINER_FAILED);  // Sequence 1 again: only acknowledged.
  v1::SpooledRecord late = RecordOf(first, 2);
  *late.mutable_record()->mutable_finished() = Finished(0);
  coordinator_->sessions().OnRecord(link, late);
  v1::RankExited exited;
  *exited.mutable_rank() = first;
  *exited.mutable_reason() = MakeReason(v1::REASON_CODE_TRAINER_EXITED);
  coordinator_->sessions().OnExited(exited);
  Settle();
  EXPECT_EQ(Trial(id, kTrialA).state(), v1::TRIAL_STATE_RUNNING);
  EXPECT_EQ(Trial(id, kTrialA).attempt(), 2);
  // Once because it failed, once because it went on talking.
  EXPECT_THAT(link->stops(),
              ElementsAre(absl::StrCat(kTrialA, " 1/0"), absl::StrCat(kTrialA, " 1/0")));

  Finish(link, second);
  Finish(link, second);
  EXPECT_EQ(Trial(id, kTrialA).state(), v1::TRIAL_STATE_DONE);
  EXPECT_EQ(link->applied(second), 2) << "it may forget it, both times";
  EXPECT_THAT(link->closed(), IsEmpty());
}

TEST_F(CoordinatorTest, WhatGoesOnFailingIsGivenUpAndTheOtherTrialIsStillDone) {
  const auto link = Join("a", 1);
  const std::string id = Submit();
  for (uint32_t attempt = 1; attempt <= kMaxAttempts; ++attempt) {
    const v1::RankId rank = link->WaitForStarts(attempt)[attempt - 1].rank();
    EXPECT_EQ(Trial(id, kTrialA).state(), v1::TRIAL_STATE_RUNNING) << attempt;
    Fail(link, rank, v1::REASON_CODE_TRAINER_EXITED);
  }
  EXPECT_EQ(Trial(id, kTrialA).state(), v1::TRIAL_STATE_FAILED);
  EXPECT_EQ(Trial(id, kTrialA).reason().code(), v1::REASON_CODE_TRAINER_EXITED);
  Finish(link, link->WaitForStarts(kMaxAttempts + 1).back().rank());
  EXPECT_EQ(coordinator_->status_store().View(id, false)->state(), v1::EXPERIMENT_STATE_INCOMPLETE);
}

TEST_F(CoordinatorTest, AFailureThatWouldHappenAgainIsNotTriedAgain) {
  const auto link = Join("a", 1);
  const std::string id = Submit();
  Fail(link, link->WaitForStarts(1)[0].rank(), v1::REASON_CODE_TRAINER_FAILED);
  EXPECT_EQ(Trial(id, kTrialA).state(), v1::TRIAL_STATE_FAILED);
  EXPECT_EQ(link->WaitForStarts(2)[1].rank().trial_id(), kTrialB);
}

TEST_F(CoordinatorTest, WhatTheEnvironmentDidHoldsATrialForAMoment) {
  const auto link = Join("a", 2);
  const std::string id = Submit();
  Fail(link, link->WaitForStarts(2)[0].rank(), v1::REASON_CODE_ENVIRONMENT);
  EXPECT_EQ(Trial(id, kTrialA).state(), v1::TRIAL_STATE_PENDING);
  EXPECT_EQ(Trial(id, kTrialA).reason().code(), v1::REASON_CODE_ENVIRONMENT);
  EXPECT_THAT(link->starts(), SizeIs(2));
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(link->WaitForStarts(3)[2].rank().attempt(), 2);
}

TEST_F(CoordinatorTest, ARetryOpensWhatFailedAndTheExperimentRunsAgain) {
  const auto link = Join("a", 1);
  const std::string id = Submit();
  Fail(link, link->WaitForStarts(1)[0].rank(), v1::REASON_CODE_TRAINER_FAILED);
  Finish(link, link->WaitForStarts(2)[1].rank());
  ASSERT_EQ(coordinator_->status_store().View(id, false)->state(), v1::EXPERIMENT_STATE_INCOMPLETE);
  v1::RetryRequest request;
  request.set_experiment_id(id);
  EXPECT_THAT(coordinator_->Retry(request).value(), ElementsAre(kTrialA));
  EXPECT_THAT(coordinator_->Retry(request).value(), IsEmpty());
  const v1::RankId again = link->WaitForStarts(3)[2].rank();
  EXPECT_EQ(again.attempt(), 2);
  Start();  // The ledger remembers.
  EXPECT_EQ(Trial(id, kTrialA).attempt(), 2);
  const auto back = Join("a", 1);
  Finish(back, again);
  EXPECT_EQ(coordinator_->status_store().View(id, false)->state(), v1::EXPERIMENT_STATE_VALID);
  request.set_experiment_id("nobody");
  EXPECT_EQ(coordinator_->Retry(request).status().code(), absl::StatusCode::kNotFound);
}

// A record that no state allows would else come again on every link, for ever.
TEST_F(CoordinatorTest, ARecordThatCannotBeTrueFailsItsAttempt) {
  const auto link = Join("a", 1);
  const std::string id = Submit();
  v1::SpooledRecord record = RecordOf(link->WaitForStarts(1)[0].rank(), 1);
  record.mutable_record()->mutable_finished();  // Without weights or predictions.
  coordinator_->sessions().OnRecord(link, record);
  Settle();
  EXPECT_EQ(Trial(id, kTrialA).state(), v1::TRIAL_STATE_FAILED);
  EXPECT_EQ(Trial(id, kTrialA).reason().code(), v1::REASON_CODE_INTERNAL);
  EXPECT_THAT(link->stops(), ElementsAre(absl::StrCat(kTrialA, " 1/0")));
}

TEST_F(CoordinatorTest, ARecordBeforeItsTimeIsSentForAgain) {
  const auto link = Join("a", 1);
  const std::string id = Submit();
  const v1::RankId rank = link->WaitForStarts(1)[0].rank();
  v1::SpooledRecord record = RecordOf(rank, 2);
  *record.mutable_record()->mutable_finished() = Finished(0);
  coordinator_->sessions().OnRecord(link, record);
  Settle();
  ASSERT_THAT(link->closed(), SizeIs(1));
  EXPECT_EQ(link->closed()[0].code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Trial(id, kTrialA).state(), v1::TRIAL_STATE_RUNNING);
}

TEST_F(CoordinatorTest, AWorkerThatStaysAwayLosesItsTrialToAnother) {
  const auto away = Join("a", 1);
  const std::string id = Submit();
  away->WaitForStarts(1);
  coordinator_->sessions().OnDisconnected(away.get(), "a");
  const auto here = Join("b", 1);
  EXPECT_EQ(here->WaitForStarts(1)[0].rank().trial_id(), kTrialB);
  Finish(here, here->starts()[0].rank());
  EXPECT_EQ(Trial(id, kTrialA).state(), v1::TRIAL_STATE_RUNNING);
  clock_.Advance(absl::Seconds(61));
  const v1::StartRank start = here->WaitForStarts(2)[1];
  EXPECT_EQ(start.rank().trial_id(), kTrialA);
  EXPECT_EQ(start.rank().attempt(), 2);
  EXPECT_EQ(Trial(id, kTrialA).reason().code(), v1::REASON_CODE_PEER_LOST);
  // When it comes back it learns that its attempt has ended.
  v1::Hello hello = HelloOf("a", 1);
  *hello.add_running() = away->starts()[0].rank();
  EXPECT_THAT(Join(hello)->stops(), ElementsAre(absl::StrCat(kTrialA, " 1/0")));
}

TEST_F(CoordinatorTest, ANewIncarnationOfAWorkerBeginsItsTrialAgain) {
  const auto before = Join("a", 1);
  const std::string id = Submit();
  before->WaitForStarts(1);
  const auto after = Join("a", 1, /*incarnation=*/2);
  const v1::StartRank start = after->WaitForStarts(1)[0];
  EXPECT_EQ(start.rank().attempt(), 2);
  EXPECT_EQ(Trial(id, kTrialA).reason().code(), v1::REASON_CODE_WORKER_RESTARTED);
  ASSERT_THAT(before->closed(), SizeIs(1));
  EXPECT_EQ(before->closed()[0].code(), absl::StatusCode::kAborted);
  // The old one is refused, and does not end the new one's attempt.
  const auto stale = Join("a", 1, 1);
  ASSERT_THAT(stale->closed(), SizeIs(1));
  EXPECT_EQ(stale->closed()[0].code(), absl::StatusCode::kAborted);
  coordinator_->sessions().OnDisconnected(stale.get(), "a");
  Settle();
  EXPECT_TRUE(coordinator_->status_store().Workers().at(0).connected());
  EXPECT_EQ(Trial(id, kTrialA).attempt(), 2);
}

TEST_F(CoordinatorTest, AfterABrokenStreamOnlyWhatIsLackingIsSaidAgain) {
  const auto before = Join("a", 2);
  const std::string id = Submit();
  const auto starts = before->WaitForStarts(2);
  coordinator_->sessions().OnDisconnected(before.get(), "a");
  v1::Hello hello = HelloOf("a", 2);
  *hello.add_running() = starts[0].rank();
  const auto after = Join(hello);
  const auto again = after->WaitForStarts(1);
  EXPECT_EQ(again[0].rank().SerializeAsString(), starts[1].rank().SerializeAsString());
  EXPECT_EQ(again[0].slot(), starts[1].slot());
  Settle();
  EXPECT_THAT(after->starts(), SizeIs(1));
  EXPECT_THAT(after->stops(), IsEmpty());
}

// Hello is answered once it is committed, along with whatever else is.
TEST_F(CoordinatorTest, AStartSaidAgainWaitsForTheLink) {
  const auto before = Join("a", 1);
  Submit();
  before->WaitForStarts(1);
  coordinator_->sessions().OnDisconnected(before.get(), "a");
  Settle();
  gate_.Close();
  std::thread first([&] { EXPECT_TRUE(coordinator_->Submit(Request(1, "x")).ok()); });
  gate_.WaitUntilOneWaits();
  // One group: another submission, and a Hello that lacks its start.
  const auto after = std::make_shared<FakeLink>();
  coordinator_->sessions().OnHello(after, HelloOf("a", 1));
  std::thread second([&] { EXPECT_TRUE(coordinator_->Submit(Request(1, "y")).ok()); });
  gate_.Open();
  first.join();
  second.join();
  ASSERT_EQ(after->WaitForStarts(1).size(), 1);
  EXPECT_TRUE(after->messages()[0].has_welcome());
}

TEST_F(CoordinatorTest, ALinkThatBreaksBeforeItsHelloIsCommittedIsNotConnected) {
  gate_.Close();
  std::thread operators([&] { EXPECT_TRUE(coordinator_->Submit(Request()).ok()); });
  gate_.WaitUntilOneWaits();
  const auto link = std::make_shared<FakeLink>();
  coordinator_->sessions().OnHello(link, HelloOf("a", 1));
  coordinator_->sessions().OnDisconnected(link.get(), "a");
  gate_.Open();
  operators.join();
  Settle();
  ASSERT_THAT(coordinator_->status_store().Workers(), SizeIs(1));
  EXPECT_FALSE(coordinator_->status_store().Workers()[0].connected());
}

TEST_F(CoordinatorTest, TheEndOfAnOldLinkDoesNotTakeTheNewOneAway) {
  const auto before = Join("a", 1);
  gate_.Close();
  std::thread operators([&] { EXPECT_TRUE(coordinator_->Submit(Request()).ok()); });
  gate_.WaitUntilOneWaits();
  const auto after = std::make_shared<FakeLink>();
  coordinator_->sessions().OnHello(after, HelloOf("a", 1));
  coordinator_->sessions().OnDisconnected(before.get(), "a");
  gate_.Open();
  operators.join();
  Settle();
  EXPECT_TRUE(coordinator_->status_store().Workers().at(0).connected());
  EXPECT_EQ(after->WaitForStarts(1)[0].rank().attempt(), 1);
}

TEST_F(CoordinatorTest, ACancelledExperimentStopsEveryRankAndFreesTheSlots) {
  const auto a = Join("a", 1);
  const auto b = Join("b", 1);
  const std::string id = Submit(2);
  a->WaitForStarts(1);
  const v1::RankId rank = b->WaitForStarts(1)[0].rank();
  ASSERT_TRUE(coordinator_->Cancel(id).ok());
  ASSERT_TRUE(coordinator_->Cancel(id).ok());
  EXPECT_THAT(a->stops(), SizeIs(1));
  EXPECT_THAT(b->stops(), SizeIs(1));
  const auto view = coordinator_->status_store().View(id, false);
  EXPECT_EQ(view->state(), v1::EXPERIMENT_STATE_INCOMPLETE);
  EXPECT_TRUE(view->cancelled());
  for (const v1::TrialView& trial : view->trials()) {
    EXPECT_EQ(trial.state(), v1::TRIAL_STATE_CANCELLED);
  }
  Finish(b, rank);
  EXPECT_THAT(b->stops(), SizeIs(2));
  EXPECT_EQ(Trial(id, kTrialA).state(), v1::TRIAL_STATE_CANCELLED);
  Submit(2, "next");
  a->WaitForStarts(2);
  b->WaitForStarts(2);
}

// Making a start takes a while: keys, addresses of loaders that still start.
TEST_F(CoordinatorTest, ARankIsNotStartedAfterItWasStopped) {
  const std::string id = Submit();
  auto loaders = std::make_unique<FakeLoaders>();
  loaders->SetStarted(false);
  Start(std::move(loaders));
  const auto link = Join("a", 1);
  EXPECT_EQ(Trial(id, kTrialA).state(), v1::TRIAL_STATE_RUNNING);
  ASSERT_TRUE(coordinator_->Cancel(id).ok());
  EXPECT_THAT(link->stops(), ElementsAre(absl::StrCat(kTrialA, " 1/0")));
  loaders_->SetStarted(true);
  coordinator_.reset();  // Everything that was begun has ended.
  EXPECT_THAT(link->starts(), IsEmpty());
}

TEST_F(CoordinatorTest, ARequestSaidTwiceIsOneExperimentAlsoAfterARestart) {
  const std::string id = Submit();
  EXPECT_EQ(coordinator_->Submit(Request()).value(), id);
  EXPECT_EQ(coordinator_->Submit(Request(2)).status().code(), absl::StatusCode::kAlreadyExists);
  Start();
  EXPECT_EQ(coordinator_->Submit(Request()).value(), id);
  EXPECT_THAT(coordinator_->status_store().List(), SizeIs(1));
  EXPECT_NE(coordinator_->Submit(Request(1, "another")).value(), id);
}

TEST_F(CoordinatorTest, AfterARestartNothingThatIsDoneIsDoneAgain) {
  const auto before = Join("a", 1);
  const std::string id = Submit();
  Finish(before, before->WaitForStarts(1)[0].rank());
  const v1::RankId running = before->WaitForStarts(2)[1].rank();
  ASSERT_EQ(running.trial_id(), kTrialB);
  Start();
  v1::Hello hello = HelloOf("a", 1);
  *hello.add_running() = running;
  const auto after = Join(hello);
  Settle();
  EXPECT_EQ(Trial(id, kTrialA).state(), v1::TRIAL_STATE_DONE);
  EXPECT_EQ(Trial(id, kTrialB).attempt(), 1);
  Finish(after, running);
  EXPECT_EQ(coordinator_->status_store().View(id, false)->state(), v1::EXPERIMENT_STATE_VALID);
  EXPECT_THAT(after->starts(), IsEmpty());
  EXPECT_THAT(after->stops(), IsEmpty());
}

}  // namespace
}  // namespace gyrus
