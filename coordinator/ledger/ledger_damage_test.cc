// A damaged ledger gives one clear error, never a crash or other events.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/files.h"
#include "common/testing/test_folder.h"
#include "coordinator/ledger/ledger_reader.h"
#include "coordinator/ledger/ledger_store.h"
#include "coordinator/ledger/sqlite.h"
#include "coordinator/ledger/testing/ledger_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::HasSubstr;

const AttemptId kAttempt{"e", "T1w/main/r0/f0/s0", 1};

class LedgerDamageTest : public testing::Test {
 protected:
  // A closed ledger of several dozen pages, some of them overflow pages.
  LedgerDamageTest() {
    auto store = LedgerStore::Open(path_);
    EXPECT_TRUE(store.ok()) << store.status();
    LedgerBatch batch;
    for (int i = 0; i < 40; ++i) {
      v1::Event event = Submitted(absl::StrCat("e", i));
      event.mutable_submitted()->set_request_id(std::string(100 * i, 'r'));
      batch.events.push_back(event);
      batch.records.push_back(EpochRecord(0, i + 1, i));
    }
    EXPECT_TRUE((*store)->Commit(batch).ok());
    content_ = ContentOf(**store);
    store->reset();
    bytes_ = ReadFile(path_).value();
    EXPECT_GT(bytes_.size(), 100'000);
    EXPECT_EQ(ListFolder(folder_.path()).value(), std::vector<std::string>{"ledger.db"});
  }

  // Events and items_seen as one string; an error where some cannot be read.
  absl::StatusOr<std::string> TryContentOf(LedgerStore& store) {
    std::string all;
    absl::Status status = store.ReadEvents([&all](const v1::Event& event) {
      all += event.SerializeAsString();
      return absl::OkStatus();
    });
    auto reader = LedgerReader::Open(path_);
    if (status.ok()) status = reader.status();
    if (!status.ok()) return status;
    const auto items_seen = (*reader)->ItemsSeen(kAttempt);
    if (!items_seen.ok()) return items_seen.status();
    for (const RankItemsSeen& rank : *items_seen) {
      for (const v1::EpochItemsSeen& epoch : rank.epochs) all += epoch.SerializeAsString();
    }
    return all;
  }
  std::string ContentOf(LedgerStore& store) { return TryContentOf(store).value(); }

  // Puts `bytes` in the ledger's place.
  void Replace(const std::string& bytes) {
    ASSERT_TRUE(RemoveAll(path_ + "-wal").ok());
    ASSERT_TRUE(RemoveAll(path_ + "-shm").ok());
    ASSERT_TRUE(WriteFileAtomically(path_, bytes).ok());
  }

  void ExpectDataLoss(const std::string& message = "") {
    const absl::Status status = LedgerStore::Open(path_).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("cannot open the ledger " + path_));
    EXPECT_THAT(std::string(status.message()), HasSubstr(message));
  }

  // False: the ledger opens and gives back what was written.
  bool IsNoticed() {
    auto store = LedgerStore::Open(path_);
    if (!store.ok()) {
      EXPECT_THAT(std::string(store.status().message()), HasSubstr(path_));
      return true;
    }
    const auto content = TryContentOf(**store);
    if (!content.ok()) return true;
    EXPECT_EQ(*content, content_);
    return false;
  }

  void Tamper(const std::string& sql) {
    auto database = SqliteDatabase::Open(path_, SqliteDatabase::Mode::kWrite);
    ASSERT_TRUE(database.ok());
    const absl::Status status = database->Execute(sql);
    ASSERT_TRUE(status.ok()) << status;
  }

  const TestFolder folder_;
  const std::string path_ = folder_.In("ledger.db");
  std::string bytes_;
  std::string content_;
};

TEST_F(LedgerDamageTest, WhatIsNoLedgerIsRefused) {
  Replace("");
  ExpectDataLoss("it is empty");
  Replace("this is no database, whatever its name says");
  ExpectDataLoss();
  Replace(std::string(5000, '\0'));
  ExpectDataLoss();
}

TEST_F(LedgerDamageTest, AnotherProgramsDatabaseIsRefusedAndLeftAsItIs) {
  Tamper("DROP TABLE meta");
  const std::string before = ReadFile(path_).value();
  ExpectDataLoss("no such table: meta");
  EXPECT_EQ(ReadFile(path_).value(), before);
}

TEST_F(LedgerDamageTest, AMissingFileIsNotMadeBesideItsLog) {
  ASSERT_TRUE(RemoveAll(path_).ok());
  ASSERT_TRUE(WriteFileAtomically(path_ + "-wal", "log").ok());
  ExpectDataLoss("only its log");
}

TEST_F(LedgerDamageTest, AFolderOfThatNameIsRefused) {
  ASSERT_TRUE(RemoveAll(path_).ok());
  ASSERT_TRUE(MakeFolders(path_).ok());
  EXPECT_EQ(LedgerStore::Open(path_).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(LedgerDamageTest, TablesThatDoNotFitAreTheFilesFault) {
  Tamper("DROP TABLE metrics; CREATE TABLE metrics (x)");
  ExpectDataLoss("damaged, or no ledger: SQLite: table metrics has 1 column");
}

TEST_F(LedgerDamageTest, EveryTruncationIsNoticed) {
  for (size_t size = 0; size < bytes_.size(); size += size % 4096 == 0 ? 1000 : 3096) {
    Replace(bytes_.substr(0, size));
    SCOPED_TRACE(size);
    ExpectDataLoss();
  }
}

TEST_F(LedgerDamageTest, AFlippedBitIsNoticedOrDoesNotMatter) {
  int noticed = 0;
  int tried = 0;
  // In the file's header every third byte is tried, and one in a thousand after it.
  for (size_t at = 0; at < bytes_.size(); at += at < 100 ? 3 : 997) {
    std::string flipped = bytes_;
    flipped[at] ^= static_cast<char>(1 << (at % 8));
    Replace(flipped);
    noticed += IsNoticed() ? 1 : 0;
    ++tried;
  }
  // Most of this file is events.
  EXPECT_GT(noticed, tried / 2);
}

TEST_F(LedgerDamageTest, ALostLastByteIsNoticedOrDoesNotMatter) {
  Replace(bytes_.substr(0, bytes_.size() - 1));
  IsNoticed();
}

TEST_F(LedgerDamageTest, AMissingEventIsNoticed) {
  Tamper("DELETE FROM events WHERE sequence = 7");
  ExpectDataLoss("event 7");
}

TEST_F(LedgerDamageTest, ExchangedEventsAreNoticed) {
  Tamper(
      "UPDATE events SET event = (SELECT event FROM events WHERE sequence = 3),"
      "digest = (SELECT digest FROM events WHERE sequence = 3),"
      "experiment_id = 'e2' WHERE sequence = 2");
  ExpectDataLoss("event 2");
}

TEST_F(LedgerDamageTest, DamagedVisitsAreNoticedWhenRead) {
  Tamper("UPDATE items_seen SET items_seen = x'0801' WHERE sequence = 5");
  auto store = LedgerStore::Open(path_);
  ASSERT_TRUE(store.ok()) << store.status();
  auto reader = LedgerReader::Open(path_);
  ASSERT_TRUE(reader.ok());
  const absl::Status status = (*reader)->ItemsSeen(kAttempt).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("what record 5 left is damaged"));
  EXPECT_TRUE((*reader)->Validations(kAttempt).ok());
}

}  // namespace
}  // namespace gyrus
