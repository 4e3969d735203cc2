// Reads an image file completely: decompresses it, checks it and turns it to RAS.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/volume/gzip.h"
#include "core/volume/nifti_header.h"
#include "core/volume/volume.h"

namespace gyrus {

struct CanonicalImage {
  NiftiHeader header;
  // Turned to RAS.
  Volume volume;
  // SHA-256 of the decompressed file (32 bytes), the same for .nii and .nii.gz;
  // empty where it was not asked for.
  std::string content_sha256;
};

// Memory that is kept from one file to the next. Thread-compatible.
struct ReadBuffers {
  ByteBuffer decompressed;
  // Becomes the next image's voxels; a reader who is done with an image moves
  // its voxels back here.
  Voxels voxels;
};

struct ReadOptions {
  // The digest takes about as long as all the rest.
  bool digest = true;
  // For who reads many files: fresh memory costs half as much as decompressing.
  ReadBuffers* buffers = nullptr;
};

// `file` are the bytes of a .nii or .nii.gz; what it is, they tell, not a name.
//
// Errors of Gunzip and ParseNifti.
absl::StatusOr<CanonicalImage> ReadCanonicalNifti(absl::string_view file,
                                                  const ReadOptions& options = {});

}  // namespace gyrus
