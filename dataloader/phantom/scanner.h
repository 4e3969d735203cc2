// What a site's scanner makes of tissue.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "dataloader/phantom/head.h"
#include "dataloader/phantom/subject.h"

namespace gyrus {

struct Scanner {
  // Of CSF, grey and white matter; only their relations matter.
  std::array<Tissue, kContrasts> brightness;
  // Mean inside the brain of a subject with gain 1.
  std::array<double, kContrasts> mean = {};
  // The coil brightens or darkens corners by up to twice this part.
  double bias = 0;
  // SD, where white matter in T1w is 1.
  double noise = 0;
};

Scanner DrawScanner(int site, uint64_t seed);

// Intensities of one contrast: tissue times coil plus noise, then scaled and
// shifted so that mean and SD inside the brain are the subject's. Zero where
// there is no tissue, positive elsewhere. `tissue` is C order on a grid of
// `shape`.
std::vector<double> Scan(const Scanner& scanner, const PhantomSubject& subject, Contrast contrast,
                         uint64_t seed, const Shape3& shape, const std::vector<Tissue>& tissue);

}  // namespace gyrus
