#include "dataloader/phantom/phantom.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numeric>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/types/span.h"
#include "common/digest.h"
#include "common/files.h"
#include "core/volume/image.h"
#include "dataloader/phantom/scanner.h"
#include "dataloader/phantom/subject.h"
#include "dataloader/phantom/testing/ridge_fixture.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

// The folder's name contains the process id, because ctest runs several at a time.
std::string FreshFolder(const std::string& name) {
  const std::string folder =
      absl::StrCat(testing::TempDir(), "/phantom_test_", getpid(), "_", name);
  EXPECT_TRUE(RemoveAll(folder).ok());
  return folder;
}

struct Row {
  std::string id;
  double age_years = 0;
  std::string site;
  std::vector<Volume> volumes;  // T1w and T2w, canonical
};

Volume ReadVolume(const std::string& path) {
  const auto file = ReadFile(path);
  EXPECT_TRUE(file.ok()) << file.status();
  auto image = ReadCanonicalNifti(file.value_or(""));
  EXPECT_TRUE(image.ok()) << path << ": " << image.status();
  return image.ok() ? std::move(image->volume) : Volume();
}

// As a user would: by the manifest.
std::vector<Row> ReadCohort(const std::string& folder) {
  const auto text = ReadFile(folder + "/participants.csv");
  EXPECT_TRUE(text.ok()) << text.status();
  std::vector<std::string> lines = absl::StrSplit(text.value_or(""), '\n', absl::SkipEmpty());
  EXPECT_EQ(lines.front(), "subject_id,age,site,sex,t1w,t2w");
  std::vector<Row> rows;
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::vector<std::string> cells = absl::StrSplit(lines[i], ',');
    EXPECT_EQ(cells.size(), 6u);
    Row row = {.id = cells[0], .site = cells[2]};
    EXPECT_TRUE(absl::SimpleAtod(cells[1], &row.age_years));
    EXPECT_TRUE(cells[3] == "M" || cells[3] == "F");
    for (const int column : {4, 5}) {
      row.volumes.push_back(ReadVolume(absl::StrCat(folder, "/", cells[column])));
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<Row> MakeCohort(PhantomOptions options) {
  options.folder = FreshFolder(absl::StrCat("seed", options.seed));
  const absl::Status status = WritePhantoms(options, nullptr);
  EXPECT_TRUE(status.ok()) << status;
  std::vector<Row> rows = ReadCohort(options.folder);
  EXPECT_TRUE(RemoveAll(options.folder).ok());
  return rows;
}

struct Moments {
  double count = 0;
  double mean = 0;
  double sd = 0;
};

Moments MomentsOf(absl::Span<const float> voxels, bool inside_brain) {
  Moments m;
  double sum = 0, squares = 0;
  for (const double voxel : voxels) {
    if (inside_brain && voxel == 0) continue;
    m.count += 1;
    sum += voxel;
    squares += voxel * voxel;
  }
  m.mean = sum / m.count;
  m.sd = std::sqrt(squares / m.count - m.mean * m.mean);
  return m;
}

bool HasBackgroundAllAround(const Volume& volume) {
  size_t at = 0;
  for (int64_t i = 0; i < volume.shape[0]; ++i) {
    for (int64_t j = 0; j < volume.shape[1]; ++j) {
      for (int64_t k = 0; k < volume.shape[2]; ++k, ++at) {
        const bool border = i == 0 || j == 0 || k == 0 || i + 1 == volume.shape[0] ||
                            j + 1 == volume.shape[1] || k + 1 == volume.shape[2];
        if (border && volume.voxels[at] != 0) return false;
      }
    }
  }
  return true;
}

// Voxels that are dark for their brain (z-score below -1) near its middle,
// as a share of it: ventricles.
double CentralDarkShare(const Volume& t1w) {
  const Moments brain = MomentsOf(t1w.voxels, true);
  double dark = 0;
  size_t at = 0;
  for (int64_t i = 0; i < t1w.shape[0]; ++i) {
    for (int64_t j = 0; j < t1w.shape[1]; ++j) {
      for (int64_t k = 0; k < t1w.shape[2]; ++k, ++at) {
        const auto mm = [&t1w](int a, int64_t n) {
          return t1w.affine[a][a] * n + t1w.affine[a][3];
        };
        const double x = mm(0, i) / 36, y = (mm(1, j) + 10) / 56, z = (mm(2, k) - 8) / 22;
        if (t1w.voxels[at] == 0 || x * x + y * y + z * z > 1) continue;
        dark += (t1w.voxels[at] - brain.mean) / brain.sd < -1;
      }
    }
  }
  return dark / brain.count;
}

double Correlation(const std::vector<double>& a, const std::vector<double>& b) {
  const double n = a.size();
  const double mean_a = std::accumulate(a.begin(), a.end(), 0.0) / n;
  const double mean_b = std::accumulate(b.begin(), b.end(), 0.0) / n;
  double ab = 0, aa = 0, bb = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    ab += (a[i] - mean_a) * (b[i] - mean_b);
    aa += (a[i] - mean_a) * (a[i] - mean_a);
    bb += (b[i] - mean_b) * (b[i] - mean_b);
  }
  return ab / std::sqrt(aa * bb);
}

std::vector<double> AgesOf(const std::vector<Row>& rows) {
  std::vector<double> ages;
  for (const Row& row : rows) ages.push_back(row.age_years);
  return ages;
}

class CohortTest : public testing::TestWithParam<uint64_t> {};

TEST_P(CohortTest, IntensitiesDoNotTellAgeAndAnatomyDoes) {
  PhantomOptions options;
  options.seed = GetParam();
  const std::vector<Row> rows = MakeCohort(options);
  ASSERT_EQ(rows.size(), 24u);
  const std::vector<double> ages = AgesOf(rows);

  Matrix features;
  std::vector<double> brain_voxels, dark;
  for (const Row& row : rows) {
    std::vector<double> of_row;
    for (const Volume& volume : row.volumes) {
      for (const bool inside_brain : {false, true}) {
        const Moments moments = MomentsOf(volume.voxels, inside_brain);
        of_row.insert(of_row.end(), {moments.mean, moments.sd});
      }
    }
    features.push_back(of_row);
    brain_voxels.push_back(MomentsOf(row.volumes[0].voxels, true).count);
    dark.push_back(CentralDarkShare(row.volumes[0]));
  }
  EXPECT_GT(RidgeRatio(features, ages, 24), 0.9) << "leave one out";
  EXPECT_GT(RidgeRatio(features, ages, 3), 0.9) << "three folds";
  EXPECT_LT(std::abs(Correlation(brain_voxels, ages)), 0.3);
  EXPECT_GT(Correlation(dark, ages), 0.9);
  // The solver is no excuse: given the anatomy it finds the age.
  for (size_t i = 0; i < rows.size(); ++i) features[i].push_back(dark[i]);
  EXPECT_LT(RidgeRatio(features, ages, 24), 0.5);
}

INSTANTIATE_TEST_SUITE_P(Seeds, CohortTest, testing::Range<uint64_t>(1, 9));

TEST(PhantomTest, BothContrastsStandOnOneGridAndOneBrain) {
  PhantomOptions options;
  options.subjects = 4;
  options.sites = 4;
  const std::vector<Row> rows = MakeCohort(options);
  std::set<std::string> sites;
  for (const Row& row : rows) {
    sites.insert(row.site);
    const Volume& t1w = row.volumes[0];
    const Volume& t2w = row.volumes[1];
    EXPECT_EQ(t1w.shape, options.size);
    EXPECT_EQ(t2w.shape, options.size);
    EXPECT_EQ(t1w.affine, t2w.affine);
    for (int a = 0; a < 3; ++a) {
      EXPECT_NEAR(t1w.affine[a][a], options.spacing_mm, 1e-5);
      EXPECT_NEAR(t1w.affine[a][3], -0.5 * (options.size[a] - 1) * options.spacing_mm, 1e-3);
    }
    for (size_t i = 0; i < t1w.size(); ++i) EXPECT_EQ(t1w.voxels[i] > 0, t2w.voxels[i] > 0);
    EXPECT_TRUE(HasBackgroundAllAround(t1w));
  }
  EXPECT_EQ(sites, (std::set<std::string>{"site-1", "site-2", "site-3", "site-4"}));
}

TEST(PhantomTest, BrightnessIsThatOfSiteAndSubject) {
  PhantomOptions options;
  options.subjects = 4;
  options.sites = 2;
  const std::vector<PhantomSubject> subjects = DrawSubjects(options);
  const std::vector<Row> rows = MakeCohort(options);
  for (size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].id, subjects[i].id);
    EXPECT_EQ(rows[i].age_years, subjects[i].age_years);
    const Scanner scanner = DrawScanner(subjects[i].site, options.seed);
    for (int c = 0; c < kContrasts; ++c) {
      const Moments brain = MomentsOf(rows[i].volumes[c].voxels, true);
      // But for what would be below zero, and is set above it.
      EXPECT_NEAR(brain.mean / (scanner.mean[c] * subjects[i].gain[c]), 1, 0.01);
      EXPECT_NEAR(brain.sd / brain.mean / subjects[i].variation[c], 1, 0.01);
    }
  }
}

