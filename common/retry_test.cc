#include "common/retry.h"

#include <vector>

#include "common/testing/fake_clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using ::testing::ElementsAre;

constexpr RetryPolicy kPolicy = {.first_pause = absl::Seconds(1),
                                 .longest_pause = absl::Seconds(4),
                                 .give_up_after = absl::Seconds(10)};

TEST(RetryTest, PausesGrowToTheLongestAndEndWithThePatience) {
  FakeClock clock;
  RetrySchedule schedule(kPolicy, clock);
  std::vector<absl::Duration> pauses;
  while (const auto pause = schedule.NextPause()) {
    pauses.push_back(*pause);
    clock.Advance(*pause);
  }
  EXPECT_THAT(pauses,
              ElementsAre(absl::Seconds(1), absl::Seconds(2), absl::Seconds(4), absl::Seconds(3)));
}

TEST(RetryTest, ProgressMakesPausesShortAndPatienceWhole) {
  FakeClock clock;
  RetrySchedule schedule(kPolicy, clock);
  schedule.NextPause();
  schedule.NextPause();
  clock.Advance(absl::Seconds(9));
  schedule.Reset();
  EXPECT_EQ(schedule.NextPause(), absl::Seconds(1));
  clock.Advance(absl::Seconds(9));
  EXPECT_TRUE(schedule.NextPause().has_value());
}

TEST(RetryTest, TriesAgainAfterAPassingFaultOnly) {
  FakeClock clock;
  const absl::Duration began = clock.Monotonic();
  absl::Notification stop;
  int calls = 0;
  const absl::Status status = Retry(kPolicy, clock, stop, [&]() -> absl::Status {
    if (++calls < 3) return absl::UnavailableError("not yet");
    return absl::DataLossError("damaged");
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(calls, 3);
  EXPECT_EQ(clock.Monotonic() - began, absl::Seconds(3));
}

TEST(RetryTest, GivesTheLastFaultWhenPatienceEnds) {
  FakeClock clock;
  const absl::Duration began = clock.Monotonic();
  absl::Notification stop;
  const absl::Status status =
      Retry(kPolicy, clock, stop, [] { return absl::UnavailableError("away"); });
  EXPECT_EQ(status, absl::UnavailableError("away"));
  EXPECT_EQ(clock.Monotonic() - began, absl::Seconds(10));
}

TEST(RetryTest, EndsWhenItIsStopped) {
  FakeClock clock;
  absl::Notification stop;
  int calls = 0;
  const absl::Status status = Retry({}, clock, stop, [&] {
    if (++calls == 2) stop.Notify();
    return absl::UnavailableError("away");
  });
  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_EQ(calls, 2);
}

}  // namespace
}  // namespace gyrus
