#include "coordinator/service/coordinator_options.h"

#include <limits>

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
      Parse({"--lost-after-seconds", "2", "--adoption-window-seconds", "1.5",
             "--check-interval-seconds", "0.05", "--loader-start-seconds", "240", "--loader", "a:1",
             "--insecure-listen", "0.0.0.0:7"});
  ASSERT_TRUE(options.Validate().ok()) << options.Validate();
  EXPECT_EQ(options.runtime().state.lost_after, absl::Seconds(2));
  EXPECT_EQ(options.runtime().state.adoption_window, absl::Milliseconds(1500));
  EXPECT_EQ(options.runtime().check_interval, absl::Milliseconds(50));
  EXPECT_EQ(options.loader().start_patience, absl::Minutes(4));
  EXPECT_THAT(options.loader().addresses, testing::ElementsAre("a:1"));
  EXPECT_TRUE(options.server().insecure);
}

TEST(CoordinatorOptionsTest, AWrongTimeIsNamed) {
  for (const double wrong : {0.0, -1.0, 1e9, std::numeric_limits<double>::quiet_NaN()}) {
    CoordinatorOptions options;
    options.lost_after_seconds = wrong;
    EXPECT_THAT(std::string(options.Validate().message()), HasSubstr("--lost-after-seconds is"));
  }
  CoordinatorOptions options;
  options.adoption_window_seconds = 61;
  EXPECT_THAT(std::string(options.Validate().message()),
              HasSubstr("must not be longer than --lost-after-seconds"));
}

}  // namespace
}  // namespace gyrus