// A change of these bytes is a change of every phantom cohort there is: results
// made before it can no longer be compared.
TEST(PhantomTest, VoxelsAreTheSameOnEveryMachine) {
  PhantomOptions options;
  options.subjects = 3;
  std::string digests;
  for (const Row& row : MakeCohort(options)) {
    for (const Volume& volume : row.volumes) digests += VoxelDigest(volume);
  }
  EXPECT_EQ(Hex(Sha256Of(digests)),
            "fb5db742f6055f85195ee12826e14103101e8ad193c430cf2ee0e62b06a96087");
}

TEST(PhantomTest, TheSameOptionsGiveTheSameFiles) {
  PhantomOptions options;
  options.subjects = 2;
  options.sites = 2;
  std::vector<std::string> digests;
  for (const std::string name : {"first", "second"}) {
    options.folder = FreshFolder(name);
    ASSERT_TRUE(WritePhantoms(options, nullptr).ok());
    std::string all;
    for (const char* file :
         {"participants.csv", "sub-001/sub-001_T1w.nii.gz", "sub-002/sub-002_T2w.nii.gz"}) {
      all += ReadFile(absl::StrCat(options.folder, "/", file)).value_or("missing");
    }
    digests.push_back(all);
    ASSERT_TRUE(RemoveAll(options.folder).ok());
  }
  EXPECT_EQ(digests[0], digests[1]);
  EXPECT_EQ(digests[0].find("missing"), std::string::npos);
}

