// The file format of one prepared volume. A reader maps the file into memory and sends
// its voxels without changing them.
//
//   file := magic "GYRV"         4 bytes
//           size: uint32 LE      bytes of the head
//           head                 v1::VolumeFileHead
//           zeros                up to a multiple of 64
//           voxels               float32 LE, C order [channel, x, y, z]
//           mask                 one byte a voxel, C order [x, y, z]: 1 in the brain, else 0
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

// A volume file that is mapped into memory. Thread-compatible.
class VolumeFile {
 public:
  // Checks the checksum. DATA_LOSS: the file is damaged, has another format, or is of
  // another volume. The codes of common/files.h: it cannot be read.
  static absl::StatusOr<std::unique_ptr<VolumeFile>> Open(const std::string& path,
                                                          const std::string& volume_id);

  const v1::VolumeFileHead& head() const { return head_; }
  // The voxels of one channel. `index` is a position in head().channels().
  absl::string_view Channel(int index) const;
  // The brain mask, one byte a voxel.
  absl::string_view Mask() const { return mask_; }

 private:
  VolumeFile(MappedFile file, v1::VolumeFileHead head, absl::string_view voxels,
             absl::string_view mask)
      : file_(std::move(file)), head_(std::move(head)), voxels_(voxels), mask_(mask) {}

  MappedFile file_;
  v1::VolumeFileHead head_;
  absl::string_view voxels_;  // A part of file_, as is the mask.
  absl::string_view mask_;
};

// Writes the file, whole or not at all. The codes of common/files.h: it cannot be
// written.
absl::Status WriteVolumeFile(const std::string& path, const std::string& volume_id,
                             const PreparedVolume& volume);

}  // namespace gyrus
