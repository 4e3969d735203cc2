#include "core/volume/testing/nifti_fixture.h"

#include <sys/stat.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>

#include "common/testing/paths.h"

namespace gyrus {
namespace {

class Writer {
 public:
  Writer(std::string& bytes, bool big_endian) : bytes_(bytes), big_endian_(big_endian) {}
  template <typename T>
  void Put(size_t offset, T value) {
    auto raw = std::bit_cast<std::array<char, sizeof(T)>>(value);
    if (big_endian_) std::reverse(raw.begin(), raw.end());
    std::copy(raw.begin(), raw.end(), bytes_.begin() + static_cast<int64_t>(offset));
  }

 private:
  std::string& bytes_;
  bool big_endian_;
};

void PutVoxel(Writer& writer, size_t offset, int16_t datatype, double value) {
  switch (datatype) {
    case 2:
      return writer.Put(offset, static_cast<uint8_t>(value));
    case 4:
      return writer.Put(offset, static_cast<int16_t>(value));
    case 8:
      return writer.Put(offset, static_cast<int32_t>(value));
    case 16:
      return writer.Put(offset, static_cast<float>(value));
    case 64:
      return writer.Put(offset, value);
    case 256:
      return writer.Put(offset, static_cast<int8_t>(value));
    case 512:
      return writer.Put(offset, static_cast<uint16_t>(value));
    case 768:
      return writer.Put(offset, static_cast<uint32_t>(value));
    case 1024:
      return writer.Put(offset, static_cast<int64_t>(value));
    case 1280:
      return writer.Put(offset, static_cast<uint64_t>(value));
    default:
      return;  // A type that is to be refused; its voxels do not matter.
  }
}

}  // namespace

std::string Bytes(const NiftiSample& s) {
  const size_t begin = s.vox_offset > 352 ? static_cast<size_t>(s.vox_offset) : 352;
  const size_t voxel_bytes = s.bitpix / 8;
  // Types and bits may contradict each other on purpose.
  std::string bytes(begin + s.voxels() * voxel_bytes + sizeof(double), '\0');
  Writer writer(bytes, s.big_endian);
  writer.Put(0, int32_t{348});
  for (size_t i = 0; i < 8; ++i) writer.Put(40 + 2 * i, s.dim[i]);
  writer.Put(70, s.datatype);
  writer.Put(72, s.bitpix);
  for (size_t i = 0; i < 4; ++i) writer.Put(76 + 4 * i, s.pixdim[i]);
  writer.Put(108, s.vox_offset);
  writer.Put(112, s.slope);
  writer.Put(116, s.inter);
  writer.Put(123, s.units);
  writer.Put(252, s.qform_code);
  writer.Put(254, s.sform_code);
  for (size_t i = 0; i < 6; ++i) writer.Put(256 + 4 * i, s.quaternion_and_offset[i]);
  for (size_t row = 0; row < 3; ++row) {
    for (size_t column = 0; column < 4; ++column) {
      writer.Put(280 + 16 * row + 4 * column, static_cast<float>(s.sform[row][column]));
    }
  }
  bytes.replace(344, 4, s.magic);
  for (int64_t n = 0; n < s.voxels(); ++n) {
    PutVoxel(writer, begin + n * voxel_bytes, s.datatype, s.value(n));
  }
  bytes.resize(bytes.size() - sizeof(double));
  return bytes;
}

int64_t COrder(const NiftiSample& s, int64_t n) {
  const int64_t i = n % s.dim[1];
  const int64_t j = n / s.dim[1] % s.dim[2];
  const int64_t k = n / s.dim[1] / s.dim[2];
  return (i * s.dim[2] + j) * s.dim[3] + k;
}

std::array<Affine, 48> AllOrientations(double turn) {
  const double c = std::cos(turn), s = std::sin(turn);
  // About z, then about x.
  const double rotation[3][3] = {{c, -s, 0}, {s * c, c * c, -s}, {s * s, c * s, c}};
  const double spacing[3] = {1.5, 2, 2.5};
  std::array<Affine, 48> all;
  std::array<int, 3> along = {0, 1, 2};
  size_t n = 0;
  do {
    for (int signs = 0; signs < 8; ++signs, ++n) {
      for (int axis = 0; axis < 3; ++axis) {
        const double length = (signs >> axis & 1) != 0 ? -spacing[axis] : spacing[axis];
        for (int row = 0; row < 3; ++row) all[n][row][axis] = length * rotation[row][along[axis]];
      }
      for (int row = 0; row < 3; ++row) all[n][row][3] = 10.0 * row - 7;
    }
  } while (std::next_permutation(along.begin(), along.end()));
  return all;
}

std::string SharedData() {
  const char* const variable = std::getenv("GYRUS_SHARED_DATA");
  const std::string path = variable != nullptr ? variable : SourceDir() + "/../shared/data";
  struct stat info;
  return stat(path.c_str(), &info) == 0 ? path : "";
}

}  // namespace gyrus
