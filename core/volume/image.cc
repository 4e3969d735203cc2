#include "core/volume/image.h"

#include <utility>

#include "common/digest.h"
#include "common/status.h"
#include "core/volume/nifti.h"

namespace gyrus {

absl::StatusOr<CanonicalImage> ReadCanonicalNifti(absl::string_view file,
                                                  const ReadOptions& options) {
  ReadBuffers own_buffers;
  ReadBuffers& buffers = options.buffers != nullptr ? *options.buffers : own_buffers;
  absl::string_view bytes = file;
  if (IsGzip(file)) {
    GYRUS_RETURN_IF_ERROR(Gunzip(file, buffers.decompressed));
    bytes = buffers.decompressed.bytes();
  }
  CanonicalImage image;
  GYRUS_ASSIGN_OR_RETURN(image.header, ParseNiftiHeader(bytes));
  GYRUS_ASSIGN_OR_RETURN(image.volume, ReadVoxels(bytes, image.header, AxisOrder::kCanonical,
                                                  std::move(buffers.voxels)));
  if (options.digest) image.content_sha256 = Sha256Of(bytes);
  return image;
}

}  // namespace gyrus
