#include "coordinator/plan/changed_rows.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "coordinator/plan/samples.h"

namespace gyrus {
namespace {

constexpr size_t kMaxRows = 20;

using SamplesById = std::map<std::string, const v1::Sample*>;

// The samples of the plan, of its external cohorts and of its earlier stages.
void AddPlanned(const v1::Plan& plan, SamplesById& samples) {
  for (const v1::Sample& sample : plan.samples()) samples.emplace(sample.id(), &sample);
  for (const v1::Sample& sample : plan.external()) samples.emplace(sample.id(), &sample);
  for (const v1::StagePlan& stage : plan.earlier()) AddPlanned(stage.plan(), samples);
}

void AddDigests(const v1::Plan& plan, std::set<std::string>& digests) {
  digests.insert(plan.table_digests().begin(), plan.table_digests().end());
  for (const v1::StagePlan& stage : plan.earlier()) AddDigests(stage.plan(), digests);
}

std::string Text(double number) { return absl::StrCat(number); }
std::string Text(const std::string& text) { return text.empty() ? "empty" : text; }

void AddChange(const std::string& name, const std::string& then, const std::string& now,
               std::vector<std::string>& changes) {
  changes.push_back(
      absl::StrCat(name, " was ", then, " when the run was planned and is ", now, " now"));
}

// A column may be missing on either side.
template <typename Map>
void CompareColumns(const Map& then, const Map& now, std::vector<std::string>& changes) {
  std::set<std::string> names;
  for (const auto& [name, value] : then) names.insert(name);
  for (const auto& [name, value] : now) names.insert(name);
  for (const std::string& name : names) {
    const auto before = then.find(name);
    const auto after = now.find(name);
    if (before != then.end() && after != now.end() && before->second == after->second) continue;
    AddChange(name, before == then.end() ? "missing" : Text(before->second),
              after == now.end() ? "missing" : Text(after->second), changes);
  }
}

void CompareText(const std::string& name, const std::string& then, const std::string& now,
                 std::vector<std::string>& changes) {
  if (then != now) AddChange(name, Text(then), Text(now), changes);
}

void CompareImages(const v1::Sample& then, const v1::Sample& now,
                   std::vector<std::string>& changes) {
  for (const v1::Image& image : now.images()) {
    const auto before = std::find_if(
        then.images().begin(), then.images().end(),
        [&image](const v1::Image& other) { return other.channel() == image.channel(); });
    if (before != then.images().end() && before->digest() == image.digest()) continue;
    changes.push_back(absl::StrCat("the content of its image of ", image.channel(), " (",
                                   image.path(), ") has changed since the run was planned"));
  }
}

std::vector<std::string> ChangesOf(const v1::Sample& then, const v1::Sample& now,
                                   bool with_images) {
  std::vector<std::string> changes;
  CompareColumns(then.numbers(), now.numbers(), changes);
  CompareColumns(then.texts(), now.texts(), changes);
  CompareText("subject", then.subject_key(), now.subject_key(), changes);
  CompareText("family", then.family_key(), now.family_key(), changes);
  CompareText("site", then.site(), now.site(), changes);
  if (with_images) CompareImages(then, now, changes);
  return changes;
}

v1::Reason Changed(const std::string& message) {
  v1::Reason reason;
  reason.set_code(v1::REASON_CODE_DATA_CHANGED);
  reason.set_message(message);
  return reason;
}

std::vector<v1::Reason> Shortened(std::vector<v1::Reason> reasons) {
  if (reasons.size() <= kMaxRows) return reasons;
  const size_t more = reasons.size() - kMaxRows;
  reasons.resize(kMaxRows);
  reasons.push_back(Changed(absl::StrCat("and ", more, " more rows have changed")));
  return reasons;
}

// What has changed in one table. Takes the samples that it finds out of `planned`.
std::vector<v1::Reason> ChangedIn(const v1::ExperimentSpec& spec, const v1::SampleTable& table,
                                  bool is_other_table, SamplesById& planned) {
  const bool with_images = !table.digest().empty();
  std::vector<v1::Reason> reasons;
  for (const v1::Sample& now : table.samples()) {
    const auto then = planned.find(now.id());
    if (then == planned.end()) {
      // A row that the plan left out is no new one: the digest would be the same.
      if (!is_other_table) continue;
      reasons.push_back(
          Changed(absl::StrCat(Describe(spec, now), " was not there when the run was planned")));
      continue;
    }
    const auto changes = ChangesOf(*then->second, now, with_images);
    planned.erase(then);
    if (changes.empty()) continue;
    reasons.push_back(
        Changed(absl::StrCat(Describe(spec, now), ": ", absl::StrJoin(changes, "; "))));
  }
  return reasons;
}

}  // namespace

std::vector<v1::Reason> ChangedRows(const v1::ExperimentSpec& spec, const v1::Plan& plan,
                                    absl::Span<const v1::SampleTable> tables) {
  SamplesById planned;
  AddPlanned(plan, planned);
  std::set<std::string> digests;
  AddDigests(plan, digests);
  std::vector<v1::Reason> reasons;
  std::string other_cohort;
  for (const v1::SampleTable& table : tables) {
    const bool is_other = !table.digest().empty() && !digests.contains(table.digest());
    if (is_other) other_cohort = table.cohort();
    for (v1::Reason& reason : ChangedIn(spec, table, is_other, planned)) {
      reasons.push_back(std::move(reason));
    }
  }
  for (const auto& [id, sample] : planned) {
    reasons.push_back(Changed(absl::StrCat(Describe(spec, *sample),
                                           " was there when the run was planned; its "
                                           "row is gone now")));
  }
  if (reasons.empty() && !other_cohort.empty()) {
    reasons.push_back(Changed(absl::StrCat(
        "cohort ", other_cohort, ": its images lie elsewhere than when the run was planned")));
  }
  return Shortened(std::move(reasons));
}

}  // namespace gyrus
