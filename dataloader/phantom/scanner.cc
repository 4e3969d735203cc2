#include "dataloader/phantom/scanner.h"

#include <algorithm>
#include <cmath>

#include "common/random.h"

namespace gyrus {
namespace {

constexpr std::array<Tissue, kContrasts> kBrightness = {Tissue{0.22, 0.64, 1.00},   // T1w
                                                        Tissue{1.00, 0.62, 0.42}};  // T2w

double Between(RandomStream& random, double low, double high) {
  return low + (high - low) * random.NextUnit();
}

// Around 0 with SD 1: the sum of four uniform draws, which needs no logarithm.
double NextNearlyNormal(RandomStream& random) {
  int64_t sum = 0;
  for (int i = 0; i < 2; ++i) {
    const uint32_t word = random.NextUint32();
    sum += (word >> 16) + (word & 0xFFFF);
  }
  constexpr double kSd = 37837.2;  // 65536 * sqrt(4 / 12)
  return static_cast<double>(sum - 2 * 65535) / kSd;
}

// Smooth over the grid; coordinates run from -1 to 1.
struct CoilField {
  std::array<double, 6> weights;

  double At(double x, double y, double z) const {
    return 1 + weights[0] * x + weights[1] * y + weights[2] * z + weights[3] * x * y +
           weights[4] * y * z + weights[5] * (z * z - x * x);
  }
};

CoilField DrawCoilField(RandomStream& random, double bias) {
  CoilField field;
  for (double& weight : field.weights) weight = Between(random, -bias, bias) / 3;
  return field;
}

// Scales and shifts what is inside the brain to `mean` and `sd`. Sums run in
// voxel order, so that they have the same bits everywhere.
void SetMoments(const std::vector<Tissue>& tissue, double mean, double sd,
                std::vector<double>& voxels) {
  double count = 0, sum = 0, squares = 0;
  for (size_t i = 0; i < voxels.size(); ++i) {
    if (!tissue[i].is_brain()) continue;
    count += 1;
    sum += voxels[i];
    squares += voxels[i] * voxels[i];
  }
  const double old_mean = sum / count;
  const double old_sd = std::sqrt(squares / count - old_mean * old_mean);
  // Below this a voxel could be taken for background.
  const double least = mean / 100;
  for (size_t i = 0; i < voxels.size(); ++i) {
    if (!tissue[i].is_brain()) continue;
    voxels[i] = std::max(mean + sd * ((voxels[i] - old_mean) / old_sd), least);
  }
}

}  // namespace

Scanner DrawScanner(int site, uint64_t seed) {
  RandomStream random(seed, "phantom scanner", site);
  Scanner scanner;
  scanner.brightness = kBrightness;
  for (int c = 0; c < kContrasts; ++c) {
    for (double* part :
         {&scanner.brightness[c].csf, &scanner.brightness[c].grey, &scanner.brightness[c].white}) {
      *part += Between(random, -0.04, 0.04);
    }
    scanner.mean[c] = Between(random, 300, 900);
  }
  scanner.bias = Between(random, 0.05, 0.15);
  scanner.noise = Between(random, 0.01, 0.03);
  return scanner;
}

std::vector<double> Scan(const Scanner& scanner, const PhantomSubject& subject, Contrast contrast,
                         uint64_t seed, const Shape3& shape, const std::vector<Tissue>& tissue) {
  RandomStream random(seed, contrast == kT1w ? "phantom T1w" : "phantom T2w", subject.index);
  Tissue bright = scanner.brightness[contrast];
  for (double* part : {&bright.csf, &bright.grey, &bright.white}) {
    *part += Between(random, -0.01, 0.01);
  }
  const CoilField coil = DrawCoilField(random, scanner.bias);
  const auto centred = [](int64_t i, int64_t n) { return (2.0 * i + 1) / n - 1; };
  std::vector<double> voxels(tissue.size(), 0.0);
  size_t at = 0;
  for (int64_t i = 0; i < shape[0]; ++i) {
    for (int64_t j = 0; j < shape[1]; ++j) {
      for (int64_t k = 0; k < shape[2]; ++k, ++at) {
        const Tissue& t = tissue[at];
        if (!t.is_brain()) continue;
        const double pure = t.csf * bright.csf + t.grey * bright.grey + t.white * bright.white;
        voxels[at] =
            pure * coil.At(centred(i, shape[0]), centred(j, shape[1]), centred(k, shape[2])) +
            scanner.noise * NextNearlyNormal(random);
      }
    }
  }
  const double mean = scanner.mean[contrast] * subject.gain[contrast];
  SetMoments(tissue, mean, mean * subject.variation[contrast], voxels);
  return voxels;
}

}  // namespace gyrus
