// Arithmetic on voxels, such as scaling a volume or dividing two volumes. Pure; it gives
// the same bits on every machine of a numeric kind.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/volume/volume.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// Scales voxels in place to mean 0 and standard deviation 1 (ddof 0; sums are taken
// in double). INSIDE_BRAIN takes the voxels that are not zero and leaves the others
// zero.
// INVALID_ARGUMENT: there are none, or all have one value.
absl::Status ZScore(Volume& volume, v1::Inside inside);

// a / b as `spec` says (see v1::Ratio); `a` and `b` on one grid. Order: guard,
// clip, calibrate. Percentiles are interpolated as numpy does by default; the
// guard's median is over voxels where both are positive.
// INVALID_ARGUMENT: not on one grid, nowhere defined, or percentiles that are
// not two rising numbers of 0 to 100.
absl::StatusOr<Volume> Ratio(const Volume& a, const Volume& b, const v1::Ratio& spec);

}  // namespace gyrus
