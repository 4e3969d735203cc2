// Tests the commands that call a running coordinator, with a fake coordinator.
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/testing/experiment_fixture.h"
#include "cli/testing/fake_experiments.h"
#include "common/command_line/parse_line.h"
#include "common/rpc/server.h"
#include "common/testing/test_folder.h"
#include "common/version.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

struct Outcome {
  int code;
  std::string out;
  std::string error;
};

// As main does it.
int RunLine(const Environment& environment, std::vector<const char*> arguments) {
  CLI::App app;
  Action chosen;
  AddCommands(app, environment, chosen);
  arguments.insert(arguments.begin(), "gyrus");
  const auto code = ParseLine(app, static_cast<int>(arguments.size()), arguments.data());
  return code.has_value() ? *code : chosen();
}

Outcome RunGyrus(const Environment& environment, std::vector<const char*> arguments) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  const int code = RunLine(environment, std::move(arguments));
  return {code, testing::internal::GetCapturedStdout(), testing::internal::GetCapturedStderr()};
}

class CommandsTest : public testing::Test {
 protected:
  CommandsTest() {
    auto server = RpcServer::Start({}, {&service_});
    EXPECT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    environment_.coordinator = server_->address();
  }

  Outcome Gyrus(std::vector<const char*> arguments) const {
    return RunGyrus(environment_, std::move(arguments));
  }

  std::string Submitted(const std::string& name) const {
    const std::string file = WriteExperiment(folder_.path(), name);
    const Outcome outcome = Gyrus({"submit", file.c_str(), "--detach"});
    EXPECT_EQ(outcome.code, kExitSuccess) << outcome.error;
    return outcome.out.substr(0, outcome.out.find('\n'));
  }

  const TestFolder folder_;
  Environment environment_;
  FakeExperiments service_;
  std::unique_ptr<RpcServer> server_;
};

TEST_F(CommandsTest, SubmitPrintsTheIdOnceItIsPlanned) {
  const std::string file = WriteExperiment(folder_.path(), "ages");
  const Outcome outcome =
      Gyrus({"submit", "--set", "train.epochs=7", "--set", "train.batch=4", file.c_str()});
  EXPECT_EQ(outcome.code, kExitSuccess) << outcome.error;
  EXPECT_EQ(outcome.out, "id0\n");
  EXPECT_THAT(outcome.error, HasSubstr("RUNNING"));
  ASSERT_EQ(service_.submitted().size(), 1);
  const v1::SubmitRequest request = service_.submitted()[0];
  EXPECT_EQ(request.spec().train().epochs(), 7);
  EXPECT_EQ(request.spec().train().batch(), 4);
  EXPECT_EQ(request.spec().cohorts(0).manifest(), folder_.In("cohort/participants.csv"));
  EXPECT_GE(request.request_id().size(), 16);
}

TEST_F(CommandsTest, ASubmissionIsNewUnlessItsRequestIsNamed) {
  Submitted("ages");
  Submitted("ages");
  EXPECT_EQ(service_.submitted().size(), 2);
  const std::string file = WriteExperiment(folder_.path(), "ages");
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(Gyrus({"submit", file.c_str(), "--request-id", "mine"}).out, "id2\n");
  }
  EXPECT_EQ(service_.submitted().size(), 3);
}

TEST_F(CommandsTest, SubmitSaysWhyAnExperimentIsRefused) {
  const std::string file = WriteExperiment(folder_.path(), "refused");
  const Outcome outcome = Gyrus({"submit", file.c_str()});
  EXPECT_EQ(outcome.code, kExitData);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.error, HasSubstr("gyrus: BAD_DATA: sub-01.nii.gz: cut short\n"));
  const auto json = nlohmann::json::parse(Gyrus({"submit", file.c_str(), "--json"}).out);
  EXPECT_EQ(json["state"], "INVALID");
  EXPECT_EQ(json["reasons"][0]["code"], "BAD_DATA");
}

