#include "core/network/default_model.h"

#include <initializer_list>

#include "common/proto_default.h"
#include "core/network/film.h"
#include "core/network/network.h"

namespace gyrus {
namespace {

// The defaults are those of He et al. For volumes they give the 3D-ResNet18 with 33,130,689
// parameters.
void FillResNet(v1::ResNet& network, uint32_t stem_kernel) {
  GYRUS_DEFAULT(network, depth, 18);
  if (network.norm() == v1::NORM_UNSPECIFIED) network.set_norm(v1::NORM_INSTANCE);
  GYRUS_DEFAULT(network, width, 64);
  // As PyTorch's layers have it.
  GYRUS_DEFAULT(network, affine, network.norm() == v1::NORM_BATCH);
  GYRUS_DEFAULT(network, bias, false);
  v1::Stem& stem = *network.mutable_stem();
  GYRUS_DEFAULT(stem, kernel, stem_kernel);
  GYRUS_DEFAULT(stem, stride, 2);
  GYRUS_DEFAULT(stem, pool, true);
  GYRUS_DEFAULT(stem, repeat, 0);
  GYRUS_DEFAULT(stem, adapter, 0);
  if (network.shortcut() == v1::SHORTCUT_UNSPECIFIED) network.set_shortcut(v1::SHORTCUT_CONV);
  GYRUS_DEFAULT(network, shortcut_bias, false);
  GYRUS_DEFAULT(network, multi_scale, false);
  if (network.has_film()) FillFilm(*network.mutable_film());
}

void FillFeatures(google::protobuf::RepeatedField<uint32_t>& features,
                  std::initializer_list<uint32_t> otherwise) {
  if (features.empty()) features.Assign(otherwise.begin(), otherwise.end());
}

void FillSlices(v1::Slices& slices, bool aggregates) {
  if (slices.axis().empty()) slices.set_axis("z");
  GYRUS_DEFAULT(slices, from, 0);
  GYRUS_DEFAULT(slices, count, 0);
  if (aggregates && slices.aggregate() == v1::SLICE_AGGREGATE_UNSPECIFIED) {
    slices.set_aggregate(v1::SLICE_AGGREGATE_MEAN);
  }
}

}  // namespace

void FillModel(v1::Model& model) {
  switch (model.model_case()) {
    case v1::Model::MODEL_NOT_SET:
    case v1::Model::kResnet3D:
      FillResNet(*model.mutable_resnet3d(), 3);
      break;
    case v1::Model::kResnet2D:
      FillResNet(*model.mutable_resnet2d(), 7);
      break;
    case v1::Model::kSliceLstm:
      FillResNet(*model.mutable_slice_lstm()->mutable_backbone(), 7);
      GYRUS_DEFAULT(*model.mutable_slice_lstm(), pool, 4);
      GYRUS_DEFAULT(*model.mutable_slice_lstm(), hidden, 64);
      break;
    case v1::Model::kUnet3D:
      FillFeatures(*model.mutable_unet3d()->mutable_features(), {32, 64, 128, 256, 320, 320});
      GYRUS_DEFAULT(*model.mutable_unet3d(), convs_per_stage, 2);
      GYRUS_DEFAULT(*model.mutable_unet3d(), decoder_bias, true);
      break;
    case v1::Model::kUnet2D:
      FillFeatures(*model.mutable_unet2d()->mutable_features(), {32, 64, 128, 256, 480, 480});
      GYRUS_DEFAULT(*model.mutable_unet2d(), convs_per_stage, 2);
      GYRUS_DEFAULT(*model.mutable_unet2d(), decoder_bias, true);
      break;
    case v1::Model::kSfcn:
      FillFeatures(*model.mutable_sfcn()->mutable_features(), {32, 64, 128, 256, 256, 64});
      GYRUS_DEFAULT(*model.mutable_sfcn(), dropout, 0.5);
      break;
  }
  if (SeesSlices(model)) FillSlices(*model.mutable_slices(), !model.has_slice_lstm());
}

}  // namespace gyrus