TEST(PhantomTest, SizeAndSpacingAreAsAsked) {
  PhantomOptions options;
  options.subjects = options.sites = 1;
  options.size = {70, 88, 78};  // the smallest field of view there may be
  options.spacing_mm = 2;
  const std::vector<Row> rows = MakeCohort(options);
  EXPECT_EQ(rows[0].volumes[0].shape, options.size);
  EXPECT_NEAR(SpacingOf(rows[0].volumes[0].affine)[1], 2, 1e-6);
  EXPECT_TRUE(HasBackgroundAllAround(rows[0].volumes[0]));
}

TEST(PhantomTest, ReportsProgressAfterEachSubject) {
  PhantomOptions options;
  options.folder = FreshFolder("progress");
  options.subjects = 3;
  std::vector<int> seen;
  ASSERT_TRUE(WritePhantoms(options, [&](int done, int total) {
                EXPECT_EQ(total, 3);
                seen.push_back(done);
              }).ok());
  EXPECT_EQ(seen, (std::vector<int>{1, 2, 3}));
  ASSERT_TRUE(RemoveAll(options.folder).ok());
}

TEST(PhantomTest, AFolderWithSomethingInItIsLeftAlone) {
  PhantomOptions options;
  options.folder = FreshFolder("taken");
  ASSERT_TRUE(MakeFolders(options.folder).ok());
  ASSERT_TRUE(WriteFileAtomically(options.folder + "/participants.csv", "mine").ok());
  const absl::Status status = WritePhantoms(options, nullptr);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(status.message().find("participants.csv"), std::string::npos) << status;
  EXPECT_EQ(ReadFile(options.folder + "/participants.csv").value_or(""), "mine");
  ASSERT_TRUE(RemoveAll(options.folder).ok());
}

TEST(PhantomTest, BadOptionsWriteNothing) {
  PhantomOptions options;
  options.folder = FreshFolder("bad");
  options.sites = 0;
  EXPECT_EQ(WritePhantoms(options, nullptr).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_FALSE(std::filesystem::exists(options.folder));
}

}  // namespace
}  // namespace gyrus
