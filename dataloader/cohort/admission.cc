#include "dataloader/cohort/admission.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "common/digest.h"
#include "common/files.h"
#include "common/reason/reason.h"
#include "common/status.h"
#include "core/volume/image.h"
#include "core/volume/labels.h"
#include "core/volume/same_grid.h"
#include "core/volume/volume.h"
#include "dataloader/cohort/brain_check.h"
#include "dataloader/cohort/manifest.h"

namespace gyrus {
namespace {

v1::Reason BadData(absl::string_view message) {
  return MakeReason(v1::REASON_CODE_BAD_DATA, message);
}

// Reads one image, and fills in what can be read from its file.
absl::StatusOr<Volume> AdmitImage(const std::string& path, v1::Image& image) {
  // Not mapped: who cuts a mapped file short kills who reads it.
  GYRUS_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path));
  GYRUS_ASSIGN_OR_RETURN(CanonicalImage read, ReadCanonicalNifti(bytes));
  image.set_digest(read.content_sha256);
  image.set_voxel_digest(VoxelDigest(read.volume));
  const auto spacing = SpacingOf(read.volume.affine);
  for (int axis = 0; axis < 3; ++axis) {
    image.add_shape(static_cast<uint32_t>(read.volume.shape[axis]));
    image.add_spacing_mm(spacing[axis]);
  }
  return std::move(read.volume);
}

Shape3 ShapeOf(const v1::Image& image) { return {image.shape(0), image.shape(1), image.shape(2)}; }

// A mask is an image without a channel.
std::string NameOf(const v1::Image& image) {
  return image.channel().empty() ? "mask" : absl::StrCat("channel ", image.channel());
}

v1::Reason BadImage(const v1::Sample& sample, const v1::Image& image, const absl::Status& status) {
  return BadData(absl::StrCat("line ", sample.line(), ", ", NameOf(image), ": ", status.message()));
}

// The folder that holds all of `paths`, which are absolute and not empty.
std::filesystem::path CommonFolder(const std::vector<std::string>& paths) {
  std::filesystem::path common = std::filesystem::path(paths[0]).parent_path();
  for (const std::string& path : paths) {
    const auto is_outside = [&] {
      const auto relative = std::filesystem::path(path).lexically_relative(common);
      return relative.empty() || *relative.begin() == "..";
    };
    while (common.has_relative_path() && is_outside()) common = common.parent_path();
  }
  return common;
}

// The images of a sample, and its mask where it has one.
std::vector<const v1::Image*> FilesOf(const v1::Sample& sample) {
  std::vector<const v1::Image*> files;
  for (const v1::Image& image : sample.images()) files.push_back(&image);
  if (sample.has_mask()) files.push_back(&sample.mask());
  return files;
}

// One reason for each image whose file is not there, and one for all that are outside
// of the folders that may be read. Opens none.
std::vector<v1::Reason> FindImages(const DataRoot& root, const std::string& folder,
                                   const std::vector<v1::Sample>& samples) {
  std::vector<v1::Reason> reasons;
  std::vector<std::string> outside;  // Where they lead.
  v1::Reason first_outside;
  for (const v1::Sample& sample : samples) {
    for (const v1::Image* const file : FilesOf(sample)) {
      const v1::Image& image = *file;
      const auto path = root.ResolveImage(folder, image.path());
      if (absl::IsPermissionDenied(path.status())) {
        if (outside.empty()) first_outside = BadImage(sample, image, path.status());
        outside.push_back(DataRoot::RealPath(folder, image.path()));
      } else if (!path.ok()) {
        reasons.push_back(BadImage(sample, image, path.status()));
      }
    }
  }
  if (outside.empty()) return reasons;
  const size_t more = outside.size() - 1;
  absl::StrAppend(first_outside.mutable_message(),
                  more > 0 ? absl::StrCat(", and so are ", more, " more images") : "", "; ",
                  DataRoot::HowToAllow(CommonFolder(outside).string()),
                  ", or, where all images of a cohort are there, name it in the experiment file "
                  "as cohorts.NAME.root");
  reasons.push_back(std::move(first_outside));
  return reasons;
}

// What is asked for, and where the images are.
struct Source {
  const v1::AdmitRequest& request;
  const DataRoot& root;
  const std::string& folder;
};

// Admits the files of one sample, one after another.
class SampleAdmission {
 public:
  SampleAdmission(const Source& source, v1::Sample& sample)
      : source_(source), sample_(sample), brain_(source.request) {}

  // One reason for each file that is bad; where all are good, for each that is on
  // another grid than the first.
  std::vector<v1::Reason> Run() && {
    for (v1::Image& image : *sample_.mutable_images()) Add(image);
    if (sample_.has_mask()) Add(*sample_.mutable_mask());
    if (reasons_.empty()) CheckGrids();
    if (reasons_.empty()) brain_.AddCuts(sample_);
    return std::move(reasons_);
  }

 private:
  void Add(v1::Image& image) {
    const absl::Status status = Admit(image);
    if (!status.ok()) reasons_.push_back(BadImage(sample_, image, status));
  }

