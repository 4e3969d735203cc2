// Whether docs/extending.md names files that exist.
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "common/testing/paths.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

namespace fs = std::filesystem;

std::string Manual() {
  std::ifstream in(fs::path(SourceDir()) / "docs" / "extending.md");
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// All between backticks that is written as a file: `core/recipe/steps.cc`.
std::vector<std::string> FilesIn(const std::string& text) {
  static const std::regex file(R"(`([\w./-]*\w\.(?:cc|h|md|proto|py|txt)|\.ci/run)`)");
  std::vector<std::string> files;
  for (auto it = std::sregex_iterator(text.begin(), text.end(), file); it != std::sregex_iterator();
       ++it) {
    files.push_back((*it)[1]);
  }
  return files;
}

// A file that the reader is to write: `core/recipe/NAME_step.cc`.
bool IsNew(const std::string& file) { return file.find("NAME") != std::string::npos; }

TEST(ExtendingTest, EveryFileThatItNamesExists) {
  std::vector<std::string> missing;
  int existing = 0;
  for (const std::string& file : FilesIn(Manual())) {
    // The last part alone names a file of no folder in particular.
    if (IsNew(file) || file == "_boundary.cc") continue;
    if (fs::exists(fs::path(SourceDir()) / file)) {
      ++existing;
    } else {
      missing.push_back(file);
    }
  }
  EXPECT_THAT(missing, testing::IsEmpty());
  EXPECT_GT(existing, 40);
}

TEST(ExtendingTest, ANewFileGoesIntoAFolderThatExists) {
  for (const std::string& file : FilesIn(Manual())) {
    if (!IsNew(file)) continue;
    EXPECT_TRUE(fs::is_directory((fs::path(SourceDir()) / file).parent_path())) << file;
  }
}

TEST(ExtendingTest, HasStepsForEachKindOfExtension) {
  const std::string manual = Manual();
  for (const char* kind : {"A recipe step", "A network", "A metric", "A collective", "A command"}) {
    EXPECT_THAT(manual, testing::HasSubstr(std::string("\n## ") + kind + "\n"));
  }
}

}  // namespace
}  // namespace gyrus
