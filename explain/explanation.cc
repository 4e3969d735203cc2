#include "explain/explanation.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status.h"
#include "core/spec/task.h"
#include "core/volume/nifti.h"
#include "explain/overlay.h"
#include "models/grad_cam.h"
#include "models/torch_boundary.h"

namespace gyrus {
namespace {

absl::StatusOr<std::vector<float>> CovariatesOf(const v1::TrialSpec& trial,
                                                const std::map<std::string, std::string>& given) {
  const auto& columns = trial.model().resnet3d().film().columns();
  std::vector<float> covariates;
  for (int i = 0; i < columns.size(); ++i) {
    const auto found = given.find(columns[i]);
    double number = 0;
    if (found == given.end() || !absl::SimpleAtod(found->second, &number) ||
        !std::isfinite(number)) {
      return absl::InvalidArgumentError(absl::StrCat("the network takes a number '", columns[i],
                                                     "'; add --covariate ", columns[i], "=NUMBER"));
    }
    covariates.push_back(
        static_cast<float>((number - trial.covariate_means(i)) / trial.covariate_sds(i)));
  }
  for (const auto& [column, number] : given) {
    if (std::find(columns.begin(), columns.end(), column) != columns.end()) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("--covariate ", column, ": the network takes ",
                     columns.empty() ? "none" : absl::StrJoin(columns, ", ")));
  }
  return covariates;
}

absl::StatusOr<int64_t> ClassOf(const v1::Task& task, const std::string& answer) {
  if (answer.empty()) return -1;
  const auto& classes = task.classification().classes();
  const auto found = std::find(classes.begin(), classes.end(), answer);
  if (found != classes.end()) return found - classes.begin();
  return absl::InvalidArgumentError(
      absl::StrCat("--class ", answer, ": ",
                   classes.empty() ? "the network outputs with no class"
                                   : absl::StrCat("there are ", absl::StrJoin(classes, ", "))));
}

torch::Tensor TensorOf(const std::vector<Volume>& volumes) {
  std::vector<torch::Tensor> channels;
  for (const Volume& volume : volumes) {
    torch::Tensor channel = torch::empty({volume.shape[0], volume.shape[1], volume.shape[2]});
    std::memcpy(channel.mutable_data_ptr(), volume.voxels.data(), channel.nbytes());
    channels.push_back(std::move(channel));
  }
  return torch::stack(channels);
}

// `map` is contiguous.
Volume MapOn(const Volume& grid, const torch::Tensor& map) {
  Volume volume = {.shape = grid.shape, .affine = grid.affine, .voxels = {}};
  const float* const values = map.const_data_ptr<float>();
  volume.voxels.assign(values, values + map.numel());
  return volume;
}

// What has this sign, from 0 to 1.
Volume Part(const Volume& map, float sign) {
  Volume part = map;
  float most = 0;
  for (float& v : part.voxels) {
    v = std::max(0.0F, sign * v);
    most = std::max(most, v);
  }
  if (most == 0) return part;
  for (float& v : part.voxels) v /= most;
  return part;
}

}  // namespace

absl::StatusOr<Explanation> Explain(TrainedNetwork& trained, const std::vector<Volume>& subject,
                                    const std::map<std::string, std::string>& covariates,
                                    const std::string& layer, const std::string& answer) {
  const v1::TrialSpec& trial = trained.head.trial();
  GYRUS_ASSIGN_OR_RETURN(const std::vector<float> numbers, CovariatesOf(trial, covariates));
  GYRUS_ASSIGN_OR_RETURN(const int64_t class_index, ClassOf(trial.task(), answer));
  absl::StatusOr<GradCam> cam = absl::InternalError("not computed");
  GYRUS_RETURN_IF_ERROR(CallTorch("explaining an answer", [&] {
    at::set_num_threads(1);  // The same bits on every machine of one kind.
    const Device& device = trained.network->device();
    const Objective objective(trial, trained.network->graph(), device);
    cam =
        ComputeGradCam(*trained.network, objective, device.FromHost(TensorOf(subject)),
                       numbers.empty() ? torch::Tensor() : device.FromHost(torch::tensor(numbers)),
                       {.layer = layer, .answer = class_index});
    if (cam.ok()) cam->map = device.ToHost(cam->map.contiguous());
  }));
  GYRUS_RETURN_IF_ERROR(cam.status());
  const auto& classes = trial.task().classification().classes();
  return Explanation{
      .map = MapOn(subject.front(), cam->map),
      .prediction = cam->prediction,
      .unit = UnitOf(trial.task()),
      .answer = classes.empty() ? "" : classes[static_cast<int>(cam->answer)],
      .layer = cam->layer,
      .layer_shape = cam->layer_shape,
  };
}

absl::StatusOr<std::vector<NamedFile>> FilesOf(const Explanation& explanation,
                                               const Volume& volume) {
  GYRUS_ASSIGN_OR_RETURN(std::string png, EncodePng(Overlay(volume, explanation.map)));
  return std::vector<NamedFile>{{"volume.nii", SerializeNifti(volume)},
                                {"gradcam.nii", SerializeNifti(explanation.map)},
                                {"gradcam_larger.nii", SerializeNifti(Part(explanation.map, 1))},
                                {"gradcam_smaller.nii", SerializeNifti(Part(explanation.map, -1))},
                                {"overlay.png", std::move(png)}};
}

}  // namespace gyrus
