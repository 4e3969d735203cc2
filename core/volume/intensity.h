// Arithmetic on voxels, such as scaling a volume or dividing two volumes. Pure; it gives
// the same bits on every machine of a numeric kind.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/volume/volume.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// A linear map of intensities: z = (value - mean) * scale.
struct Scaling {
  double mean = 0;
  double scale = 1;

  float Apply(float value) const { return static_cast<float>((value - mean) * scale); }
};

// Scales voxels in place to mean 0 and standard deviation 1 (ddof 0; sums are taken
// in double), and returns how. INSIDE_BRAIN takes the voxels inside of `mask`, which is
// on the volume's grid, and makes the others zero; INSIDE_VOLUME takes all.
// INVALID_ARGUMENT: there are none, or all have one value.
absl::StatusOr<Scaling> ZScore(Volume& volume, v1::Inside inside, const Volume& mask);

// a / b inside of `mask`, zero outside of it, as `spec` says (see v1::Ratio); all on one
// grid. Order: guard, clip, calibrate. Percentiles are interpolated as numpy does by
// default; the guard's median is over voxels of the brain where both are positive.
// INVALID_ARGUMENT: not on one grid, nowhere defined, or percentiles that are
// not two rising numbers of 0 to 100.
absl::StatusOr<Volume> Ratio(const Volume& a, const Volume& b, const Volume& mask,
                             const v1::Ratio& spec);

}  // namespace gyrus
