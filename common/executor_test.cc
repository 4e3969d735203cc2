#include "common/executor.h"

#include <atomic>
#include <vector>

#include "absl/synchronization/notification.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

TEST(ExecutorTest, RunsAllThatIsQueuedBeforeItGoes) {
  std::atomic<int> ran{0};
  {
    Executor executor(3);
    for (int i = 0; i < 100; ++i) executor.Run([&ran] { ++ran; });
  }
  EXPECT_EQ(ran, 100);
}

TEST(ExecutorTest, OneThreadKeepsTheOrder) {
  std::vector<int> order;
  {
    Executor strand(1);
    for (int i = 0; i < 100; ++i) strand.Run([&order, i] { order.push_back(i); });
  }
  for (int i = 0; i < 100; ++i) EXPECT_EQ(order[i], i);
}

TEST(ExecutorTest, WorkMayQueueMoreWorkWhileItIsDestroyed) {
  absl::Notification stopping;
  std::atomic<bool> ran{false};
  {
    Executor executor(1);
    executor.Run([&] {
      stopping.WaitForNotification();
      executor.Run([&ran] { ran = true; });
    });
    stopping.Notify();
  }
  EXPECT_TRUE(ran);
}

}  // namespace
}  // namespace gyrus
