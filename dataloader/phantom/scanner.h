// Turns tissue into intensities, in the way of one site's scanner.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "dataloader/phantom/head.h"
#include "dataloader/phantom/subject.h"

namespace gyrus {

struct Scanner {
  // The brightness of CSF, grey and white matter for each contrast. Only the ratios
  // matter.
  std::array<Tissue, kContrasts> brightness;
  // The mean intensity inside the brain of a subject with gain 1.
  std::array<double, kContrasts> mean = {};
  // The coil makes corners brighter or darker by up to twice this share.
  double bias = 0;
  // The SD of the noise, where white matter in T1w has the brightness 1.
  double noise = 0;
};

Scanner DrawScanner(int site, uint64_t seed);

// The intensities of one contrast: tissue times the coil's sensitivity plus noise, then
// scaled and shifted so that mean and SD inside the brain are those of the subject. They
// are zero where there is no tissue, and positive elsewhere. `tissue` is in C order on a
// grid of `shape`.
std::vector<double> Scan(const Scanner& scanner, const PhantomSubject& subject, Contrast contrast,
                         uint64_t seed, const Shape3& shape, const std::vector<Tissue>& tissue);

}  // namespace gyrus
