#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/command.h"
#include "common/files.h"
#include "common/testing/test_folder.h"
#include "core/volume/gzip.h"
#include "core/volume/image.h"
#include "core/volume/nifti.h"

namespace gyrus::cli {
namespace {

using testing::HasSubstr;

struct Outcome {
  int code;
  std::string out;
  std::string error;
};

// Parses `inspect ARGUMENTS` as main would; throws CLI::ParseError.
Action Parse(std::vector<std::string> arguments) {
  CLI::App app;
  Action chosen;
  AddInspect(app, chosen);
  arguments.insert(arguments.begin(), "inspect");
  // CLI11 takes them last first.
  app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  return chosen;
}

Outcome Inspect(const std::vector<std::string>& arguments) {
  const Action action = Parse(arguments);
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  const int code = action();
  return {code, testing::internal::GetCapturedStdout(), testing::internal::GetCapturedStderr()};
}

class InspectTest : public testing::Test {
 protected:
  std::string Path(const std::string& name) const { return folder_.In(name); }

  std::string Saved(const std::string& name, const std::string& bytes) const {
    EXPECT_TRUE(WriteFileAtomically(Path(name), bytes).ok());
    return Path(name);
  }

  // An LAS volume with voxels 0 to 59 in C order.
  static Volume SomeVolume() {
    Volume volume = {{3, 4, 5}, {{{-1, 0, 0, 9}, {0, 2, 0, 8}, {0, 0, 2.5, 7}}}, Voxels(60)};
    for (size_t i = 0; i < 60; ++i) volume.voxels[i] = static_cast<float>(i);
    return volume;
  }

 private:
  const TestFolder folder_;
};

TEST_F(InspectTest, TellsWhatAVolumeIs) {
  const Outcome outcome = Inspect({Saved("a.nii", SerializeNifti(SomeVolume()))});
  EXPECT_EQ(outcome.code, kExitSuccess) << outcome.error;
  for (const char* const text :
       {"a.nii", "float32, little endian, not scaled", "3 x 4 x 5", "1 x 2 x 2.5 mm",
        "LAS (sform), becomes RAS", "0 to 59, mean 29.5, 1.7 % zeros", "voxel digest"}) {
    EXPECT_THAT(outcome.out, HasSubstr(text));
  }
}

TEST_F(InspectTest, TellsTheSameAsJson) {
  const std::string path = Saved("a.nii.gz", Gzip(SerializeNifti(SomeVolume())));
  const Outcome outcome = Inspect({path, "--json"});
  const auto json = nlohmann::json::parse(outcome.out)["files"];
  ASSERT_EQ(json.size(), 1);
  EXPECT_EQ(json[0]["path"], path);
  EXPECT_EQ(json[0]["ok"], true);
  EXPECT_EQ(json[0]["type"], "float32");
  EXPECT_EQ(json[0]["endianness"], "little");
  EXPECT_EQ(json[0]["scaling"], (nlohmann::json{{"slope", 1}, {"inter", 0}}));
  EXPECT_EQ(json[0]["shape"], (std::vector<int>{3, 4, 5}));
  EXPECT_EQ(json[0]["spacing_mm"], (std::vector<double>{1, 2, 2.5}));
  EXPECT_EQ(json[0]["orientation"], "LAS");
  EXPECT_EQ(json[0]["canonical"]["affine"][0], (std::vector<double>{1, 0, 0, 7}));
  EXPECT_EQ(json[0]["intensity"]["max"], 59);
  EXPECT_EQ(json[0]["voxel_digest"].get<std::string>().size(), 64);
}

TEST_F(InspectTest, ARefusedFileIsNamedAndTheOthersAreTold) {
  const std::string good = Saved("good.nii", SerializeNifti(SomeVolume()));
  const std::string bad = Saved("bad.nii", SerializeNifti(SomeVolume()).substr(0, 400));
  const std::string absent = Path("absent.nii");
  const Outcome text = Inspect({bad, absent, good});
  EXPECT_EQ(text.code, kExitData);
  EXPECT_THAT(text.error, HasSubstr("gyrus: " + bad + ": cut short: 400 of 592 bytes"));
  EXPECT_THAT(text.error, HasSubstr(absent));
  EXPECT_THAT(text.out, HasSubstr("good.nii"));

  const Outcome outcome = Inspect({bad, absent, good, "--json"});
  EXPECT_EQ(outcome.code, kExitData);
  const auto json = nlohmann::json::parse(outcome.out)["files"];
  ASSERT_EQ(json.size(), 3);
  EXPECT_EQ(json[0]["ok"], false);
  EXPECT_THAT(json[0]["error"].get<std::string>(), HasSubstr("cut short"));
  EXPECT_EQ(json[1]["ok"], false);
  EXPECT_EQ(json[2]["ok"], true);
}

TEST_F(InspectTest, WritesTheCanonicalVolume) {
  const std::string path = Saved("a.nii", SerializeNifti(SomeVolume()));
  const Volume expected = ReadCanonicalNifti(SerializeNifti(SomeVolume()))->volume;
  for (const std::string name : {"out.nii", "out.nii.gz"}) {
    const Outcome outcome = Inspect({path, "--write", Path(name)});
    EXPECT_EQ(outcome.code, kExitSuccess) << outcome.error;
    const std::string bytes = *ReadFile(Path(name));
    EXPECT_EQ(IsGzip(bytes), name == "out.nii.gz");
    const auto written = ReadCanonicalNifti(bytes);
    ASSERT_TRUE(written.ok()) << written.status();
    EXPECT_EQ(OrientationOf(written->header.affine), "RAS");
    EXPECT_EQ(written->volume.voxels, expected.voxels);
    EXPECT_EQ(written->volume.affine, expected.affine);
  }
}

TEST_F(InspectTest, ARefusedFileIsNotWritten) {
  EXPECT_EQ(Inspect({Saved("a.nii", "no image"), "--write", Path("out.nii")}).code, kExitData);
  EXPECT_FALSE(ReadFile(Path("out.nii")).ok());
}

TEST_F(InspectTest, WrongUseIsAUsageError) {
  const std::string path = Saved("a.nii", SerializeNifti(SomeVolume()));
  EXPECT_THROW(Parse({}), CLI::ParseError);
  EXPECT_EQ(Inspect({path, path, "--write", Path("out.nii")}).code, kExitUsage);
  EXPECT_THROW(Parse({path, "--write", Path("out.png")}), CLI::ParseError);
}

TEST_F(InspectTest, AnOutputThatCannotBeWrittenIsNamed) {
  const std::string path = Saved("a.nii", SerializeNifti(SomeVolume()));
  const Outcome outcome = Inspect({path, "--write", Path("absent/out.nii")});
  EXPECT_EQ(outcome.code, kExitUsage);
  EXPECT_THAT(outcome.error, HasSubstr("absent/out.nii"));
}

TEST_F(InspectTest, HelpHasAnExample) {
  CLI::App app;
  Action chosen;
  AddInspect(app, chosen);
  EXPECT_THAT(app.get_subcommand("inspect")->help(), HasSubstr("gyrus inspect sub-01_T1w.nii.gz"));
}

}  // namespace
}  // namespace gyrus::cli
