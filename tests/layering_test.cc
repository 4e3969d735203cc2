// Which folder may include which; and that every test is built.
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
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

const fs::path kRoot = SourceDir();

// Folder -> folders that it may include, beside itself. "gyrus/v1" are the
// messages, "gyrus/v1 grpc" the services. The longest folder that fits counts.
const std::map<std::string, std::set<std::string>>& AllowedFolders() {
  static const std::map<std::string, std::set<std::string>> allowed = {
      {"common", {}},
      {"common/command_line", {"common"}},
      {"common/reason", {"common", "gyrus/v1"}},
      {"common/rpc", {"common", "gyrus/v1"}},
      {"core/epoch", {"common", "gyrus/v1"}},
      {"core/volume", {"common", "gyrus/v1"}},
      {"core/network", {"common", "gyrus/v1"}},
      {"core/weights", {"common"}},
      {"core/spec", {"common", "core/network", "gyrus/v1"}},
      {"core/spec/parse", {"common", "core/spec", "gyrus/v1"}},
      {"core/spec/defaults", {"common", "core/network", "core/recipe", "core/spec", "gyrus/v1"}},
      {"core/spec/check",
       {"common", "core/network", "core/recipe", "core/spec", "core/spec/defaults", "gyrus/v1"}},
      {"core/recipe", {"common", "core/spec", "core/volume", "gyrus/v1"}},
      {"core/statistics", {"common"}},
      {"core/evaluate", {"common", "core/spec", "core/statistics", "gyrus/v1"}},
      {"core/report", {"common", "core/evaluate", "core/spec", "core/statistics", "gyrus/v1"}},
      {"coordinator/plan",
       {"common", "common/reason", "core/recipe", "core/spec", "core/spec/check", "core/statistics",
        "core/volume", "gyrus/v1"}},
      {"coordinator/lifecycle",
       {"common", "common/reason", "coordinator/plan", "core/spec", "gyrus/v1"}},
      {"coordinator/schedule", {"common", "gyrus/v1"}},
      {"coordinator/result",
       {"common", "coordinator/lifecycle", "coordinator/plan", "core/epoch", "core/evaluate",
        "core/report", "core/spec", "gyrus/v1"}},
      {"coordinator/state",
       {"common", "common/reason", "coordinator/lifecycle", "coordinator/plan",
        "coordinator/schedule", "gyrus/v1"}},
      {"coordinator/ledger", {"common", "gyrus/v1"}},
      {"coordinator/vault", {"common"}},
      {"coordinator/runtime",
       {"common", "common/reason", "coordinator/ledger", "coordinator/lifecycle",
        "coordinator/plan", "coordinator/result", "coordinator/state", "coordinator/vault",
        "core/epoch", "core/network", "core/recipe", "core/spec", "core/spec/check",
        "core/spec/defaults", "gyrus/v1"}},
      {"coordinator/service",
       {"common", "common/command_line", "common/rpc", "coordinator/ledger",
        "coordinator/lifecycle", "coordinator/runtime", "coordinator/vault", "core/spec",
        "core/spec/check", "core/spec/defaults", "gyrus/v1", "gyrus/v1 grpc"}},
      {"dataloader/cohort", {"common", "common/reason", "core/volume", "gyrus/v1"}},
      {"dataloader/recipe", {"common", "core/recipe", "core/volume", "gyrus/v1"}},
      {"dataloader/cache", {"common", "dataloader/recipe", "gyrus/v1"}},
      {"dataloader/phantom", {"common", "common/command_line", "core/volume"}},
      {"dataloader/service",
       {"common", "common/command_line", "common/rpc", "core/epoch", "core/recipe", "core/volume",
        "dataloader/cache", "dataloader/cohort", "dataloader/phantom", "dataloader/recipe",
        "gyrus/v1", "gyrus/v1 grpc"}},
      {"models", {"common", "common/reason", "core/network", "gyrus/v1"}},
      {"models/weights", {"common", "core/weights", "models"}},
      {"models/transfer",
       {"common", "core/network", "core/weights", "gyrus/v1", "models", "models/weights"}},
      {"worker/collective", {"common"}},
      {"worker/spool", {"common", "gyrus/v1"}},
      {"worker/training",
       {"common", "core/epoch", "core/evaluate", "core/network", "gyrus/v1", "models",
        "models/transfer", "models/weights", "worker/collective", "worker/spool"}},
      {"worker/trainer",
       {"common", "common/command_line", "common/reason", "common/rpc", "core/epoch", "gyrus/v1",
        "gyrus/v1 grpc", "models", "worker/collective", "worker/spool", "worker/training"}},
      {"worker/agent",
       {"common", "common/command_line", "common/reason", "common/rpc", "gyrus/v1", "gyrus/v1 grpc",
        "worker/spool"}},
      {"attribution",
       {"common", "common/command_line", "common/rpc", "core/network", "core/recipe", "core/spec",
        "core/volume", "dataloader/recipe", "gyrus/v1", "models", "models/weights"}},
      {"cli",
       {"common", "common/command_line", "common/reason", "common/rpc", "core/report", "core/spec",
        "core/spec/check", "core/spec/defaults", "core/spec/parse", "core/volume", "core/weights",
        "gyrus/v1", "gyrus/v1 grpc"}},
  };
  return allowed;
}

