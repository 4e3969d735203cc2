#include "worker/spool/record_log.h"

#include <sys/resource.h>

#include <csignal>
#include <string>

#include "common/testing/test_folder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

class RecordLogTest : public testing::Test {
 protected:
  RecordLogTest() : path_(scratch_.In("records.log")) {}

  static v1::Record Epoch(uint32_t epoch) {
    v1::Record record;
    record.mutable_epoch()->set_epoch(epoch);
    return record;
  }
  std::string ThreeRecords() {
    auto writer = RecordLogWriter::Create(path_);
    EXPECT_TRUE(writer.ok()) << writer.status();
    for (uint32_t epoch : {0, 1, 2}) EXPECT_TRUE(writer->Append(Epoch(epoch)).ok());
    EXPECT_TRUE(writer->Sync().ok());
    return ReadFile(path_).value();
  }

  const TestFolder scratch_;
  const std::string path_;
};

TEST_F(RecordLogTest, ReadsWhatWasAppendedSinceTheLastTime) {
  RecordLogReader reader(path_);
  EXPECT_THAT(reader.ReadNew().value(), testing::IsEmpty());  // Not there yet.
  auto writer = RecordLogWriter::Create(path_);
  ASSERT_TRUE(writer.ok());
  ASSERT_TRUE(writer->Append(Epoch(7)).ok());
  auto records = reader.ReadNew();
  ASSERT_TRUE(records.ok());
  ASSERT_EQ(records->size(), 1);
  EXPECT_EQ(records->at(0).sequence(), 1);
  EXPECT_EQ(records->at(0).epoch().epoch(), 7);
  EXPECT_THAT(reader.ReadNew().value(), testing::IsEmpty());
  ASSERT_TRUE(writer->Append(Epoch(8)).ok());
  EXPECT_EQ(reader.ReadNew()->at(0).sequence(), 2);
}

// A disk that is full may take a part of a record. It is taken back, so that what is
// appended later, such as why the training ends, can be read.
TEST_F(RecordLogTest, ARecordThatFoundNoRoomLeavesNothing) {
  auto writer = RecordLogWriter::Create(path_);
  ASSERT_TRUE(writer.ok());
  ASSERT_TRUE(writer->Append(Epoch(7)).ok());
  RecordLogReader reader(path_);
  EXPECT_EQ(reader.ReadNew()->size(), 1);
  const auto whole = ReadFile(path_).value();
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit limit = before;
  limit.rlim_cur = whole.size() + 20;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
  v1::Record large;
  large.mutable_failed()->set_message(std::string(1000, 'x'));
  EXPECT_FALSE(writer->Append(large).ok());
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_EQ(ReadFile(path_).value(), whole);
  ASSERT_TRUE(writer->Append(Epoch(8)).ok());
  const auto records = reader.ReadNew();
  ASSERT_TRUE(records.ok()) << records.status();
  ASSERT_EQ(records->size(), 1);
  EXPECT_EQ(records->at(0).sequence(), 2);
}

TEST_F(RecordLogTest, EveryTruncationIsAPrefixOfRecords) {
  const std::string bytes = ThreeRecords();
  size_t last = 0;
  for (size_t size = 0; size <= bytes.size(); ++size) {
    const auto parsed = ParseRecords(absl::string_view(bytes).substr(0, size));
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    EXPECT_LE(parsed->used, size);
    EXPECT_GE(parsed->records.size(), last);
    last = parsed->records.size();
  }
  EXPECT_EQ(last, 3);
}

TEST_F(RecordLogTest, EveryFlippedBitIsNoticed) {
  const std::string bytes = ThreeRecords();
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] ^= static_cast<char>(1 << (bit % 8));
    const auto parsed = ParseRecords(flipped);
    // A larger size may look like a record that is still being written.
    EXPECT_TRUE(!parsed.ok() || parsed->records.size() < 3) << "bit " << bit;
  }
}

TEST_F(RecordLogTest, TwoTrainersDoNotShareALog) {
  ASSERT_TRUE(RecordLogWriter::Create(path_).ok());
  EXPECT_EQ(RecordLogWriter::Create(path_).status().code(), absl::StatusCode::kAlreadyExists);
}

TEST_F(RecordLogTest, AMissingRecordIsDataLoss) {
  const std::string bytes = ThreeRecords();
  const size_t record = bytes.size() - ParseRecords(bytes.substr(0, bytes.size() - 1))->used;
  ASSERT_TRUE(WriteFileAtomically(path_, bytes.substr(bytes.size() - record)).ok());
  EXPECT_EQ(RecordLogReader(path_).ReadNew().status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace gyrus
