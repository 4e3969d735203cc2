// NIfTI-1 bytes <-> Volume: strict, whole, or refused by name.
#pragma once

#include <array>
#include <cstdint>
#include <string>

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
};

// What a header says, checked.
struct NiftiHeader {
  bool big_endian = false;
  NiftiType type = NiftiType::kFloat32;
  Shape3 shape = {0, 0, 0};
  // sform when its code is positive, else qform, else refused.
  Affine affine = {};
  enum class AffineFrom { kSform, kQform } affine_from = AffineFrom::kSform;
  // Stored value * slope + inter; slope 0 in the file means 1 and 0.
  double slope = 1;
  double inter = 0;
  // Where the voxels begin in the decompressed file.
  int64_t voxel_offset = 352;
};

// Single-file NIfTI-1 (.nii, magic "n+1"). `bytes` are the decompressed file,
// or at least its first 352 bytes.
//
// Every error is INVALID_ARGUMENT or UNIMPLEMENTED and names what is wrong or
// not taken: NIfTI-2, .hdr/.img pairs, Analyze, 4D with t > 1, a type that is
// not in NiftiType, no orientation, an affine that is singular, a dimension
// that is not positive, more than 2^31 voxels. A Git LFS or annex pointer, an
// MGH file and a DICOM file are named as what they are.
absl::StatusOr<NiftiHeader> ParseNiftiHeader(absl::string_view bytes);

// The whole decompressed file -> voxels in the file's axis order, scaled, as
// float32 (computed in double for int32 and float64, and when slope or inter
// are set).
//
// DATA_LOSS: fewer bytes than the header says. INVALID_ARGUMENT also: a voxel
// that is NaN or infinite, with its index.
absl::StatusOr<Volume> ParseNifti(absl::string_view bytes);

// The bytes of a .nii: float32, little endian, sform and qform (where the
// affine has no shear) of code 1 (scanner).
std::string SerializeNifti(const Volume& volume);

// The bytes inside a gzip file (one or more members). What is not gzip comes
// back as it is.
//
// DATA_LOSS: the stream is cut short or damaged (the CRC is checked).
// RESOURCE_EXHAUSTED: it would become larger than `limit_bytes`.
absl::StatusOr<std::string> Gunzip(absl::string_view bytes, size_t limit_bytes = size_t{1} << 34);

// gzip at a fast level; the same bytes for the same input.
std::string Gzip(absl::string_view bytes);

}  // namespace gyrus
