#include "coordinator/ledger/ledger_reader.h"

#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "common/files.h"
#include "common/testing/test_folder.h"
#include "coordinator/ledger/ledger_store.h"
#include "coordinator/ledger/sqlite.h"
#include "coordinator/ledger/testing/ledger_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::ElementsAre;

class LedgerReaderTest : public testing::Test {
 protected:
  LedgerReaderTest() {
    auto store = LedgerStore::Open(path_);
    EXPECT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
    v1::SpooledRecord again = EpochRecord(0, 1, 1);
    again.mutable_rank()->set_attempt(2);
    again.mutable_record()->mutable_epoch()->set_train_loss(1.5);
    EXPECT_TRUE(store_
                    ->Commit({.events = {Submitted("b"), Submitted("a")},
                              .records = {EpochRecord(0, 1, 0), StepsRecord(0, 2, {7, 8}),
                                          EpochRecord(0, 3, 1), again}})
                    .ok());
  }

  std::vector<std::string> Experiments(LedgerReader& reader) {
    std::vector<std::string> ids;
    const absl::Status status = reader.Events([&ids](const v1::Event& event) {
      ids.push_back(event.experiment_id());
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return ids;
  }

  const TestFolder folder_;
  const std::string path_ = folder_.In("ledger.db");
  std::unique_ptr<LedgerStore> store_;
};

TEST_F(LedgerReaderTest, ReadsEventsBesideTheWriterAndAfterIt) {
  EXPECT_THAT(Experiments(**LedgerReader::Open(path_)), ElementsAre("b", "a"));
  store_.reset();
  const std::string bytes = *ReadFile(path_);
  EXPECT_THAT(Experiments(**LedgerReader::Open(path_)), ElementsAre("b", "a"));
  EXPECT_EQ(*ReadFile(path_), bytes);
  // Opening it to write raises the incarnation; reading has not.
  EXPECT_EQ((*LedgerStore::Open(path_))->incarnation(), 2);
}

TEST_F(LedgerReaderTest, ReadsWhatAWriterThatWasKilledLeft) {
  // The log is still there, as it is when nobody closes the file.
  const std::string copy = folder_.In("copy.db");
  for (const char* suffix : {"", "-wal"}) {
    ASSERT_TRUE(WriteFileAtomically(copy + suffix, *ReadFile(path_ + suffix)).ok());
  }
  EXPECT_THAT(Experiments(**LedgerReader::Open(copy)), ElementsAre("b", "a"));
}

TEST_F(LedgerReaderTest, AFileThatNobodyCanWriteIsReadWithoutFilesBesideIt) {
  store_.reset();
  auto database = SqliteDatabase::Open(path_, SqliteDatabase::Mode::kReadImmutable);
  ASSERT_TRUE(database.ok()) << database.status();
  EXPECT_EQ(*database->Ask("SELECT count(*) FROM events"), "2");
  EXPECT_THAT(*ListFolder(folder_.path()), ElementsAre("ledger.db"));
}

TEST_F(LedgerReaderTest, EpochsOfAllAttemptsAreThereInOrder) {
  const auto points = (*LedgerReader::Open(path_))->Epochs("e", "T1w/main/r0/f0/s0");
  ASSERT_TRUE(points.ok()) << points.status();
  ASSERT_EQ(points->size(), 3);
  EXPECT_EQ((*points)[0].epoch(), 0);
  EXPECT_EQ((*points)[0].train_loss(), 2.5);
  EXPECT_EQ((*points)[0].validation_loss(), 3.5);
  EXPECT_EQ((*points)[0].learning_rate(), 1e-4);
  EXPECT_EQ((*points)[0].seconds(), 7);
  EXPECT_EQ((*points)[1].epoch(), 1);
  EXPECT_EQ((*points)[1].attempt(), 1);
  EXPECT_EQ((*points)[2].attempt(), 2);
  EXPECT_EQ((*points)[2].train_loss(), 1.5);
  EXPECT_TRUE((*LedgerReader::Open(path_))->Epochs("e", "another")->empty());
}

TEST_F(LedgerReaderTest, WhatIsNoLedgerIsSaidToBe) {
  EXPECT_EQ(LedgerReader::Open(folder_.In("absent")).status().code(),
            absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(WriteFileAtomically(folder_.In("text"), std::string(9000, 'x')).ok());
  EXPECT_EQ(LedgerReader::Open(folder_.In("text")).status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace gyrus
