#include "common/exit_code.h"

#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/files.h"
#include "common/testing/paths.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::ElementsAreArray;

std::set<int> CodesOfTable() {
  std::set<int> codes;
  for (const ExitCodeMeaning& row : ExitCodeTable()) codes.insert(row.code);
  return codes;
}

TEST(ExitCodeTest, EveryStatusHasAnExitCodeOfTheTable) {
  EXPECT_EQ(ExitCodeFor(absl::OkStatus()), 0);
  for (int code = 1; code <= 16; ++code) {
    const absl::Status status(static_cast<absl::StatusCode>(code), "");
    EXPECT_TRUE(CodesOfTable().contains(ExitCodeFor(status))) << status;
    EXPECT_NE(ExitCodeFor(status), kExitSuccess) << status;
    // An experiment is incomplete; a program is not.
    EXPECT_NE(ExitCodeFor(status), kExitIncomplete) << status;
  }
}

TEST(ExitCodeTest, SaysWhoMustDoSomething) {
  EXPECT_EQ(ExitCodeFor(absl::InvalidArgumentError("")), kExitUsage);
  EXPECT_EQ(ExitCodeFor(absl::DataLossError("")), kExitData);
  EXPECT_EQ(ExitCodeFor(absl::UnavailableError("")), kExitUnavailable);
  EXPECT_EQ(ExitCodeFor(absl::ErrnoToStatus(ENOSPC, "")), kExitUnavailable);
  EXPECT_EQ(ExitCodeFor(absl::InternalError("")), kExitInternal);
  EXPECT_EQ(ExitCodeFor(absl::CancelledError("")), kExitInterrupted);
}

TEST(ExitCodeTest, AChildsExitCodeComesBack) {
  for (const int code : CodesOfTable()) {
    if (code == kExitSuccess || code == kExitIncomplete) continue;
    EXPECT_EQ(ExitCodeFor(absl::Status(StatusCodeFor(code), "")), code);
  }
  EXPECT_EQ(StatusCodeFor(127), absl::StatusCode::kUnavailable);
}

// The rows of the table below "## Exit codes".
std::vector<std::string> DocumentedRows() {
  const auto text = ReadFile(SourceDir() + "/docs/cli.md");
  EXPECT_TRUE(text.ok()) << text.status();
  std::vector<std::string> rows;
  bool inside = false;
  for (const absl::string_view line : absl::StrSplit(*text, '\n')) {
    if (absl::StartsWith(line, "## ")) inside = line == "## Exit codes";
    if (inside && absl::StartsWith(line, "| ") && absl::ascii_isdigit(line[2])) {
      rows.emplace_back(line);
    }
  }
  return rows;
}

TEST(ExitCodeTest, TheDocumentationShowsTheTable) {
  std::vector<std::string> rows;
  for (const ExitCodeMeaning& row : ExitCodeTable()) {
    rows.push_back(absl::StrCat("| ", row.code, " | ", row.meaning, " |"));
  }
  EXPECT_THAT(DocumentedRows(), ElementsAreArray(rows));
}

}  // namespace
}  // namespace gyrus
