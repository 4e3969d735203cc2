// For tests that need files.
#pragma once

#include <unistd.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "common/files.h"
#include "gtest/gtest.h"

namespace gyrus {

// An empty folder named after the running test and its process; removed with
// this object.
class TestFolder {
 public:
  TestFolder() {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    // TempDir() ends in a slash.
    path_ = absl::StrCat(testing::TempDir(), "gyrus_", test->test_suite_name(), "_", test->name(),
                         "_", getpid());
    EXPECT_TRUE(RemoveAll(path_).ok());
    EXPECT_TRUE(MakeFolders(path_).ok());
  }
  ~TestFolder() { EXPECT_TRUE(RemoveAll(path_).ok()); }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string In(const std::string& name) const { return absl::StrCat(path_, "/", name); }

 private:
  std::string path_;
};

}  // namespace gyrus
