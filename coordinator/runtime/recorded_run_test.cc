#include "coordinator/runtime/recorded_run.h"

#include <string>

#include "common/files.h"
#include "coordinator/runtime/testing/coordinator_fixture.h"
#include "coordinator/runtime/testing/trained_trials.h"

namespace gyrus {
namespace {

class RecordedRunTest : public CoordinatorFixture {
 protected:
  // One trial is done, and the other one runs.
  std::string HalfARun() {
    const std::string id = Submit();
    const auto link = Join("a", 1);
    const v1::StartRank first = link->WaitForStarts(1)[0];
    v1::SpooledRecord record = *FinishedRecord(*vault_, first);
    v1::SpooledRecord epoch = record;
    epoch.mutable_record()->mutable_epoch()->set_epoch(0);
    epoch.mutable_record()->mutable_epoch()->set_train_loss(3.181);
    epoch.mutable_record()->mutable_epoch()->set_validation_loss(15.25);
    coordinator_->sessions().OnRecord(link, epoch);
    record.mutable_record()->set_sequence(epoch.record().sequence() + 1);
    coordinator_->sessions().OnRecord(link, record);
    Settle();
    link->WaitForStarts(2);
    return id;
  }
  void Stop() {
    coordinator_.reset();
    reader_.reset();
  }
};

TEST_F(RecordedRunTest, ShowsAStoppedRunAsItWas) {
  const std::string id = HalfARun();
  const v1::Result before = *coordinator_->MakeResult(id);
  Stop();
  const auto run = RecordedRun::Open(*folder_);
  ASSERT_TRUE(run.ok()) << run.status();
  ASSERT_EQ((*run)->List().size(), 1);
  EXPECT_GT((*run)->List()[0].stopped_us(), 0);
  const auto view = (*run)->View(id, true);
  ASSERT_TRUE(view.ok()) << view.status();
  EXPECT_EQ(view->state(), v1::EXPERIMENT_STATE_RUNNING);
  EXPECT_TRUE(view->has_plan());
  EXPECT_EQ(view->trials(0).state(), v1::TRIAL_STATE_DONE);
  EXPECT_EQ(view->trials(0).progress().epochs(0).train_loss(), 3.181);
  EXPECT_EQ(view->trials(0).progress().epochs(0).validation_loss(), 15.25);
  // Nobody trains it any more.
  EXPECT_EQ(view->trials(1).state(), v1::TRIAL_STATE_PENDING);
  EXPECT_EQ(view->trials(1).reason().code(), v1::REASON_CODE_RUN_STOPPED);
  const auto result = (*run)->MakeResult(id);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->arms(0).folds_done(), 1);
  EXPECT_EQ(result->arms(0).folds(0).ShortDebugString(),
            before.arms(0).folds(0).ShortDebugString());
  EXPECT_EQ((*run)->MakeCurves(id)->trials(0).epochs_size(), 1);
  EXPECT_EQ((*run)->View("nobody", false).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(RecordedRunTest, ReadingChangesNothing) {
  const std::string id = HalfARun();
  Stop();
  const std::string ledger = *ReadFile(folder_->ledger_file());
  const auto files = *ListFolder(folder_->path());
  const auto objects = *ListFolder(folder_->vault_folder());
  {
    const auto run = RecordedRun::Open(*folder_);
    ASSERT_TRUE(run.ok()) << run.status();
    EXPECT_TRUE((*run)->MakeResult(id).ok());
  }
  EXPECT_EQ(*ReadFile(folder_->ledger_file()), ledger);
  EXPECT_EQ(*ListFolder(folder_->path()), files);
  EXPECT_EQ(*ListFolder(folder_->vault_folder()), objects);
  Start();  // And the run goes on.
  EXPECT_EQ(coordinator_->status_store().View(id, false)->trials_done(), 1);
}

TEST_F(RecordedRunTest, MayBeReadWhileACoordinatorServesIt) {
  const std::string id = HalfARun();
  const auto run = RecordedRun::Open(*folder_);
  ASSERT_TRUE(run.ok()) << run.status();
  EXPECT_EQ((*run)->View(id, false)->trials_done(), 1);
}

TEST_F(RecordedRunTest, AFolderInWhichNothingWasRunSaysSo) {
  const auto empty = RunFolder::OpenOrCreate(scratch_.In("empty"));
  ASSERT_TRUE(empty.ok());
  const absl::Status status = RecordedRun::Open(*empty).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr("nothing was run in"));
}

}  // namespace
}  // namespace gyrus
