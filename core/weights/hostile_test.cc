// Files that mean harm, or are broken on purpose: each is refused with a reason.
#include <filesystem>
#include <set>
#include <string>

#include "core/weights/testing/hostile_fixture.h"
#include "core/weights/testing/torch_fixture.h"
#include "core/weights/weight_views.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

TEST(HostileTest, EachFileIsRefusedWithItsReasonAndNoneIsExecuted) {
  ASSERT_TRUE(ParseWeightViews(SampleTorchFile()).ok()) << "what they are made from is good";
  std::filesystem::remove(kHostileTrace);
  std::set<std::string> files;
  for (const HostileFile& file : HostileFiles()) {
    files.insert(file.bytes);
    const absl::Status status = ParseWeightViews(file.bytes).status();
    EXPECT_THAT(status.code(),
                AnyOf(absl::StatusCode::kInvalidArgument, absl::StatusCode::kDataLoss))
        << file.title << ": " << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(file.why)) << file.title;
    EXPECT_GT(status.message().size(), 10) << file.title;
    EXPECT_LT(status.message().size(), 1000) << file.title;
  }
  EXPECT_FALSE(std::filesystem::exists(kHostileTrace));
  EXPECT_GE(files.size(), 500) << "different files";
  RecordProperty("files", static_cast<int>(files.size()));
}

}  // namespace
}  // namespace gyrus
