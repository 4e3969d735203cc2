// Recognises image formats other than NIfTI-1, so that an error can name the format.
#pragma once

#include "absl/strings/string_view.h"

namespace gyrus {

// "a DICOM file", or empty when the first bytes are of no format known here.
// `bytes` are a file's beginning, decompressed; 352 of them tell all there is.
absl::string_view ForeignFormat(absl::string_view bytes);

// A text file in the place of the image: Git LFS or git-annex keep the image
// elsewhere. "a Git LFS pointer", or empty.
absl::string_view PointerKind(absl::string_view bytes);

}  // namespace gyrus
