// Parses the header of a NIfTI-1 file, the 352 bytes before its voxels.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/volume/volume.h"

namespace gyrus {

enum class NiftiType : int16_t {
  kUint8 = 2,
  kInt16 = 4,
  kInt32 = 8,
  kFloat32 = 16,
  kFloat64 = 64,
  kInt8 = 256,
  kUint16 = 512,
  kUint32 = 768,
  kInt64 = 1024,
  kUint64 = 1280,
};

// "int16", and how many bytes one takes.
absl::string_view NameOf(NiftiType type);
size_t BytesOf(NiftiType type);

// The checked content of a header.
struct NiftiHeader {
  bool big_endian = false;
  NiftiType type = NiftiType::kFloat32;
  Shape3 shape = {0, 0, 0};
  // sform when its code is positive, else qform, else refused.
  Affine affine = {};
  enum class AffineFrom { kSform, kQform } affine_from = AffineFrom::kSform;
  // Stored value * slope + inter; slope 0 or NaN in the file means 1 and 0.
  double slope = 1;
  double inter = 0;
  // Where the voxels begin in the decompressed file.
  int64_t voxel_offset = 352;

  int64_t voxel_count() const { return shape[0] * shape[1] * shape[2]; }
};

// Single-file NIfTI-1 (.nii, magic "n+1"). `bytes` are the decompressed file,
// or at least its first 352 bytes.
//
// Every error names what is wrong or not taken.
//  * UNIMPLEMENTED: another format, named as what it is (NIfTI-2, .hdr/.img
//    pairs, Analyze, MGH, DICOM and others); 4D with t > 1; a type that is not
//    in NiftiType; more than 2^31 voxels; distances in other than millimetres.
//  * INVALID_ARGUMENT: a Git LFS or annex pointer; no orientation; an affine
//    that is singular or not finite; a dimension that is not positive; fields
//    that contradict each other; not an image at all.
//  * DATA_LOSS: cut short inside the header.
absl::StatusOr<NiftiHeader> ParseNiftiHeader(absl::string_view bytes);

}  // namespace gyrus
