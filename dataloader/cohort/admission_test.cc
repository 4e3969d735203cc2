// Real files in a real folder.
#include "dataloader/cohort/admission.h"

#include <sys/stat.h>

#include <filesystem>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "common/files.h"
#include "common/testing/test_folder.h"
#include "core/volume/gzip.h"
#include "core/volume/nifti.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using ::testing::HasSubstr;

Volume Brain(float value, double shift_mm = 0) {
  Volume volume;
  volume.shape = {4, 5, 6};
  volume.affine = {{{2, 0, 0, shift_mm}, {0, 2, 0, 0}, {0, 0, 2, 0}}};
  volume.voxels.assign(4 * 5 * 6, value);
  volume.voxels[7] = value + 1;
  return volume;
}

class AdmissionTest : public testing::Test {
 protected:
  AdmissionTest() : folder_(scratch_.path()) {
    EXPECT_TRUE(MakeFolders(folder_ + "/data").ok());
    roots_ = {folder_ + "/data"};
    for (const char* channel : {"T1w", "T2w"}) {
      request_.add_channels(channel);
      (*request_.mutable_cohort()->mutable_images())[channel] =
          std::string("{subject}_") + channel + ".nii.gz";
    }
    request_.mutable_cohort()->set_name("c");
    request_.mutable_cohort()->set_manifest("m.csv");
    request_.add_numeric_columns("age");
  }

  void Put(const std::string& name, const std::string& bytes) {
    ASSERT_TRUE(WriteFileAtomically(folder_ + "/data/" + name, bytes).ok());
  }
  void PutBrain(const std::string& name, const Volume& volume) {
    Put(name, Gzip(SerializeNifti(volume)));
  }
  void PutSubject(const std::string& id, float value) {
    PutBrain(id + "_T1w.nii.gz", Brain(value));
    PutBrain(id + "_T2w.nii.gz", Brain(value + 10));
  }
  absl::StatusOr<Admission> Run() {
    root_ = DataRoot::Open(roots_);
    EXPECT_TRUE(root_.ok());
    Executor executor(2);
    return Admit(request_, *root_, executor, [this](int read, int total) {
      last_ = {read, total};
      return last_ != stop_at_;
    });
  }

  const TestFolder scratch_;
  const std::string folder_;
  v1::AdmitRequest request_;
  std::vector<std::string> roots_;
  absl::StatusOr<DataRoot> root_ = absl::UnknownError("");
  std::pair<int, int> last_;
  std::pair<int, int> stop_at_;
};

TEST_F(AdmissionTest, StopsWhenNobodyWaits) {
  std::string manifest = "subject,age\n";
  for (int i = 0; i < 20; ++i) {
    PutSubject(absl::StrCat("s", i), static_cast<float>(i));
    absl::StrAppend(&manifest, "s", i, ",", 30 + i, "\n");
  }
  Put("m.csv", manifest);
  stop_at_ = {2, 40};
  EXPECT_EQ(Run().status().code(), absl::StatusCode::kCancelled);
  EXPECT_LE(last_.first, 6) << "those that were being read";
}

TEST_F(AdmissionTest, TellsWhatIsThere) {
  PutSubject("a", 1);
  PutSubject("b", 2);
  Put("m.csv", "subject,age\na,30\nb,40\n");
  const auto admission = Run();
  ASSERT_TRUE(admission.ok()) << admission.status();
  EXPECT_THAT(admission->reasons, testing::IsEmpty());
  EXPECT_EQ(last_, std::pair(4, 4));
  const v1::SampleTable& table = admission->cohort.table();
  ASSERT_EQ(table.samples_size(), 2);
  EXPECT_EQ(table.samples(1).id(), "c/b/1");
  const v1::Image& image = table.samples(0).images(0);
  EXPECT_EQ(image.channel(), "T1w");
  EXPECT_EQ(image.digest().size(), 32);
  EXPECT_THAT(image.shape(), testing::ElementsAre(4, 5, 6));
  EXPECT_THAT(image.spacing_mm(), testing::ElementsAre(2, 2, 2));
  EXPECT_NE(image.voxel_digest(), table.samples(1).images(0).voxel_digest());
}

