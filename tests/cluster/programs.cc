#include "tests/cluster/programs.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "common/files.h"
#include "common/process.h"
#include "common/testing/paths.h"

namespace gyrus {
namespace fs = std::filesystem;

std::string ProgramPath(const std::string& name) { return BinaryDir() + "/bin/" + name; }

Ran RunProgram(std::vector<std::string> arguments) {
  const std::string errors = testing::TempDir() + "/stderr." + std::to_string(getpid());
  EXPECT_TRUE(RemoveAll(errors).ok());
  UniqueFd output;
  auto child =
      Child::Start({.arguments = std::move(arguments), .log_file = errors, .output = &output});
  Ran ran;
  EXPECT_TRUE(child.ok()) << child.status();
  if (!child.ok()) return ran;
  char buffer[4096];
  ssize_t got;
  while ((got = read(output.get(), buffer, sizeof(buffer))) > 0) ran.out.append(buffer, got);
  const int status = child->Wait();
  ran.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  ran.err = ReadFile(errors).value_or("");
  return ran;
}

ProgramsTest::ProgramsTest()
    : folder_(testing::TempDir() + testing::UnitTest::GetInstance()->current_test_info()->name() +
              "." + std::to_string(getpid())) {
  EXPECT_TRUE(RemoveAll(folder_).ok());
  EXPECT_TRUE(MakeFolders(folder_).ok());
}

ProgramsTest::~ProgramsTest() {
  if (HasFailure()) return;  // Left to be looked at.
  EXPECT_TRUE(RemoveAll(folder_).ok());
}

void ProgramsTest::Put(const std::string& name, const std::string& text) const {
  ASSERT_TRUE(WriteFileAtomically(In(name), text).ok());
}

void ProgramsTest::MakeCohort() const {
  const Ran ran = RunProgram({ProgramPath("gyrus"), "phantom", In("cohort"), "--subjects", "12",
                              "--sites", "2", "--seed", "5"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
}

void ProgramsTest::MakeClinic() const {
  const Ran ran =
      RunProgram({ProgramPath("gyrus"), "phantom", In("clinic"), "--subjects", "4", "--seed", "9"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
}

std::string ProgramsTest::ExperimentWithClinic() const {
  std::string experiment = Experiment();
  experiment.insert(experiment.find("recipe:"), R"(  clinic:
    manifest: clinic/participants.csv
    images: {T1w: "{t1w}", T2w: "{t2w}"}
    columns: {subject: subject_id}
)");
  return experiment + "evaluate: {external: [clinic]}\n";
}

std::string ProgramsTest::Experiment() const {
  return R"(name: tiny
cohorts:
  phantoms:
    manifest: cohort/participants.csv
    images: {T1w: "{t1w}", T2w: "{t2w}"}
    columns: {subject: subject_id}
recipe:
  - reorient: RAS
  - crop_or_pad: [40, 48, 40]
  - zscore: {inside: brain}
arms:
  T1w: {channels: [T1w]}
model: {resnet3d: {width: 8}}
task: {regression: {target: age, unit: years}}
train:
  epochs: 5
  batch: 4
  leaf: 1
  optimizer: {adam: {lr: 1.0e-3}}
  augment: {flip: {axis: x, probability: 0.5}, shift: 2}
split: {kfold: {k: 3}}
)";
}

Ran ProgramsTest::RunExperiment(const std::string& out, std::vector<std::string> more) const {
  Put("tiny.yaml", Experiment());
  std::vector<std::string> arguments = {
      ProgramPath("gyrus"), "run", In("tiny.yaml"), "--out", In(out), "--json", "--cache",
      In("cache")};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return RunProgram(std::move(arguments));
}

nlohmann::json JsonOf(const Ran& ran) {
  auto json = nlohmann::json::parse(ran.out, nullptr, /*allow_exceptions=*/false);
  EXPECT_FALSE(json.is_discarded()) << ran.out << ran.err;
  return json.is_discarded() ? nlohmann::json() : json;
}

std::vector<std::string> StillRunning(const std::string& mark) {
  std::vector<std::string> running;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc", error)) {
    auto line = ReadFile(entry.path().string() + "/cmdline");
    if (!line.ok()) continue;
    std::replace(line->begin(), line->end(), '\0', ' ');
    const std::string self = std::to_string(getpid());
    if (line->find(mark) != std::string::npos && entry.path().filename() != self) {
      running.push_back(*line);
    }
  }
  return running;
}

}  // namespace gyrus
