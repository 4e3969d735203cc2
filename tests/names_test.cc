// Tests that homemade words do not come back into the code. The table lists each word
// with the term of the field that replaced it. Identifiers and keys of JSON and YAML are
// examined; comments and messages are not.
#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "common/testing/paths.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

namespace fs = std::filesystem;
using ::testing::IsEmpty;

// Maps an old name to its replacement. A name that ends with * stands for all names that
// begin so.
const std::map<std::string, std::string>& OldNames() {
  static const std::map<std::string, std::string> names = {
      {"Told", "Notified, or PredictedNumbers of a network"},
      {"untold", "pending_notification"},
      {"untold_", "pending_notification_"},
      {"ClassTold", "PredictedClass"},
      {"Visit", "SeenItem, or session"},
      {"visits", "items_seen, or sessions"},
      {"visit_digest", "seen_digest"},
      {"VisitLog", "SeenLog"},
      {"TellsVisits", "RecordsItemsSeen"},
      {"Answers", "Outputs"},
      {"Truth", "Targets"},
      {"AnswerOf", "OutputKindOf"},
      {"Board", "StatusStore"},
      {"Conductor", "Coordinator, or the object of coordinator/runtime that does it"},
      {"Wish", "a command, or Enqueue"},
      {"wish", "a command, or Enqueue"},
      {"VolumeSlice", "VolumeChunk"},
      {"SliceHeader", "ChunkHeader"},
      {"Come", "Arrive"},
      {"Heard", "ResetDeadline"},
      {"Judge", "UpdateSelection"},
      {"PositionsDealt", "ShardPositions"},
      {"PredictedTogether", "EvaluationBatch"},
      {"PutBack", "Restore"},
      {"Seat", "Placement"},
      {"seat", "placement"},
      {"twin", "duplicate"},
      {"twins", "duplicates"},
      {"GoesOnFrom", "DependsOn"},
      {"MayStart", "IsReady"},
      {"over_", "is_terminal_"},
      {"doorbell", "notify_pipe"},
      {"doorbell_", "notify_pipe_"},
      {"lifeline", "parent_pipe"},
      {"lifeline_", "parent_pipe_"},
      {"hurry", "force_stop"},
      {"hurry_", "force_stop_"},
      {"spoke_last", "terminal_reported"},
      {"Become", "ExecProgram"},
      {"NoName", "InvalidName"},
      {"CheckNotTold", "CheckTargetLeak"},
      {"PieceCursor", "ChunkCursor"},
      {"kMost*", "kMax..."},
      {"FirstWeights*", "InitialWeights"},
      {"first_weights", "initial_weights"},
      {"wide_turn*", "simd_transpose"},
      {"HeldRunFolder", "LockedRunFolder"},
  };
  return names;
}

bool IsWord(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Returns `text` with comments and sentences (literals that contain a blank) replaced by
// blanks. Lines keep their numbers.
std::string WithoutProse(const std::string& text, bool hash) {
  std::string code;
  bool comment = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool begins = hash ? text[i] == '#' : text.compare(i, 2, "//") == 0;
    // "http://" and the like are in no comment.
    if (begins && (i == 0 || text[i - 1] != ':')) comment = true;
    if (text[i] == '\n') comment = false;
    if (!comment && text[i] == '"') {
      const size_t end = text.find_first_of("\"\n", i + 1);
      const std::string literal = text.substr(i, end - i);
      if (end != std::string::npos && text[end] == '"' && literal.find(' ') != std::string::npos) {
        code.append(literal.size() + 1, ' ');
        i = end;
        continue;
      }
    }
    code += comment ? ' ' : text[i];
  }
  return code;
}

const std::string* Replacement(const std::string& word) {
  const auto exact = OldNames().find(word);
  if (exact != OldNames().end()) return &exact->second;
  for (const auto& [name, instead] : OldNames()) {
    if (name.back() == '*' && word.rfind(name.substr(0, name.size() - 1), 0) == 0) return &instead;
  }
  return nullptr;
}

void LookThrough(const fs::path& path, std::vector<std::string>& found) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  const std::string extension = path.extension().string();
  const std::string code = WithoutProse(text.str(), extension == ".py" || extension == ".yaml");
  int line = 1;
  for (size_t i = 0; i < code.size();) {
    if (code[i] == '\n') ++line;
    if (!IsWord(code[i])) {
      ++i;
      continue;
    }
    size_t end = i;
    while (end < code.size() && IsWord(code[end])) ++end;
    if (const std::string* instead = Replacement(code.substr(i, end - i))) {
      found.push_back(path.string() + ":" + std::to_string(line) + ": " + code.substr(i, end - i) +
                      "; write " + *instead);
    }
    i = end;
  }
}

TEST(NamesTest, HomemadeWordsStayAway) {
  std::vector<std::string> found;
  int files = 0;
  for (const char* top : {"attribution", "cli", "common", "coordinator", "core", "dataloader",
                          "experiments", "models", "proto", "worker"}) {
    if (!fs::exists(fs::path(SourceDir()) / top)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(SourceDir()) / top)) {
      const std::string extension = entry.path().extension().string();
      if (extension != ".cc" && extension != ".h" && extension != ".proto" && extension != ".py" &&
          extension != ".yaml") {
        continue;
      }
      ++files;
      LookThrough(entry.path(), found);
    }
  }
  EXPECT_GT(files, 500);
  EXPECT_THAT(found, IsEmpty());
}

TEST(NamesTest, FindsAnOldNameAndNotACommentThatHoldsIt) {
  const fs::path path = fs::path(testing::TempDir()) / "names_test_sample.cc";
  std::ofstream(path) << "// The doorbell is gone.\nint doorbell = 0;\n";
  std::vector<std::string> found;
  LookThrough(path, found);
  fs::remove(path);
  ASSERT_EQ(found.size(), 1);
  EXPECT_NE(found[0].find(":2: doorbell"), std::string::npos);
}

}  // namespace
}  // namespace gyrus