TEST_F(AdmissionTest, RowsAreToldWithoutReadingAnImage) {
  Put("m.csv", "subject,age\ns1,10\ns2,20\n");
  for (const char* name : {"s1_T1w", "s1_T2w", "s2_T1w", "s2_T2w"}) {
    Put(std::string(name) + ".nii.gz", "no image");
  }
  request_.set_rows_only(true);
  const auto admission = Run();
  ASSERT_TRUE(admission.ok()) << admission.status();
  EXPECT_TRUE(admission->reasons.empty());
  const v1::SampleTable& table = admission->cohort.table();
  ASSERT_EQ(table.samples_size(), 2);
  EXPECT_EQ(table.samples(1).numbers().at("age"), 20);
  EXPECT_EQ(last_, (std::pair<int, int>()));
  Put("m.csv", "subject,age\ns1,10\ns1,20\ns2,unknown\n");
  EXPECT_EQ(Run()->reasons.size(), 2);
}

TEST_F(AdmissionTest, TheDigestIsOfTheContentNotOfTheFile) {
  PutSubject("a", 1);
  Put("m.csv", "subject,age\na,30\n");
  const auto packed = Run();
  Put("a_T1w.nii.gz", SerializeNifti(Brain(1)));  // Not compressed now.
  const auto plain = Run();
  ASSERT_TRUE(packed.ok() && plain.ok());
  EXPECT_EQ(packed->cohort.table().digest(), plain->cohort.table().digest());
}

TEST_F(AdmissionTest, BadRowsAndMissingFilesAreFoundBeforeAnImageIsRead) {
  PutSubject("good", 1);
  Put("cut_T1w.nii.gz", "no image");
  Put("cut_T2w.nii.gz", "no image");
  PutBrain("half_T1w.nii.gz", Brain(5));
  Put("m.csv", "subject,age\ngood,30\ncut,40\ngood,50\nhalf,70\nn/a-age,n/a\n");
  const auto admission = Run();
  ASSERT_TRUE(admission.ok()) << admission.status();
  ASSERT_EQ(admission->reasons.size(), 3);
  EXPECT_THAT(admission->reasons[0].message(), HasSubstr("m.csv:4: the same subject and session"));
  EXPECT_THAT(admission->reasons[1].message(), HasSubstr("m.csv:6"));
  EXPECT_THAT(admission->reasons[2].message(), HasSubstr("line 5, channel T2w"));
  EXPECT_THAT(admission->reasons[2].message(), HasSubstr("half_T2w.nii.gz"));
  EXPECT_EQ(last_, std::pair(0, 0)) << "no image was read";
}

TEST_F(AdmissionTest, EveryBadFileIsTold) {
  PutSubject("good", 1);
  PutSubject("cut", 2);
  const std::string whole = Gzip(SerializeNifti(Brain(2)));
  Put("cut_T1w.nii.gz", whole.substr(0, whole.size() / 2));
  PutSubject("hole", 3);
  Volume nan = Brain(3);
  nan.voxels[11] = std::numeric_limits<float>::quiet_NaN();
  PutBrain("hole_T2w.nii.gz", nan);
  PutSubject("grid", 4);
  PutBrain("grid_T2w.nii.gz", Brain(14, /*shift_mm=*/1));
  Put("m.csv", "subject,age\ngood,30\ncut,40\nhole,50\ngrid,60\n");
  const auto admission = Run();
  ASSERT_TRUE(admission.ok()) << admission.status();
  ASSERT_EQ(admission->reasons.size(), 3);
  EXPECT_THAT(admission->reasons[0].message(), HasSubstr("line 3, channel T1w"));
  EXPECT_THAT(admission->reasons[0].message(), HasSubstr("cut_T1w.nii.gz"));
  EXPECT_THAT(admission->reasons[1].message(), HasSubstr("line 4, channel T2w"));
  EXPECT_THAT(admission->reasons[2].message(), HasSubstr("different grids"));
}

