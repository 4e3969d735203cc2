#include "coordinator/ledger/ledger_store.h"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "common/files.h"
#include "common/testing/sync_spy.h"
#include "common/testing/test_folder.h"
#include "coordinator/ledger/ledger_reader.h"
#include "coordinator/ledger/ledger_tables.h"
#include "coordinator/ledger/sqlite.h"
#include "coordinator/ledger/testing/ledger_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const AttemptId kAttempt{"e", "T1w/main/r0/f0/s0", 1};

class LedgerStoreTest : public testing::Test {
 protected:
  // Closes the ledger that was open.
  LedgerStore& Open() {
    store_ = nullptr;
    auto store = LedgerStore::Open(path_);
    EXPECT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
    return *store_;
  }
  void Close() { store_ = nullptr; }

  std::vector<std::string> Experiments() {
    std::vector<std::string> ids;
    EXPECT_TRUE(store_
                    ->ReadEvents([&ids](const v1::Event& event) {
                      ids.push_back(event.experiment_id());
                      return absl::OkStatus();
                    })
                    .ok());
    return ids;
  }

  // Changes the closed file behind Gyrus' back.
  void Tamper(const std::string& sql) {
    Close();
    auto database = SqliteDatabase::Open(path_, SqliteDatabase::Mode::kWrite);
    ASSERT_TRUE(database.ok()) << database.status();
    const absl::Status status = database->Execute(sql);
    ASSERT_TRUE(status.ok()) << status;
  }

  void ExpectRefused(absl::StatusCode code, const std::string& message) {
    const absl::Status status = LedgerStore::Open(path_).status();
    EXPECT_EQ(status.code(), code) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(message));
    EXPECT_THAT(std::string(status.message()), HasSubstr(path_));
  }

  const TestFolder folder_;
  const std::string path_ = folder_.In("ledger.db");
  std::unique_ptr<LedgerStore> store_;
};

TEST_F(LedgerStoreTest, RemembersEventsInOrder) {
  ASSERT_TRUE(Open().Commit({.events = {Submitted("b"), Submitted("a")}}).ok());
  ASSERT_TRUE(store_->Commit({.events = {Submitted("c")}}).ok());
  EXPECT_THAT(Experiments(), ElementsAre("b", "a", "c"));
  Open();
  EXPECT_THAT(Experiments(), ElementsAre("b", "a", "c"));
  ASSERT_TRUE(store_->Commit({.events = {Submitted("d")}}).ok());
  Open();
  EXPECT_THAT(Experiments(), ElementsAre("b", "a", "c", "d"));
}

TEST_F(LedgerStoreTest, KeepsWholeEvents) {
  v1::Event event = Submitted("a");
  event.set_time_us(1234567890123456);
  ASSERT_TRUE(Open().Commit({.events = {event}}).ok());
  v1::Event read;
  EXPECT_TRUE(Open()
                  .ReadEvents([&read](const v1::Event& it) {
                    read = it;
                    return absl::OkStatus();
                  })
                  .ok());
  EXPECT_EQ(read.SerializeAsString(), event.SerializeAsString());
}

TEST_F(LedgerStoreTest, EveryOpeningIsANewIncarnation) {
  EXPECT_EQ(Open().incarnation(), 1);
  EXPECT_EQ(Open().incarnation(), 2);
  EXPECT_EQ(Open().incarnation(), 3);
}

TEST_F(LedgerStoreTest, ReplayStopsAtTheFirstError) {
  ASSERT_TRUE(Open().Commit({.events = {Submitted("a"), Submitted("b")}}).ok());
  const absl::Status status = store_->ReadEvents([](const v1::Event& event) {
    return event.experiment_id() == "b" ? absl::DataLossError("cannot follow") : absl::OkStatus();
  });
  EXPECT_EQ(status, absl::DataLossError("event 2: cannot follow"));
  EXPECT_TRUE(store_->Commit({.events = {Submitted("c")}}).ok());
  EXPECT_THAT(Experiments(), ElementsAre("a", "b", "c"));
}

