// Commands whose `done` was called are in the ledger, however the process ends.
#include <signal.h>
#include <unistd.h>

#include <set>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/process.h"
#include "common/testing/paths.h"
#include "common/testing/test_folder.h"
#include "coordinator/ledger/ledger_reader.h"
#include "coordinator/ledger/ledger_store.h"
#include "coordinator/ledger/testing/ledger_fixture.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

constexpr int kRanks = 3;

// Runs the helper until it has answered about `bytes` bytes, kills it, and
// returns all the whole lines that it got out.
std::vector<std::string> AnswersUntilKilled(const std::string& path, size_t bytes) {
  UniqueFd output;
  auto child = Child::Start(
      {.arguments = {BinaryDir() + "/tests/ledger_crash_program", path}, .output = &output});
  EXPECT_TRUE(child.ok()) << child.status();
  std::string said;
  bool killed = false;
  char buffer[512];
  ssize_t got;
  while ((got = read(output.get(), buffer, sizeof(buffer))) > 0) {
    said.append(buffer, got);
    if (!killed && said.size() >= bytes) {
      child->Signal(SIGKILL);
      killed = true;
    }
  }
  EXPECT_EQ(DescribeExit(child->Wait()), "killed by signal 9 (Killed)") << said;
  std::vector<std::string> lines = absl::StrSplit(said, '\n');
  lines.pop_back();  // Cut short, or empty.
  return lines;
}

struct Found {
  std::multiset<std::string> events;
  RecordMarks marks;
};

Found ReadAll(const std::string& path) {
  Found found;
  auto store = LedgerStore::Open(path);
  EXPECT_TRUE(store.ok()) << store.status();
  EXPECT_TRUE((*store)
                  ->ReadEvents([&found](const v1::Event& event) {
                    found.events.insert(event.experiment_id());
                    return absl::OkStatus();
                  })
                  .ok());
  found.marks = (*store)->ReadMarks().value();
  return found;
}

TEST(LedgerCrashTest, WhatWasAnsweredSurvivesKillingAndIsThereOnce) {
  const TestFolder folder;
  const std::string path = folder.In("ledger.db");
  std::set<std::string> answered;
  uint64_t applied[kRanks] = {};
  for (const size_t bytes : {1, 40, 300, 1000, 3000, 5000}) {
    for (const std::string& line : AnswersUntilKilled(path, bytes)) {
      const std::vector<std::string> words = absl::StrSplit(line, ' ');
      if (words.at(0) == "event") {
        answered.insert(words.at(1));
      } else {
        ASSERT_EQ(words.at(0), "record") << line;
        int rank = 0;
        uint64_t sequence = 0;
        ASSERT_TRUE(absl::SimpleAtoi(words.at(1), &rank) &&
                    absl::SimpleAtoi(words.at(2), &sequence));
        applied[rank] = std::max(applied[rank], sequence);
      }
    }
    const Found found = ReadAll(path);
    for (const std::string& name : answered) EXPECT_EQ(found.events.count(name), 1) << name;
    for (int rank = 0; rank < kRanks; ++rank) {
      EXPECT_GE(found.marks.Of(KeyOf(RecordOf(rank, 1).rank())), applied[rank]);
    }
  }
  EXPECT_GT(answered.size(), 100);
}

TEST(LedgerCrashTest, MarksRowsAndEventsAreNeverApart) {
  const TestFolder folder;
  const std::string path = folder.In("ledger.db");
  for (const size_t bytes : {10, 500, 2000, 4000}) {
    AnswersUntilKilled(path, bytes);
    auto store = LedgerStore::Open(path);
    ASSERT_TRUE(store.ok()) << store.status();
    auto reader = LedgerReader::Open(path);
    ASSERT_TRUE(reader.ok());
    const auto items_seen = (*reader)->ItemsSeen({"e", "T1w/main/r0/f0/s0", 1});
    ASSERT_TRUE(items_seen.ok()) << items_seen.status();
    const RecordMarks marks = (*store)->ReadMarks().value();
    std::multiset<std::string> expected;
    for (uint32_t rank = 0; rank < kRanks; ++rank) {
      const uint64_t mark = marks.Of(KeyOf(RecordOf(rank, 1).rank()));
      for (uint64_t sequence = 1; sequence <= mark; ++sequence) {
        expected.insert(absl::StrCat("of r", rank, "-", sequence));
      }
      if (rank != 0 || mark == 0) continue;  // Rank 0 alone leaves rows.
      ASSERT_EQ(items_seen->size(), 1);
      EXPECT_EQ(items_seen->at(0).epochs.size(), mark);
    }
    std::multiset<std::string> of_records;
    ASSERT_TRUE((*store)
                    ->ReadEvents([&of_records](const v1::Event& event) {
                      if (event.experiment_id()[0] == 'o') of_records.insert(event.experiment_id());
                      return absl::OkStatus();
                    })
                    .ok());
    EXPECT_EQ(of_records, expected);
  }
}

}  // namespace
}  // namespace gyrus