TEST_F(AdmissionTest, WhatLeadsOutsideOfTheAllowedFoldersNeedsToBeAllowed) {
  PutSubject("a", 1);
  ASSERT_TRUE(MakeFolders(folder_ + "/archive").ok());
  const std::string outside = folder_ + "/archive/outside.nii";
  ASSERT_TRUE(WriteFileAtomically(outside, SerializeNifti(Brain(9))).ok());
  std::filesystem::create_symlink(outside, folder_ + "/data/link_T1w.nii.gz");
  PutBrain("link_T2w.nii.gz", Brain(8));
  Put("m.csv", "subject,age\na,30\nlink,40\n");
  const auto linked = Run();
  ASSERT_TRUE(linked.ok());
  ASSERT_EQ(linked->reasons.size(), 1);
  for (const std::string& part :
       {"link_T1w.nii.gz leads to " + outside,
        "outside of the folders that may be read (" + folder_ + "/data)",
        "--data-root " + folder_ + "/archive", std::string("cohorts.NAME.root")}) {
    EXPECT_THAT(linked->reasons[0].message(), HasSubstr(part));
  }
  roots_.push_back(folder_ + "/archive");
  EXPECT_THAT(Run()->reasons, testing::IsEmpty());

  // Absolute paths and ".." are judged likewise.
  auto& pattern = (*request_.mutable_cohort()->mutable_images())["T1w"];
  for (const std::string& written : {outside, std::string("../archive/outside.nii")}) {
    pattern = written;
    roots_ = {folder_ + "/data", folder_ + "/archive"};
    EXPECT_THAT(Run()->reasons, testing::IsEmpty()) << written;
    roots_.pop_back();
    EXPECT_THAT(Run()->reasons[0].message(), HasSubstr("--data-root")) << written;
  }
  // For many files, one reason names the folder that holds them all.
  pattern = folder_ + "/archive/{subject}/T1w.nii";
  const auto many = Run();
  ASSERT_EQ(many->reasons.size(), 1);
  EXPECT_THAT(many->reasons[0].message(), HasSubstr("and so are 1 more images"));
  EXPECT_THAT(many->reasons[0].message(), HasSubstr("--data-root " + folder_ + "/archive ("));
  // The message is the same for a file that does not exist, so that nobody can find out
  // which files exist outside of the allowed folders.
  pattern = folder_ + "/archive/nothing.nii";
  EXPECT_THAT(Run()->reasons[0].message(), HasSubstr("--data-root"));

  ASSERT_TRUE(WriteFileAtomically(folder_ + "/m2.csv", "subject,age\na,30\n").ok());
  request_.mutable_cohort()->set_manifest(folder_ + "/m2.csv");
  EXPECT_EQ(Run().status().code(), absl::StatusCode::kPermissionDenied);
}

TEST_F(AdmissionTest, ImagesAreRelativeToTheManifestAsWrittenOrToTheRoot) {
  PutSubject("a", 1);
  ASSERT_TRUE(MakeFolders(folder_ + "/tables").ok());
  ASSERT_TRUE(WriteFileAtomically(folder_ + "/tables/real.csv", "subject,age\na,30\n").ok());
  std::filesystem::create_symlink("../tables/real.csv", folder_ + "/data/m.csv");
  EXPECT_EQ(Run().status().code(), absl::StatusCode::kPermissionDenied);
  roots_.push_back(folder_ + "/tables");
  const auto linked = Run();
  ASSERT_TRUE(linked.ok()) << linked.status();
  EXPECT_THAT(linked->reasons, testing::IsEmpty());

  request_.mutable_cohort()->set_manifest(folder_ + "/tables/real.csv");
  EXPECT_EQ(Run()->reasons.size(), 2);
  request_.mutable_cohort()->set_root(folder_ + "/data");
  const auto rooted = Run();
  ASSERT_TRUE(rooted.ok()) << rooted.status();
  EXPECT_THAT(rooted->reasons, testing::IsEmpty());
  EXPECT_EQ(rooted->cohort.table().digest(), linked->cohort.table().digest());
  request_.mutable_cohort()->set_root(folder_ + "/nowhere");
  EXPECT_EQ(Run().status().code(), absl::StatusCode::kPermissionDenied);
}

