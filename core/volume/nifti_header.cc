#include "core/volume/nifti_header.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "core/volume/foreign_format.h"
#include "core/volume/grid_view.h"

namespace gyrus {
namespace {

using absl::InvalidArgumentError;
using absl::StrCat;
using absl::UnimplementedError;

constexpr size_t kHeaderBytes = 348;
constexpr int64_t kFirstVoxelByte = 352;
constexpr int64_t kMaxVoxels = int64_t{1} << 31;
// Below this the axes lie in a plane, to the precision of a header's float32.
constexpr double kMinUnitDeterminant = 1e-6;
// No scanner's; beyond these a resampled grid would not fit into memory.
constexpr double kMinSpacing_mm = 1e-3;
constexpr double kMaxSpacing_mm = 1e3;

// The header's fields at their offsets, in the file's byte order.
// https://nifti.nimh.nih.gov/pub/dist/src/niftilib/nifti1.h
class Fields {
 public:
  Fields(absl::string_view bytes, bool big_endian) : bytes_(bytes), big_endian_(big_endian) {}

  int64_t Int16(size_t offset) const { return static_cast<int16_t>(Unsigned(offset, 2)); }
  int64_t Int32(size_t offset) const { return static_cast<int32_t>(Unsigned(offset, 4)); }
  double Float(size_t offset) const { return std::bit_cast<float>(Unsigned(offset, 4)); }
  int Byte(size_t offset) const { return static_cast<uint8_t>(bytes_[offset]); }

 private:
  uint32_t Unsigned(size_t offset, size_t size) const {
    uint32_t value = 0;
    for (size_t i = 0; i < size; ++i) {
      const size_t at = big_endian_ ? i : size - 1 - i;
      value = value << 8 | static_cast<uint32_t>(Byte(offset + at));
    }
    return value;
  }