// A library's headers -> folders that may include them.
const std::map<std::string, std::set<std::string>>& LibraryFolders() {
  static const std::map<std::string, std::set<std::string>> folders = {
      {"torch",
       {"attribution", "models", "models/transfer", "models/weights", "worker/trainer",
        "worker/training"}},
      {"ATen",
       {"attribution", "models", "models/transfer", "models/weights", "worker/trainer",
        "worker/training"}},
      {"c10",
       {"attribution", "models", "models/transfer", "models/weights", "worker/trainer",
        "worker/training"}},
      {"png.h", {"attribution"}},
      {"zip.h", {"core/weights"}},
      {"gloo", {"worker/collective"}},
      {"itk", {"dataloader/recipe"}},
      {"grpcpp",
       {"common/rpc", "coordinator/service", "dataloader/service", "worker/agent", "worker/trainer",
        "cli"}},
      {"sqlite3.h", {"coordinator/ledger"}},
      {"yaml-cpp", {"core/spec/parse"}},
      {"sodium.h", {"common"}},
      {"utf8proc.h", {"common"}},
      {"boost", {"core/statistics"}},
      {"Eigen", {"core/statistics"}},
      {"CLI",
       {"cli", "common/command_line", "coordinator/service", "dataloader/phantom",
        "dataloader/service", "attribution", "worker/agent", "worker/trainer"}},
  };
  return folders;
}

// Where a step of the domain must not reach: files, threads, clocks.
const std::set<std::string>& ImpureHeaders() {
  static const std::set<std::string> headers = {"thread",
                                                "mutex",
                                                "fstream",
                                                "filesystem",
                                                "chrono",
                                                "unistd.h",
                                                "fcntl.h",
                                                "common/clock.h",
                                                "common/executor.h",
                                                "common/files.h",
                                                "common/process.h",
                                                "common/log.h",
                                                "common/random_id.h",
                                                "absl/time/clock.h",
                                                "absl/synchronization/mutex.h"};
  return headers;
}

const std::set<std::string>& PureFolders() {
  static const std::set<std::string> folders = {
      "core/epoch",       "core/network",          "core/volume",          "core/weights",
      "core/spec",        "core/spec/parse",       "core/spec/defaults",   "core/spec/check",
      "core/recipe",      "core/statistics",       "core/evaluate",        "core/report",
      "coordinator/plan", "coordinator/lifecycle", "coordinator/schedule", "coordinator/state",
      "dataloader/recipe"};
  return folders;
}

std::string FolderOf(const std::string& path) {
  std::string best;
  for (const auto& [folder, allowed] : AllowedFolders()) {
    if (path.rfind(folder + "/", 0) == 0 && folder.size() > best.size()) best = folder;
  }
  return best;
}

