#include "dataloader/cohort/admission.h"

#include <atomic>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "common/digest.h"
#include "common/files.h"
#include "common/status.h"
#include "core/volume/image.h"
#include "core/volume/same_grid.h"
#include "core/volume/volume.h"
#include "dataloader/cohort/manifest.h"

namespace gyrus {
namespace {

v1::Reason BadData(absl::string_view message) {
  v1::Reason reason;
  reason.set_code(v1::REASON_CODE_BAD_DATA);
  reason.set_message(std::string(message));
  return reason;
}

// Reads one image and fills in what its file tells.
absl::StatusOr<Affine> AdmitImage(const std::string& path, v1::Image& image) {
  // Not mapped: who cuts a mapped file short kills who reads it.
  GYRUS_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path));
  auto read = ReadCanonicalNifti(bytes);
  if (!read.ok()) return Annotate(read.status(), path);
  image.set_digest(read->content_sha256);
  image.set_voxel_digest(VoxelDigest(read->volume));
  const auto spacing = SpacingOf(read->volume.affine);
  for (int axis = 0; axis < 3; ++axis) {
    image.add_shape(static_cast<uint32_t>(read->volume.shape[axis]));
    image.add_spacing_mm(spacing[axis]);
  }
  return read->volume.affine;
}

Shape3 ShapeOf(const v1::Image& image) { return {image.shape(0), image.shape(1), image.shape(2)}; }

// All images of one sample; one reason for each that is bad.
std::vector<v1::Reason> AdmitSample(const DataRoot& root, const std::string& folder,
                                    v1::Sample& sample) {
  std::vector<v1::Reason> reasons;
  std::vector<Affine> affines;
  for (v1::Image& image : *sample.mutable_images()) {
    auto path = root.ResolveImage(folder, image.path());
    absl::StatusOr<Affine> affine =
        path.ok() ? AdmitImage(*path, image) : absl::StatusOr<Affine>(path.status());
    if (!affine.ok()) {
      reasons.push_back(BadData(absl::StrCat("line ", sample.line(), ", channel ", image.channel(),
                                             ": ", affine.status().message())));
      continue;
    }
    affines.push_back(*affine);
  }
  if (!reasons.empty()) return reasons;
  for (int i = 1; i < sample.images_size(); ++i) {
    if (OnOneGrid(ShapeOf(sample.images(0)), affines[0], ShapeOf(sample.images(i)), affines[i])) {
      continue;
    }
    reasons.push_back(BadData(absl::StrCat(
        "line ", sample.line(), ": channels ", sample.images(0).channel(), " (",
        sample.images(0).path(), ") and ", sample.images(i).channel(), " (",
        sample.images(i).path(), ") are on different grids; register one to the other first")));
  }
  return reasons;
}

std::string TableDigest(const v1::SampleTable& table) {
  Sha256 digest;
  digest.UpdateField(table.cohort());
  for (const v1::Sample& sample : table.samples()) {
    digest.UpdateField(sample.id());
    for (const v1::Image& image : sample.images()) {
      digest.UpdateField(image.channel()).UpdateField(image.path()).UpdateField(image.digest());
    }
    for (const std::string& name : {sample.subject_key(), sample.family_key(), sample.site()}) {
      digest.UpdateField(name);
    }
  }
  return digest.Finish();
}

}  // namespace

absl::StatusOr<Admission> Admit(const v1::AdmitRequest& request, const DataRoot& root,
                                Executor& executor,
                                const std::function<bool(int read, int total)>& progress) {
  GYRUS_ASSIGN_OR_RETURN(const std::string path, root.ResolveManifest(request.cohort().manifest()));
  GYRUS_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  GYRUS_ASSIGN_OR_RETURN(Manifest manifest, ReadManifest(request, text, path));
  Admission admission;
  admission.cohort.set_folder(std::filesystem::path(path).parent_path().string());
  admission.reasons = std::move(manifest.reasons);

  if (request.rows_only()) {
    v1::SampleTable& rows = *admission.cohort.mutable_table();
    rows.set_cohort(request.cohort().name());
    rows.mutable_samples()->Assign(manifest.samples.begin(), manifest.samples.end());
    return admission;
  }
  const int total = static_cast<int>(manifest.samples.size()) * request.channels_size();
  std::vector<std::vector<v1::Reason>> bad(manifest.samples.size());
  absl::BlockingCounter left(static_cast<int>(manifest.samples.size()));
  absl::Mutex mu;
  int read = 0;
  std::atomic<bool> wanted = true;
  for (size_t i = 0; i < manifest.samples.size(); ++i) {
    executor.Run([&, i] {
      if (wanted) {
        bad[i] = AdmitSample(root, admission.cohort.folder(), manifest.samples[i]);
        absl::MutexLock lock(&mu);
        read += request.channels_size();
        if (!progress(read, total)) wanted = false;
      }
      left.DecrementCount();
    });
  }
  left.Wait();
  if (!wanted) return absl::CancelledError("nobody waits for the admission any more");
  for (auto& reasons : bad) {
    for (v1::Reason& reason : reasons) {
      reason.set_message(absl::StrCat(path, ": ", reason.message()));
      admission.reasons.push_back(std::move(reason));
    }
  }
  v1::SampleTable& table = *admission.cohort.mutable_table();
  table.set_cohort(request.cohort().name());
  for (v1::Sample& sample : manifest.samples) *table.add_samples() = std::move(sample);
  table.set_digest(TableDigest(table));
  return admission;
}

absl::StatusOr<std::string> ImagePath(const v1::AdmittedCohort& cohort, const v1::Image& image,
                                      const DataRoot& root) {
  return root.ResolveImage(cohort.folder(), image.path());
}

}  // namespace gyrus