TEST_F(CommandsTest, ABadFileIsNotSubmitted) {
  const std::string file = WriteExperiment(folder_.path(), "ages");
  const Outcome outcome = Gyrus({"submit", file.c_str(), "--set", "train.epochs=-1"});
  EXPECT_EQ(outcome.code, kExitUsage);
  EXPECT_THAT(outcome.error, StartsWith("gyrus: --set train.epochs=-1"));
  EXPECT_TRUE(service_.submitted().empty());
}

TEST_F(CommandsTest, ListAndShow) {
  Submitted("ages");
  EXPECT_THAT(Gyrus({"list"}).out, AllOf(HasSubstr("id0"), HasSubstr("ages"), HasSubstr("VALID")));
  EXPECT_EQ(nlohmann::json::parse(Gyrus({"list", "--json"}).out)["experiments"][0]["id"], "id0");
  EXPECT_THAT(Gyrus({"show"}).out, HasSubstr("T1w/train/r0/f0/s1"));
  EXPECT_EQ(
      nlohmann::json::parse(Gyrus({"show", "id", "--json", "--plan"}).out)["plan"]["experiment"],
      "planned");
  EXPECT_THAT(Gyrus({"show", "--curves"}).out, HasSubstr("loss        ▁  3.25 to 3.25"));
  EXPECT_EQ(nlohmann::json::parse(
                Gyrus({"show", "--curves", "--json"}).out)["trials"][0]["epochs"][0]["train_loss"],
            3.25);
  const Outcome unknown = Gyrus({"show", "x"});
  EXPECT_EQ(unknown.code, kExitUsage);
  EXPECT_THAT(unknown.error, HasSubstr("there is no experiment x"));
}

TEST_F(CommandsTest, WatchEndsAsTheExperimentDoes) {
  Submitted("ages");
  Submitted("holed");
  Submitted("refused");
  const Outcome valid = Gyrus({"watch", "id0"});
  EXPECT_EQ(valid.code, kExitSuccess) << valid.error;
  EXPECT_THAT(valid.out, HasSubstr("T1w/train/r0/f0/s1: DONE"));
  const Outcome json = Gyrus({"watch", "id0", "--json"});
  EXPECT_EQ(nlohmann::json::parse(json.out)["state"], "VALID");
  EXPECT_THAT(json.error, HasSubstr("T1w/train/r0/f0/s1: DONE"));
  EXPECT_EQ(Gyrus({"watch", "id1"}).code, kExitIncomplete);
  EXPECT_EQ(Gyrus({"watch", "id2"}).code, kExitData);
}

TEST_F(CommandsTest, ResultsSayWhetherTheyAreComplete) {
  Submitted("ages");
  Submitted("holed");
  const Outcome valid = Gyrus({"results", "id0"});
  EXPECT_EQ(valid.code, kExitSuccess) << valid.error;
  EXPECT_THAT(valid.out, HasSubstr("MAE"));
  const std::string out = folder_.In("report");
  const Outcome json = Gyrus({"results", "id1", "--json", "--out", out.c_str()});
  EXPECT_EQ(json.code, kExitIncomplete);
  EXPECT_EQ(nlohmann::json::parse(json.out)["state"], "INCOMPLETE");
  EXPECT_EQ(*ReadFile(out + "/result.json"), json.out);
}

TEST_F(CommandsTest, CancelTakesTheOnlyExperiment) {
  Submitted("endless");
  EXPECT_EQ(Gyrus({"cancel"}).out, "cancelled id0\n");
  EXPECT_EQ(nlohmann::json::parse(Gyrus({"cancel", "--json"}).out)["id"], "id0");
}

