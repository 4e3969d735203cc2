#include "models/torch_boundary.h"

#include <torch/types.h>

#include <string>

#include "common/reason/reason.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(CallTorchTest, GivesWhatTheCallGives) {
  const absl::StatusOr<float> sum =
      CallTorch("adding", [] { return torch::ones({3}).sum().item<float>(); });
  ASSERT_TRUE(sum.ok()) << sum.status();
  EXPECT_EQ(*sum, 3);
  EXPECT_TRUE(CallTorch("nothing", [] {}).ok());
}

TEST(CallTorchTest, ShapesThatDoNotFitAreAStatus) {
  const absl::Status status = CallTorch("adding", [] { torch::ones({3}) + torch::ones({4}); });
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(std::string(status.message()), HasSubstr("adding: "));
  EXPECT_THAT(std::string(status.message()), HasSubstr("must match"));
  // Torch's own stack trace is many lines.
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("frame #")));
}

TEST(CallTorchTest, AWrongIndexIsTheCallersFault) {
  const absl::Status status = CallTorch("picking", [] { torch::ones({3})[5].item<float>(); });
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
}

TEST(CallTorchTest, TooMuchMemoryIsResourceExhausted) {
  const absl::Status status =
      CallTorch("making", [] { torch::empty({int64_t{1} << 55}, torch::kFloat32); });
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
  // The network is too large; the environment is not to blame.
  EXPECT_EQ(ReasonFrom(status, ErrorOrigin::kTraining).code(), v1::REASON_CODE_TRAINER_FAILED);
}

TEST(CallTorchTest, ExceptionsOfOthersAreStatusesToo) {
  const absl::Status status = CallTorch("asking", [] { std::string("a").at(3) = 'b'; });
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
}

}  // namespace
}  // namespace gyrus
