#include "attribution/attribution.h"

#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "attribution/overlay.h"
#include "common/status.h"
#include "core/spec/covariates.h"
#include "core/spec/task.h"
#include "core/volume/nifti.h"
#include "models/grad_cam.h"
#include "models/torch_boundary.h"

namespace gyrus {
namespace {

// The covariates are standardised with the mean and SD of the training items, as in
// training.
absl::StatusOr<std::vector<float>> CovariatesOf(const v1::TrialSpec& trial,
                                                const std::map<std::string, std::string>& given) {
  const auto& columns = CovariateColumns(trial.model());
  GYRUS_ASSIGN_OR_RETURN(const std::vector<CovariateScale> scales, CovariateScalesOf(trial));
  std::vector<float> covariates;
  for (int i = 0; i < columns.size(); ++i) {
    const auto found = given.find(columns[i]);
    double number = 0;
    if (found == given.end() || !absl::SimpleAtod(found->second, &number) ||
        !std::isfinite(number)) {
      return absl::InvalidArgumentError(absl::StrCat("the network takes a number '", columns[i],
                                                     "'; add --covariate ", columns[i], "=NUMBER"));
    }
    covariates.push_back(static_cast<float>(scales[i].Apply(number)));
  }
  for (const auto& [column, number] : given) {
    if (std::find(columns.begin(), columns.end(), column) != columns.end()) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("--covariate ", column, ": the network takes ",
                     columns.empty() ? "none" : absl::StrJoin(columns, ", ")));
  }
  return covariates;
}

// -1 stands for the predicted class, as in GradCamOptions.
absl::StatusOr<int64_t> ClassIndex(const v1::Task& task, const std::string& class_name) {
  if (class_name.empty()) return -1;
  const auto& classes = task.classification().classes();
  const auto found = std::find(classes.begin(), classes.end(), class_name);
  if (found != classes.end()) return found - classes.begin();
  return absl::InvalidArgumentError(absl::StrCat(
      "--class ", class_name, ": ",
      classes.empty() ? "the network has no classes"
                      : absl::StrCat("the classes are ", absl::StrJoin(classes, ", "))));
}

// The copy starts at an aligned address, as in training: the alignment of a tensor can
// change the last bits of a result.
torch::Tensor TensorOf(const std::vector<Volume>& volumes) {
  std::vector<torch::Tensor> channels;
  for (const Volume& volume : volumes) {
    torch::Tensor channel = torch::empty({volume.shape[0], volume.shape[1], volume.shape[2]});
    std::memcpy(channel.mutable_data_ptr(), volume.voxels.data(), channel.nbytes());
    channels.push_back(std::move(channel));
  }
  return torch::stack(channels);
}

// `map` must be contiguous.
Volume MapOn(const Volume& grid, const torch::Tensor& map) {
  Volume volume = {.shape = grid.shape, .affine = grid.affine, .voxels = {}};
  const float* const values = map.const_data_ptr<float>();
  volume.voxels.assign(values, values + map.numel());
  return volume;
}

// The values of one sign (1 or -1) as shares of the largest of them; all other
// voxels are zero.
Volume PartOfSign(const Volume& map, float sign) {
  Volume part = map;
  float largest = 0;
  for (float& v : part.voxels) {
    v = std::max(0.0F, sign * v);
    largest = std::max(largest, v);
  }
  if (largest == 0) return part;
  for (float& v : part.voxels) v /= largest;
  return part;
}

}  // namespace

absl::StatusOr<Attribution> ComputeAttribution(TrainedNetwork& trained,
                                               const PreparedSubject& subject,
                                               const AttributionOptions& options) {
  const v1::TrialSpec& trial = trained.head.trial();
  GYRUS_ASSIGN_OR_RETURN(const std::vector<float> covariates,
                         CovariatesOf(trial, options.covariates));
  GYRUS_ASSIGN_OR_RETURN(const int64_t class_index, ClassIndex(trial.task(), options.class_name));
  absl::StatusOr<GradCam> cam = absl::InternalError("not computed");
  GYRUS_RETURN_IF_ERROR(CallTorch("computing Grad-CAM", [&] {
    // One thread: the number of threads changes the bits, and the map must be the
    // same on a machine with more processors.
    at::set_num_threads(1);
    const Device& device = trained.network->device();
    const Objective objective(trial, trained.network->graph(), device);
    cam = ComputeGradCam(
        *trained.network, objective, device.FromHost(TensorOf(subject.channels)),
        covariates.empty() ? torch::Tensor() : device.FromHost(torch::tensor(covariates)),
        {.layer = options.layer, .class_index = class_index});
    if (cam.ok()) cam->map = device.ToHost(cam->map.contiguous());
  }));
  GYRUS_RETURN_IF_ERROR(cam.status());
  const auto& classes = trial.task().classification().classes();
  return Attribution{
      .map = MapOn(subject.mask, cam->map),
      .prediction = cam->prediction,
      .unit = UnitOf(trial.task()),
      .class_name = classes.empty() ? "" : classes[static_cast<int>(cam->class_index)],
      .layer = cam->layer,
      .layer_shape = cam->layer_shape,
  };
}

absl::StatusOr<std::vector<NamedFile>> AttributionFiles(const Attribution& attribution,
                                                        const PreparedSubject& subject) {
  const Volume& volume = subject.channels.front();
  const Volume& map = attribution.map;
  GYRUS_ASSIGN_OR_RETURN(std::string png, EncodePng(Overlay(volume, subject.mask, map)));
  return std::vector<NamedFile>{{"volume.nii", SerializeNifti(volume)},
                                {"gradcam.nii", SerializeNifti(map)},
                                {"gradcam_larger.nii", SerializeNifti(PartOfSign(map, 1))},
                                {"gradcam_smaller.nii", SerializeNifti(PartOfSign(map, -1))},
                                {"overlay.png", std::move(png)}};
}

}  // namespace gyrus
