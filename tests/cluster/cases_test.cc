// Small tables and folders as other people's programs write them, through the real
// programs: each is read as it was meant, or refused in words that say what to do.
// The inputs lie in ../shared/cases beside the checkout, or in GYRUS_SHARED_CASES;
// without them the tests are skipped. Unit tests have copies of what matters in them.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/files.h"
#include "common/testing/paths.h"
#include "gmock/gmock.h"
#include "tests/cluster/programs.h"

namespace gyrus {
namespace {

using ::nlohmann::json;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;

class CasesTest : public ProgramsTest {
 protected:
  void SetUp() override {
    const char* const variable = std::getenv("GYRUS_SHARED_CASES");
    cases_ = variable != nullptr ? variable : SourceDir() + "/../shared/cases";
    if (!std::filesystem::exists(cases_)) GTEST_SKIP() << "there is no folder " << cases_;
  }

  std::string Case(const std::string& file) const { return cases_ + "/" + file; }

  Ran Plan(const std::string& file, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {
        ProgramPath("gyrus"), "plan", Case(file), "--json", "--cache", In("cache")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunProgram(arguments);
  }

  json MustPlan(const std::string& file, const std::vector<std::string>& more = {}) const {
    const Ran ran = Plan(file, more);
    EXPECT_EQ(ran.exit_code, 0) << file << ": " << ran.err;
    return JsonOf(ran);
  }

  // Returns the error about a refused file, and expects that it is short, whatever the
  // table holds.
  std::string ErrorOf(const std::string& file, int exit_code) const {
    const Ran ran = Plan(file);
    EXPECT_EQ(ran.exit_code, exit_code) << file << ": " << ran.err;
    EXPECT_LT(ran.err.size(), 1500) << ran.err;
    return ran.err;
  }

  std::string cases_;
};

// Counts the items that a fold tests and that are in `items`.
int Tested(const json& fold, const std::set<std::string>& items) {
  return static_cast<int>(
      std::count_if(fold["test"].begin(), fold["test"].end(),
                    [&](const json& id) { return items.contains(id.get<std::string>()); }));
}

std::set<std::string> Items(int from, int to) {
  std::set<std::string> items;
  for (int i = from; i <= to; ++i) items.insert(absl::StrCat("c/s", i / 10, i % 10, "/1"));
  return items;
}

TEST_F(CasesTest, EachFoldTestsMembersOfARareClass) {
  for (int seed = 1; seed <= 20; ++seed) {
    const json plan =
        MustPlan("03-rare-class/rare.yaml", {"--set", absl::StrCat("split.seed=", seed)});
    for (const json& fold : plan["folds"]) {
      EXPECT_EQ(Tested(fold, Items(27, 31)), 1) << "seed " << seed;
    }
  }
  for (const json& fold : MustPlan("03-rare-class/two.yaml")["folds"]) {
    EXPECT_GE(Tested(fold, Items(16, 21)), 1);
    EXPECT_GE(Tested(fold, Items(0, 15)), 3);
  }
  const json few = MustPlan("03-rare-class/rare.yaml", {"--set", "split.kfold.k=6"});
  EXPECT_THAT(few["warnings"],
              Contains(HasSubstr("class pat has 5 samples in 5 groups that must stay together, "
                                 "fewer than the 6 folds")));
}

TEST_F(CasesTest, TablesAreReadWhateverProgramWroteThem) {
  for (const char* file :
       {"04-tsv-comma-header/participants.yaml", "04-tsv-comma-header/both.yaml",
        "05-excel-trailing/one.yaml", "05-excel-trailing/two.yaml", "06-cr-only/mac.yaml"}) {
    const json plan = MustPlan(file);
    ASSERT_EQ(plan["folds"].size(), 3) << file;
    EXPECT_EQ(plan["folds"][0]["test"].size(), absl::StrContains(file, "both") ? 2 : 4) << file;
  }
}

TEST_F(CasesTest, ADecimalCommaIsNamedWithItsLine) {
  for (const char* name : {"euro", "euro3"}) {
    EXPECT_THAT(ErrorOf(absl::StrCat("07-semicolon/", name, ".yaml"), 3),
                AllOf(HasSubstr(absl::StrCat(name,
                                             ".csv:2: column age: '20,0' is no number; write "
                                             "a decimal point")),
                      HasSubstr("11 more rows")));
  }
}

TEST_F(CasesTest, IdsThatLookTheSameAreOnePerson) {
  EXPECT_EQ(MustPlan("08-nbsp-ids/long.yaml")["split_hash"],
            MustPlan("08-nbsp-ids/clean.yaml")["split_hash"]);
  EXPECT_THAT(ErrorOf("20-same-person/mixed.yaml", 3),
              HasSubstr("mixed.tsv:14: family '0.0' and '0' of line 2 look alike"));
  MustPlan("20-same-person/participants.yaml");
}

TEST_F(CasesTest, SitesStayWholeAndThoseWithoutOneAreCounted) {
  const json named = MustPlan("09-site-NA/sitesX.yaml");
  const json missing = MustPlan("09-site-NA/sites.yaml");
  EXPECT_EQ(missing["split_hash"], named["split_hash"]);
  EXPECT_THAT(missing["warnings"], Contains(HasSubstr("4 of 24 samples have no site")));
  EXPECT_EQ(named["folds"][0]["tested_groups"].size(), 2);
  EXPECT_THAT(ErrorOf("09-site-NA/class.yaml", 2),
              HasSubstr("'NA' stands for a missing value in tables"));
}

TEST_F(CasesTest, AMissingSessionIsNoSession) {
  const json plan = MustPlan("10-session-na/participants.yaml");
  std::set<std::string> tested;
  for (const json& fold : plan["folds"]) {
    for (const json& item : fold["test"]) tested.insert(item.get<std::string>());
  }
  EXPECT_TRUE(tested.contains("c/s00/1"));
  EXPECT_TRUE(tested.contains("c/s06/ses-1"));
}

// Copies a folder; files that hold a relative path and nothing else are links that an
// earlier copy did not keep.
void CopyWithLinks(const std::string& from, const std::string& to) {
  namespace fs = std::filesystem;
  fs::copy(from, to, fs::copy_options::recursive | fs::copy_options::copy_symlinks);
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(to)) {
    if (entry.is_symlink()) continue;
    fs::permissions(entry.path(), fs::perms::owner_all, fs::perm_options::add);
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  for (const fs::path& file : files) {
    const std::string text = ReadFile(file.string()).value_or("");
    if (!absl::StartsWith(text, "../") || absl::StrContains(text, '\n')) continue;
    fs::remove(file);
    fs::create_symlink(text, file);
  }
}

TEST_F(CasesTest, LinkedFoldersAreReadWhenTheyAreAllowed) {
  CopyWithLinks(Case("12-symlinks"), In("links"));
  cases_ = In("links");
  EXPECT_THAT(ErrorOf("study2/e.yaml", 3),
              AllOf(HasSubstr("leads to"), HasSubstr("and so are 7 more images"),
                    HasSubstr("--data-root " + Case("study1")), HasSubstr("cohorts.NAME.root")));
  MustPlan("study2/e.yaml", {"--data-root", Case("study1")});
  MustPlan("study2/e.yaml", {"--set", "cohorts.c.root=" + Case("study1")});
  EXPECT_THAT(ErrorOf("study3/e.yaml", 3), HasSubstr("--data-root " + In("links")));
  MustPlan("study3/e.yaml", {"--data-root", In("links")});
}

TEST_F(CasesTest, EqualShapesOfDifferentSpacingAreWarnedOf) {
  EXPECT_THAT(
      MustPlan("16-same-shape-other-spacing/e.yaml")["warnings"],
      Contains(AllOf(HasSubstr("voxels of T1w differ in size"), HasSubstr("p.csv:2 (c/s0/1)"),
                     HasSubstr(" mm, "), HasSubstr("p.csv:3 (c/s1/1)"))));
}

// Labels of 1.0000153 and 2.9999847 are 1 and 3: the same training to the bit.
TEST_F(CasesTest, ScaledLabelsGiveTheSameDiceAsCleanOnes) {
  std::vector<json> results;
  for (const char* name : {"clean", "scaled"}) {
    const Ran ran = RunProgram(
        {ProgramPath("gyrus"), "run", Case(absl::StrCat("01-labels-scaled/", name, ".yaml")),
         "--json", "--cache", In("cache"), "--out", In(name), "--set", "train.epochs=2"});
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    results.push_back(JsonOf(ran));
  }
  for (size_t fold = 0; fold < 2; ++fold) {
    const json& clean = results[0]["arms"][0]["folds"][fold];
    const json& scaled = results[1]["arms"][0]["folds"][fold];
    EXPECT_EQ(scaled["predictions_sha256"], clean["predictions_sha256"]);
    EXPECT_EQ(scaled["weights_sha256"], clean["weights_sha256"]);
    EXPECT_EQ(scaled["metrics"], clean["metrics"]);
  }
}

TEST_F(CasesTest, LabelsThatCannotBeToldApartAreRefused) {
  EXPECT_THAT(ErrorOf("25-big-labels/e.yaml", 2),
              AllOf(HasSubstr("e.yaml:6: task.segmentation.classes.left: label 312782546 is too "
                              "large: only labels up to 16777215"),
                    HasSubstr("classes.right: label 312782550 is too large")));
  // Classes of other numbers do not make the file readable.
  const Ran ran = Plan("25-big-labels/e.yaml",
                       {"--set", "task={segmentation: {labels: seg, classes: {left: [1]}}}"});
  EXPECT_EQ(ran.exit_code, 3) << ran.err;
  EXPECT_THAT(ran.err, AllOf(HasSubstr("channel seg: "), HasSubstr("s0/seg.nii.gz: a label is too "
                                                                   "large: voxel (")));
}

}  // namespace
}  // namespace gyrus
