// What can be read of a run folder when no coordinator serves it, and how a run that was
// stopped goes on.
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/files.h"
#include "common/process.h"
#include "gmock/gmock.h"
#include "tests/cluster/programs.h"

namespace gyrus {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;

class RunFolderTest : public ProgramsTest {
 protected:
  static Ran Gyrus(std::vector<std::string> words) {
    words.insert(words.begin(), ProgramPath("gyrus"));
    return RunProgram(std::move(words));
  }

  // Runs until the first fold is there, and is then told to stop.
  void StopAfterOneFold() {
    Put("tiny.yaml", Experiment());
    auto child = Child::Start({.arguments = {ProgramPath("gyrus"), "run", In("tiny.yaml"), "--out",
                                             In("out"), "--cache", In("cache"), "--workers", "1"},
                               .log_file = In("log")});
    ASSERT_TRUE(child.ok());
    while (!child->HasEnded() && !ReadFile(In("out/predictions/T1w/r0-f0.tsv")).ok()) {
      absl::SleepFor(absl::Milliseconds(10));
    }
    ASSERT_FALSE(child->HasEnded()) << ReadFile(In("log")).value_or("");
    child->Signal(SIGINT);
    child->Wait();
  }

  static std::vector<std::string> Digests(const Json& result) {
    std::vector<std::string> digests;
    for (const Json& fold : result["arms"][0]["folds"]) {
      digests.push_back(fold.value("weights_sha256", "none"));
    }
    return digests;
  }
};

TEST_F(RunFolderTest, ARunThatHasEndedIsReadFromItsFolder) {
  MakeCohort();
  const Ran ran = RunExperiment("out");
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  const std::vector<std::string> before = *ListFolder(In("out"));

  const Ran results = Gyrus({"results", In("out"), "--json"});
  EXPECT_EQ(results.exit_code, 0) << results.err;
  EXPECT_EQ(JsonOf(results), JsonOf(ran));
  const Ran show = Gyrus({"show", In("out")});
  EXPECT_EQ(show.exit_code, 0) << show.err;
  EXPECT_THAT(show.out, HasSubstr("VALID, 3 of 3 trials done"));
  EXPECT_THAT(show.out, HasSubstr("5/5"));
  EXPECT_THAT(Gyrus({"list", In("out")}).out, HasSubstr("3/3"));
  EXPECT_THAT(Gyrus({"watch", In("out")}).out, HasSubstr("VALID"));
  const Ran plan = Gyrus({"plan", In("out"), "--json"});
  EXPECT_EQ(plan.exit_code, 0) << plan.err;
  EXPECT_EQ(JsonOf(plan)["split_hash"], JsonOf(ran)["split_hash"]);

  // The curves are those of the table in the folder: a line for each epoch and a header.
  const Json curves = JsonOf(Gyrus({"show", In("out"), "--curves", "--json"}));
  ASSERT_EQ(curves["trials"].size(), 3);
  EXPECT_EQ(curves["trials"][0]["epochs"].size(), 5);
  const std::vector<std::string> lines =
      absl::StrSplit(ReadFile(In("out/curves.tsv")).value(), '\n', absl::SkipEmpty());
  EXPECT_EQ(lines.size(), 1 + 3 * 5);
  EXPECT_EQ(*ListFolder(In("out")), before) << "reading has changed the folder";

  // The same from inside of it.
  const Ran inside = RunProgram({"/bin/sh", "-c",
                                 absl::StrCat("cd ", In("out/predictions"), " && ",
                                              ProgramPath("gyrus"), " results --json")});
  EXPECT_EQ(inside.exit_code, 0) << inside.err;
  EXPECT_EQ(JsonOf(inside), JsonOf(ran));
}

TEST_F(RunFolderTest, ARunThatWasStoppedIsReadAndGoesOn) {
  MakeCohort();
  const Json whole = JsonOf(RunExperiment("whole"));
  StopAfterOneFold();
  const std::string log = ReadFile(In("log")).value();
  EXPECT_THAT(log, HasSubstr("stopping; to go on from here:\n"));
  const Json stopped = Json::parse(ReadFile(In("out/result.json")).value());
  EXPECT_EQ(stopped["arms"][0]["folds_done"], 1);
  EXPECT_EQ(Digests(stopped)[0], Digests(whole)[0]);
  EXPECT_TRUE(ReadFile(In("out/curves.tsv")).ok());
  const Ran show = Gyrus({"show", In("out")});
  EXPECT_THAT(show.out, HasSubstr("STOPPED, 1 of 3 trials done"));
  EXPECT_EQ(Gyrus({"results", In("out")}).exit_code, 1);
  EXPECT_EQ(Gyrus({"watch", In("out")}).exit_code, 1);

  // The line of the hint, as it stands.
  const std::string after = log.substr(log.find("to go on from here:\n") + 20);
  const std::string line = after.substr(0, after.find('\n'));
  const Ran again = RunProgram({"/bin/sh", "-c", line + " --json"});
  EXPECT_EQ(again.exit_code, 0) << line << "\n" << again.err;
  EXPECT_EQ(Digests(JsonOf(again)), Digests(whole));
}

TEST_F(RunFolderTest, AResumedRunSeesThatATableChanged) {
  MakeCohort();
  StopAfterOneFold();
  const std::string table = ReadFile(In("cohort/participants.csv")).value();
  // The age of the second subject.
  std::vector<std::string> lines = absl::StrSplit(table, '\n');
  std::vector<std::string> cells = absl::StrSplit(lines[2], ',');
  const std::vector<std::string> header = absl::StrSplit(lines[0], ',');
  const size_t age = std::find(header.begin(), header.end(), "age") - header.begin();
  ASSERT_LT(age, cells.size());
  cells[age] = "72.5";
  lines[2] = absl::StrJoin(cells, ",");
  ASSERT_TRUE(WriteFileAtomically(In("cohort/participants.csv"), absl::StrJoin(lines, "\n")).ok());
  const Ran changed = RunExperiment("out");
  EXPECT_EQ(changed.exit_code, 3) << changed.err;
  EXPECT_THAT(changed.err, HasSubstr("participants.csv:3"));
  EXPECT_THAT(changed.err, HasSubstr("and is 72.5 now"));
  EXPECT_THAT(changed.err, HasSubstr("put the data back"));
  // When it is back, the same command goes on.
  ASSERT_TRUE(WriteFileAtomically(In("cohort/participants.csv"), table).ok());
  const Ran again = RunExperiment("out");
  EXPECT_EQ(again.exit_code, 0) << again.err;
}

TEST_F(RunFolderTest, ACacheThatIsGoneIsMadeAnew) {
  MakeCohort();
  const Json whole = JsonOf(RunExperiment("whole"));
  StopAfterOneFold();
  ASSERT_TRUE(RemoveAll(In("cache")).ok());
  const Ran again = RunExperiment("out");
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(Digests(JsonOf(again)), Digests(whole));
}

TEST_F(RunFolderTest, EqualRunsPrintEqualLosses) {
  MakeCohort();
  const auto losses = [this](const std::string& out) {
    const Ran ran = RunExperiment(out, {"--workers", "1"});
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    std::vector<std::string> epochs;
    for (const absl::string_view line : absl::StrSplit(ran.err, '\n')) {
      // The last part is how long the epoch took.
      if (absl::StrContains(line, ": epoch ")) epochs.emplace_back(line.substr(0, line.rfind(',')));
    }
    return epochs;
  };
  const std::vector<std::string> first = losses("a");
  EXPECT_EQ(first.size(), 3 * 5);
  EXPECT_EQ(losses("b"), first);
}

}  // namespace
}  // namespace gyrus
