// The samples of an experiment, merged from the tables of all its cohorts.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gyrus/v1/loader.pb.h"
#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// In canonical order: by id.
using Samples = std::vector<v1::Sample>;

// "participants.csv:4 (infants/sub-03/1)".
std::string Describe(const v1::ExperimentSpec& spec, const v1::Sample& sample);

// Puts the rows of all tables in order, before any image was read.
// DATA_LOSS: there is no sample, one comes twice, or one lacks its id or subject.
absl::StatusOr<Samples> MergeRows(const v1::ExperimentSpec& spec,
                                  absl::Span<const v1::SampleTable> tables);

// DATA_LOSS: as MergeRows, or a sample lacks the digest of an image.
absl::StatusOr<Samples> MergeTables(const v1::ExperimentSpec& spec,
                                    absl::Span<const v1::SampleTable> tables);

// Adds the samples without the paths of their images.
void AddSamples(const Samples& samples, google::protobuf::RepeatedPtrField<v1::Sample>& planned);

// Digests of the tables, each once.
void AddTables(absl::Span<const v1::SampleTable> tables, v1::Plan& plan);

// Two subjects with the same voxels are one person, or a mistake: either would
// leak. Asked before there is a split, of all images but those of labels.
// DATA_LOSS: names both lines and files.
absl::Status CheckNoDuplicates(const v1::ExperimentSpec& spec, const Samples& samples);

// Sites and texts of columns that look alike but are not the same, also across
// cohorts: a loader sees one cohort at a time. DATA_LOSS: names both lines.
absl::Status CheckNoLookAlikes(const v1::ExperimentSpec& spec, const Samples& samples);

// DATA_LOSS: a sample has no finite number in `column`; names its line.
absl::Status CheckNumbers(const v1::ExperimentSpec& spec, const Samples& samples,
                          absl::string_view column);

}  // namespace gyrus