std::string Read(const fs::path& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

struct Source {
  std::string path;  // Relative to the root.
  bool test = false;
  std::vector<std::string> includes;
};

bool IsTest(const std::string& path) {
  return path.find("_test.") != std::string::npos || path.find("/testing/") != std::string::npos;
}

const std::vector<Source>& Sources() {
  static const std::vector<Source> all = [] {
    std::vector<Source> sources;
    const std::regex include(R"(#include\s+["<]([^">]+)[">])");
    for (const char* top : {"common", "core", "coordinator", "dataloader", "attribution", "models",
                            "worker", "cli"}) {
      for (const auto& entry : fs::recursive_directory_iterator(kRoot / top)) {
        const std::string extension = entry.path().extension().string();
        if (extension != ".cc" && extension != ".h") continue;
        Source source{.path = fs::relative(entry.path(), kRoot).string()};
        source.test = IsTest(source.path);
        const std::string text = Read(entry.path());
        for (auto it = std::sregex_iterator(text.begin(), text.end(), include);
             it != std::sregex_iterator(); ++it) {
          source.includes.push_back((*it)[1]);
        }
        sources.push_back(std::move(source));
      }
    }
    return sources;
  }();
  return all;
}

TEST(LayeringTest, EveryFileIsInAFolderOfTheTable) {
  std::vector<std::string> strangers;
  for (const Source& source : Sources()) {
    if (FolderOf(source.path).empty()) strangers.push_back(source.path);
  }
  EXPECT_THAT(strangers, IsEmpty());
}

TEST(LayeringTest, FoldersIncludeOnlyWhatTheyMay) {
  std::vector<std::string> wrong;
  for (const Source& source : Sources()) {
    if (source.test) continue;
    const std::string folder = FolderOf(source.path);
    for (const std::string& include : source.includes) {
      std::string other = FolderOf(include);
      if (include.rfind("gyrus/v1/", 0) == 0) {
        other = include.find(".grpc.pb.h") != std::string::npos ? "gyrus/v1 grpc" : "gyrus/v1";
      }
      if (other.empty() || other == folder) continue;
      if (!AllowedFolders().at(folder).contains(other)) {
        wrong.push_back(source.path + " includes " + include);
      }
    }
  }
  EXPECT_THAT(wrong, IsEmpty());
}

TEST(LayeringTest, LibrariesStayInTheirFolders) {
  std::vector<std::string> wrong;
  for (const Source& source : Sources()) {
    if (source.test) continue;
    for (const std::string& include : source.includes) {
      const std::string library = include.substr(0, include.find('/'));
      const auto found = LibraryFolders().find(library);
      if (found == LibraryFolders().end()) continue;
      if (!found->second.contains(FolderOf(source.path))) {
        wrong.push_back(source.path + " includes " + include);
      }
    }
  }
  EXPECT_THAT(wrong, IsEmpty());
}

TEST(LayeringTest, PureFoldersTouchNoFileThreadOrClock) {
  std::vector<std::string> wrong;
  for (const Source& source : Sources()) {
    if (source.test || !PureFolders().contains(FolderOf(source.path))) continue;
    for (const std::string& include : source.includes) {
      if (ImpureHeaders().contains(include)) wrong.push_back(source.path + " includes " + include);
    }
  }
  EXPECT_THAT(wrong, IsEmpty());
}

TEST(LayeringTest, OnlyBoundariesCatch) {
  std::vector<std::string> wrong;
  const std::regex catches(R"(\bcatch\s*\()");
  for (const Source& source : Sources()) {
    if (source.test || source.path.find("boundary") != std::string::npos) continue;
    if (std::regex_search(Read(kRoot / source.path), catches)) wrong.push_back(source.path);
  }
  EXPECT_THAT(wrong, IsEmpty());
}

TEST(LayeringTest, EveryTestIsBuilt) {
  std::vector<std::string> forgotten;
  int tests = 0;
  for (const Source& source : Sources()) {
    const fs::path path = kRoot / source.path;
    const std::string name = path.filename().string();
    if (!name.ends_with("_test.cc")) continue;
    ++tests;
    const std::regex word("(^|[\\s(])" + name + "($|[\\s)])");
    if (!std::regex_search(Read(path.parent_path() / "CMakeLists.txt"), word)) {
      forgotten.push_back(source.path);
    }
  }
  EXPECT_GT(tests, 100);
  EXPECT_THAT(forgotten, IsEmpty());
}

}  // namespace
}  // namespace gyrus
