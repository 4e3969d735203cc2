// Tests whether arms differ, over the folds that they share and over their subjects.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/evaluate/tested_arm.h"
#include "gyrus/v1/result.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// Compares every other arm with the arm `compare.with`, and all arms at once.
//
// An arm is compared with another one in these ways:
//  * over the folds in which both have the metric: the corrected resampled t
//    test, with n_test / n_train = 1 / (k - 1), and the paired t test as naive;
//  * numbers, over the absolute errors of subjects (subject_errors.h): Wilcoxon's
//    signed-rank test, the difference of their means with its BCa interval, and d_z;
//  * classes, over the items that both were tested on, with probabilities averaged over
//    repeats: McNemar's exact test and DeLong's test.
// The p-values of each kind of test are corrected over the arms; an undefined test is left
// out. A one-sided alternative is given for the metric; where a larger metric is better,
// the tests of errors use the opposite one.
//
// All arms are compared over the folds in which all have the metric: Friedman's test, the
// repeated-measures ANOVA, and the one-way ANOVA, which ignores the pairing.
//
// No order of arms or folds changes a number by more than rounding.
// `k` is the number of folds in one repeat. INVALID_ARGUMENT: there are fewer than two
// arms, no arm has that name, or k is below 2. INTERNAL: an item has no sample.
absl::StatusOr<v1::Comparisons> CompareArms(absl::Span<const TestedArm> arms,
                                            const v1::Compare& compare, uint32_t k,
                                            const SamplesById& samples);

// Like CompareArms(), but from the test items of all folds instead of from folds
// (evaluate.pool: items): the difference of the metric is that of the pooled metrics
// (pooled.h), the tests of an arm with another are those over subjects and items, and all
// arms are compared by their subjects' absolute errors, with Friedman's test and the
// repeated-measures ANOVA. Arms that output no number have no such comparison of all.
absl::StatusOr<v1::Comparisons> CompareArmsByItems(absl::Span<const TestedArm> arms,
                                                   const v1::Compare& compare,
                                                   const SamplesById& samples);

// Like CompareArms(), but for arms that have no folds because each tested all items once,
// such as ensembles: makes only the comparisons over subjects and items.
absl::StatusOr<v1::Comparisons> CompareEnsembles(absl::Span<const TestedArm> arms,
                                                 const v1::Compare& compare,
                                                 const SamplesById& samples);

}  // namespace gyrus