  absl::Status Admit(v1::Image& image) {
    GYRUS_ASSIGN_OR_RETURN(const std::string path,
                           source_.root.ResolveImage(source_.folder, image.path()));
    absl::StatusOr<Volume> volume = AdmitImage(path, image);
    if (!volume.ok()) return Annotate(volume.status(), path);
    affines_.push_back(volume->affine);
    if (image.channel().empty()) return Annotate(brain_.AddMask(*std::move(volume), image), path);
    const auto& labels = source_.request.label_channels();
    if (std::find(labels.begin(), labels.end(), image.channel()) != labels.end()) {
      return Annotate(RoundLabels(*volume), path);
    }
    brain_.AddImage(*std::move(volume), image);
    return absl::OkStatus();
  }

  void CheckGrids() {
    const std::vector<const v1::Image*> files = FilesOf(sample_);
    for (size_t i = 1; i < files.size(); ++i) {
      if (OnOneGrid(ShapeOf(*files[0]), affines_[0], ShapeOf(*files[i]), affines_[i])) continue;
      const bool are_channels = !files[i]->channel().empty();
      reasons_.push_back(BadData(
          absl::StrCat("line ", sample_.line(), ": ", are_channels ? "channels " : "channel ",
                       files[0]->channel(), " (", files[0]->path(), ") and ",
                       are_channels ? files[i]->channel() : "mask", " (", files[i]->path(),
                       ") are on different grids; register one to the other first")));
    }
  }

  const Source& source_;
  v1::Sample& sample_;
  BrainCheck brain_;
  std::vector<Affine> affines_;
  std::vector<v1::Reason> reasons_;
};

// The digest identifies the table in grants. It covers everything that decides which bytes
// are served, and therefore not the numbers and texts of the columns.
std::string TableDigest(const v1::SampleTable& table) {
  Sha256 digest;
  digest.UpdateField(table.cohort());
  for (const v1::Sample& sample : table.samples()) {
    digest.UpdateField(sample.id());
    for (const v1::Image* const file : FilesOf(sample)) {
      digest.UpdateField(file->channel()).UpdateField(file->path()).UpdateField(file->digest());
    }
    for (const std::string& name : {sample.subject_key(), sample.family_key(), sample.site()}) {
      digest.UpdateField(name);
    }
  }
  return digest.Finish();
}

// Reads all images, in the executor's threads. Returns one reason for each bad
// one, in the order of the manifest.
absl::StatusOr<std::vector<v1::Reason>> ReadImages(
    const Source& source, Executor& executor,
    const std::function<bool(int read, int total)>& progress, std::vector<v1::Sample>& samples) {
  int total = 0;
  for (const v1::Sample& sample : samples) total += static_cast<int>(FilesOf(sample).size());
  std::vector<std::vector<v1::Reason>> bad(samples.size());
  absl::BlockingCounter left(static_cast<int>(samples.size()));
  absl::Mutex mu;
  int read = 0;
  std::atomic<bool> wanted = true;
  for (size_t i = 0; i < samples.size(); ++i) {
    executor.Run([&, i] {
      if (wanted) {
        bad[i] = SampleAdmission(source, samples[i]).Run();
        absl::MutexLock lock(&mu);
        read += static_cast<int>(FilesOf(samples[i]).size());
        if (!progress(read, total)) wanted = false;
      }
      left.DecrementCount();
    });
  }
  left.Wait();
  if (!wanted) return absl::CancelledError("nobody waits for the admission any more");
  std::vector<v1::Reason> reasons;
  for (auto& some : bad) std::move(some.begin(), some.end(), std::back_inserter(reasons));
  return reasons;
}

}  // namespace

absl::StatusOr<Admission> Admit(const v1::AdmitRequest& request, const DataRoot& root,
                                Executor& executor,
                                const std::function<bool(int read, int total)>& progress) {
  GYRUS_ASSIGN_OR_RETURN(const DataRoot::ManifestPlace place,
                         root.ResolveManifest(request.cohort().manifest()));
  const std::string& path = place.file;
  GYRUS_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  GYRUS_ASSIGN_OR_RETURN(Manifest manifest, ReadManifest(request, text, path));
  Admission admission;
  admission.cohort.set_folder(place.folder);
  if (!request.cohort().root().empty()) {
    GYRUS_ASSIGN_OR_RETURN(*admission.cohort.mutable_folder(),
                           root.ResolveFolder(request.cohort().root()));
  }
  admission.reasons = std::move(manifest.reasons);

  const auto refuse = [&](std::vector<v1::Reason> reasons) {
    for (v1::Reason& reason : reasons) {
      reason.set_message(absl::StrCat(path, ": ", reason.message()));
      admission.reasons.push_back(std::move(reason));
    }
  };
  // A wrong row or a missing file is found at once; reading the images may take
  // hours, and would be for nothing.
  refuse(FindImages(root, admission.cohort.folder(), manifest.samples));
  if (!admission.reasons.empty()) return admission;
  if (request.rows_only()) {
    v1::SampleTable& rows = *admission.cohort.mutable_table();
    rows.set_cohort(request.cohort().name());
    rows.mutable_samples()->Assign(manifest.samples.begin(), manifest.samples.end());
    return admission;
  }
  GYRUS_ASSIGN_OR_RETURN(auto reasons, ReadImages({request, root, admission.cohort.folder()},
                                                  executor, progress, manifest.samples));
  refuse(std::move(reasons));
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
