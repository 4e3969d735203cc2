#include "core/evaluate/subject_errors.h"

#include <cmath>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/status.h"

namespace gyrus {
namespace {

double ErrorSize(const v1::Prediction& p) { return std::abs(p.prediction() - p.target()); }

absl::flat_hash_map<std::string, const v1::Prediction*> ById(const TestedFold& fold) {
  absl::flat_hash_map<std::string, const v1::Prediction*> by_id;
  for (const v1::Prediction& p : fold.predictions) by_id[p.item()] = &p;
  return by_id;
}

}  // namespace

std::vector<double> ValuesOf(const SubjectMeans& means) {
  std::vector<double> values;
  for (const auto& [subject, mean] : means) values.push_back(mean.mean());
  return values;
}

absl::StatusOr<const v1::Sample*> SampleOf(const std::string& item, const SamplesById& samples) {
  const auto found = samples.find(item);
  if (found != samples.end()) return found->second;
  return absl::InternalError(absl::StrCat("item '", item, "' is no sample of the plan"));
}

const TestedFold* FindFold(const TestedArm& arm, const TestedFold& like) {
  for (const TestedFold& fold : arm.folds) {
    if (fold.repeat == like.repeat && fold.fold == like.fold) return &fold;
  }
  return nullptr;
}

// Both arms must have the same items in the same fold. An item that only one arm predicts
// does not count.
absl::StatusOr<PairedErrors> PairSubjects(const TestedArm& first, const TestedArm& second,
                                          const SamplesById& samples) {
  SubjectMeans of_first, of_second;
  for (const TestedFold& fold : first.folds) {
    const TestedFold* const other = FindFold(second, fold);
    if (other == nullptr) continue;
    const auto others = ById(*other);
    for (const v1::Prediction& p : fold.predictions) {
      const auto match = others.find(p.item());
      if (!p.has_target() || match == others.end() || !match->second->has_target()) continue;
      GYRUS_ASSIGN_OR_RETURN(const v1::Sample* const sample, SampleOf(p.item(), samples));
      of_first[sample->subject_key()].Add(ErrorSize(p));
      of_second[sample->subject_key()].Add(ErrorSize(*match->second));
    }
  }
  return PairedErrors{ValuesOf(of_first), ValuesOf(of_second)};
}

}  // namespace gyrus
