#include "cli/weight_files.h"

#include <filesystem>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cli/experiment_file.h"
#include "cli/testing/experiment_fixture.h"
#include "common/digest.h"
#include "common/files.h"
#include "common/testing/test_folder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

// A safetensors file with one tensor "a" of one number.
std::string OneTensor() {
  const std::string head = R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
  std::string bytes(1, static_cast<char>(head.size()));
  bytes += std::string(7, '\0') + head + std::string(4, '\0');
  return bytes;
}

class WeightFilesTest : public testing::Test {
 protected:
  WeightFilesTest() {
    EXPECT_TRUE(WriteFileAtomically(folder_.In("w.safetensors"), OneTensor()).ok());
  }
  // `init` is the rest of the line after "init: ".
  absl::StatusOr<ExperimentFile> Load(const std::string& init,
                                      std::vector<std::string> overrides = {}) const {
    EXPECT_TRUE(
        WriteFileAtomically(file_, absl::StrCat(ExperimentText("ages"), "init: ", init, "\n"))
            .ok());
    return LoadExperiment({file_, std::move(overrides)});
  }
  std::string Refusal(const std::string& init) const {
    return std::string(Load(init).status().message());
  }

  const TestFolder folder_;
  const std::string file_ = WriteExperiment(folder_.path(), "ages");
  const std::string sha256_ = Sha256Of(OneTensor());
};

TEST_F(WeightFilesTest, AreFoundBesideTheExperimentAndNamedByTheirDigest) {
  const auto experiment = Load("{weights: w.safetensors}");
  ASSERT_TRUE(experiment.ok()) << experiment.status();
  const std::string path = folder_.In("w.safetensors");
  EXPECT_EQ(experiment->spec.init().weights(), path);
  EXPECT_EQ(experiment->spec.init().sha256(), Hex(sha256_));
  EXPECT_THAT(experiment->weights, ElementsAre(Pair(sha256_, path)));
}

TEST_F(WeightFilesTest, ThatAreSetAreRelativeToTheCurrentFolder) {
  const auto experiment = Load("{random: {}}", {"init={weights: none/w.pt}"});
  EXPECT_THAT(std::string(experiment.status().message()),
              HasSubstr((std::filesystem::current_path() / "none/w.pt").string()));
}

TEST_F(WeightFilesTest, MustHaveTheDigestThatIsWritten) {
  const std::string upper = absl::AsciiStrToUpper(Hex(sha256_));
  EXPECT_TRUE(Load(absl::StrCat("{weights: w.safetensors, sha256: ", upper, "}")).ok());
  EXPECT_THAT(Refusal(absl::StrCat("{weights: w.safetensors, sha256: ", Hex(Sha256Of("")), "}")),
              HasSubstr(absl::StrCat("w.safetensors: has SHA-256 ", Hex(sha256_))));
}

TEST_F(WeightFilesTest, ThatCannotBeReadAreNamed) {
  EXPECT_THAT(Refusal("{weights: none.pt}"), HasSubstr("init.weights: " + folder_.In("none.pt")));
  ASSERT_TRUE(WriteFileAtomically(folder_.In("text.pt"), "no weights").ok());
  const auto text = Load("{weights: text.pt}");
  EXPECT_FALSE(text.ok());
  EXPECT_THAT(std::string(text.status().message()), HasSubstr("text.pt"));
}

TEST_F(WeightFilesTest, OfArmsAndStagesAreNotedToo) {
  ASSERT_TRUE(
      WriteFileAtomically(file_, absl::StrCat(ExperimentText("ages"),
                                              "stages: {first: {init: {weights: w.safetensors}}, "
                                              "second: {}}\n"))
          .ok());
  const auto experiment = LoadExperiment({file_, {}});
  ASSERT_TRUE(experiment.ok()) << experiment.status();
  EXPECT_EQ(experiment->spec.stages(0).init().sha256(), Hex(sha256_));
  EXPECT_EQ(experiment->spec.stages(1).init().stage(), "first");
  EXPECT_EQ(experiment->weights.size(), 1);
}

}  // namespace
}  // namespace gyrus::cli
