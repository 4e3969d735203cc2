// Proves from the plan alone that a split keeps its parts apart.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "gyrus/v1/plan.pb.h"

namespace gyrus {

// Shares nothing with the code that made the split. In every fold: each sample
// is in exactly one part; no subject, family, value of split.kfold.group or
// image (by its voxels) is in two; there is something to train on and to test.
// In every repeat: each sample is tested exactly once.
//
// FAILED_PRECONDITION: it does not; names repeat, fold and what stands on two
// sides.
absl::Status ProveDisjoint(const v1::Plan& plan);

// Nothing that a training before a fold learns from is of a subject, a family or
// an image of the fold's test or validation part. Shares nothing with the code
// that planned the stages.
// FAILED_PRECONDITION: it is; names stage, fold and what.
absl::Status ProveStagesApart(const v1::Plan& plan);

// No subject, family or image of an external sample is in any training, of the
// folds or before them.
// FAILED_PRECONDITION: one is; names it and the sample that is trained on.
absl::Status ProveExternalApart(const v1::Plan& plan);

// SHA-256 over the samples' ids in each part of each fold, in order, and those of
// external samples, where there are some: equal when two splits are the same split.
std::string SplitHash(const v1::Plan& plan);

}  // namespace gyrus
