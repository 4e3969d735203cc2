#include "cli/experiment_file.h"

#include <filesystem>

#include "cli/testing/experiment_fixture.h"
#include "common/testing/test_folder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class ExperimentFileTest : public testing::Test {
 protected:
  absl::StatusOr<ExperimentFile> Load(std::vector<std::string> overrides = {}) const {
    return LoadExperiment({file_, std::move(overrides)});
  }

  const TestFolder folder_;
  const std::string file_ = WriteExperiment(folder_.path(), "ages");
};

TEST_F(ExperimentFileTest, IsCompleteAndItsManifestIsFoundFromAnywhere) {
  const auto experiment = Load({"train.epochs=7"});
  ASSERT_TRUE(experiment.ok()) << experiment.status();
  EXPECT_EQ(experiment->spec.train().epochs(), 7);
  EXPECT_TRUE(experiment->spec.train().has_seed());
  EXPECT_EQ(experiment->spec.cohorts(0).manifest(), folder_.In("cohort/participants.csv"));
  EXPECT_EQ(experiment->text, ExperimentText("ages"));
}

TEST_F(ExperimentFileTest, AManifestThatIsSetIsRelativeToTheCurrentFolder) {
  const auto experiment = Load({"cohorts.infants.manifest=other/list.csv"});
  ASSERT_TRUE(experiment.ok()) << experiment.status();
  EXPECT_EQ(experiment->spec.cohorts(0).manifest(),
            (std::filesystem::current_path() / "other/list.csv").string());
  const auto absolute = Load({"cohorts.infants.manifest=/data/../data/list.csv"});
  ASSERT_TRUE(absolute.ok()) << absolute.status();
  EXPECT_EQ(absolute->spec.cohorts(0).manifest(), "/data/list.csv");
}

TEST_F(ExperimentFileTest, TheRootOfImagesIsRelativeToTheExperimentFileToo) {
  ASSERT_TRUE(MakeFolders(folder_.In("archive")).ok());
  const auto experiment = Load({"cohorts.infants.root=/archive"});
  ASSERT_TRUE(experiment.ok()) << experiment.status();
  EXPECT_EQ(experiment->spec.cohorts(0).root(), "/archive");
  std::string text = ExperimentText("ages");
  const size_t manifest = text.find("manifest:");
  ASSERT_NE(manifest, std::string::npos) << text;
  text.insert(manifest, "root: archive/../archive, ");
  if (text.find('{', text.find("infants")) > manifest)
    text.replace(text.find(", manifest"), 2, "\n    ");
  ASSERT_TRUE(WriteFileAtomically(file_, text).ok());
  const auto written = Load();
  ASSERT_TRUE(written.ok()) << written.status();
  EXPECT_EQ(written->spec.cohorts(0).root(), folder_.In("archive"));
}

TEST_F(ExperimentFileTest, AFolderAsManifestIsToldWhatToGive) {
  ASSERT_TRUE(MakeFolders(folder_.In("bids")).ok());
  const auto error_of = [&] {
    const absl::Status status =
        LoadExperiment({file_, {"cohorts.infants.manifest=" + folder_.In("bids")}}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    return std::string(status.message());
  };
  EXPECT_THAT(error_of(), HasSubstr("bids is a folder; give the table in it"));
  ASSERT_TRUE(WriteFileAtomically(folder_.In("bids/participants.tsv"), "participant_id\n").ok());
  EXPECT_THAT(error_of(),
              HasSubstr("bids is a folder; give " + folder_.In("bids/participants.tsv")));
}

TEST_F(ExperimentFileTest, ErrorsNameFileAndLine) {
  const absl::Status unknown = Load({"train.epoch=7"}).status();
  EXPECT_EQ(unknown.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(unknown.message()), HasSubstr("--set train.epoch=7"));

  ASSERT_TRUE(WriteFileAtomically(file_, ExperimentText("ages") + "evaluate: {sd_ddof: 5}\n").ok());
  const absl::Status senseless = Load().status();
  EXPECT_EQ(senseless.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(senseless.message()), StartsWith(file_ + ":14"));

  const absl::Status absent = LoadExperiment({folder_.In("absent.yaml"), {}}).status();
  EXPECT_EQ(absent.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(absent.message()), HasSubstr("absent.yaml"));
}

TEST_F(ExperimentFileTest, TheDigestIsOfWhatIsDone) {
  const auto experiment = Load();
  ASSERT_TRUE(experiment.ok());
  const std::string digest = DigestOf(experiment->spec);
  EXPECT_EQ(digest.size(), 64);
  EXPECT_EQ(DigestOf(Load({"train.epochs=2"})->spec), digest);
  EXPECT_NE(DigestOf(Load({"train.epochs=3"})->spec), digest);
  // How often checkpoints are written changes nothing that is computed.
  EXPECT_EQ(DigestOf(Load({"resources.checkpoint_seconds=2"})->spec), digest);
  EXPECT_EQ(DigestOf(Load({"resources.checkpoint_seconds=none"})->spec), digest);
  // Maps are in no order of their own.
  v1::ExperimentSpec one;
  v1::ExperimentSpec other;
  for (const char* name : {"a", "b", "c", "d"}) (*one.add_cohorts()->mutable_images())[name] = "x";
  for (const char* name : {"a", "b", "c", "d"})
    (*other.add_cohorts()->mutable_images())[name] = "x";
  one.mutable_cohorts(0)->mutable_images()->insert({{"p", "1"}, {"q", "2"}, {"r", "3"}});
  other.mutable_cohorts(0)->mutable_images()->insert({{"r", "3"}, {"q", "2"}, {"p", "1"}});
  EXPECT_EQ(DigestOf(one), DigestOf(other));
}

TEST_F(ExperimentFileTest, TheLoaderSeesEachManifestsFolderOnce) {
  v1::ExperimentSpec spec;
  for (const char* file : {"a.csv", "b.csv", "cohort/c.csv"}) {
    spec.add_cohorts()->set_manifest(folder_.In(file));
  }
  const auto roots = DataRoots(spec);
  ASSERT_TRUE(roots.ok()) << roots.status();
  EXPECT_THAT(*roots, ElementsAre(folder_.path(), folder_.In("cohort")));

  spec.mutable_cohorts(0)->set_root(folder_.In("cohort"));
  spec.mutable_cohorts(2)->set_root("/tmp");
  EXPECT_THAT(*DataRoots(spec), ElementsAre(folder_.path(), folder_.In("cohort"), "/tmp"));

  spec.mutable_cohorts(1)->set_name("infants");
  spec.mutable_cohorts(1)->set_manifest(folder_.In("absent/b.csv"));
  const absl::Status absent = DataRoots(spec).status();
  EXPECT_EQ(absent.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(absent.message()), HasSubstr("cohorts.infants.manifest: "));
  EXPECT_THAT(std::string(absent.message()), HasSubstr("absent/b.csv"));
}

}  // namespace
}  // namespace gyrus::cli
