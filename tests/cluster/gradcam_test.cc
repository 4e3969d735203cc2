// Grad-CAM of a brain whose age shows in one known place only.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/files.h"
#include "common/random.h"
#include "core/volume/nifti.h"
#include "gmock/gmock.h"
#include "tests/cluster/programs.h"
#include "tests/cluster/tables.h"

namespace gyrus {
namespace {

using Json = nlohmann::json;

constexpr int64_t kSide = 48;
constexpr std::array<double, 3> kCentre = {31, 19,
                                           26};  // The centre of the ball that shows the age.
constexpr double kRadius = 11;  // The ball has 5 % of the voxels, 12 % of the brain's.

double DistanceTo(const std::array<double, 3>& centre, int64_t i, int64_t j, int64_t k) {
  return std::hypot(i - centre[0], j - centre[1], k - centre[2]);
}

bool InPlace(int64_t i, int64_t j, int64_t k) { return DistanceTo(kCentre, i, j, k) <= kRadius; }

// A ball of noise, brighter in the place the older it is.
Volume Brain(int subject, double age) {
  RandomStream random(11, "brain", subject);
  Volume volume = {.shape = {kSide, kSide, kSide},
                   .affine = {{{2, 0, 0, -48}, {0, 2, 0, -48}, {0, 0, 2, -48}}},
                   .voxels = Voxels(kSide * kSide * kSide)};
  for (int64_t i = 0; i < kSide; ++i) {
    for (int64_t j = 0; j < kSide; ++j) {
      for (int64_t k = 0; k < kSide; ++k) {
        const bool brain = DistanceTo({24, 24, 24}, i, j, k) < 22;
        const double told = InPlace(i, j, k) ? age / 40 : 1;
        volume.voxels[volume.Index(i, j, k)] =
            static_cast<float>(brain ? 100 * (told + 0.3 * (random.NextUnit() - 0.5)) : 0);
      }
    }
  }
  return volume;
}

class GradcamTest : public ProgramsTest {
 protected:
  static constexpr int kSubjects = 12;

  void SetUp() override {
    ASSERT_TRUE(MakeFolders(In("data")).ok());
    std::string manifest = "subject,age,T1w\n";
    for (int i = 0; i < kSubjects; ++i) {
      const double age = 20 + 5 * i;
      const std::string file = absl::StrCat("s", i, ".nii");
      absl::StrAppend(&manifest, "s", i, ",", age, ",", file, "\n");
      ASSERT_TRUE(WriteFileAtomically(In("data/" + file), SerializeNifti(Brain(i, age))).ok());
    }
    ASSERT_TRUE(WriteFileAtomically(In("data/m.csv"), manifest).ok());
  }

  void Train(int epochs) {
    Put("age.yaml", R"(name: place
cohorts: {c: {manifest: data/m.csv}}
recipe: [{reorient: RAS}, {zscore: {inside: brain}}]
arms: {T1w: {channels: [T1w]}}
model: {unet3d: {features: [8, 16, 32]}}
task: {regression: {target: age, unit: years}}
train: {epochs: 1, batch: 2, optimizer: {adam: {lr: 3.0e-3}}}
split: {kfold: {k: 2}, validation: none}
)");
    const Ran ran =
        RunProgram({ProgramPath("gyrus"), "run", In("age.yaml"), "--out", In("run"), "--json",
                    "--cache", In("cache"), "--set", absl::StrCat("train.epochs=", epochs)});
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    result_ = JsonOf(ran);
  }

  Ran Gradcam(const std::string& image, const std::string& out,
              std::vector<std::string> more = {}) const {
    std::vector<std::string> line = {ProgramPath("gyrus"),
                                     "gradcam",
                                     In("run/checkpoints/T1w/r0-f0"),
                                     "--image",
                                     "T1w=" + In("data/" + image),
                                     "--out",
                                     In(out),
                                     "--json"};
    line.insert(line.end(), more.begin(), more.end());
    return RunProgram(std::move(line));
  }

  // Returns the predictions of the first fold's test items, by item.
  std::map<std::string, Row> TestRows() const {
    std::map<std::string, Row> rows;
    for (Row& row : ReadTable(In("run/predictions/T1w/r0-f0.tsv"), '\t')) {
      rows[row["item"]] = std::move(row);
    }
    return rows;
  }

  Volume ReadMap(const std::string& path) const {
    const auto bytes = ReadFile(In(path));
    EXPECT_TRUE(bytes.ok()) << bytes.status();
    return ParseNifti(*bytes).value();
  }

