#include "coordinator/lifecycle/retry.h"

#include <set>

#include "gtest/gtest.h"

namespace gyrus {
namespace {

TEST(RetryTest, WhatTheEnvironmentDidIsNotHeldAgainstTheTrial) {
  const std::set<int> free = {v1::REASON_CODE_PEER_LOST, v1::REASON_CODE_LOADER_LOST,
                              v1::REASON_CODE_ENVIRONMENT, v1::REASON_CODE_WORKER_RESTARTED,
                              v1::REASON_CODE_COORDINATOR_RESTARTED};
  const auto* codes = v1::ReasonCode_descriptor();
  for (int i = 0; i < codes->value_count(); ++i) {
    const auto code = static_cast<v1::ReasonCode>(codes->value(i)->number());
    EXPECT_EQ(CountsTowardsLimit(code), !free.contains(code)) << v1::ReasonCode_Name(code);
  }
}

}  // namespace
}  // namespace gyrus
