// A gang whose ranks are on two hosts: network namespaces with a cable between
// them.
#include <unistd.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "common/files.h"
#include "common/process.h"
#include "gmock/gmock.h"
#include "tests/cluster/programs.h"

namespace gyrus {
namespace {

using Json = nlohmann::json;

constexpr char kIp[] = "/sbin/ip";
constexpr char kCoordinator[] = "10.77.0.1:7070";
constexpr char kLoader[] = "10.77.0.1:7071";
constexpr char kOtherLoader[] = "10.77.0.2:7071";

class TwoHostsTest : public ProgramsTest {
 protected:
  void SetUp() override {
    if (::geteuid() != 0 || ::access(kIp, X_OK) != 0) {
      GTEST_SKIP() << "network namespaces need root and iproute2";
    }
    for (const std::string& host : {a_, b_}) {
      if (!Ip({"netns", "add", host})) GTEST_SKIP() << "no network namespaces here";
      Ip({"-n", host, "link", "set", "lo", "up"});
    }
    ASSERT_TRUE(Ip(
        {"-n", a_, "link", "add", "cable", "type", "veth", "peer", "name", "cable", "netns", b_}));
    for (const auto& [host, address] : {std::pair(a_, "10.77.0.1/24"), {b_, "10.77.0.2/24"}}) {
      ASSERT_TRUE(Ip({"-n", host, "addr", "add", address, "dev", "cable"}));
      ASSERT_TRUE(Ip({"-n", host, "link", "set", "cable", "up"}));
    }
  }
  void TearDown() override {
    while (!programs_.empty()) programs_.pop_back();
    for (const std::string& host : {a_, b_}) Ip({"netns", "del", host});
  }

  static bool Ip(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), kIp);
    return RunProgram(std::move(arguments)).exit_code == 0;
  }
  static std::vector<std::string> On(const std::string& host, const std::string& program,
                                     std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {kIp, "netns", "exec", host, ProgramPath(program)});
    return arguments;
  }
  // Runs until the test ends.
  void Start(const std::string& host, const std::string& program,
             std::vector<std::string> arguments) {
    auto child = Child::Start({.arguments = On(host, program, std::move(arguments)),
                               .log_file = In(program + "." + host + ".log")});
    ASSERT_TRUE(child.ok()) << child.status();
    programs_.push_back(*std::move(child));
  }
  void StartCoordinator(const std::vector<std::string>& loaders) {
    std::vector<std::string> arguments = {"serve", "--dir", In("run"), "--insecure-listen",
                                          kCoordinator};
    for (const std::string& loader : loaders) {
      arguments.insert(arguments.end(), {"--loader", loader});
    }
    Start(a_, "gyrus-coordinator", std::move(arguments));
    AwaitFile(In("run/coordinator/key.pub"));
  }
  // Serves what lies in `folder` of the test's.
  void StartLoader(const std::string& host, const std::string& address, const std::string& folder) {
    Start(host, "gyrus-dataloader",
          {"serve", "--data-root", In(folder), "--cache", In("cache-" + host), "--coordinator-key",
           In("run/coordinator/key.pub"), "--insecure-listen", address});
  }
  // Submitted, waited for, and told.
  Json ResultOf(const std::string& experiment, std::vector<std::string> more = {}) const {
    std::vector<std::string> submit = {"submit", In(experiment), "--coordinator", kCoordinator};
    submit.insert(submit.end(), more.begin(), more.end());
    const Ran submitted = RunProgram(On(a_, "gyrus", submit));
    EXPECT_EQ(submitted.exit_code, 0) << submitted.err;
    const Ran watched = RunProgram(On(a_, "gyrus", {"watch", "--coordinator", kCoordinator}));
    EXPECT_EQ(watched.exit_code, 0) << watched.out << watched.err;
    return JsonOf(
        RunProgram(On(a_, "gyrus", {"results", "--json", "--coordinator", kCoordinator})));
  }
  void AwaitFile(const std::string& path) const {
    for (int i = 0; i < 1000 && ::access(path.c_str(), F_OK) != 0; ++i) {
      absl::SleepFor(absl::Milliseconds(10));
    }
    ASSERT_EQ(::access(path.c_str(), F_OK), 0) << path;
  }

  const std::string a_ = "gyrus-a-" + std::to_string(::getpid());
  const std::string b_ = "gyrus-b-" + std::to_string(::getpid());
  std::vector<Child> programs_;
};

TEST_F(TwoHostsTest, RanksMeetAndEndWithTheBitsOfOne) {
  MakeCohort();
  const Ran alone = RunExperiment("alone");
  ASSERT_EQ(alone.exit_code, 0) << alone.err;

  StartCoordinator({kLoader});
  StartLoader(a_, kLoader, "");
  Start(a_, "gyrus-worker", {"--coordinator", kCoordinator, "--dir", In("worker-a")});
  Start(b_, "gyrus-worker", {"--coordinator", kCoordinator, "--dir", In("worker-b")});
  const Json together = ResultOf("tiny.yaml", {"--set", "resources.slots_per_trial=2"});

  const Json folds = together["arms"][0]["folds"];
  const Json expected = JsonOf(alone)["arms"][0]["folds"];
  ASSERT_EQ(folds.size(), 3);
  for (size_t i = 0; i < folds.size(); ++i) {
    EXPECT_EQ(folds[i]["seen_digest"], expected[i]["seen_digest"]);
    EXPECT_EQ(folds[i]["weights_sha256"], expected[i]["weights_sha256"]);
    EXPECT_EQ(folds[i]["predictions_sha256"], expected[i]["predictions_sha256"]);
  }
  for (const std::string& log :
       {In("gyrus-worker." + a_ + ".log"), In("gyrus-worker." + b_ + ".log")}) {
    EXPECT_THAT(ReadFile(log).value(), testing::HasSubstr("training")) << log;
  }
}

// Neither loader can read what the other serves.
TEST_F(TwoHostsTest, EachSitesLoaderServesItsOwnCohort) {
  MakeCohort();
  MakeClinic();
  Put("clinic.yaml", ExperimentWithClinic());
  const Json alone = JsonOf(RunProgram({ProgramPath("gyrus"), "run", In("clinic.yaml"), "--out",
                                        In("alone"), "--cache", In("cache"), "--json"}));

  StartCoordinator({kLoader, kOtherLoader});
  StartLoader(a_, kLoader, "cohort");
  StartLoader(b_, kOtherLoader, "clinic");
  Start(a_, "gyrus-worker", {"--coordinator", kCoordinator, "--dir", In("worker-a")});
  const Json apart = ResultOf("clinic.yaml");

  EXPECT_EQ(apart["state"], "VALID");
  const Json folds = apart["arms"][0]["folds"];
  const Json expected = alone["arms"][0]["folds"];
  ASSERT_EQ(folds.size(), 3);
  for (size_t i = 0; i < folds.size(); ++i) {
    EXPECT_EQ(folds[i]["weights_sha256"], expected[i]["weights_sha256"]);
    EXPECT_EQ(folds[i]["external"]["predictions_sha256"],
              expected[i]["external"]["predictions_sha256"]);
  }
}

}  // namespace
}  // namespace gyrus