  absl::string_view bytes_;
  bool big_endian_;
};

absl::Status NotTaken(absl::string_view what) {
  return UnimplementedError(StrCat(what, "; Gyrus takes single-file NIfTI-1 (.nii, .nii.gz)"));
}

// Whether the file is big endian, or what else it is.
absl::StatusOr<bool> ByteOrder(absl::string_view bytes) {
  if (bytes.empty()) return InvalidArgumentError("the file is empty");
  if (const auto kind = PointerKind(bytes); !kind.empty()) {
    return InvalidArgumentError(StrCat(kind, " in the place of the image; fetch the image"));
  }
  if (bytes.size() >= 4) {
    for (const bool big_endian : {false, true}) {
      const int64_t size = Fields(bytes, big_endian).Int32(0);
      if (size == 540) return NotTaken("a NIfTI-2 file");
      if (size != kHeaderBytes) continue;
      if (bytes.size() >= kFirstVoxelByte) return big_endian;
      if (bytes.size() == kHeaderBytes) return NotTaken("a header without an image");
      return absl::DataLossError(
          StrCat("cut short inside the header: ", bytes.size(), " of ", kFirstVoxelByte, " bytes"));
    }
  }
  if (const auto format = ForeignFormat(bytes); !format.empty()) return NotTaken(format);
  return InvalidArgumentError("not a NIfTI file");
}

absl::Status CheckMagic(absl::string_view bytes) {
  const absl::string_view magic = bytes.substr(344, 4);
  if (magic == absl::string_view("n+1\0", 4)) return absl::OkStatus();
  if (magic == absl::string_view("ni1\0", 4)) return NotTaken("the header of a .hdr/.img pair");
  // Some files are two things at once, DICOM with a header of 348 bytes before it.
  if (const auto format = ForeignFormat(bytes); !format.empty()) return NotTaken(format);
  return NotTaken("an Analyze 7.5 header (no NIfTI magic)");
}

absl::StatusOr<Shape3> ReadShape(const Fields& fields) {
  const int64_t dimensions = fields.Int16(40);
  if (dimensions < 1 || dimensions > 7) {
    return InvalidArgumentError(StrCat("dim[0] is ", dimensions, "; an image has 1 to 7"));
  }
  std::string text;
  std::array<int64_t, 8> dim = {};
  for (int i = 1; i <= dimensions; ++i) {
    dim[i] = fields.Int16(40 + 2 * i);
    absl::StrAppend(&text, i > 1 ? " x " : "", dim[i]);
  }
  for (int i = 1; i <= dimensions; ++i) {
    if (dim[i] < 1)
      return InvalidArgumentError(StrCat("dimension ", i, " of ", text, " is not positive"));
  }
  if (dimensions < 3)
    return UnimplementedError(StrCat(dimensions, "D image (", text, "); Gyrus takes 3D"));
  for (int i = 4; i <= dimensions; ++i) {
    if (dim[i] > 1)
      return UnimplementedError(StrCat(dimensions, "D image (", text, "); Gyrus takes 3D"));
  }
  // Three factors below 2^15 do not overflow.
  if (dim[1] * dim[2] * dim[3] > kMaxVoxels) {
    return UnimplementedError(StrCat(text, " is more than 2^31 voxels"));
  }
  return Shape3{dim[1], dim[2], dim[3]};
}

struct TypeFacts {
  NiftiType type;
  absl::string_view name;
  size_t bytes;
};

constexpr TypeFacts kTypes[] = {
    {NiftiType::kUint8, "uint8", 1},     {NiftiType::kInt16, "int16", 2},
    {NiftiType::kInt32, "int32", 4},     {NiftiType::kFloat32, "float32", 4},
    {NiftiType::kFloat64, "float64", 8}, {NiftiType::kInt8, "int8", 1},
    {NiftiType::kUint16, "uint16", 2},   {NiftiType::kUint32, "uint32", 4},
    {NiftiType::kInt64, "int64", 8},     {NiftiType::kUint64, "uint64", 8},
};

absl::string_view NameOfOtherType(int64_t code) {
  switch (code) {
    case 0:
      return "unknown";
    case 1:
      return "binary";
    case 32:
      return "complex64";
    case 128:
      return "RGB24";
    case 1536:
      return "float128";
    case 1792:
      return "complex128";
    case 2048:
      return "complex256";
    case 2304:
      return "RGBA32";
    default:
      return "not in the standard";
  }
}

// datatype and bitpix are redundant. A file in which they disagree is damaged or was
// written by a faulty program.
absl::StatusOr<NiftiType> ReadType(const Fields& fields) {
  const int64_t code = fields.Int16(70);
  const int64_t bits = fields.Int16(72);
  for (const auto& [type, name, bytes] : kTypes) {
    if (static_cast<int64_t>(type) != code) continue;
    if (bits != static_cast<int64_t>(8 * bytes)) {
      return InvalidArgumentError(
          StrCat("bitpix is ", bits, ", but ", name, " has ", 8 * bytes, " bits"));
    }
    return type;
  }
  return UnimplementedError(StrCat("voxels of datatype ", code, " (", NameOfOtherType(code),
                                   "); Gyrus takes integers of 8 to 64 bits, float32 and float64"));
}

absl::Status ReadScaling(const Fields& fields, NiftiHeader& header) {
  const double slope = fields.Float(112);
  const double inter = fields.Float(116);
  // Some programs write NaN where the standard has 0, which means that voxels are not scaled.
  if (slope == 0 || std::isnan(slope)) return absl::OkStatus();
  if (!std::isfinite(slope) || !std::isfinite(inter)) {
    return InvalidArgumentError(
        StrCat("scl_slope ", slope, " and scl_inter ", inter, " are not both finite"));
  }
  header.slope = slope;
  header.inter = inter;
  return absl::OkStatus();
}

absl::Status ReadVoxelOffset(const Fields& fields, NiftiHeader& header) {
  const double offset = fields.Float(108);
  // Also false for NaN.
  const bool fits = offset >= kFirstVoxelByte && offset < 1e9 && offset == std::floor(offset);
  if (!fits) {
    return InvalidArgumentError(
        StrCat("vox_offset is ", offset, "; voxels begin at byte ", kFirstVoxelByte, " or later"));
  }
  header.voxel_offset = static_cast<int64_t>(offset);
  return absl::OkStatus();
}

Affine ReadSform(const Fields& fields) {
  Affine affine;
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 4; ++column) {
      affine[row][column] = fields.Float(280 + 16 * row + 4 * column);
    }
  }
  return affine;
}

