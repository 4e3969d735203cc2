#include "cli/log_tail.h"

#include "common/files.h"
#include "common/testing/test_folder.h"
#include "gtest/gtest.h"

namespace gyrus::cli {
namespace {

constexpr char kEarlier[] = "E 2026-01-01T00:00:00.000Z gyrus-worker: of an earlier life\n";

class LogTailTest : public testing::Test {
 protected:
  std::string Last(const std::string& text) const {
    EXPECT_TRUE(WriteFileAtomically(folder_.In("log"), kEarlier + text).ok());
    return LastError(folder_.In("log"), sizeof(kEarlier) - 1);
  }
  const TestFolder folder_;
};

TEST_F(LogTailTest, TheLastErrorCounts) {
  EXPECT_EQ(Last("E 2026-01-01T00:00:01.000Z gyrus-worker: first\n"
                 "E 2026-01-01T00:00:02.000Z gyrus-worker: the disk is full\n"
                 "I 2026-01-01T00:00:03.000Z gyrus-worker: ends\n"),
            "the disk is full");
}

TEST_F(LogTailTest, WithoutAnErrorTheLastLineCounts) {
  EXPECT_EQ(Last("usage: gyrus-worker\n--dir is required\n\n"), "--dir is required");
}

TEST_F(LogTailTest, AnEarlierLifeDoesNotCount) {
  EXPECT_EQ(Last(""), "");
  EXPECT_EQ(LastError(folder_.In("absent"), 0), "");
}

}  // namespace
}  // namespace gyrus::cli
