// Who is in a synthetic cohort: all that is drawn before any voxel is made.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "dataloader/phantom/options.h"

namespace gyrus {

// The two contrasts; an index into arrays of one value a contrast.
enum Contrast { kT1w = 0, kT2w = 1 };
inline constexpr int kContrasts = 2;

struct PhantomSubject {
  std::string id;  // "sub-001"
  int index = 0;   // 0 for sub-001; names the subject's random streams
  int site = 0;
  double age_years = 0;  // a multiple of 0.1
  bool male = false;
  // Length relative to the mean head's.
  double head_size = 1;
  // Mean inside the brain relative to the site's, and SD relative to the mean:
  // every intensity of a volume is scaled and shifted to them, so that the
  // moments of a volume tell nothing but these.
  std::array<double, kContrasts> gain = {1, 1};
  std::array<double, kContrasts> variation = {0.2, 0.2};
};

// The cohort of `options` (checked), sorted by id.
//
// What must not tell age is balanced by design, not only drawn at random: ages
// are one draw from each of n equal parts of the range; of each run of S
// neighbours in age every one of the S sites has one (a shorter last run goes
// to as many sites); and neighbours in age have opposite draws (u and 1 - u) of
// sex, head size, gain and variation. Ids are dealt at random.
std::vector<PhantomSubject> DrawSubjects(const PhantomOptions& options);

}  // namespace gyrus
