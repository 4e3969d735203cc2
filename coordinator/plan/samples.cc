#include "coordinator/plan/samples.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/look_alikes.h"
#include "common/missing.h"
#include "common/status.h"
#include "common/text_identity.h"
#include "coordinator/plan/refusal.h"
#include "core/spec/channels.h"

namespace gyrus {
namespace {

constexpr size_t kDigestBytes = 32;

absl::string_view CohortOf(const v1::Sample& sample) {
  return absl::string_view(sample.id()).substr(0, sample.id().find('/'));
}

std::string DescribeImage(const v1::ExperimentSpec& spec, const v1::Sample& sample,
                          const v1::Image& image) {
  return absl::StrCat(Describe(spec, sample), " ", image.channel(), " ", image.path());
}

absl::Status CheckNamed(const v1::ExperimentSpec& spec, const v1::Sample& sample) {
  if (sample.id().empty() || sample.subject_key().empty()) {
    return absl::DataLossError(
        absl::StrCat(Describe(spec, sample), ": the data loader gave no id or no subject"));
  }
  return absl::OkStatus();
}

absl::Status CheckDigests(const v1::ExperimentSpec& spec, const v1::Sample& sample) {
  for (const v1::Image& image : sample.images()) {
    if (image.voxel_digest().size() != kDigestBytes) {
      return absl::DataLossError(absl::StrCat(DescribeImage(spec, sample, image),
                                              ": the data loader gave no digest of its voxels"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

std::string Describe(const v1::ExperimentSpec& spec, const v1::Sample& sample) {
  std::string manifest = "?";
  for (const v1::Cohort& cohort : spec.cohorts()) {
    if (cohort.name() == CohortOf(sample)) manifest = cohort.manifest();
  }
  return absl::StrCat(manifest, ":", sample.line(), " (", sample.id(), ")");
}

absl::StatusOr<Samples> MergeRows(const v1::ExperimentSpec& spec,
                                  absl::Span<const v1::SampleTable> tables) {
  Samples samples;
  for (const v1::SampleTable& table : tables) {
    samples.insert(samples.end(), table.samples().begin(), table.samples().end());
  }
  if (samples.empty()) return absl::DataLossError("planning: the cohorts hold no sample");
  std::sort(samples.begin(), samples.end(),
            [](const auto& a, const auto& b) { return a.id() < b.id(); });
  for (size_t i = 0; i < samples.size(); ++i) {
    GYRUS_RETURN_IF_ERROR(CheckNamed(spec, samples[i]));
    if (i > 0 && samples[i].id() == samples[i - 1].id()) {
      return absl::DataLossError(absl::StrCat(Describe(spec, samples[i - 1]), " and ",
                                              Describe(spec, samples[i]),
                                              " are the same session; remove one row"));
    }
  }
  return samples;
}

absl::StatusOr<Samples> MergeTables(const v1::ExperimentSpec& spec,
                                    absl::Span<const v1::SampleTable> tables) {
  GYRUS_ASSIGN_OR_RETURN(Samples samples, MergeRows(spec, tables));
  for (const v1::Sample& sample : samples) GYRUS_RETURN_IF_ERROR(CheckDigests(spec, sample));
  return samples;
}

void AddSamples(const Samples& samples, google::protobuf::RepeatedPtrField<v1::Sample>& planned) {
  for (const v1::Sample& sample : samples) {
    v1::Sample& added = *planned.Add();
    added = sample;
    for (v1::Image& image : *added.mutable_images()) image.clear_path();
    if (added.has_mask()) added.mutable_mask()->clear_path();
  }
}

void AddTables(absl::Span<const v1::SampleTable> tables, v1::Plan& plan) {
  std::set<std::string> digests;
  for (const v1::SampleTable& table : tables) digests.insert(table.digest());
  plan.mutable_table_digests()->Assign(digests.begin(), digests.end());
}

absl::Status CheckNoDuplicates(const v1::ExperimentSpec& spec, const Samples& samples) {
  absl::flat_hash_map<absl::string_view, std::pair<const v1::Sample*, const v1::Image*>> first;
  const std::set<std::string> labels = LabelChannels(spec);
  ProblemList problems;
  for (const v1::Sample& sample : samples) {
    for (const v1::Image& image : sample.images()) {
      if (labels.contains(image.channel())) continue;
      // Equal voxels of one subject are allowed, for example the same image in two
      // sessions.
      const auto [entry, is_new] = first.try_emplace(image.voxel_digest(), &sample, &image);
      const auto [other, other_image] = entry->second;
      if (is_new || other->subject_key() == sample.subject_key()) continue;
      problems.Add(absl::StrCat(DescribeImage(spec, *other, *other_image), " and ",
                                DescribeImage(spec, sample, image),
                                " have the same voxels but are two subjects; "
                                "correct the manifest or remove one row"));
    }
  }
  return problems.ToStatus(absl::StatusCode::kDataLoss);
}

absl::Status CheckNoLookAlikes(const v1::ExperimentSpec& spec, const Samples& samples) {
  std::map<std::string, LookAlikes> columns;
  ProblemList problems;
  for (size_t i = 0; i < samples.size(); ++i) {
    const auto check = [&](const std::string& column, const std::string& text) {
      if (IsMissing(text)) return;
      // The place of a sample instead of its line, which is of its own cohort.
      const auto first = columns[column].Add(text, static_cast<uint32_t>(i));
      if (!first.has_value()) return;
      problems.Add(absl::StrCat(Describe(spec, samples[i]), ": ", column, " ", Quoted(text),
                                " and ", Quoted(first->text), " of ",
                                Describe(spec, samples[first->line]),
                                " look alike but are two texts; write them the same way if they "
                                "mean one thing, else so that they differ clearly"));
    };
    check("site", samples[i].site());
    for (const auto& [column, text] : samples[i].texts()) check(column, text);
  }
  return problems.ToStatus(absl::StatusCode::kDataLoss);
}

absl::Status CheckNumbers(const v1::ExperimentSpec& spec, const Samples& samples,
                          absl::string_view column) {
  ProblemList problems;
  for (const v1::Sample& sample : samples) {
    const auto found = sample.numbers().find(std::string(column));
    if (found == sample.numbers().end()) {
      problems.Add(absl::StrCat(Describe(spec, sample), ": has no number in column '", column,
                                "'; correct it or remove the row"));
    } else if (!std::isfinite(found->second)) {
      problems.Add(absl::StrCat(Describe(spec, sample), ": column '", column, "' is ",
                                found->second, "; it must be a finite number"));
    }
  }
  return problems.ToStatus(absl::StatusCode::kDataLoss);
}

}  // namespace gyrus
