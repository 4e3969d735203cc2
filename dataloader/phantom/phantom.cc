#include "dataloader/phantom/phantom.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/files.h"
#include "common/status.h"
#include "dataloader/phantom/head.h"
#include "dataloader/phantom/scanner.h"
#include "dataloader/phantom/storage.h"
#include "dataloader/phantom/subject.h"

namespace gyrus {
namespace {

constexpr const char* kSuffix[kContrasts] = {"T1w", "T2w"};

std::string RelativePath(const PhantomSubject& subject, int contrast) {
  return absl::StrCat(subject.id, "/", subject.id, "_", kSuffix[contrast], ".nii.gz");
}

// A grid of the options' size around the room's origin, axes towards R, A, S.
Volume EmptyGrid(const PhantomOptions& options) {
  Volume grid;
  grid.shape = options.size;
  for (int a = 0; a < 3; ++a) {
    grid.affine[a][a] = options.spacing_mm;
    grid.affine[a][3] = -0.5 * options.spacing_mm * static_cast<double>(options.size[a] - 1);
  }
  return grid;
}

std::vector<Tissue> TissueOnGrid(const Head& head, const Volume& grid, double spacing_mm) {
  std::vector<Tissue> tissue;
  tissue.reserve(grid.shape[0] * grid.shape[1] * grid.shape[2]);
  const auto along = [&grid](int a, int64_t i) {
    return grid.affine[a][3] + grid.affine[a][a] * i;
  };
  for (int64_t i = 0; i < grid.shape[0]; ++i) {
    for (int64_t j = 0; j < grid.shape[1]; ++j) {
      for (int64_t k = 0; k < grid.shape[2]; ++k) {
        tissue.push_back(TissueAt(head, {along(0, i), along(1, j), along(2, k)}, spacing_mm));
      }
    }
  }
  return tissue;
}

// Both contrasts are computed from the same tissue, so that their grids and shapes match.
absl::Status WriteSubject(const PhantomOptions& options, const PhantomSubject& subject) {
  GYRUS_RETURN_IF_ERROR(MakeFolders(absl::StrCat(options.folder, "/", subject.id)));
  const Scanner scanner = DrawScanner(subject.site, options.seed);
  const StorageFormat& format = StorageOfSite(subject.site);
  Volume volume = EmptyGrid(options);
  const std::vector<Tissue> tissue =
      TissueOnGrid(DrawHead(subject, options.seed), volume, options.spacing_mm);
  for (const Contrast contrast : {kT1w, kT2w}) {
    volume.voxels.clear();
    for (const double value :
         Scan(scanner, subject, contrast, options.seed, volume.shape, tissue)) {
      volume.voxels.push_back(Storable(format, value));
    }
    GYRUS_RETURN_IF_ERROR(
        WriteFileAtomically(absl::StrCat(options.folder, "/", RelativePath(subject, contrast)),
                            EncodeVolume(format, volume)));
  }
  return absl::OkStatus();
}

std::string Manifest(const std::vector<PhantomSubject>& subjects) {
  std::string text = "subject_id,age,site,sex,t1w,t2w\n";
  for (const PhantomSubject& s : subjects) {
    absl::StrAppendFormat(&text, "%s,%.1f,site-%d,%c,%s,%s\n", s.id, s.age_years, s.site + 1,
                          s.male ? 'M' : 'F', RelativePath(s, kT1w), RelativePath(s, kT2w));
  }
  return text;
}

// An existing cohort is never overwritten.
absl::Status TakeFolder(const std::string& folder) {
  GYRUS_RETURN_IF_ERROR(MakeFolders(folder));
  GYRUS_ASSIGN_OR_RETURN(const std::vector<std::string> names, ListFolder(folder));
  if (names.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(folder, " is not empty (it has ", names.front(),
                   "): name a new or an empty folder, so that nothing is overwritten"));
}

}  // namespace

absl::Status WritePhantoms(const PhantomOptions& options,
                           const std::function<void(int done, int total)>& progress) {
  GYRUS_RETURN_IF_ERROR(Annotate(CheckPhantomOptions(options), "writing phantoms"));
  GYRUS_RETURN_IF_ERROR(Annotate(TakeFolder(options.folder), "writing phantoms"));
  const std::vector<PhantomSubject> subjects = DrawSubjects(options);
  for (const PhantomSubject& subject : subjects) {
    GYRUS_RETURN_IF_ERROR(WriteSubject(options, subject));
    if (progress) progress(subject.index + 1, options.subjects);
  }
  return WriteFileAtomically(absl::StrCat(options.folder, "/participants.csv"), Manifest(subjects));
}

}  // namespace gyrus
