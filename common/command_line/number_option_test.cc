#include "common/command_line/number_option.h"

#include <vector>

#include "common/command_line/parse_line.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

struct Config {
  int workers = 2;
  uint32_t slots = 1;
  uint64_t seed = 7;
  double spacing_mm = 3.5;
  absl::Duration patience = absl::Seconds(10);
};

class NumberOptionTest : public testing::Test {
 protected:
  NumberOptionTest() {
    AddNumberOption(app_, "--workers", config_.workers, "How many");
    AddNumberOption(app_, "--slots", config_.slots, "How many", {.min = 1, .max = 64});
    AddNumberOption(app_, "--seed", config_.seed, "Any", {.min = 0});
    AddPositiveOption(app_, "--spacing-mm", config_.spacing_mm, "Edge of a voxel");
    AddDurationOption(app_, "--patience", config_.patience, "How long to wait");
  }

  std::optional<int> Parse(std::vector<const char*> words) {
    words.insert(words.begin(), "program");
    return ParseLine(app_, static_cast<int>(words.size()), words.data());
  }
  // The first line on standard error.
  std::string Refusal(const std::vector<const char*>& words) {
    testing::internal::CaptureStderr();
    EXPECT_EQ(Parse(words), 2);
    const std::string text = testing::internal::GetCapturedStderr();
    return text.substr(0, text.find('\n'));
  }

  Config config_;
  CLI::App app_{"", "program"};
};

TEST_F(NumberOptionTest, DefaultsStayAndAreShown) {
  EXPECT_EQ(Parse({}), std::nullopt);
  EXPECT_EQ(config_.workers, 2);
  EXPECT_EQ(config_.patience, absl::Seconds(10));
  const std::string help = app_.help();
  EXPECT_THAT(help, HasSubstr("N=2"));
  EXPECT_THAT(help, HasSubstr("DURATION=10s"));
  EXPECT_THAT(help, HasSubstr("NUMBER=3.5"));
}

TEST_F(NumberOptionTest, TakesWhatIsWithinTheLimits) {
  EXPECT_EQ(Parse({"--workers", "1", "--slots=64", "--seed", "0", "--spacing-mm", "0.5",
                   "--patience", "1m30s"}),
            std::nullopt);
  EXPECT_EQ(config_.workers, 1);
  EXPECT_EQ(config_.slots, 64);
  EXPECT_EQ(config_.seed, 0);
  EXPECT_EQ(config_.spacing_mm, 0.5);
  EXPECT_EQ(config_.patience, absl::Seconds(90));
}

TEST_F(NumberOptionTest, RefusesEverythingElseWithASentence) {
  EXPECT_EQ(Refusal({"--workers", "0"}), "--workers must be a whole number of at least 1, not 0");
  EXPECT_THAT(Refusal({"--workers", "-3"}), HasSubstr("not -3"));
  EXPECT_THAT(Refusal({"--workers=-3"}), HasSubstr("not -3"));
  EXPECT_THAT(Refusal({"--workers", "1.5"}), HasSubstr("not 1.5"));
  EXPECT_THAT(Refusal({"--workers", "many"}), HasSubstr("not many"));
  EXPECT_THAT(Refusal({"--workers", "99999999999999999999"}), HasSubstr("not 9999999999"));
  EXPECT_EQ(Refusal({"--slots", "65"}), "--slots must be a whole number from 1 to 64, not 65");
  EXPECT_EQ(Refusal({"--seed=-1"}), "--seed must be a whole number of at least 0, not -1");
  for (const char* const text : {"0", "-1", "nan", "inf", "wide"}) {
    EXPECT_THAT(Refusal({"--spacing-mm", text}),
                StartsWith("--spacing-mm must be a number above 0"));
  }
  for (const char* const text : {"0s", "-5s", "10", "inf", "soon"}) {
    EXPECT_THAT(Refusal({"--patience", text}),
                StartsWith("--patience must be a duration above 0 with its unit"));
  }
}

}  // namespace
}  // namespace gyrus
