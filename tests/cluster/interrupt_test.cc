// Ctrl-C, kill and the same command again.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "common/files.h"
#include "common/process.h"
#include "gmock/gmock.h"
#include "tests/cluster/programs.h"

namespace gyrus {
namespace {

using Json = nlohmann::json;

class InterruptTest : public ProgramsTest {
 protected:
  // Starts the experiment and signals it once the first fold is there. A fold is
  // a moment that can be waited for; a time would not be.
  int InterruptAfterOneFold(int signal) {
    Put("tiny.yaml", Experiment());
    auto child = Child::Start({.arguments = {ProgramPath("gyrus"), "run", In("tiny.yaml"), "--out",
                                             In("out"), "--cache", In("cache"), "--workers", "1"},
                               .log_file = In("log")});
    EXPECT_TRUE(child.ok());
    while (!child->HasEnded() && !ReadFile(In("out/predictions/T1w/r0-f0.tsv")).ok()) {
      absl::SleepFor(absl::Milliseconds(10));
    }
    EXPECT_FALSE(child->HasEnded());
    child->Signal(signal);
    const int status = child->Wait();
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  void ExpectAllGone() {
    // The kernel closes a killed parent's pipes at once; the children need a
    // moment to see it.
    const absl::Time give_up = absl::Now() + absl::Seconds(10);
    while (!StillRunning(In("out")).empty() && absl::Now() < give_up) {
      absl::SleepFor(absl::Milliseconds(10));
    }
    EXPECT_THAT(StillRunning(In("out")), testing::IsEmpty());
  }
  std::vector<std::string> Digests(const Json& result) {
    std::vector<std::string> digests;
    for (const Json& fold : result["arms"][0]["folds"]) digests.push_back(fold["weights_sha256"]);
    return digests;
  }
};

TEST_F(InterruptTest, AfterCtrlCTheSameCommandGoesOn) {
  MakeCohort();
  const Json whole = JsonOf(RunExperiment("whole"));
  EXPECT_EQ(InterruptAfterOneFold(SIGINT), 130);
  EXPECT_THAT(StillRunning(In("out")), testing::IsEmpty());
  EXPECT_THAT(ReadFile(In("log")).value(), testing::HasSubstr("to go on from here"));
  const Ran again = RunExperiment("out");
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(Digests(JsonOf(again)), Digests(whole));
}

TEST_F(InterruptTest, AfterSigkillNothingIsLeftRunningAndTheSameCommandGoesOn) {
  MakeCohort();
  const Json whole = JsonOf(RunExperiment("whole"));
  EXPECT_EQ(InterruptAfterOneFold(SIGKILL), -SIGKILL);
  ExpectAllGone();
  const Ran again = RunExperiment("out");
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(Digests(JsonOf(again)), Digests(whole));
  // And once more: there is nothing left to do, and the same table.
  const Ran done = RunExperiment("out");
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(Digests(JsonOf(done)), Digests(whole));
}

}  // namespace
}  // namespace gyrus