TEST_F(LedgerStoreTest, MarksRiseWithTheRecordsOfEachRank) {
  ASSERT_TRUE(Open().Commit({.records = {RecordOf(0, 1), RecordOf(1, 1), RecordOf(0, 2)}}).ok());
  for (int opening = 0; opening < 2; ++opening) {
    const RecordMarks marks = store_->ReadMarks().value();
    EXPECT_EQ(marks.Of(KeyOf(RecordOf(0, 1).rank())), 2);
    EXPECT_EQ(marks.Of(KeyOf(RecordOf(1, 1).rank())), 1);
    EXPECT_EQ(marks.Of(KeyOf(RecordOf(2, 1).rank())), 0);
    Open();
  }
  EXPECT_TRUE(store_->Commit({.records = {RecordOf(2, 1), RecordOf(0, 3)}}).ok());
}

TEST_F(LedgerStoreTest, ARecordOutOfOrderIsNeverKept) {
  ASSERT_TRUE(Open().Commit({.records = {StepsRecord(0, 1, {5})}}).ok());
  for (const uint64_t sequence : {0, 1, 3}) {
    const LedgerBatch batch = {.events = {Submitted("a")},
                               .records = {StepsRecord(0, sequence, {6})}};
    EXPECT_EQ(store_->Commit(batch).code(), absl::StatusCode::kInternal) << sequence;
    // Memory and disk may differ now: nothing more is taken.
    EXPECT_FALSE(store_->Commit({.events = {Submitted("b")}}).ok());
    Open();
    EXPECT_THAT(Experiments(), IsEmpty());
    auto reader = LedgerReader::Open(path_);
    ASSERT_TRUE(reader.ok());
    EXPECT_THAT((*reader)->Metrics(kAttempt).value(),
                ElementsAre(MetricRow{30, 3, "train_loss", 5}));
  }
}

