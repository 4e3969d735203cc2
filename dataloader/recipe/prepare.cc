#include "dataloader/recipe/prepare.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <cstdint>
#include <set>
#include <utility>

#include "common/digest.h"
#include "common/status.h"
#include "core/recipe/channel.h"
#include "core/recipe/recipe.h"

namespace gyrus {
namespace {

// Increase it when the layout of a prepared volume changes: every volume is then
// prepared again. What a single step does has its own version (RecipeStep).
constexpr uint64_t kFormatVersion = 2;

// These bytes are hashed. The usual serialisation may order the entries of maps differently
// in each process.
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
  // Admission found the images on one grid, up to rounding of their headers.
  const Affine affine = images.begin()->second.affine;
  const std::set<std::string> labels(recipe.labels().begin(), recipe.labels().end());
  std::vector<Channel> channels;
  for (auto& [name, volume] : images) {
    volume.affine = affine;
    channels.push_back(
        {.name = name, .holds_labels = labels.contains(name), .volume = std::move(volume)});
  }
  GYRUS_RETURN_IF_ERROR(ApplyRecipe(recipe, channels));
  PreparedVolume prepared;
  for (Channel& channel : channels) {
    prepared.channels.push_back(std::move(channel.name));
    prepared.volumes.push_back(std::move(channel.volume));
  }
  return prepared;
}

std::string VolumeId(const v1::Recipe& recipe, absl::Span<const uint32_t> step_versions,
                     const std::map<std::string, std::string>& image_digests) {
  Sha256 digest;
  digest.UpdateNumber(kFormatVersion).UpdateField(DeterministicBytes(recipe));
  for (const uint32_t version : step_versions) digest.UpdateNumber(version);
  for (const auto& [channel, content] : image_digests) {
    digest.UpdateField(channel).UpdateField(content);
  }
  return digest.Finish();
}

std::string VolumeId(const v1::Recipe& recipe,
                     const std::map<std::string, std::string>& image_digests) {
  return VolumeId(recipe, StepVersions(recipe), image_digests);
}

}  // namespace gyrus
