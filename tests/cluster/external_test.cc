// Cohorts that no fold has: every fold's network predicts them, and so does
// their ensemble. What is expected is computed here, from the files alone.
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/digest.h"
#include "common/files.h"
#include "gmock/gmock.h"
#include "tests/cluster/programs.h"

namespace gyrus {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;

struct Row {
  std::string target;
  double prediction = 0;
};

// By item.
std::map<std::string, Row> RowsOf(const std::string& file) {
  std::map<std::string, Row> rows;
  const auto text = ReadFile(file);
  EXPECT_TRUE(text.ok()) << text.status();
  for (const absl::string_view line : absl::StrSplit(*text, '\n', absl::SkipEmpty())) {
    const std::vector<std::string> cells = absl::StrSplit(line, '\t');
    if (cells[0] == "item") continue;
    Row& row = rows[cells[0]];
    row.target = cells[1];
    EXPECT_TRUE(absl::SimpleAtod(cells[2], &row.prediction)) << line;
  }
  return rows;
}

class ExternalTest : public ProgramsTest {
 protected:
  ExternalTest() {
    MakeCohort();
    const Ran ran = RunProgram(
        {ProgramPath("gyrus"), "phantom", In("clinic"), "--subjects", "4", "--seed", "9"});
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
  }

  std::string WithClinic() const {
    std::string experiment = Experiment();
    const std::string recipe = "recipe:";
    experiment.insert(experiment.find(recipe), R"(  clinic:
    manifest: clinic/participants.csv
    images: {T1w: "{t1w}", T2w: "{t2w}"}
    columns: {subject: subject_id}
)");
    return experiment + "evaluate: {external: [clinic]}\n";
  }

  // Its age is not known.
  void ForgetTheLastAge() const {
    const std::string file = In("clinic/participants.csv");
    std::vector<std::string> lines = absl::StrSplit(*ReadFile(file), '\n', absl::SkipEmpty());
    const std::vector<std::string> head = absl::StrSplit(lines[0], ',');
    std::vector<std::string> cells = absl::StrSplit(lines.back(), ',');
    for (size_t c = 0; c < head.size(); ++c) {
      if (head[c] == "age") cells[c] = "n/a";
    }
    lines.back() = absl::StrJoin(cells, ",");
    ASSERT_TRUE(WriteFileAtomically(file, absl::StrJoin(lines, "\n") + "\n").ok());
  }

  Ran Run(const std::string& out, std::vector<std::string> more = {"--json"}) const {
    Put("external.yaml", WithClinic());
    std::vector<std::string> arguments = {
        ProgramPath("gyrus"), "run", In("external.yaml"), "--out", In(out), "--cache", In("cache")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunProgram(std::move(arguments));
  }
};

TEST_F(ExternalTest, NetworksAndTheirEnsemblePredictTheClinic) {
  ForgetTheLastAge();
  const Ran ran = Run("out");
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  const Json arm = JsonOf(ran)["arms"][0];
  const Json external = arm["external"];
  EXPECT_EQ(external["n"], 4);
  EXPECT_EQ(external["without_target"], 1);
  EXPECT_EQ(external["networks"], 3);

  std::map<std::string, std::vector<double>> said;
  std::map<std::string, std::string> targets;
  for (const Json& fold : arm["folds"]) {
    const std::string file = In("out/") + fold["external"]["predictions"].get<std::string>();
    EXPECT_EQ(Hex(Sha256Of(*ReadFile(file))), fold["external"]["predictions_sha256"]);
    const auto rows = RowsOf(file);
    ASSERT_EQ(rows.size(), 4);
    for (const auto& [item, row] : rows) {
      EXPECT_TRUE(item.starts_with("clinic/")) << item;
      said[item].push_back(row.prediction);
      targets[item] = row.target;
    }
    for (const auto& [item, row] : RowsOf(In("out/") + fold["predictions"].get<std::string>())) {
      EXPECT_TRUE(item.starts_with("phantoms/")) << item;
    }
  }
  const auto ensemble = RowsOf(In("out/") + external["predictions"].get<std::string>());
  ASSERT_EQ(ensemble.size(), 4);
  double error = 0, of_networks = 0;
  int known = 0;
  for (const auto& [item, row] : ensemble) {
    ASSERT_EQ(said[item].size(), 3);
    const double mean = (said[item][0] + said[item][1] + said[item][2]) / 3;
    EXPECT_DOUBLE_EQ(row.prediction, mean) << item;
    EXPECT_EQ(row.target, targets[item]);
    if (row.target == "n/a") continue;
    double target = 0;
    ASSERT_TRUE(absl::SimpleAtod(row.target, &target));
    error += std::abs(mean - target);
    for (const double one : said[item]) of_networks += std::abs(one - target);
    ++known;
  }
  ASSERT_EQ(known, 3);
  EXPECT_NEAR(external["ensemble"]["mae"], error / 3, 1e-9);
  EXPECT_NEAR(external["mean"]["mae"], of_networks / 9, 1e-9);

  // Said for people too, and the same by two ranks.
  EXPECT_THAT(Run("out", {}).out,
              HasSubstr("External cohorts, which no fold has seen, all together:"));
  const Ran two = Run("two", {"--json", "--set", "resources.slots_per_trial=2"});
  ASSERT_EQ(two.exit_code, 0) << two.err;
  const Json other = JsonOf(two)["arms"][0];
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(other["folds"][i]["weights_sha256"], arm["folds"][i]["weights_sha256"]);
    EXPECT_EQ(other["folds"][i]["external"]["predictions_sha256"],
              arm["folds"][i]["external"]["predictions_sha256"]);
  }
}

TEST_F(ExternalTest, AClinicWhoseImagesAreTrainedOnIsRefused) {
  const auto copied = RunProgram(
      {"/bin/sh", "-c",
       absl::StrCat("rm -r ", In("clinic"), " && cp -r ", In("cohort"), " ", In("clinic"))});
  ASSERT_EQ(copied.exit_code, 0) << copied.err;
  const Ran ran = Run("out");
  EXPECT_EQ(ran.exit_code, 3) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("have the same voxels but are two subjects"));
}

}  // namespace
}  // namespace gyrus