TEST(CheckEventTest, WhatCouldNotBeReadAgainIsFound) {
  EXPECT_TRUE(CheckEvent(Submitted("a")).ok());
  v1::Event nothing;
  nothing.set_experiment_id("a");
  EXPECT_EQ(CheckEvent(nothing).code(), absl::StatusCode::kDataLoss);
  v1::Event latin = Submitted("a");
  latin.mutable_submitted()->set_request_id("\xe4");
  EXPECT_EQ(CheckEvent(latin).code(), absl::StatusCode::kDataLoss);
  v1::Event newer = Submitted("a");
  newer.GetReflection()->MutableUnknownFields(&newer)->AddVarint(1000, 1);
  EXPECT_EQ(CheckEvent(newer).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(LedgerStoreTest, AReaderSeesWhatRecordsLeft) {
  Open();
  auto reader = LedgerReader::Open(path_);
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_THAT((*reader)->Metrics(kAttempt).value(), IsEmpty());

  ASSERT_TRUE(store_
                  ->Commit({.records = {EpochRecord(1, 1, 0), StepsRecord(0, 1, {5}),
                                        EpochRecord(0, 2, 0), EpochRecord(1, 2, 1)}})
                  .ok());
  v1::SpooledRecord other = StepsRecord(0, 1, {99});
  other.mutable_rank()->set_attempt(2);
  ASSERT_TRUE(store_->Commit({.records = {other}}).ok());

  EXPECT_THAT((*reader)->Metrics(kAttempt).value(),
              ElementsAre(MetricRow{30, 3, "train_loss", 5},
                          MetricRow{std::nullopt, 0, "epoch_train_loss", 2.5},
                          MetricRow{std::nullopt, 0, "validation_loss", 3.5},
                          MetricRow{std::nullopt, 0, "learning_rate", 1e-4},
                          MetricRow{std::nullopt, 0, "epoch_seconds", 7}));
  const auto items_seen = (*reader)->ItemsSeen(kAttempt).value();
  ASSERT_EQ(items_seen.size(), 1);
  EXPECT_EQ(items_seen[0].rank, 0);
  ASSERT_EQ(items_seen[0].epochs.size(), 1);
  EXPECT_EQ(items_seen[0].epochs[0].items_seen(0).item(), "c/s0/v");
  const auto validations = (*reader)->Validations(kAttempt).value();
  ASSERT_EQ(validations.size(), 1);
  EXPECT_EQ(validations[0].validation(0).prediction(), 41.5);
}

TEST_F(LedgerStoreTest, ALossThatIsNoNumberIsKept) {
  const double infinity = std::numeric_limits<double>::infinity();
  ASSERT_TRUE(Open().Commit({.records = {StepsRecord(0, 1, {std::nan(""), infinity})}}).ok());
  auto reader = LedgerReader::Open(path_);
  ASSERT_TRUE(reader.ok());
  const auto metrics = (*reader)->Metrics(kAttempt).value();
  ASSERT_EQ(metrics.size(), 2);
  EXPECT_TRUE(std::isnan(metrics[0].value));
  EXPECT_EQ(metrics[1].value, infinity);
}

TEST_F(LedgerStoreTest, ADoubledEpochIsKeptForAllToSee) {
  ASSERT_TRUE(Open().Commit({.records = {EpochRecord(0, 1, 4), EpochRecord(0, 2, 4)}}).ok());
  auto reader = LedgerReader::Open(path_);
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ((*reader)->ItemsSeen(kAttempt).value().at(0).epochs.size(), 2);
}

TEST_F(LedgerStoreTest, ACommitIsSyncedBeforeItReturns) {
  Open();
  std::vector<std::string> synced;
  const SyncSpy spy([&synced](const std::string& path) { synced.push_back(path); });
  for (int i = 0; i < 3; ++i) {
    synced.clear();
    ASSERT_TRUE(store_->Commit({.events = {Submitted("a")}}).ok());
    EXPECT_THAT(synced, testing::Contains(path_ + "-wal"));
  }
}

TEST_F(LedgerStoreTest, AFileOfThatNameIsAlwaysWhole) {
  bool synced_before_named = false;
  bool folder_synced_after = false;
  {
    const SyncSpy spy([&](const std::string& path) {
      const bool named = ReadFile(path_).ok();
      synced_before_named |= path == path_ + ".new" && !named;
      folder_synced_after |= path == folder_.path() && named;
    });
    Open();
  }
  EXPECT_TRUE(synced_before_named);
  EXPECT_TRUE(folder_synced_after);
}

TEST_F(LedgerStoreTest, AMakingThatWasCutShortIsMadeAgain) {
  ASSERT_TRUE(WriteFileAtomically(path_ + ".new", "half a database").ok());
  ASSERT_TRUE(WriteFileAtomically(path_ + ".new-journal", "half a journal").ok());
  EXPECT_EQ(Open().incarnation(), 1);
}

TEST_F(LedgerStoreTest, ANewerFormatIsRefusedAndLeftAsItIs) {
  Open();
  Tamper(
      "UPDATE meta SET value = 2 WHERE name = 'format';"
      "UPDATE meta SET value = '9.9.9' WHERE name = 'written_by'");
  const std::string before = ReadFile(path_).value();
  ExpectRefused(absl::StatusCode::kFailedPrecondition,
                "written by a newer version of Gyrus (9.9.9, format 2");
  EXPECT_EQ(ReadFile(path_).value(), before);
}

TEST_F(LedgerStoreTest, AnEventOfANewerVersionIsRefused) {
  v1::Event known = Submitted("a");
  ASSERT_TRUE(Open().Commit({.events = {known}}).ok());
  Close();
  const std::string good = ReadFile(path_).value();

  v1::Event with_field = Submitted("a");
  with_field.mutable_submitted()
      ->GetReflection()
      ->MutableUnknownFields(with_field.mutable_submitted())
      ->AddVarint(999, 1);
  v1::Event with_case;
  with_case.set_experiment_id("a");
  with_case.GetReflection()->MutableUnknownFields(&with_case)->AddLengthDelimited(999, "");
  v1::Event with_value;
  with_value.set_experiment_id("a");
  with_value.mutable_ended()->set_state(static_cast<v1::ExperimentState>(77));
  for (const v1::Event& event : {with_field, with_case, with_value}) {
    ASSERT_TRUE(WriteFileAtomically(path_, good).ok());
    const std::string bytes = event.SerializeAsString();
    auto database = SqliteDatabase::Open(path_, SqliteDatabase::Mode::kWrite);
    ASSERT_TRUE(database.ok());
    ASSERT_TRUE(database->Prepare("INSERT INTO events VALUES (2, 'a', ?, ?)")
                    ->Run(SqliteBlob{bytes}, SqliteBlob{RowDigest({2}, bytes)})
                    .ok());
    ExpectRefused(absl::StatusCode::kFailedPrecondition,
                  "event 2: it was written by a newer version of Gyrus");
    EXPECT_EQ(database->Ask("SELECT value FROM meta WHERE name = 'incarnation'").value(), "1");
  }
}

}  // namespace
}  // namespace gyrus