  Json result_;
};

// Takes the 5 % of voxels that are farthest from zero and returns the share of their sum
// that lies in the ball.
double ShareInPlace(const Volume& map) {
  std::vector<std::pair<float, bool>> voxels;
  for (int64_t i = 0; i < kSide; ++i) {
    for (int64_t j = 0; j < kSide; ++j) {
      for (int64_t k = 0; k < kSide; ++k) {
        voxels.emplace_back(std::abs(map.voxels[map.Index(i, j, k)]), InPlace(i, j, k));
      }
    }
  }
  std::sort(voxels.rbegin(), voxels.rend());
  voxels.resize(voxels.size() / 20);
  double all = 0, inside = 0;
  for (const auto& [value, in_place] : voxels) {
    all += value;
    if (in_place) inside += value;
  }
  return inside / all;
}

TEST_F(GradcamTest, LooksAtThePlaceThatTellsTheAge) {
  Train(24);
  const Json fold = result_["arms"][0]["folds"][0];
  EXPECT_LT(fold["metrics"]["mae"].get<double>(), 0.7 * fold["baseline"]["mae"].get<double>());
  // The mean map of the subjects that this network has not seen.
  Volume mean = Brain(0, 20);
  std::fill(mean.voxels.begin(), mean.voxels.end(), 0);
  for (const auto& [item, row] : TestRows()) {
    const std::vector<std::string> id = absl::StrSplit(item, '/');  // c/s3/1
    const Ran ran = Gradcam(id.at(1) + ".nii", "cam");
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    const Volume map = ReadMap("cam/gradcam.nii");
    EXPECT_EQ(map.affine, mean.affine);
    std::printf("%s: %.3f of the top 5 %% in the place\n", item.c_str(), ShareInPlace(map));
    for (size_t v = 0; v < map.voxels.size(); ++v) mean.voxels[v] += std::abs(map.voxels[v]);
  }
  const double share = ShareInPlace(mean);
  RecordProperty("share_in_place", absl::StrCat(share));
  std::printf("all: %.3f\n", share);
  EXPECT_GE(share, 0.5);  // A map that shows but the brain has 0.12.
}

TEST_F(GradcamTest, WritesTheSameMapsAgain) {
  Train(1);
  for (const char* const out : {"cam", "again"}) {
    ASSERT_EQ(Gradcam("s3.nii", out, {"--layer", "encoder.0"}).exit_code, 0);
  }
  for (const char* const file :
       {"gradcam.nii", "gradcam_larger.nii", "gradcam_smaller.nii", "overlay.png", "volume.nii"}) {
    EXPECT_EQ(ReadFile(In(absl::StrCat("cam/", file))), ReadFile(In(absl::StrCat("again/", file))));
  }
  for (const char* const part : {"cam/gradcam_larger.nii", "cam/gradcam_smaller.nii"}) {
    const Volume of = ReadMap(part);
    EXPECT_GE(*std::min_element(of.voxels.begin(), of.voxels.end()), 0);
    EXPECT_LE(*std::max_element(of.voxels.begin(), of.voxels.end()), 1);
  }
}

TEST_F(GradcamTest, SaysThePredictionOfTheCrossValidation) {
  Train(1);
  const auto rows = TestRows();
  const auto& [item, row] = *rows.begin();
  const std::vector<std::string> id = absl::StrSplit(item, '/');
  const Json answer = JsonOf(Gradcam(id.at(1) + ".nii", "cam"));
  EXPECT_NEAR(answer["prediction"].get<double>(), std::stod(row.at("prediction")), 1e-3);
  EXPECT_EQ(answer["unit"], "years");
}

TEST_F(GradcamTest, SaysWhatIsWrong) {
  EXPECT_EQ(RunProgram({ProgramPath("gyrus"), "gradcam"}).exit_code, 2);
  Train(1);
  // Of a run folder its checkpoints are listed.
  const Ran run = RunProgram({ProgramPath("gyrus"), "gradcam", In("run")});
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.err, testing::HasSubstr(
                           "give one of those in it:\ngyrus:   " + In("run/checkpoints/T1w/r0-f0") +
                           "\ngyrus:   " + In("run/checkpoints/T1w/r0-f1") + "\n"));
  const Ran bare = RunProgram({ProgramPath("gyrus"), "gradcam", In("run/checkpoints/T1w/r0-f0")});
  EXPECT_EQ(bare.exit_code, 2);
  EXPECT_THAT(bare.err, testing::HasSubstr("--image CHANNEL=FILE is missing"));
  const Ran covariate = Gradcam("s3.nii", "cam", {"--covariate", "ga=40"});
  EXPECT_EQ(covariate.exit_code, 2);
  EXPECT_THAT(covariate.err, testing::HasSubstr("--covariate ga: the network takes none"));
  const Ran missing = Gradcam("s99.nii", "cam");
  EXPECT_EQ(missing.exit_code, 2) << missing.err;
  EXPECT_THAT(missing.err, testing::HasSubstr("s99.nii"));
  const Ran layer = Gradcam("s3.nii", "cam", {"--layer", "layr"});
  EXPECT_EQ(layer.exit_code, 2);
  EXPECT_THAT(
      layer.err,
      testing::HasSubstr("no layer on the way to the output has a name that begins with 'layr'"));
  const Ran channel = Gradcam("s3.nii", "cam", {"--image", "T2w=" + In("data/s3.nii")});
  EXPECT_EQ(channel.exit_code, 2);
  EXPECT_THAT(channel.err, testing::HasSubstr("--image T2w: the network reads T1w"));
  ASSERT_TRUE(WriteFileAtomically(In("run/checkpoints/T1w/r0-f0/weights.safetensors"), "x").ok());
  const Ran damaged = Gradcam("s3.nii", "cam");
  EXPECT_EQ(damaged.exit_code, 3);
  EXPECT_THAT(damaged.err, testing::HasSubstr("weights.safetensors is damaged"));
}

}  // namespace
}  // namespace gyrus