TEST_F(AdmissionTest, OnlyRegularFilesAreRead) {
  PutSubject("a", 1);
  std::filesystem::remove(folder_ + "/data/a_T1w.nii.gz");
  ASSERT_TRUE(MakeFolders(folder_ + "/data/a_T1w.nii.gz").ok());
  ASSERT_EQ(mkfifo((folder_ + "/data/b_T1w.nii.gz").c_str(), 0600), 0);
  PutBrain("b_T2w.nii.gz", Brain(2));
  Put("m.csv", "subject,age\na,30\nb,40\n");
  const auto admission = Run();
  ASSERT_TRUE(admission.ok());
  ASSERT_EQ(admission->reasons.size(), 2);
  EXPECT_THAT(admission->reasons[0].message(), HasSubstr("a_T1w.nii.gz is a folder"));
  EXPECT_THAT(admission->reasons[1].message(), HasSubstr("b_T1w.nii.gz is no regular file"));
}

TEST_F(AdmissionTest, AFolderAsManifestIsToldWhatToGive) {
  request_.mutable_cohort()->set_manifest(folder_ + "/data");
  const absl::Status status = Run().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("is a folder; give the table in it"));
}

TEST_F(AdmissionTest, FilesAreFoundInEitherNormalForm) {
  PutSubject("Zoe\xcc\x88", 1);  // As a file system of macOS names it.
  Put("m.csv", "subject,age\nZo\xc3\xab,30\n");
  const auto admission = Run();
  ASSERT_TRUE(admission.ok()) << admission.status();
  EXPECT_THAT(admission->reasons, testing::IsEmpty());
  EXPECT_EQ(admission->cohort.table().samples(0).id(), "c/Zo\xc3\xab/1");
}

TEST_F(AdmissionTest, AMissingManifestIsNotFound) {
  EXPECT_EQ(Run().status().code(), absl::StatusCode::kNotFound);
}

// A brain of 2 x 3 x 4 voxels in the middle of its grid.
Volume Stripped(float around) {
  Volume volume = Brain(0);
  for (int i = 0; i < 4; ++i) {
    for (int j = 0; j < 5; ++j) {
      for (int k = 0; k < 6; ++k) {
        const bool inside = i % 3 != 0 && j % 4 != 0 && k % 5 != 0;
        volume.voxels[volume.Index(i, j, k)] = inside ? 100.0f + i * j * k : around;
      }
    }
  }
  return volume;
}

class BrainAdmissionTest : public AdmissionTest {
 protected:
  BrainAdmissionTest() {
    Put("m.csv", "subject,age\na,30\n");
    PutBrain("a_T1w.nii.gz", Stripped(0));
    PutBrain("a_T2w.nii.gz", Stripped(0.005f));
  }
  v1::Sample Admitted() {
    const auto admission = Run();
    EXPECT_TRUE(admission.ok()) << admission.status();
    EXPECT_THAT(admission->reasons, testing::IsEmpty());
    return admission->cohort.table().samples(0);
  }
  std::string Refused() {
    const auto admission = Run();
    EXPECT_TRUE(admission.ok()) << admission.status();
    EXPECT_EQ(admission->reasons.size(), 1);
    return admission->reasons.empty() ? "" : admission->reasons[0].message();
  }
};

