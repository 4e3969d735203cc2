// One prepared volume as a file that is mapped and sent as it is.
//
//   file := magic "GYRV"         4 bytes
//           size: uint32 LE      bytes of the head
//           head                 v1::VolumeFileHead
//           zeros                up to a multiple of 64
//           voxels               float32 LE, C order [channel, x, y, z]
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/files.h"
#include "dataloader/recipe/prepare.h"
#include "gyrus/v1/volume.pb.h"

namespace gyrus {

// Thread-compatible.
class VolumeFile {
 public:
  // DATA_LOSS: damaged (the checksum is checked), of another format, or another
  // volume.
  static absl::StatusOr<std::unique_ptr<VolumeFile>> Open(const std::string& path,
                                                          const std::string& volume_id);

  const v1::VolumeFileHead& head() const { return head_; }
  // Voxels of one channel; index into head().channels().
  absl::string_view Channel(int index) const;

 private:
  VolumeFile(MappedFile file, v1::VolumeFileHead head, absl::string_view voxels)
      : file_(std::move(file)), head_(std::move(head)), voxels_(voxels) {}

  MappedFile file_;
  v1::VolumeFileHead head_;
  absl::string_view voxels_;  // In file_.
};

// Writes the file whole or not at all.
absl::Status WriteVolumeFile(const std::string& path, const std::string& volume_id,
                             const PreparedVolume& volume);

}  // namespace gyrus
