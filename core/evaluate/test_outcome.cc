#include "core/evaluate/test_outcome.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/status.h"
#include "core/statistics/multiplicity.h"

namespace gyrus {
namespace {

Multiplicity MethodOf(v1::Correction correction) {
  if (correction == v1::CORRECTION_BONFERRONI) return Multiplicity::kBonferroni;
  if (correction == v1::CORRECTION_BH) return Multiplicity::kBenjaminiHochberg;
  return Multiplicity::kHolm;
}

}  // namespace

absl::StatusOr<v1::TestOutcome> OutcomeOf(v1::TestKind kind, const Defined<TestResult>& result) {
  v1::TestOutcome outcome;
  outcome.set_kind(kind);
  GYRUS_RETURN_IF_ERROR(result.status().error());
  if (result.is_undefined()) {
    outcome.set_reason(result.status().message());
    return outcome;
  }
  outcome.set_test(result->test);
  outcome.set_variant(result->variant);
  outcome.set_statistic_name(result->statistic_name);
  outcome.set_statistic(result->statistic);
  outcome.mutable_df()->Assign(result->df.begin(), result->df.end());
  outcome.set_p(result->p);
  for (const size_t n : result->n) outcome.add_n(static_cast<uint32_t>(n));
  outcome.set_ties(static_cast<uint32_t>(result->ties));
  outcome.set_zeros(static_cast<uint32_t>(result->zeros));
  outcome.set_correction(result->correction);
  outcome.set_sentence(MethodSentence(*result));
  return outcome;
}

absl::StatusOr<v1::Estimate> EstimateOf(const Defined<double>& value,
                                        const Defined<Interval>& interval, absl::string_view method,
                                        size_t n) {
  v1::Estimate estimate;
  estimate.set_n(static_cast<uint32_t>(n));
  estimate.set_method(std::string(method));
  for (const DefinedStatus& status : {value.status(), interval.status()}) {
    if (status.ok()) continue;
    GYRUS_RETURN_IF_ERROR(status.error());
    estimate.set_reason(status.message());
    break;
  }
  if (!value.ok()) return estimate;
  estimate.set_value(*value);
  if (interval.ok()) {
    estimate.set_lower(interval->lower);
    estimate.set_upper(interval->upper);
  }
  return estimate;
}

absl::Status CorrectP(v1::Correction correction, absl::Span<v1::TestOutcome* const> family) {
  if (correction == v1::CORRECTION_NONE) return absl::OkStatus();
  std::vector<v1::TestOutcome*> defined;
  std::vector<double> p;
  for (v1::TestOutcome* const outcome : family) {
    if (!outcome->has_p()) continue;
    defined.push_back(outcome);
    p.push_back(outcome->p());
  }
  const Multiplicity method = MethodOf(correction);
  GYRUS_ASSIGN_OR_RETURN(const std::vector<double> corrected, AdjustP(p, method));
  for (size_t i = 0; i < defined.size(); ++i) {
    defined[i]->set_p_corrected(corrected[i]);
    if (p.size() == 1) continue;  // It is the test's own.
    absl::StrAppend(defined[i]->mutable_sentence(), " Corrected over ", p.size(), " comparisons (",
                    NameOf(method), "): ", absl::StrFormat("p = %.3g.", corrected[i]));
  }
  return absl::OkStatus();
}

}  // namespace gyrus
