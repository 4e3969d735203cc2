#include "core/volume/nifti.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <utility>

#include "absl/base/internal/raw_logging.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/boundary.h"
#include "common/status.h"
#include "core/volume/grid_view.h"
#include "core/volume/voxel_copy.h"

namespace gyrus {
namespace {

constexpr size_t kHeaderBytes = 352;
// How far a rotation stored as float32 may be from one.
constexpr double kShearTolerance = 1e-5;

GridView StoredView(const NiftiHeader& header) {
  const Shape3& shape = header.shape;
  return {shape, header.affine, 0, {1, shape[0], shape[0] * shape[1]}};
}

// Names the first voxel, in the file's order, that is not finite as float32.
absl::Status NotFinite(const char* stored, const VoxelCoding& coding, const NiftiHeader& header) {
  GridView one = {{1, 1, 1}, {}, 0, {1, 1, 1}};
  for (; one.first < header.voxel_count(); ++one.first) {
    float value;
    if (CopyVoxels(stored, coding, one, &value)) continue;
    const int64_t i = one.first % header.shape[0];
    const int64_t j = one.first / header.shape[0] % header.shape[1];
    const int64_t k = one.first / header.shape[0] / header.shape[1];
    return absl::InvalidArgumentError(
        absl::StrCat("voxel (", i, ", ", j, ", ", k, ") is ",
                     std::isnan(value) ? "NaN" : "infinite or too large for float32"));
  }
  return absl::InternalError("a voxel was not finite, and then all were");
}

// Writes fields at their offsets, little endian.
class FieldWriter {
 public:
  explicit FieldWriter(std::string& bytes) : bytes_(bytes) {}
  void Int16(size_t offset, int16_t value) { Put(offset, value); }
  void Int32(size_t offset, int32_t value) { Put(offset, value); }
  void Float(size_t offset, double value) { Put(offset, static_cast<float>(value)); }

 private:
  template <typename T>
  void Put(size_t offset, T value) {
    std::memcpy(bytes_.data() + offset, &value, sizeof(value));
  }
  std::string& bytes_;
};

struct Quaternion {
  double b, c, d;
  double qfac;  // -1: the third axis is turned round
};

// Returns false if the axes are not perpendicular, as no quaternion describes them then.
bool QuaternionOf(const Affine& affine, Quaternion& q) {
  const std::array<double, 3> spacing = SpacingOf(affine);
  q.qfac = UnitDeterminant(affine) < 0 ? -1 : 1;
  std::array<std::array<double, 3>, 3> r;
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column) {
      r[row][column] = affine[row][column] / spacing[column] * (column == 2 ? q.qfac : 1);
    }
  }
  for (int one = 0; one < 3; ++one) {
    const int other = (one + 1) % 3;
    double product = 0;
    for (int row = 0; row < 3; ++row) product += r[row][one] * r[row][other];
    if (std::abs(product) > kShearTolerance) return false;
  }
  // Four times each part's square; the largest part is divided by, so that
  // nothing small is.
  const double trace = r[0][0] + r[1][1] + r[2][2];
  const std::array<double, 4> squares = {1 + trace, 1 + 2 * r[0][0] - trace,
                                         1 + 2 * r[1][1] - trace, 1 + 2 * r[2][2] - trace};
  const size_t largest = std::max_element(squares.begin(), squares.end()) - squares.begin();
  // Row n: four times the products of part n with all parts (a, b, c, d).
  const std::array<std::array<double, 4>, 4> products = {{
      {squares[0], r[2][1] - r[1][2], r[0][2] - r[2][0], r[1][0] - r[0][1]},
      {r[2][1] - r[1][2], squares[1], r[0][1] + r[1][0], r[0][2] + r[2][0]},
      {r[0][2] - r[2][0], r[0][1] + r[1][0], squares[2], r[1][2] + r[2][1]},
      {r[1][0] - r[0][1], r[0][2] + r[2][0], r[1][2] + r[2][1], squares[3]},
  }};
  const std::array<double, 4>& row = products[largest];
  // The standard leaves `a` out and takes it as positive.
  const double scale = (row[0] < 0 ? -1 : 1) / (2 * std::sqrt(squares[largest]));
  q.b = row[1] * scale;
  q.c = row[2] * scale;
  q.d = row[3] * scale;
  return true;
}

