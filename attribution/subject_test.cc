#include "attribution/subject.h"

#include "absl/strings/str_cat.h"
#include "common/files.h"
#include "common/testing/test_folder.h"
#include "core/volume/nifti.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::HasSubstr;

class SubjectTest : public testing::Test {
 protected:
  SubjectTest() {
    trial_.mutable_recipe()->add_steps()->mutable_reorient()->set_to("RAS");
    trial_.mutable_recipe()->add_labels("seg");
    trial_.add_channels("T2w");
    trial_.add_channels("T1w");
    for (const uint32_t length : {2, 3, 4, 5}) trial_.add_input_shape(length);
    Put("t1.nii", 1, {3, 4, 5});
    Put("t2.nii", 2, {3, 4, 5});
    Put("small.nii", 1, {3, 4, 4});
    Put("moved.nii", 1, {3, 4, 5}, 0.5);
  }
  void Put(const std::string& name, float value, const Shape3& shape, double moved_mm = 0) {
    Volume volume = {.shape = shape,
                     .affine = {{{1, 0, 0, moved_mm}, {0, 1, 0, 0}, {0, 0, 1, 0}}},
                     .voxels = {}};
    volume.voxels.assign(static_cast<size_t>(shape[0] * shape[1] * shape[2]), value);
    EXPECT_TRUE(WriteFileAtomically(scratch_.In(name), SerializeNifti(volume)).ok());
  }
  std::string Refusal(const std::map<std::string, std::string>& images,
                      const std::string& mask = "") {
    return std::string(PrepareSubject(trial_, {images, mask}).status().message());
  }

  const TestFolder scratch_;
  v1::TrialSpec trial_;
};

TEST_F(SubjectTest, ComesInTheOrderOfTheTrialsChannelsWithoutLabels) {
  const auto subject = PrepareSubject(
      trial_, {{{"T1w", scratch_.In("t1.nii")}, {"T2w", scratch_.In("t2.nii")}}, ""});
  ASSERT_TRUE(subject.ok()) << subject.status();
  ASSERT_EQ(subject->channels.size(), 2);
  EXPECT_EQ(subject->channels[0].voxels[7], 2);
  EXPECT_EQ(subject->channels[1].voxels[7], 1);
  EXPECT_EQ(subject->mask.shape, subject->channels[0].shape);
}

TEST_F(SubjectTest, TheMaskIsTheFilesAndNeededWhereTheNetworkWasTrainedWithMasks) {
  const std::map<std::string, std::string> images = {{"T1w", scratch_.In("t1.nii")},
                                                     {"T2w", scratch_.In("t2.nii")}};
  const auto subject = PrepareSubject(trial_, {images, scratch_.In("t1.nii")});
  ASSERT_TRUE(subject.ok()) << subject.status();
  EXPECT_EQ(subject->mask.voxels[7], 1);
  EXPECT_EQ(subject->channels.size(), 2);
  EXPECT_THAT(Refusal(images, scratch_.In("small.nii")), HasSubstr("are on different grids"));
  trial_.set_masks_from_files(true);
  EXPECT_THAT(Refusal(images), HasSubstr("trained with brain masks from files; add --mask FILE"));
  EXPECT_TRUE(PrepareSubject(trial_, {images, scratch_.In("t1.nii")}).ok());
}

TEST_F(SubjectTest, SaysWhichImageIsMissingTooManyOrOfAnotherShape) {
  const std::string t1 = scratch_.In("t1.nii");
  EXPECT_THAT(Refusal({{"T1w", t1}}), HasSubstr("channel T2w has no image; add --image T2w="));
  EXPECT_THAT(Refusal({{"T1w", t1}, {"T2w", t1}, {"PD", t1}}),
              HasSubstr("--image PD: the network reads T1w, T2w"));
  EXPECT_THAT(Refusal({{"T1w", t1}, {"T2w", scratch_.In("none.nii")}}), HasSubstr("none.nii"));
  const std::string small = scratch_.In("small.nii");
  EXPECT_THAT(Refusal({{"T1w", small}, {"T2w", small}}),
              HasSubstr("comes out of the recipe as 3x4x4, and the network was trained on 3x4x5"));
  EXPECT_THAT(Refusal({{"T1w", t1}, {"T2w", small}}), HasSubstr("are on different grids"));
  EXPECT_THAT(Refusal({{"T1w", t1}, {"T2w", scratch_.In("moved.nii")}}),
              HasSubstr("are on different grids"));
}

}  // namespace
}  // namespace gyrus
