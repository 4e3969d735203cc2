#include "core/volume/foreign_format.h"

#include <array>
#include <cstdint>

#include "absl/strings/match.h"

namespace gyrus {
namespace {

using absl::string_view;

struct Signature {
  size_t offset;
  string_view bytes;
  string_view name;
};

constexpr std::array kSignatures = {
    Signature{128, "DICM", "a DICOM file"},
    Signature{0, "CDF\x01", "a MINC 1 file"},
    Signature{0, "\x89HDF", "an HDF5 file (MINC 2 is one)"},
    Signature{0, "NRRD", "an NRRD file"},
    Signature{0, "ObjectType", "a MetaImage header"},
    Signature{0, "MATRIX72v", "an ECAT file"},
    Signature{0, "# === DATA DESCR", "a Philips PAR file"},
    Signature{0, "TRACK", "a TrackVis file"},
    Signature{0, "mrtrix ", "an MRtrix file"},
    Signature{0, "BZh", "a bzip2 file"},
    Signature{0,
              "\xfd"
              "7zXZ",
              "an xz file"},
    Signature{0, "\x28\xb5\x2f\xfd", "a Zstandard file"},
    Signature{0, "PK\x03\x04", "a zip file"},
    Signature{0, "\x1f\x8b", "a gzip file inside a gzip file"},
    Signature{0, "<", "a text file (XML or HTML)"},
};

int32_t BigEndian(string_view bytes, size_t offset) {
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<uint8_t>(bytes[offset + i]);
  return static_cast<int32_t>(value);
}

// Version 1, four dimensions and a type (uint8, int32, float32, int16), all big
// endian: https://surfer.nmr.mgh.harvard.edu/fswiki/FsTutorial/MghFormat
bool IsMgh(string_view bytes) {
  if (bytes.size() < 24 || BigEndian(bytes, 0) != 1) return false;
  for (size_t i = 1; i <= 4; ++i) {
    const int32_t size = BigEndian(bytes, 4 * i);
    if (size < 1 || size > 65535) return false;
  }
  const int32_t type = BigEndian(bytes, 20);
  return type == 0 || type == 1 || type == 3 || type == 4;
}

}  // namespace

string_view ForeignFormat(string_view bytes) {
  for (const Signature& signature : kSignatures) {
    if (bytes.size() > signature.offset &&
        absl::StartsWith(bytes.substr(signature.offset), signature.bytes)) {
      return signature.name;
    }
  }
  return IsMgh(bytes) ? "an MGH file" : "";
}

string_view PointerKind(string_view bytes) {
  if (absl::StartsWith(bytes, "version https://git-lfs")) return "a Git LFS pointer";
  const string_view line = bytes.substr(0, bytes.find('\n'));
  if (absl::StrContains(line, "annex/objects/")) return "a git-annex pointer";
  return "";
}

}  // namespace gyrus