TEST_F(CommandsTest, PlanAsksTheCoordinator) {
  const std::string file = WriteExperiment(folder_.path(), "ages");
  const Outcome text = Gyrus({"plan", file.c_str()});
  EXPECT_EQ(text.code, kExitSuccess) << text.error;
  EXPECT_THAT(text.out, StartsWith("planned: "));
  EXPECT_THAT(text.error, HasSubstr("images read: 2 of 2"));
  EXPECT_EQ(nlohmann::json::parse(Gyrus({"plan", file.c_str(), "--json"}).out)["split_hash"], "12");

  WriteExperiment(folder_.path(), "refused");
  const Outcome refused = Gyrus({"plan", file.c_str(), "--json"});
  EXPECT_EQ(refused.code, kExitData);
  EXPECT_EQ(nlohmann::json::parse(refused.out)["reasons"][0]["code"], "BAD_DATA");
  EXPECT_THAT(refused.error, HasSubstr("gyrus: BAD_DATA: sub-01.nii.gz: cut short"));
}

TEST_F(CommandsTest, AnAbsentCoordinatorIsUnavailable) {
  server_.reset();
  const Outcome outcome = Gyrus({"list"});
  EXPECT_EQ(outcome.code, kExitUnavailable);
  EXPECT_THAT(outcome.error, HasSubstr(environment_.coordinator));
}

TEST_F(CommandsTest, AWrongLineIsAUsageError) {
  EXPECT_EQ(Gyrus({}).code, kExitUsage);
  EXPECT_THAT(Gyrus({"fly"}).error, HasSubstr("no command is called fly"));
  EXPECT_EQ(Gyrus({"fly"}).code, kExitUsage);
  EXPECT_EQ(Gyrus({"submit"}).code, kExitUsage);
  EXPECT_EQ(Gyrus({"list", "--dir", "a", "--coordinator", "b"}).code, kExitUsage);
  const Outcome no_worker = Gyrus({"run", "a.yaml", "--workers", "0"});
  EXPECT_EQ(no_worker.code, kExitUsage);
  EXPECT_THAT(no_worker.error, HasSubstr("--workers must be a whole number of at least 1, not 0"));
}

TEST_F(CommandsTest, EveryCommandHasHelpWithAnExample) {
  CLI::App app;
  Action chosen;
  AddCommands(app, environment_, chosen);
  for (const CLI::App* command : app.get_subcommands({})) {
    if (command->get_name() == "phantom" || command->get_name() == "gradcam") {
      continue;  // Other programs'.
    }
    const Outcome outcome = Gyrus({command->get_name().c_str(), "--help"});
    EXPECT_EQ(outcome.code, kExitSuccess);
    EXPECT_THAT(outcome.out, HasSubstr("Example:\n  gyrus " + command->get_name()));
    EXPECT_THAT(outcome.out, HasSubstr("--json"));
  }
}

TEST_F(CommandsTest, VersionIsTextOrJson) {
  EXPECT_THAT(Gyrus({"version"}).out, StartsWith(absl::StrCat("gyrus ", kVersion)));
  EXPECT_EQ(nlohmann::json::parse(Gyrus({"version", "--json"}).out)["version"], kVersion);
}

TEST(PhantomTest, IsTheDataLoaders) {
  const TestFolder folder;
  Environment environment;
  environment.program_folder = folder.path();
  const Outcome absent = RunGyrus(environment, {"phantom", "out"});
  EXPECT_EQ(absent.code, kExitUnavailable);
  EXPECT_THAT(absent.error, HasSubstr(folder.In("gyrus-dataloader")));

  const char script[] = "#!/bin/sh\n[ \"$*\" = 'phantom out --subjects 3 --help' ] && exit 7\n";
  ASSERT_TRUE(WriteFileAtomically(folder.In("gyrus-dataloader"), script, 0755).ok());
  EXPECT_EXIT(RunLine(environment, {"phantom", "out", "--subjects", "3", "--help"}),
              testing::ExitedWithCode(7), "");
}

}  // namespace
}  // namespace gyrus::cli
