#include "dataloader/cache/volume_file.h"

#include <cstring>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/digest.h"
#include "common/status.h"
#include "core/volume/brain_mask.h"

namespace gyrus {
namespace {

constexpr absl::string_view kMagic = "GYRV";
constexpr uint32_t kFormatVersion = 3;
constexpr size_t kAlignment = 64;

size_t VoxelsBegin(size_t head_bytes) {
  const size_t used = kMagic.size() + sizeof(uint32_t) + head_bytes;
  return (used + kAlignment - 1) / kAlignment * kAlignment;
}

v1::VolumeFileHead HeadOf(const std::string& volume_id, const PreparedVolume& volume) {
  v1::VolumeFileHead head;
  head.set_format_version(kFormatVersion);
  head.set_volume_id(volume_id);
  for (const std::string& channel : volume.channels) head.add_channels(channel);
  const Volume& first = volume.volumes.at(0);
  head.add_shape(static_cast<uint32_t>(volume.volumes.size()));
  for (const int64_t length : first.shape) head.add_shape(static_cast<uint32_t>(length));
  for (const auto& row : first.affine) {
    for (const double value : row) head.add_affine(value);
  }
  return head;
}

// The checksum of everything that the file says, but for the checksum itself.
// `content` is what follows the head: voxels and mask.
std::string ChecksumOf(v1::VolumeFileHead head, absl::string_view content) {
  head.clear_checksum();
  return Xxh3Of(absl::StrCat(Xxh3Of(head.SerializeAsString()), Xxh3Of(content)));
}

}  // namespace

absl::StatusOr<std::unique_ptr<VolumeFile>> VolumeFile::Open(const std::string& path,
                                                             const std::string& volume_id) {
  GYRUS_ASSIGN_OR_RETURN(MappedFile file, MappedFile::Open(path));
  const absl::string_view bytes = file.bytes();
  const absl::Status damaged = absl::DataLossError(absl::StrCat(path, " is damaged"));
  uint32_t size = 0;
  if (!absl::StartsWith(bytes, kMagic) || bytes.size() < kMagic.size() + sizeof(size)) {
    return damaged;
  }
  std::memcpy(&size, bytes.data() + kMagic.size(), sizeof(size));
  v1::VolumeFileHead head;
  // The size comes from the file, so it is checked before it is used.
  if (VoxelsBegin(size) > bytes.size() ||
      !head.ParseFromArray(bytes.data() + kMagic.size() + sizeof(size), static_cast<int>(size)) ||
      head.format_version() != kFormatVersion || head.volume_id() != volume_id ||
      head.shape_size() != 4) {
    return damaged;
  }
  const absl::string_view content = bytes.substr(VoxelsBegin(size));
  size_t channel_voxels = 1;
  for (int axis = 1; axis <= 3; ++axis) channel_voxels *= head.shape(axis);
  const size_t voxel_bytes = head.shape(0) * channel_voxels * sizeof(float);
  if (content.size() != voxel_bytes + channel_voxels ||
      head.shape(0) != static_cast<uint32_t>(head.channels_size()) ||
      ChecksumOf(head, content) != head.checksum()) {
    return damaged;
  }
  return std::unique_ptr<VolumeFile>(new VolumeFile(std::move(file), std::move(head),
                                                    content.substr(0, voxel_bytes),
                                                    content.substr(voxel_bytes)));
}

absl::string_view VolumeFile::Channel(int index) const {
  const size_t bytes = voxels_.size() / head_.channels_size();
  return voxels_.substr(index * bytes, bytes);
}

absl::Status WriteVolumeFile(const std::string& path, const std::string& volume_id,
                             const PreparedVolume& volume) {
  v1::VolumeFileHead head = HeadOf(volume_id, volume);
  std::string content;
  const size_t channel_voxels = volume.mask.size();
  content.reserve((volume.volumes.size() * sizeof(float) + 1) * channel_voxels);
  for (const Volume& channel : volume.volumes) {
    content.append(reinterpret_cast<const char*>(channel.voxels.data()),
                   channel.size() * sizeof(float));
  }
  for (const float voxel : volume.mask.voxels) content.push_back(IsInside(voxel) ? '\1' : '\0');
  head.set_checksum(ChecksumOf(head, content));
  const std::string head_bytes = head.SerializeAsString();
  const uint32_t size = static_cast<uint32_t>(head_bytes.size());
  std::string file = absl::StrCat(
      kMagic, absl::string_view(reinterpret_cast<const char*>(&size), sizeof(size)), head_bytes);
  file.resize(VoxelsBegin(size), '\0');
  file.append(content);
  return WriteFileAtomically(path, file);
}

}  // namespace gyrus
