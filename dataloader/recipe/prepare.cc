#include "dataloader/recipe/prepare.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <cstdint>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/digest.h"
#include "common/status.h"
#include "core/recipe/channel.h"
#include "core/recipe/recipe.h"
#include "core/volume/brain_mask.h"
#include "core/volume/labels.h"

namespace gyrus {
namespace {

// Increase it when the layout of a prepared volume changes: every volume is then
// prepared again. What a single step does has its own version (RecipeStep).
constexpr uint64_t kFormatVersion = 3;

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

// The images as channels, labels as whole numbers.
absl::StatusOr<std::vector<Channel>> ChannelsOf(const v1::Recipe& recipe,
                                                std::map<std::string, Volume> images) {
  // Admission found the images on one grid, up to rounding of their headers.
  const Affine affine = images.begin()->second.affine;
  const std::set<std::string> labels(recipe.labels().begin(), recipe.labels().end());
  std::vector<Channel> channels;
  for (auto& [name, volume] : images) {
    volume.affine = affine;
    Channel& channel = channels.emplace_back();
    channel.name = name;
    channel.holds_labels = labels.contains(name);
    channel.volume = std::move(volume);
    if (channel.holds_labels) {
      GYRUS_RETURN_IF_ERROR(Annotate(RoundLabels(channel.volume), absl::StrCat("labels ", name)));
    } else {
      channel.background = BackgroundOf(channel.volume);
    }
  }
  return channels;
}

absl::StatusOr<Volume> MaskOf(std::optional<Volume> from_file,
                              const std::vector<Channel>& channels) {
  if (from_file.has_value()) {
    Volume mask = MaskFromFile(*std::move(from_file));
    mask.affine = channels.front().volume.affine;
    if (VoxelsInside(mask) == 0) return absl::InvalidArgumentError("the brain mask is empty");
    return mask;
  }
  std::vector<const Volume*> images;
  for (const Channel& channel : channels) {
    if (!channel.holds_labels) images.push_back(&channel.volume);
  }
  if (images.empty()) images.push_back(&channels.front().volume);  // Labels alone.
  return FindBrain(images);
}

}  // namespace

absl::StatusOr<PreparedVolume> Prepare(const v1::Recipe& recipe, SampleImages images) {
  if (images.channels.empty()) {
    return absl::InvalidArgumentError("a recipe needs at least one image");
  }
  GYRUS_ASSIGN_OR_RETURN(std::vector<Channel> channels,
                         ChannelsOf(recipe, std::move(images.channels)));
  GYRUS_ASSIGN_OR_RETURN(Volume mask, MaskOf(std::move(images.mask), channels));
  GYRUS_RETURN_IF_ERROR(ApplyRecipe(recipe, channels, mask));
  PreparedVolume prepared;
  for (Channel& channel : channels) {
    prepared.channels.push_back(std::move(channel.name));
    prepared.volumes.push_back(std::move(channel.volume));
  }
  prepared.mask = std::move(mask);
  return prepared;
}

std::string VolumeId(const v1::Recipe& recipe, absl::Span<const uint32_t> step_versions,
                     const ImageDigests& digests) {
  Sha256 digest;
  digest.UpdateNumber(kFormatVersion).UpdateField(DeterministicBytes(recipe));
  for (const uint32_t version : step_versions) digest.UpdateNumber(version);
  for (const auto& [channel, content] : digests.channels) {
    digest.UpdateField(channel).UpdateField(content);
  }
  // A field of its own at the end: no channel can be taken for a mask.
  digest.UpdateNumber(digests.channels.size()).UpdateField(digests.mask);
  return digest.Finish();
}

std::string VolumeId(const v1::Recipe& recipe, const ImageDigests& digests) {
  return VolumeId(recipe, StepVersions(recipe), digests);
}

}  // namespace gyrus
