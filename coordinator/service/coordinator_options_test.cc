#include "coordinator/service/coordinator_options.h"

#include "common/command_line/parse_line.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::HasSubstr;

CoordinatorOptions Parse(std::vector<const char*> flags) {
  CLI::App app;
  CoordinatorOptions options;
  AddServe(app, options);
  std::vector<const char*> line = {"gyrus-coordinator", "serve", "--dir", "run"};
  line.insert(line.end(), flags.begin(), flags.end());
  EXPECT_EQ(ParseLine(app, static_cast<int>(line.size()), line.data()), std::nullopt);
  return options;
}

TEST(CoordinatorOptionsTest, DefaultsAreValid) {
  const CoordinatorOptions options = Parse({});
  EXPECT_TRUE(options.Validate().ok()) << options.Validate();
  EXPECT_EQ(options.runtime().state.lost_after, absl::Seconds(60));
  EXPECT_EQ(options.runtime().state.adoption_window, absl::Seconds(10));
  EXPECT_EQ(options.runtime().check_interval, absl::Seconds(1));
  EXPECT_EQ(options.loader().start_patience, absl::Seconds(30));
}

TEST(CoordinatorOptionsTest, FlagsReachTheObjectsThatWait) {
  const CoordinatorOptions options =
      Parse({"--lost-after", "2s", "--adoption-window", "1.5s", "--check-interval", "50ms",
             "--loader-start", "4m", "--first-retry-pause", "10ms", "--failures-before-rest", "5",
             "--longest-rest", "1h", "--loader", "a:1", "--insecure-listen", "0.0.0.0:7"});
  ASSERT_TRUE(options.Validate().ok()) << options.Validate();
  EXPECT_EQ(options.runtime().state.lost_after, absl::Seconds(2));
  EXPECT_EQ(options.runtime().state.adoption_window, absl::Milliseconds(1500));
  EXPECT_EQ(options.runtime().check_interval, absl::Milliseconds(50));
  EXPECT_EQ(options.loader().start_patience, absl::Minutes(4));
  EXPECT_EQ(options.runtime().state.faults.retry.first, absl::Milliseconds(10));
  EXPECT_EQ(options.runtime().state.faults.failures_before_rest, 5);
  EXPECT_EQ(options.runtime().state.faults.rest.longest, absl::Hours(1));
  EXPECT_THAT(options.loader().addresses, testing::ElementsAre("a:1"));
  EXPECT_TRUE(options.server().insecure);
}

TEST(CoordinatorOptionsTest, AWrongTimeIsNamed) {
  for (const absl::Duration wrong :
       {absl::ZeroDuration(), absl::Seconds(-1), absl::InfiniteDuration()}) {
    CoordinatorOptions options;
    options.lost_after = wrong;
    EXPECT_THAT(std::string(options.Validate().message()), HasSubstr("--lost-after must be"));
  }
  CoordinatorOptions options;
  options.adoption_window = absl::Seconds(61);
  EXPECT_THAT(std::string(options.Validate().message()),
              HasSubstr("must not be longer than --lost-after"));
}

}  // namespace
}  // namespace gyrus
