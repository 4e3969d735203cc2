#include "dataloader/phantom/storage.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "core/volume/gzip.h"
#include "core/volume/nifti.h"

namespace gyrus {
namespace {

constexpr StorageFormat kFormats[] = {
    {.axes = {'R', 'A', 'S'}},
    {.axes = {'L', 'A', 'S'}, .int16 = true, .sform = false},
    {.axes = {'P', 'I', 'R'}, .int16 = true, .slope = 0.25},
    {.axes = {'L', 'P', 'I'}, .qform = false},
};
// Steps of float32 voxels: few enough bits that gzip has something to do.
constexpr double kFloatStep = 1.0 / 16;

// Fields of the NIfTI-1 header, in bytes from its start.
constexpr size_t kDatatype = 70;
constexpr size_t kBitpix = 72;
constexpr size_t kSlope = 112;
constexpr size_t kQformCode = 252;
constexpr size_t kSformCode = 254;
constexpr size_t kVoxels = 352;

// Which of R, A, S (0, 1, 2) a letter's axis is, and whether it runs against it.
struct StoredAxis {
  int of = 0;
  bool flipped = false;
};

StoredAxis AxisOf(char letter) {
  switch (letter) {
    case 'R':
      return {0, false};
    case 'L':
      return {0, true};
    case 'A':
      return {1, false};
    case 'P':
      return {1, true};
    case 'S':
      return {2, false};
    default:
      return {2, true};
  }
}

// `ras` with its axes in the stored order and direction.
Volume Reordered(const Volume& ras, const std::array<char, 3>& letters) {
  Volume stored;
  std::array<StoredAxis, 3> axes;
  for (int a = 0; a < 3; ++a) {
    axes[a] = AxisOf(letters[a]);
    stored.shape[a] = ras.shape[axes[a].of];
  }
  for (int row = 0; row < 3; ++row) {
    stored.affine[row][3] = ras.affine[row][3];
    for (int a = 0; a < 3; ++a) {
      const double step = ras.affine[row][axes[a].of];
      stored.affine[row][a] = axes[a].flipped ? -step : step;
      if (axes[a].flipped) stored.affine[row][3] += step * (stored.shape[a] - 1);
    }
  }
  stored.voxels.reserve(ras.voxels.size());
  std::array<int64_t, 3> index;  // in `ras`
  const auto set = [&](int a, int64_t at) {
    index[axes[a].of] = axes[a].flipped ? stored.shape[a] - 1 - at : at;
  };
  for (int64_t i = 0; i < stored.shape[0]; ++i) {
    set(0, i);
    for (int64_t j = 0; j < stored.shape[1]; ++j) {
      set(1, j);
      for (int64_t k = 0; k < stored.shape[2]; ++k) {
        set(2, k);
        stored.voxels.push_back(ras.voxels[ras.Index(index[0], index[1], index[2])]);
      }
    }
  }
  return stored;
}

template <typename T>
void Put(T value, size_t offset, std::string& bytes) {
  std::memcpy(bytes.data() + offset, &value, sizeof(value));
}

// Float32 voxels of a .nii, little endian -> int16 steps of `slope`.
void ToInt16(double slope, std::string& nifti) {
  Put(static_cast<int16_t>(NiftiType::kInt16), kDatatype, nifti);
  Put(int16_t{16}, kBitpix, nifti);
  Put(static_cast<float>(slope), kSlope, nifti);
  const size_t count = (nifti.size() - kVoxels) / sizeof(float);
  for (size_t i = 0; i < count; ++i) {
    float value;
    std::memcpy(&value, nifti.data() + kVoxels + i * sizeof(float), sizeof(float));
    // In place: what is written lies at or before what is read next.
    Put(static_cast<int16_t>(value / slope), kVoxels + i * sizeof(int16_t), nifti);
  }
  nifti.resize(kVoxels + count * sizeof(int16_t));
}

}  // namespace

const StorageFormat& StorageOfSite(int site) { return kFormats[site % std::size(kFormats)]; }

float Storable(const StorageFormat& format, double value) {
  if (value <= 0) return 0;
  const double step = format.int16 ? format.slope : kFloatStep;
  const double max_steps = format.int16 ? INT16_MAX : 1 << 20;
  return static_cast<float>(step * std::clamp(std::floor(value / step + 0.5), 1.0, max_steps));
}

std::string EncodeVolume(const StorageFormat& format, const Volume& ras) {
  std::string nifti = SerializeNifti(Reordered(ras, format.axes));
  if (format.int16) ToInt16(format.slope, nifti);
  if (!format.qform) Put(int16_t{0}, kQformCode, nifti);
  if (!format.sform) Put(int16_t{0}, kSformCode, nifti);
  return Gzip(nifti);
}

}  // namespace gyrus
