#include "worker/spool/resume_folders.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/files.h"
#include "common/testing/test_folder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kTrial[] = "T1w/train/r0/f0/s1";

void PutHead(const ResumeFolders& folders, const std::string& experiment, const std::string& trial,
             const StepFolder& step, uint32_t attempt) {
  v1::ResumeHead head;
  head.set_experiment_id(experiment);
  head.set_trial_id(trial);
  head.set_attempt(attempt);
  head.set_step(step.step);
  const std::string folder = absl::StrCat(folders.FolderOf(experiment, trial), "/", step.Name());
  ASSERT_TRUE(MakeFolders(folder).ok());
  ASSERT_TRUE(WriteResumeHead(folder, head).ok());
}

std::vector<std::string> Listed(const ResumeFolders& folders) {
  std::vector<std::string> listed;
  for (const v1::HostCheckpoint& c : folders.List()) {
    listed.push_back(
        absl::StrCat(c.experiment_id(), " ", c.trial_id(), " a", c.attempt(), " step ", c.step()));
  }
  return listed;
}

TEST(StepFolderTest, NamesSayStepAndIdentity) {
  const StepFolder folder = {.step = 123, .identity = "1a2b3c4d"};
  EXPECT_EQ(folder.Name(), "step-0000123-1a2b3c4d");
  const auto parsed = StepFolder::Parse(folder.Name());
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->step, 123);
  EXPECT_EQ(parsed->identity, "1a2b3c4d");
  for (const char* name :
       {"step-0000123-1a2b3c4d.a2.tmp", "step-123-1a2b3c4d", "step-0000123-1a2b3c4", "step-", "",
        "step-0000123-1a2b3c4z", "step-000012x-1a2b3c4d", "epoch-0000123-1a2b3c4d"}) {
    EXPECT_FALSE(StepFolder::Parse(name).has_value()) << name;
  }
}

TEST(ResumeFoldersTest, ListsTheNewestReadableCheckpointOfEachTrial) {
  const TestFolder scratch;
  const ResumeFolders folders(scratch.In("resume"));
  EXPECT_THAT(folders.List(), IsEmpty());
  PutHead(folders, "e1", kTrial, {9, "1a2b3c4d"}, 1);
  PutHead(folders, "e1", kTrial, {10, "1a2b3c4d"}, 2);
  PutHead(folders, "e1", "a_b/train/r0/f0/s1", {4, "1a2b3c4d"}, 1);
  PutHead(folders, "e2", kTrial, {7, "ffffffff"}, 3);
  // Checkpoints that are incomplete or unreadable are passed over.
  const std::string newest = folders.FolderOf("e1", kTrial) + "/step-0000011-1a2b3c4d";
  ASSERT_TRUE(MakeFolders(newest).ok());
  ASSERT_TRUE(WriteFileAtomically(newest + "/head.pb", std::string(40, 'x')).ok());
  ASSERT_TRUE(MakeFolders(folders.FolderOf("e1", kTrial) + "/step-0000012-1a2b3c4d.a2.tmp").ok());
  EXPECT_THAT(Listed(folders),
              ElementsAre("e1 T1w/train/r0/f0/s1 a2 step 10", "e1 a_b/train/r0/f0/s1 a1 step 4",
                          "e2 T1w/train/r0/f0/s1 a3 step 7"));
}

TEST(ResumeFoldersTest, TrialsNeverShareAFolder) {
  const ResumeFolders folders("/resume");
  EXPECT_NE(folders.FolderOf("e", "a/b_c"), folders.FolderOf("e", "a_b/c"));
}

TEST(ResumeFoldersTest, ForgetsATrialAndNoOther) {
  const TestFolder scratch;
  const ResumeFolders folders(scratch.In("resume"));
  PutHead(folders, "e1", kTrial, {9, "1a2b3c4d"}, 1);
  PutHead(folders, "e1", "RI/train/r0/f0/s1", {9, "1a2b3c4d"}, 1);
  ASSERT_TRUE(folders.Forget("e1", kTrial).ok());
  ASSERT_TRUE(folders.Forget("e1", kTrial).ok());
  EXPECT_THAT(Listed(folders), ElementsAre("e1 RI/train/r0/f0/s1 a1 step 9"));
  ASSERT_TRUE(folders.Forget("e1", "RI/train/r0/f0/s1").ok());
  EXPECT_THAT(*ListFolder(scratch.In("resume")), IsEmpty());
}

TEST(ResumeHeadTest, EveryFlippedBitIsNoticed) {
  const TestFolder scratch;
  v1::ResumeHead head;
  head.set_experiment_id("e1");
  head.set_step(3);
  ASSERT_TRUE(WriteResumeHead(scratch.path(), head).ok());
  const std::string bytes = *ReadFile(scratch.In("head.pb"));
  for (size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string damaged = bytes;
    damaged[bit / 8] ^= static_cast<char>(1 << (bit % 8));
    ASSERT_TRUE(WriteFileAtomically(scratch.In("head.pb"), damaged).ok());
    EXPECT_EQ(ReadResumeHead(scratch.path()).status().code(), absl::StatusCode::kDataLoss) << bit;
  }
}

}  // namespace
}  // namespace gyrus