// Method 2 of nifti1.h: rotation by the quaternion, times the spacing.
absl::StatusOr<Affine> ReadQform(const Fields& fields) {
  const double b = fields.Float(256), c = fields.Float(260), d = fields.Float(264);
  const double qfac = fields.Float(76);
  if (qfac != -1 && qfac != 0 && qfac != 1) {
    return InvalidArgumentError(StrCat("pixdim[0] (qfac) is ", qfac, "; it is -1 or 1"));
  }
  const double a_squared = 1 - (b * b + c * c + d * d);
  const double rounding = 3 * std::numeric_limits<float>::epsilon();
  if (!(a_squared > -rounding)) {
    return InvalidArgumentError(
        StrCat("qform: the quaternion (", b, ", ", c, ", ", d, ") is longer than 1"));
  }
  const double a = a_squared < rounding ? 0 : std::sqrt(a_squared);
  // Not quite 1 when `a` was rounded to 0.
  const double s = 2 / (a * a + b * b + c * c + d * d);
  const std::array<std::array<double, 3>, 3> rotation = {{
      {1 - s * (c * c + d * d), s * (b * c - a * d), s * (b * d + a * c)},
      {s * (b * c + a * d), 1 - s * (b * b + d * d), s * (c * d - a * b)},
      {s * (b * d - a * c), s * (c * d + a * b), 1 - s * (b * b + c * c)},
  }};
  Affine affine;
  for (int column = 0; column < 3; ++column) {
    const double spacing = fields.Float(80 + 4 * column);
    if (!(spacing > 0)) {
      return InvalidArgumentError(StrCat("qform: pixdim[", column + 1, "] is ", spacing));
    }
    const double scale = column == 2 && qfac < 0 ? -spacing : spacing;
    for (int row = 0; row < 3; ++row) affine[row][column] = rotation[row][column] * scale;
  }
  for (int row = 0; row < 3; ++row) affine[row][3] = fields.Float(268 + 4 * row);
  return affine;
}

absl::Status CheckAffine(const Affine& affine) {
  for (const auto& row : affine) {
    for (const double value : row) {
      if (!std::isfinite(value)) return InvalidArgumentError("the affine is not finite");
    }
  }
  if (!(std::abs(UnitDeterminant(affine)) > kMinUnitDeterminant)) {
    return InvalidArgumentError("the affine is singular: its axes lie in a plane");
  }
  for (const double spacing : SpacingOf(affine)) {
    if (!(spacing >= kMinSpacing_mm && spacing <= kMaxSpacing_mm)) {
      return InvalidArgumentError(StrCat("the affine makes voxels of ", spacing, " mm"));
    }
  }
  return absl::OkStatus();
}

absl::Status ReadAffine(const Fields& fields, NiftiHeader& header) {
  const int unit = fields.Byte(123) & 7;  // The rest is the unit of time.
  if (unit != 0 && unit != 2) {
    return UnimplementedError(StrCat("distances in ",
                                     unit == 1   ? "metres"
                                     : unit == 3 ? "micrometres"
                                                 : StrCat("unit ", unit),
                                     "; Gyrus takes millimetres"));
  }
  const int64_t qform = fields.Int16(252);
  const int64_t sform = fields.Int16(254);
  if (qform < 0 || qform > 5 || sform < 0 || sform > 5) {
    return InvalidArgumentError(
        StrCat("qform_code ", qform, " and sform_code ", sform, ": codes are 0 to 5"));
  }
  if (sform == 0 && qform == 0) {
    return InvalidArgumentError("no orientation: qform_code and sform_code are both 0");
  }
  header.affine_from =
      sform > 0 ? NiftiHeader::AffineFrom::kSform : NiftiHeader::AffineFrom::kQform;
  if (sform > 0) {
    header.affine = ReadSform(fields);
  } else {
    GYRUS_ASSIGN_OR_RETURN(header.affine, ReadQform(fields));
  }
  for (auto& row : header.affine) {
    for (double& value : row) value += 0.0;  // No -0, which people ask about.
  }
  return Annotate(CheckAffine(header.affine), sform > 0 ? "sform" : "qform");
}

}  // namespace

absl::string_view NameOf(NiftiType type) {
  for (const TypeFacts& facts : kTypes) {
    if (facts.type == type) return facts.name;
  }
  return "unknown";
}

size_t BytesOf(NiftiType type) {
  for (const TypeFacts& facts : kTypes) {
    if (facts.type == type) return facts.bytes;
  }
  return 0;
}

absl::StatusOr<NiftiHeader> ParseNiftiHeader(absl::string_view bytes) {
  NiftiHeader header;
  GYRUS_ASSIGN_OR_RETURN(header.big_endian, ByteOrder(bytes));
  const Fields fields(bytes, header.big_endian);
  GYRUS_RETURN_IF_ERROR(CheckMagic(bytes));
  GYRUS_ASSIGN_OR_RETURN(header.shape, ReadShape(fields));
  GYRUS_ASSIGN_OR_RETURN(header.type, ReadType(fields));
  GYRUS_RETURN_IF_ERROR(ReadScaling(fields, header));
  GYRUS_RETURN_IF_ERROR(ReadVoxelOffset(fields, header));
  GYRUS_RETURN_IF_ERROR(ReadAffine(fields, header));
  return header;
}

}  // namespace gyrus
