#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/network/network.h"
#include "core/spec/check/check_parts.h"
#include "core/spec/text.h"

namespace gyrus {
namespace {

// These are far beyond any use, and small enough that counts stay exact.
constexpr uint32_t kMaxFeatures = 1024;
constexpr uint32_t kMaxStages = 9;
constexpr uint32_t kMaxSlices = 4096;

void NeedWithin(uint32_t least, uint32_t most, uint32_t value, const std::string& path,
                Problems& problems) {
  if (value < least || value > most) {
    problems.Add(path, absl::StrCat("must be from ", least, " to ", most, ", is ", value));
  }
}

void CheckStem(const v1::Stem& stem, const std::string& path, Problems& problems) {
  if (stem.kernel() % 2 == 0 || stem.kernel() > 7) {
    problems.Add(path + ".kernel", absl::StrCat("must be 1, 3, 5 or 7, is ", stem.kernel()));
  }
  NeedWithin(1, 4, stem.stride(), path + ".stride", problems);
  NeedWithin(0, kMaxFeatures, stem.repeat(), path + ".repeat", problems);
  NeedWithin(0, kMaxFeatures, stem.adapter(), path + ".adapter", problems);
}

// FiLM is for networks of volumes that have a pooled head.
void RefuseFilm(const v1::ResNet& network, const std::string& path, Problems& problems) {
  if (network.has_film()) problems.Add(path + ".film", "is for resnet3d");
}

void CheckResNet(const v1::ResNet& network, const std::string& path, Problems& problems) {
  const uint32_t depth = network.depth();
  if (depth != 10 && depth != 18 && depth != 34 && depth != 50) {
    problems.Add(path + ".depth",
                 absl::StrCat("depth ", depth, " is not there; there are 10, 18, 34 and 50"));
  }
  NeedWithin(1, kMaxFeatures, network.width(), path + ".width", problems);
  CheckStem(network.stem(), path + ".stem", problems);
  if (network.has_film()) CheckFilm(network.film(), path + ".film", problems);
}

template <typename Model>
void CheckFeatures(const Model& network, const std::string& path, Problems& problems) {
  if (network.features_size() < 2 || network.features_size() > kMaxStages) {
    problems.Add(path + ".features",
                 absl::StrCat("needs 2 to ", kMaxStages, " stages, has ", network.features_size()));
  }
  for (int i = 0; i < network.features_size(); ++i) {
    NeedWithin(1, kMaxFeatures, network.features(i), absl::StrCat(path, ".features.", i), problems);
  }
}

void CheckUNet(const v1::UNet& network, const std::string& path, Problems& problems) {
  CheckFeatures(network, path, problems);
  NeedWithin(1, 4, network.convs_per_stage(), path + ".convs_per_stage", problems);
}

void CheckSliceLstm(const v1::SliceLstm& network, const std::string& path, Problems& problems) {
  CheckResNet(network.backbone(), path + ".backbone", problems);
  RefuseFilm(network.backbone(), path + ".backbone", problems);
  if (network.backbone().multi_scale()) {
    problems.Add(path + ".backbone.multi_scale", "is for networks with a pooled head");
  }
  NeedWithin(1, kMaxSlices, network.pool(), path + ".pool", problems);
  NeedWithin(1, kMaxFeatures, network.hidden(), path + ".hidden", problems);
}

void CheckSfcn(const v1::Sfcn& network, const std::string& path, Problems& problems) {
  CheckFeatures(network, path, problems);
  if (!(network.dropout() >= 0 && network.dropout() < 1)) {
    problems.Add(path + ".dropout",
                 absl::StrCat("must be at least 0 and below 1, is ", network.dropout()));
  }
}

void CheckSlices(const v1::Model& model, const std::string& path, Problems& problems) {
  const v1::Slices& slices = model.slices();
  if (!SeesSlices(model)) {
    return problems.Add(
        path, absl::StrCat("is for networks of slices; ", NameOf(model), " sees whole volumes"));
  }
  if (slices.axis() != "x" && slices.axis() != "y" && slices.axis() != "z") {
    problems.Add(path + ".axis", UnknownWord("axis", slices.axis(), {"x", "y", "z"}));
  }
  NeedWithin(0, kMaxSlices, slices.from(), path + ".from", problems);
  NeedWithin(0, kMaxSlices, slices.count(), path + ".count", problems);
  if (model.has_slice_lstm() && slices.aggregate() != v1::SLICE_AGGREGATE_UNSPECIFIED) {
    problems.Add(path + ".aggregate", "slice_lstm sees all slices together; leave it out");
  }
}

}  // namespace

void CheckModel(const v1::Model& model, const std::string& path, Problems& problems) {
  const std::string at = path + "." + NameOf(model);
  switch (model.model_case()) {
    case v1::Model::kResnet3D:
      CheckResNet(model.resnet3d(), at, problems);
      break;
    case v1::Model::kResnet2D:
      CheckResNet(model.resnet2d(), at, problems);
      RefuseFilm(model.resnet2d(), at, problems);
      break;
    case v1::Model::kSliceLstm:
      CheckSliceLstm(model.slice_lstm(), at, problems);
      break;
    case v1::Model::kUnet3D:
      CheckUNet(model.unet3d(), at, problems);
      break;
    case v1::Model::kUnet2D:
      CheckUNet(model.unet2d(), at, problems);
      break;
    case v1::Model::kSfcn:
      CheckSfcn(model.sfcn(), at, problems);
      break;
    case v1::Model::MODEL_NOT_SET:
      problems.Add(path, "names no network");
      break;
  }
  if (model.has_slices()) CheckSlices(model, path + ".slices", problems);
}

}  // namespace gyrus
