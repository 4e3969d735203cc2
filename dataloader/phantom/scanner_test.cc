#include "dataloader/phantom/scanner.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "gtest/gtest.h"

namespace gyrus {
namespace {

constexpr Shape3 kShape = {12, 10, 8};

// Layers of CSF, grey and white matter with nothing around them.
std::vector<Tissue> Layers() {
  std::vector<Tissue> tissue;
  for (int64_t i = 0; i < kShape[0]; ++i) {
    for (int64_t j = 0; j < kShape[1]; ++j) {
      for (int64_t k = 0; k < kShape[2]; ++k) {
        const bool outside = i == 0 || j == 0 || k == 0;
        tissue.push_back(outside ? Tissue{}
                         : k < 3 ? Tissue{1, 0, 0}
                         : k < 5 ? Tissue{0, 1, 0}
                                 : Tissue{0, 0, 1});
      }
    }
  }
  return tissue;
}

struct Moments {
  double mean = 0;
  double sd = 0;
};

Moments Inside(const std::vector<Tissue>& tissue, const std::vector<double>& voxels,
               double Tissue::*part = nullptr) {
  double n = 0, sum = 0, squares = 0;
  for (size_t i = 0; i < voxels.size(); ++i) {
    const bool in = part != nullptr ? tissue[i].*part > 0 : tissue[i].is_brain();
    if (!in) continue;
    n += 1;
    sum += voxels[i];
    squares += voxels[i] * voxels[i];
  }
  // Rounding may leave a variance of nothing below zero.
  return {sum / n, std::sqrt(std::max(squares / n - sum / n * (sum / n), 0.0))};
}

PhantomSubject Subject() {
  PhantomSubject subject;
  subject.gain = {0.7, 1.3};
  subject.variation = {0.25, 0.31};
  return subject;
}

TEST(ScannerTest, MeanAndSdAreTheSubjectsWhateverTheTissue) {
  const Scanner scanner = DrawScanner(0, 1);
  std::vector<Tissue> tissue = Layers();
  for (const bool old : {false, true}) {
    if (old) {
      for (size_t i = 0; i < tissue.size(); i += 3) {
        if (tissue[i].white > 0) tissue[i] = {1, 0, 0};
      }
    }
    for (const Contrast contrast : {kT1w, kT2w}) {
      const auto voxels = Scan(scanner, Subject(), contrast, 1, kShape, tissue);
      const Moments moments = Inside(tissue, voxels);
      EXPECT_NEAR(moments.mean, scanner.mean[contrast] * Subject().gain[contrast], 1e-6);
      EXPECT_NEAR(moments.sd, moments.mean * Subject().variation[contrast], 1e-6);
    }
  }
}

TEST(ScannerTest, CsfIsDarkInT1wAndBrightInT2w) {
  const std::vector<Tissue> tissue = Layers();
  for (int site = 0; site < 10; ++site) {
    const Scanner scanner = DrawScanner(site, 1);
    const auto t1w = Scan(scanner, Subject(), kT1w, 1, kShape, tissue);
    EXPECT_LT(Inside(tissue, t1w, &Tissue::csf).mean, Inside(tissue, t1w, &Tissue::grey).mean);
    EXPECT_LT(Inside(tissue, t1w, &Tissue::grey).mean, Inside(tissue, t1w, &Tissue::white).mean);
    const auto t2w = Scan(scanner, Subject(), kT2w, 1, kShape, tissue);
    EXPECT_GT(Inside(tissue, t2w, &Tissue::csf).mean, Inside(tissue, t2w, &Tissue::grey).mean);
    EXPECT_GT(Inside(tissue, t2w, &Tissue::grey).mean, Inside(tissue, t2w, &Tissue::white).mean);
  }
}

TEST(ScannerTest, OnlyTheBackgroundIsZero) {
  const std::vector<Tissue> tissue = Layers();
  const auto voxels = Scan(DrawScanner(0, 1), Subject(), kT1w, 1, kShape, tissue);
  for (size_t i = 0; i < voxels.size(); ++i) {
    const bool inside = tissue[i].is_brain();
    if (inside) {
      EXPECT_GT(voxels[i], 0);
    } else {
      EXPECT_EQ(voxels[i], 0);
    }
  }
}

TEST(ScannerTest, CoilAndNoiseDifferBetweenSitesAndSubjects) {
  const Scanner first = DrawScanner(0, 1);
  const Scanner second = DrawScanner(1, 1);
  EXPECT_NE(first.bias, second.bias);
  EXPECT_NE(first.noise, second.noise);
  EXPECT_NE(first.mean, second.mean);
  EXPECT_NE(first.brightness[kT1w].grey, second.brightness[kT1w].grey);

  const std::vector<Tissue> tissue = Layers();
  PhantomSubject other = Subject();
  other.index = 1;
  EXPECT_NE(Scan(first, Subject(), kT1w, 1, kShape, tissue),
            Scan(first, other, kT1w, 1, kShape, tissue));
}

TEST(ScannerTest, TheCoilShadesAndTheNoiseGrains) {
  const std::vector<Tissue> tissue = Layers();
  // Spread within one tissue, relative to the step from CSF to white matter.
  const auto spread = [&tissue](double bias, double noise) {
    Scanner scanner = DrawScanner(0, 1);
    scanner.bias = bias;
    scanner.noise = noise;
    const auto voxels = Scan(scanner, Subject(), kT1w, 1, kShape, tissue);
    const Moments white = Inside(tissue, voxels, &Tissue::white);
    return white.sd / (white.mean - Inside(tissue, voxels, &Tissue::csf).mean);
  };
  EXPECT_NEAR(spread(0, 0), 0, 1e-4);
  EXPECT_GT(spread(0.2, 0), 0.01);
  const double step =
      DrawScanner(0, 1).brightness[kT1w].white - DrawScanner(0, 1).brightness[kT1w].csf;
  EXPECT_NEAR(spread(0, 0.03), 0.03 / step, 0.01);
}

}  // namespace
}  // namespace gyrus
