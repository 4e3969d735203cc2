// Turns the rows of a manifest into samples, before any image is read.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gyrus/v1/loader.pb.h"
#include "gyrus/v1/reason.pb.h"

namespace gyrus {

// Samples without the facts that only their images show: each Image has channel and path.
struct Manifest {
  std::vector<v1::Sample> samples;
  // One for each bad row, in order.
  std::vector<v1::Reason> reasons;
};

// Reads the text of `request.cohort`'s manifest; docs/experiment.md says what a
// manifest holds. `file` is for messages.
//
// Names of subjects, sessions, sites and families, and texts of columns, are in
// canonical form (common/text_identity.h); paths are as they were written. A session
// that is missing (common/missing.h) is the first one, "1"; a missing site or family
// is none.
//
// INVALID_ARGUMENT: a column that the experiment asks for is not there; names
// those that are. DATA_LOSS: the text is no table. What is wrong with single
// rows is in `reasons`: a value that is no number, an empty subject, one that is
// there twice, names that look alike but are not the same.
absl::StatusOr<Manifest> ReadManifest(const v1::AdmitRequest& request, absl::string_view text,
                                      absl::string_view file);

}  // namespace gyrus