TEST_F(BrainAdmissionTest, TellsBackgroundAndShareOfEachImage) {
  const v1::Sample sample = Admitted();
  EXPECT_TRUE(sample.images(0).has_background());
  EXPECT_EQ(sample.images(0).background(), 0);
  EXPECT_EQ(sample.images(1).background(), 0.005f);
  for (const v1::Image& image : sample.images()) EXPECT_EQ(image.foreground_share(), 24.0 / 120);
  PutBrain("a_T1w.nii.gz", [] {
    Volume noise = Brain(0);
    for (size_t i = 0; i < noise.size(); ++i) noise.voxels[i] = static_cast<float>(i % 7);
    return noise;
  }());
  const v1::Image noise = Admitted().images(0);
  EXPECT_FALSE(noise.has_background());
  EXPECT_EQ(noise.foreground_share(), 1);
}

TEST_F(BrainAdmissionTest, TellsWhichRecipesCutTheBrain) {
  for (const int size : {3, 10}) {
    v1::Preparation& preparation = *request_.add_preparations();
    preparation.set_arms(size == 3 ? "small" : "large");
    preparation.add_channels("T1w");
    v1::CropOrPad& crop = *preparation.mutable_recipe()->add_steps()->mutable_crop_or_pad();
    for (int axis = 0; axis < 3; ++axis) crop.add_size(axis == 2 ? 2 : size);
    if (size == 10) crop.set_size(2, 10);
  }
  const v1::Sample sample = Admitted();
  ASSERT_EQ(sample.brain_cuts_size(), 1);
  EXPECT_EQ(sample.brain_cuts(0).arms(), "small");
  EXPECT_NEAR(sample.brain_cuts(0).share(), 0.5, 1e-9);
}

TEST_F(BrainAdmissionTest, AMaskIsReadBesideTheChannelsAndIsNoneOfThem) {
  const std::string without = Run()->cohort.table().digest();
  request_.mutable_cohort()->set_mask("{subject}_mask.nii.gz");
  EXPECT_THAT(Refused(), HasSubstr("line 2, mask: opening"));
  PutBrain("a_mask.nii.gz", Stripped(0));
  const v1::Sample sample = Admitted();
  EXPECT_EQ(last_, std::pair(3, 3));
  EXPECT_EQ(sample.images_size(), 2);
  EXPECT_EQ(sample.mask().digest().size(), 32);
  EXPECT_EQ(sample.mask().foreground_share(), 24.0 / 120);
  const std::string with = Run()->cohort.table().digest();
  EXPECT_NE(with, without);
  PutBrain("a_mask.nii.gz", Brain(1));
  EXPECT_NE(Run()->cohort.table().digest(), with);
  Volume empty = Brain(0);
  empty.voxels[7] = 0.4f;
  PutBrain("a_mask.nii.gz", empty);
  EXPECT_THAT(Refused(), HasSubstr("a_mask.nii.gz: the brain mask is empty"));
  PutBrain("a_mask.nii.gz", Brain(1, /*shift_mm=*/1));
  EXPECT_THAT(Refused(), HasSubstr("channel T1w (a_T1w.nii.gz) and mask (a_mask.nii.gz) are on "
                                   "different grids"));
}

TEST_F(BrainAdmissionTest, LabelsThatAreNoneAreRefusedByFileAndVoxel) {
  request_.add_label_channels("T2w");
  Volume labels = Brain(1.0000153f);
  labels.voxels[7] = 2.9999847f;
  PutBrain("a_T2w.nii.gz", labels);
  EXPECT_FALSE(Admitted().images(1).has_background());
  labels.voxels[7] = 1.25f;
  PutBrain("a_T2w.nii.gz", labels);
  EXPECT_THAT(Refused(), HasSubstr("line 2, channel T2w: "));
  EXPECT_THAT(Refused(),
              HasSubstr("a_T2w.nii.gz: not an image of labels: voxel (0, 1, 1) is 1.25"));
  labels.voxels[7] = 312782546;
  PutBrain("a_T2w.nii.gz", labels);
  EXPECT_THAT(Refused(), HasSubstr("a_T2w.nii.gz: a label is too large: voxel (0, 1, 1)"));
}

}  // namespace
}  // namespace gyrus
