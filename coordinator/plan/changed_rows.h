// Compares the data that an experiment was planned with to the data that is there now.
#pragma once

#include <vector>

#include "absl/types/span.h"
#include "gyrus/v1/loader.pb.h"
#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/reason.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// Returns a reason (DATA_CHANGED) for each row of the manifests that is not what it was
// when the experiment was planned, with the line, and with what was there and what is
// there now. At most 20 rows; the last reason then says how many are left out. Empty: a
// run that was interrupted may go on.
//
// `tables` are those of all cohorts of `spec`, which is the whole experiment. Where no
// image was read for them (their digests are empty), images are not compared.
std::vector<v1::Reason> ChangedRows(const v1::ExperimentSpec& spec, const v1::Plan& plan,
                                    absl::Span<const v1::SampleTable> tables);

}  // namespace gyrus
