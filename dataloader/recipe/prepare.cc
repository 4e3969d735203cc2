#include "dataloader/recipe/prepare.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/digest.h"
#include "common/status.h"
#include "core/volume/preprocess.h"

namespace gyrus {
namespace {

// Rises when a step's code gives other bits for the same input.
constexpr uint64_t kStepsVersion = 1;

class Preparation {
 public:
  Preparation(const v1::Recipe& recipe, std::map<std::string, Volume> images)
      : labels_(recipe.labels().begin(), recipe.labels().end()) {
    for (auto& [channel, volume] : images) {
      // Admission found them on one grid, up to rounding of their headers.
      volume.affine = images.begin()->second.affine;
      prepared_.channels.push_back(channel);
      prepared_.volumes.push_back(std::move(volume));
    }
  }

  absl::Status Run(const v1::Step& step) {
    switch (step.step_case()) {
      case v1::Step::kReorient:
        return absl::OkStatus();  // Images come as RAS, the only orientation there is.
      case v1::Step::kResample:
        Resample(step.resample());
        return absl::OkStatus();
      case v1::Step::kCropOrPad:
        CropOrPad(step.crop_or_pad());
        return absl::OkStatus();
      case v1::Step::kRatio:
        return Ratio(step.ratio());
      case v1::Step::kZscore:
        return ZScore(step.zscore());
      case v1::Step::STEP_NOT_SET:
        break;
    }
    return absl::InvalidArgumentError("the recipe has a step that this program does not know");
  }

  PreparedVolume Take() { return std::move(prepared_); }

 private:
  void Resample(const v1::Resample& step) {
    const std::array<double, 3> to_mm = {step.spacing_mm(0), step.spacing_mm(1),
                                         step.spacing_mm(2)};
    for (size_t i = 0; i < prepared_.volumes.size(); ++i) {
      Volume& volume = prepared_.volumes[i];
      volume = IsLabels(i) ? ResampleNearest(volume, to_mm) : gyrus::Resample(volume, to_mm);
    }
  }

  void CropOrPad(const v1::CropOrPad& step) {
    const Shape3 shape = {step.size(0), step.size(1), step.size(2)};
    const std::array<double, 3> centre = step.around() == v1::CROP_CENTRE_BRAIN
                                             ? BrainCentre(Images())
                                             : GridCentre(prepared_.volumes[0].shape);
    for (Volume& volume : prepared_.volumes) volume = gyrus::CropOrPad(volume, shape, centre);
  }

  absl::Status Ratio(const v1::Ratio& step) {
    std::array<const Volume*, 2> of;
    for (int i = 0; i < 2; ++i) {
      const auto at = std::find(prepared_.channels.begin(), prepared_.channels.end(), step.of(i));
      if (at == prepared_.channels.end()) {
        return absl::InvalidArgumentError(
            absl::StrCat("ratio ", step.name(), ": there is no channel ", step.of(i)));
      }
      of[i] = &prepared_.volumes[at - prepared_.channels.begin()];
    }
    auto ratio = gyrus::Ratio(*of[0], *of[1], step);
    if (!ratio.ok()) return Annotate(ratio.status(), absl::StrCat("ratio ", step.name()));
    prepared_.channels.push_back(step.name());
    prepared_.volumes.push_back(*std::move(ratio));
    return absl::OkStatus();
  }

  absl::Status ZScore(const v1::ZScore& step) {
    for (size_t i = 0; i < prepared_.volumes.size(); ++i) {
      if (IsLabels(i)) continue;
      GYRUS_RETURN_IF_ERROR(Annotate(gyrus::ZScore(prepared_.volumes[i], step.inside()),
                                     absl::StrCat("zscore of ", prepared_.channels[i])));
    }
    return absl::OkStatus();
  }

  bool IsLabels(size_t i) const { return labels_.contains(prepared_.channels[i]); }

  // All but labels.
  std::vector<const Volume*> Images() const {
    std::vector<const Volume*> images;
    for (size_t i = 0; i < prepared_.volumes.size(); ++i) {
      if (!IsLabels(i)) images.push_back(&prepared_.volumes[i]);
    }
    return images;
  }

  const std::set<std::string> labels_;
  PreparedVolume prepared_;
};

std::string DeterministicBytes(const google::protobuf::Message& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream out(&stream);
  out.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&out);
  out.Trim();
  return bytes;
}

}  // namespace

absl::StatusOr<PreparedVolume> Prepare(const v1::Recipe& recipe,
                                       std::map<std::string, Volume> images) {
  if (images.empty()) return absl::InvalidArgumentError("a recipe needs at least one image");
  Preparation preparation(recipe, std::move(images));
  for (const v1::Step& step : recipe.steps()) GYRUS_RETURN_IF_ERROR(preparation.Run(step));
  return preparation.Take();
}

std::string VolumeId(const v1::Recipe& recipe,
                     const std::map<std::string, std::string>& image_digests) {
  Sha256 digest;
  digest.UpdateNumber(kStepsVersion).UpdateField(DeterministicBytes(recipe));
  for (const auto& [channel, content] : image_digests) {
    digest.UpdateField(channel).UpdateField(content);
  }
  return digest.Finish();
}

}  // namespace gyrus
