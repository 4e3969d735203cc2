// The subjects of a synthetic cohort with all their properties, which are drawn at
// random before any voxel is computed.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "dataloader/phantom/options.h"

namespace gyrus {

// The two contrasts. They are used as positions in arrays with one value for each.
enum Contrast { kT1w = 0, kT2w = 1 };
inline constexpr int kContrasts = 2;

struct PhantomSubject {
  std::string id;  // "sub-001"
  int index = 0;   // 0 for sub-001; identifies the subject's random streams
  int site = 0;
  double age_years = 0;  // A multiple of 0.1.
  bool male = false;
  // The length of the head as a multiple of the mean length.
  double head_size = 1;
  // The mean inside the brain as a multiple of the site's mean, and the SD as a share of
  // the mean. The intensities of a volume are scaled and shifted to them, so that mean
  // and SD of a volume depend on nothing else.
  std::array<double, kContrasts> gain = {1, 1};
  std::array<double, kContrasts> variation = {0.2, 0.2};
};

// The subjects of a cohort, sorted by id. CheckPhantomOptions() must have accepted the
// options.
//
// Properties that must not depend on age are balanced by design, not only at random.
// Ages are one
// draw from each of n equal parts of the range. Sorted by age, each run of S subjects
// has one from each of the S sites (a shorter last run has that many sites). Neighbours
// in age have opposite draws (u and 1 - u) of sex, head size, gain and variation. Ids
// are assigned at random.
std::vector<PhantomSubject> DrawSubjects(const PhantomOptions& options);

}  // namespace gyrus
