#include "tests/cluster/separate_programs.h"

#include <signal.h>
#include <sys/mount.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/files.h"
#include "common/testing/long_tests.h"

namespace gyrus {
namespace {

using Json = nlohmann::json;

// Longer than anything here takes; only a test that fails waits for it.
constexpr absl::Duration kPatience = absl::Seconds(240);
constexpr absl::Duration kPause = absl::Milliseconds(50);

}  // namespace

absl::Duration SeparateProgramsTest::FaultLength(absl::Duration in_ci, absl::Duration in_long) {
  return LongTests() ? in_long : in_ci;
}

void SeparateProgramsTest::TearDown() {
  programs_.clear();  // Kills them.
  for (const std::string& folder : mounts_) EXPECT_EQ(umount2(folder.c_str(), MNT_DETACH), 0);
}

void SeparateProgramsTest::Start(const std::string& name, std::vector<std::string> arguments) {
  auto child =
      Child::Start({.arguments = std::move(arguments), .log_file = In(absl::StrCat(name, ".log"))});
  ASSERT_TRUE(child.ok()) << child.status();
  programs_.insert_or_assign(name, *std::move(child));
}

std::string SeparateProgramsTest::AwaitAddress(const std::string& file) const {
  const absl::Time give_up = absl::Now() + kPatience;
  auto text = ReadFile(file);
  while (!text.ok() && absl::Now() < give_up) {
    absl::SleepFor(absl::Milliseconds(5));
    text = ReadFile(file);
  }
  EXPECT_TRUE(text.ok()) << text.status();
  return std::string(absl::StripAsciiWhitespace(text.value_or("")));
}

void SeparateProgramsTest::StartCoordinator(std::vector<std::string> more) {
  const std::string address_file = In("run/coordinator/address");
  ASSERT_TRUE(RemoveAll(address_file).ok());
  std::vector<std::string> arguments = {ProgramPath("gyrus-coordinator"),
                                        "serve",
                                        "--dir",
                                        In("run"),
                                        "--listen",
                                        coordinator_,
                                        "--loader-address-file",
                                        In("loader.address")};
  arguments.insert(arguments.end(), coordinator_options_.begin(), coordinator_options_.end());
  arguments.insert(arguments.end(), more.begin(), more.end());
  Start("coordinator", std::move(arguments));
  coordinator_ = AwaitAddress(address_file);
}

void SeparateProgramsTest::StartLoader() {
  ASSERT_TRUE(RemoveAll(In("loader.address")).ok());
  Start("loader", {ProgramPath("gyrus-dataloader"), "serve", "--data-root", In("."), "--cache",
                   In("loader-cache"), "--coordinator-key", In("run/coordinator/key.pub"),
                   "--listen", loader_, "--address-file", In("loader.address")});
  loader_ = AwaitAddress(In("loader.address"));
}

void SeparateProgramsTest::StartWorker(const std::string& name) {
  std::vector<std::string> arguments = {ProgramPath("gyrus-worker"), "--coordinator", coordinator_,
                                        "--dir", In(name)};
  arguments.insert(arguments.end(), worker_options_.begin(), worker_options_.end());
  Start(name, std::move(arguments));
}

void SeparateProgramsTest::StartAll() {
  StartCoordinator();
  StartLoader();
  StartWorker("worker-1");
}

void SeparateProgramsTest::KillProgram(const std::string& name) {
  Child& child = programs_.at(name);
  child.Signal(SIGKILL);
  child.Wait();
}

void SeparateProgramsTest::SubmitExperiment(std::vector<std::string> more) {
  Put("tiny.yaml", Experiment());
  std::vector<std::string> arguments = {ProgramPath("gyrus"), "submit", In("tiny.yaml"),
                                        "--coordinator", coordinator_};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const Ran ran = RunProgram(std::move(arguments));
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
}

Json SeparateProgramsTest::Show() const {
  const Ran ran = RunProgram({ProgramPath("gyrus"), "show", "--json", "--coordinator", coordinator_,
                              "--patience", "100ms"});
  return ran.exit_code == 0 ? Json::parse(ran.out, nullptr, /*allow_exceptions=*/false) : Json();
}

Json SeparateProgramsTest::AwaitView(absl::FunctionRef<bool(const Json&)> is) const {
  const absl::Time give_up = absl::Now() + kPatience;
  Json view = Show();
  while ((view.is_null() || view.is_discarded() || !is(view)) && absl::Now() < give_up) {
    absl::SleepFor(kPause);
    view = Show();
  }
  EXPECT_LT(absl::Now(), give_up) << view.dump(1);
  return view;
}

void SeparateProgramsTest::AwaitSteps() const {
  AwaitView([](const Json& view) {
    for (const Json& trial : view["trials"]) {
      if (trial.contains("progress") && trial["progress"]["step"] > 0) return true;
    }
    return false;
  });
}

Json SeparateProgramsTest::AwaitResult() const {
  const Ran watched = RunProgram(
      {ProgramPath("gyrus"), "watch", "--coordinator", coordinator_, "--patience", "2m"});
  EXPECT_EQ(watched.exit_code, 0) << watched.out << watched.err;
  return JsonOf(
      RunProgram({ProgramPath("gyrus"), "results", "--json", "--coordinator", coordinator_}));
}

bool SeparateProgramsTest::Mount(const std::string& name, const std::string& size) {
  EXPECT_TRUE(MakeFolders(In(name)).ok());
  const std::string options = absl::StrCat("size=", size);
  if (mount("tmpfs", In(name).c_str(), "tmpfs", 0, options.c_str()) != 0) return false;
  mounts_.push_back(In(name));
  return true;
}

void SeparateProgramsTest::Resize(const std::string& name, const std::string& size) const {
  const std::string options = absl::StrCat("size=", size);
  ASSERT_EQ(mount("tmpfs", In(name).c_str(), "tmpfs", MS_REMOUNT, options.c_str()), 0);
}

std::vector<std::vector<std::string>> DigestsOf(const Json& result) {
  std::vector<std::vector<std::string>> digests;
  for (const Json& fold : result["arms"][0]["folds"]) {
    digests.push_back({fold["weights_sha256"], fold["predictions_sha256"], fold["seen_digest"],
                       fold["served_set_digest"]});
  }
  return digests;
}

bool NoAttemptWasLost(const Json& view) {
  for (const Json& trial : view["trials"]) {
    if (trial["attempt"] != 1) return false;
  }
  return !view["trials"].empty();
}

}  // namespace gyrus
