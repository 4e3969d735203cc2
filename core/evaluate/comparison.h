// Whether arms differ: over the folds that they share, and over the subjects.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/evaluate/tested_arm.h"
#include "gyrus/v1/result.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// Every other arm against `compare.with`, and all arms at once.
//
// An arm against another:
//  * over the folds in which both have the metric: the corrected resampled t
//    test, with n_test / n_train = 1 / (k - 1), and the paired t test as naive;
//  * numbers, over subjects' absolute errors (subject_errors.h): Wilcoxon's
//    signed-rank test, the difference of their means with its BCa interval, d_z;
//  * classes, over the items that both were tested on, probabilities averaged
//    over repeats: McNemar's exact test and DeLong's.
// Each p is corrected over the arms, for each test by itself; an n/a one is left
// out. One-sided tests of errors look the way in which the metric is expected
// to be: a greater r is a smaller error.
//
// All arms, over the folds in which all have the metric: Friedman's test, the
// repeated-measures ANOVA, and the one-way ANOVA, which ignores the pairing.
//
// No order of arms or folds changes a number by more than rounding.
// `k`: folds of a repeat. INVALID_ARGUMENT: fewer than two arms, no arm of that
// name, or k below 2.
absl::StatusOr<v1::Comparisons> CompareArms(absl::Span<const TestedArm> arms,
                                            const v1::Compare& compare, uint32_t k,
                                            const SamplesById& samples);

// As CompareArms, but of arms that each tested all items once, as ensembles do:
// only what is over subjects and items, as there are no folds.
absl::StatusOr<v1::Comparisons> CompareEnsembles(absl::Span<const TestedArm> arms,
                                                 const v1::Compare& compare,
                                                 const SamplesById& samples);

}  // namespace gyrus
