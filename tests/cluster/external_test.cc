// Cohorts that no fold has: every fold's network predicts them, and so does
// their ensemble. What is expected is computed here, from the files alone.
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/digest.h"
#include "common/files.h"
#include "gmock/gmock.h"
#include "tests/cluster/programs.h"
#include "tests/cluster/tables.h"

namespace gyrus {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;

struct Said {
  std::string target;
  double prediction = 0;
};

// By item.
std::map<std::string, Said> RowsOf(const std::string& file) {
  std::map<std::string, Said> rows;
  for (Row& row : ReadTable(file, '\t')) {
    rows[row["item"]] = {row["target"], Number(row["prediction"])};
  }
  return rows;
}

class ExternalTest : public ProgramsTest {
 protected:
  ExternalTest() {
    MakeCohort();
    MakeClinic();
  }

  void ForgetTheLastAge() const {
    const std::string file = In("clinic/participants.csv");
    const int last = static_cast<int>(ReadTable(file, ',').size()) - 1;
    EditManifest(file, [&](int row, Row& cells) {
      if (row == last) cells["age"] = "n/a";
    });
  }

  Ran Run(const std::string& out, std::vector<std::string> more = {"--json"}) const {
    Put("external.yaml", ExperimentWithClinic());
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
    const double target = Number(row.target);
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