void WriteAffine(const Affine& affine, FieldWriter& fields) {
  const std::array<double, 3> spacing = SpacingOf(affine);
  for (int axis = 0; axis < 3; ++axis) fields.Float(80 + 4 * axis, spacing[axis]);
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 4; ++column) {
      fields.Float(280 + 16 * row + 4 * column, affine[row][column]);
    }
  }
  fields.Int16(254, 1);  // sform_code: scanner
  Quaternion q;
  fields.Float(76, 1);
  if (!QuaternionOf(affine, q)) return;
  fields.Int16(252, 1);  // qform_code
  fields.Float(76, q.qfac);
  fields.Float(256, q.b);
  fields.Float(260, q.c);
  fields.Float(264, q.d);
  for (int row = 0; row < 3; ++row) fields.Float(268 + 4 * row, affine[row][3]);
}

}  // namespace

absl::StatusOr<Volume> ReadVoxels(absl::string_view bytes, const NiftiHeader& header,
                                  AxisOrder order, Voxels storage) {
  const int64_t needed =
      header.voxel_offset + header.voxel_count() * static_cast<int64_t>(BytesOf(header.type));
  if (static_cast<int64_t>(bytes.size()) < needed) {
    return absl::DataLossError(
        absl::StrCat("cut short: ", bytes.size(), " of ", needed, " bytes, decompressed"));
  }
  GridView view = StoredView(header);
  if (order == AxisOrder::kCanonical) view = CanonicalView(view);
  Volume volume = {view.shape, view.affine, std::move(storage)};
  volume.voxels.clear();  // Growing is not to copy what is not wanted.
  GYRUS_RETURN_IF_ERROR(AtBoundary("making room for the voxels", TranslateStdException,
                                   [&] { volume.voxels.resize(header.voxel_count()); }));
  const VoxelCoding coding = {header.type, header.big_endian, header.slope, header.inter};
  const char* const stored = bytes.data() + header.voxel_offset;
  if (!CopyVoxels(stored, coding, view, volume.voxels.data())) {
    return NotFinite(stored, coding, header);
  }
  return volume;
}

absl::StatusOr<Volume> ParseNifti(absl::string_view bytes, AxisOrder order) {
  GYRUS_ASSIGN_OR_RETURN(const NiftiHeader header, ParseNiftiHeader(bytes));
  return ReadVoxels(bytes, header, order);
}

std::string SerializeNifti(const Volume& volume) {
  const auto [nx, ny, nz] = volume.shape;
  std::string bytes(kHeaderBytes + volume.size() * sizeof(float), '\0');
  FieldWriter fields(bytes);
  fields.Int32(0, 348);
  fields.Int16(40, 3);
  for (int i = 1; i <= 7; ++i) {
    const int64_t size = i <= 3 ? volume.shape[i - 1] : 1;
    ABSL_RAW_CHECK(size <= std::numeric_limits<int16_t>::max(), "a side is too long for NIfTI-1");
    fields.Int16(40 + 2 * i, static_cast<int16_t>(size));
    if (i > 3) fields.Float(76 + 4 * i, 1);
  }
  fields.Int16(70, static_cast<int16_t>(NiftiType::kFloat32));
  fields.Int16(72, 32);
  fields.Float(108, kHeaderBytes);
  fields.Float(112, 1);  // scl_slope
  bytes[38] = 'r';
  bytes[123] = 2;  // millimetres
  WriteAffine(volume.affine, fields);
  std::memcpy(&bytes[344], "n+1", 4);
  // The file has x fastest: its own C order is z, y, x.
  const GridView turned = {{nz, ny, nx}, {}, 0, {1, nz, ny * nz}};
  CopyVoxels(reinterpret_cast<const char*>(volume.voxels.data()), {}, turned,
             reinterpret_cast<float*>(bytes.data() + kHeaderBytes));
  return bytes;
}

}  // namespace gyrus
