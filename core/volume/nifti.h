// Reads and writes NIfTI-1. The reader is strict: a file that is damaged or unusual in any
// way is refused with an explanation.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/volume/nifti_header.h"
#include "core/volume/volume.h"

namespace gyrus {

// Which way a volume's axes run once it is read.
enum class AxisOrder {
  kAsStored,
  kCanonical,  // RAS, as ToCanonical() would turn them.
};

// The whole decompressed file -> voxels, scaled, as float32 (computed in double
// for all but uint8, int16 and float32, and when slope or inter are set). Bytes after the
// voxels are ignored. core/volume/image.h reads compressed files.
//
// Errors of ParseNiftiHeader, and
//  * DATA_LOSS: fewer bytes than the header says.
//  * INVALID_ARGUMENT: a voxel that is NaN or infinite (also one that float32
//    cannot hold), with its index.
//  * RESOURCE_EXHAUSTED: no memory for the voxels.
absl::StatusOr<Volume> ParseNifti(absl::string_view bytes, AxisOrder order = AxisOrder::kAsStored);

// The same for a header that ParseNiftiHeader made of these bytes. The memory of
// `storage` becomes the volume's.
absl::StatusOr<Volume> ReadVoxels(absl::string_view bytes, const NiftiHeader& header,
                                  AxisOrder order, Voxels storage = {});

// The bytes of a .nii: float32, little endian, sform and qform (where the
// affine has no shear) of code 1 (scanner). No side has more than 32767 voxels.
std::string SerializeNifti(const Volume& volume);

}  // namespace gyrus
