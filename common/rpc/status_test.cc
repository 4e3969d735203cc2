#include "common/rpc/status.h"

#include "gtest/gtest.h"

namespace gyrus {
namespace {

TEST(RpcStatusTest, EveryCodeComesBack) {
  for (int code = 0; code <= 16; ++code) {
    const absl::Status status(static_cast<absl::StatusCode>(code), "why");
    EXPECT_EQ(FromGrpc(ToGrpc(status)), status);
  }
}

}  // namespace
}  // namespace gyrus
