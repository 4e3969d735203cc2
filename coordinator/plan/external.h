// External samples: they are predicted, and never trained or selected on.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "gyrus/v1/loader.pb.h"
#include "gyrus/v1/plan.pb.h"

namespace gyrus {

// Tables of cohorts that are not, or are, in evaluate.external.
struct SplitTables {
  std::vector<v1::SampleTable> trained;
  std::vector<v1::SampleTable> external;
};
SplitTables SplitExternal(const v1::Evaluate& evaluate, absl::Span<const v1::SampleTable> tables);

// The part of AddExternal's errors that rows of manifests show, before any image
// is read. `external` may be empty.
absl::Status CheckExternalRows(const v1::ExperimentSpec& spec,
                               absl::Span<const v1::SampleTable> external);

// Adds the samples of `external`, if any, to `plan`, which has its spec and arms.
//  * INVALID_ARGUMENT: one comes out of an arm's recipe in another shape than
//    those trained on.
//  * DATA_LOSS: MergeTables'; an image or covariate is missing or unfit, a
//    target is not of the task. A target may be missing.
absl::Status AddExternal(absl::Span<const v1::SampleTable> external, v1::Plan& plan);

// Subjects of an external cohort that are called like one of a cohort trained on:
// perhaps the same people, which no key of theirs and no image says. Empty: none.
std::string WarningOfNames(const v1::Plan& plan);

}  // namespace gyrus
