// Reads cases, one line of JSON each, and writes what core/statistics makes of
// them, for statistics_peer.py to compare: {"f": "pearson", "a": [...], "b": [...]}
// becomes [0.9, 0.01, null, null] (null is n/a) or {"error": "..."}.
#include <functional>
#include <iostream>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/status.h"
#include "core/statistics/agreement.h"
#include "core/statistics/anova.h"
#include "core/statistics/bias_correction.h"
#include "core/statistics/bootstrap.h"
#include "core/statistics/calibration.h"
#include "core/statistics/combat.h"
#include "core/statistics/confusion.h"
#include "core/statistics/corrected_t.h"
#include "core/statistics/correlation.h"
#include "core/statistics/effect_size.h"
#include "core/statistics/errors.h"
#include "core/statistics/groups.h"
#include "core/statistics/mann_whitney.h"
#include "core/statistics/moments.h"
#include "core/statistics/multiplicity.h"
#include "core/statistics/proportion.h"
#include "core/statistics/rank_anova.h"
#include "core/statistics/roc.h"
#include "core/statistics/student_t.h"
#include "core/statistics/wilcoxon.h"
#include "nlohmann/json.hpp"

namespace gyrus {
namespace {

using Json = nlohmann::json;
using Doubles = std::vector<double>;
using Outcome = Defined<Doubles>;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr Alternative kSides[] = {Alternative::kTwoSided, Alternative::kLess,
                                  Alternative::kGreater};

// A misuse inside an answer must not pass for n/a.
void Add(const Defined<double>& value, Doubles& to) {
  if (!value.status().error().ok()) {
    std::cerr << value.status() << "\n";
    to.push_back(std::numeric_limits<double>::infinity());
    return;
  }
  to.push_back(value.ok() ? *value : kNone);
}

void Add(const Defined<Interval>& interval, Doubles& to) {
  Add(interval.ok() ? Defined<double>(interval->lower) : interval.status(), to);
  Add(interval.ok() ? Defined<double>(interval->upper) : interval.status(), to);
}

void AddP(const Defined<TestResult>& result, Doubles& to) {
  Add(result.ok() ? Defined<double>(result->p) : result.status(), to);
}

void Add(const Defined<TestResult>& result, Doubles& to) {
  Add(result.ok() ? Defined<double>(result->statistic) : result.status(), to);
  AddP(result, to);
}

Doubles A(const Json& c) { return c.at("a").get<Doubles>(); }
Doubles B(const Json& c) { return c.at("b").get<Doubles>(); }
std::vector<int> Labels(const Json& c) { return c.at("labels").get<std::vector<int>>(); }

// The groups of a case, and views of them.
struct Rows {
  explicit Rows(const Json& c) : values(c.at("groups").get<std::vector<Doubles>>()) {
    views.assign(values.begin(), values.end());
  }
  std::vector<Doubles> values;
  std::vector<absl::Span<const double>> views;
};

template <typename Result>
Outcome OneOf(const Defined<Result>& result) {
  Doubles values;
  Add(result, values);
  return values;
}

Outcome Moments(const Json& c) {
  Doubles values;
  const Doubles a = A(c);
  Add(Mean(a), values);
  Add(StandardDeviation(a, 0), values);
  Add(StandardDeviation(a, 1), values);
  Add(Median(a), values);
  Add(Percentile(a, c.at("percent").get<double>()), values);
  Add(MeanInterval(a), values);
  return values;
}

Outcome Errors(const Json& c) {
  Doubles values;
  for (const auto function :
       {MeanAbsoluteError, AbsoluteErrorSd, MedianAbsoluteError, RootMeanSquaredError, MeanError,
        R2, ExplainedVariance, WeightedMeanAbsoluteError}) {
    Add(function(A(c), B(c)), values);
  }
  const auto line = FitLine(A(c), B(c));
  Add(line.ok() ? Defined<double>(line->slope) : line.status(), values);
  Add(line.ok() ? Defined<double>(line->intercept) : line.status(), values);
  const auto agreement = BlandAltmanOf(A(c), B(c));
  Add(agreement.ok() ? Defined<Interval>(agreement->limits) : agreement.status(), values);
  return values;
}

Outcome AgeGroups(const Json& c) {
  GYRUS_ASSIGN_OR_RETURN(const Bins bins, Bins::Between(c.at("edges").get<Doubles>()));
  GYRUS_ASSIGN_OR_RETURN(const GroupErrors errors, ErrorsByBin(bins, A(c), A(c), B(c)));
  Doubles values = {static_cast<double>(errors.outside)};
  for (const GroupError& group : errors.groups) {
    Add(group.mean_absolute_error, values);
    Add(group.mean_error, values);
  }
  Add(errors.WorstMeanAbsoluteError(), values);
  return values;
}

template <typename Function>
std::function<Outcome(const Json&)> Correlated(Function function) {
  return [function](const Json& c) -> Outcome {
    GYRUS_ASSIGN_OR_RETURN(const Correlation result, function(A(c), B(c)));
    Doubles values = {result.coefficient};
    AddP(result.test, values);
    Add(result.interval, values);
    return values;
  };
}

template <typename Function>
std::function<Outcome(const Json&)> ThreeSides(Function function) {
  return [function](const Json& c) -> Outcome {
    Doubles values;
    for (const Alternative side : kSides) Add(function(A(c), B(c), side), values);
    return values;
  };
}

Outcome OneSample(const Json& c) {
  Doubles values;
  for (const Alternative side : kSides) {
    Add(OneSampleT(A(c), c.at("mean").get<double>(), side), values);
  }
  return values;
}

Outcome MannWhitneyU(const Json& c) {
  using Method = MannWhitneyOptions::Method;
  const Doubles a = A(c);
  const Doubles b = B(c);
  Doubles values;
  for (const Alternative side : kSides) Add(MannWhitney(a, b, {.alternative = side}), values);
  AddP(MannWhitney(a, b, {.method = Method::kNormal}), values);
  AddP(MannWhitney(a, b, {.method = Method::kNormal, .continuity = false}), values);
  AddP(MannWhitney(a, b, {.method = Method::kLegacyHalf}), values);
  return values;
}

Outcome SignedRank(const Json& c) {
  using Zeros = WilcoxonOptions::Zeros;
  const Doubles a = A(c);
  const Doubles b = B(c);
  Doubles values;
  for (const Alternative side : kSides) Add(Wilcoxon(a, b, {.alternative = side}), values);
  for (const Alternative side : kSides) {
    AddP(Wilcoxon(
             a, b,
             {.method = WilcoxonOptions::Method::kNormal, .alternative = side, .continuity = true}),
         values);
  }
  for (const Zeros zeros : {Zeros::kPratt, Zeros::kSplit}) {
    Add(Wilcoxon(a, b, {.zeros = zeros}), values);
  }
  return values;
}

Outcome Corrected(const Json& c) {
  const CrossValidation split{c.at("folds").get<uint32_t>(), c.at("repeats").get<uint32_t>()};
  return OneOf(CorrectedT(A(c), B(c), split));
}

Outcome Adjusted(const Json& c) {
  Doubles values;
  for (const auto method :
       {Multiplicity::kBonferroni, Multiplicity::kHolm, Multiplicity::kHolmSidak,
        Multiplicity::kBenjaminiHochberg, Multiplicity::kBenjaminiYekutieli}) {
    GYRUS_ASSIGN_OR_RETURN(const Doubles adjusted, AdjustP(A(c), method));
    values.insert(values.end(), adjusted.begin(), adjusted.end());
  }
  return values;
}

Outcome Effect(const Json& c) {
  GYRUS_ASSIGN_OR_RETURN(const EffectSize effect, EffectOf(A(c), B(c)));
  Doubles values = {effect.d, effect.g, effect.normal.lower, effect.normal.upper};
  Add(effect.exact, values);
  return values;
}

Outcome PairedEffect(const Json& c) {
  GYRUS_ASSIGN_OR_RETURN(const PairedEffectSize effect, PairedEffectOf(A(c), B(c)));
  return Doubles{effect.dz, effect.dav};
}

Outcome Intraclass(const Json& c) {
  GYRUS_ASSIGN_OR_RETURN(const IntraclassCorrelation icc, IntraclassCorrelationOf(Rows(c).views));
  Doubles values;
  Add(icc.absolute, values);
  values.push_back(icc.consistency);
  return values;
}

Outcome Decisions(const Json& c) {
  GYRUS_ASSIGN_OR_RETURN(const Confusion table, ConfusionAt(Labels(c), A(c), c.at("threshold")));
  Doubles values;
  for (const auto function :
       {Accuracy, Sensitivity, Specificity, BalancedAccuracy, PositivePredictiveValue,
        NegativePredictiveValue, F1, MatthewsCorrelation, CohensKappa}) {
    Add(function(table), values);
  }
  return values;
}

Outcome Roc(const Json& c) {
  const std::vector<int> labels = Labels(c);
  const Doubles a = A(c);
  Doubles values;
  Add(AreaUnderRoc(labels, a), values);
  Add(AveragePrecision(labels, a), values);
  const auto threshold = YoudenThreshold(labels, a);
  Add(threshold, values);
  const auto delong = DeLongOf(labels, a);
  Add(delong.ok() ? Defined<double>(delong->variance) : delong.status(), values);
  Add(delong.ok() ? Defined<Interval>(delong->interval) : delong.status(), values);
  Add(delong.ok() ? delong->logit_interval : delong.status(), values);
  const auto pair = CompareRoc(labels, a, B(c));
  Add(pair.ok() ? Defined<double>(pair->covariance) : pair.status(), values);
  Add(pair.ok() ? Defined<TestResult>(pair->test) : pair.status(), values);
  return values;
}

Outcome Calibration(const Json& c) {
  Doubles values;
  Add(BrierScore(Labels(c), A(c)), values);
  Add(LogLoss(Labels(c), A(c)), values);
  Add(ExpectedCalibrationError(Labels(c), A(c)), values);
  return values;
}

Outcome Proportion(const Json& c) {
  const uint64_t k = c.at("k");
  const uint64_t n = c.at("n");
  Doubles values;
  Add(WilsonInterval(k, n), values);
  Add(ClopperPearsonInterval(k, n), values);
  AddP(McNemarExact(k, n), values);
  Add(McNemarChiSquared(k, n), values);
  return values;
}

Outcome Resampled(const Json& c) {
  const Doubles left_out = c.at("left_out");
  const double level = c.at("level");
  Doubles values;
  Add(PercentileInterval(A(c), level), values);
  Add(BcaInterval(A(c), c.at("estimate").get<double>(), left_out, level), values);
  return values;
}

Outcome Bias(const Json& c) {
  Doubles values;
  for (const BiasMethod method : {BiasMethod::kCole, BiasMethod::kAgeRegression}) {
    const auto correction = FitBiasCorrection(method, A(c), B(c));
    if (!correction.ok()) {
      values.insert(values.end(), A(c).size(), kNone);
      continue;
    }
    GYRUS_ASSIGN_OR_RETURN(const CorrectedGaps gaps, CorrectGaps(*correction, A(c), B(c)));
    const absl::Span<const double> of_subjects = gaps.ForComparingGroups();
    values.insert(values.end(), of_subjects.begin(), of_subjects.end());
  }
  return values;
}

CombatData CombatDataOf(const Json& c) {
  CombatData data{.sites = c.at("sites").get<std::vector<std::string>>()};
  data.features = {
      .rows = data.sites.size(), .columns = c.at("columns").get<size_t>(), .values = A(c)};
  for (const Json& covariate : c.at("covariates")) {
    data.covariates.push_back({.name = "x", .values = covariate.get<Doubles>()});
  }
  return data;
}

Outcome Combat(const Json& c) {
  const CombatData data = CombatDataOf(c);
  CombatOptions options{.empirical_bayes = c.at("empirical_bayes")};
  if (c.contains("reference")) options.reference_site = c.at("reference").get<std::string>();
  const Covariate target{.name = "age", .values = Doubles(data.sites.size())};
  GYRUS_ASSIGN_OR_RETURN(const CombatModel model, FitCombat(data, target, options));
  GYRUS_ASSIGN_OR_RETURN(const Harmonised harmonised, ApplyCombat(model, data));
  return harmonised.features.values;
}

const std::map<std::string, std::function<Outcome(const Json&)>>& Functions() {
  static const std::map<std::string, std::function<Outcome(const Json&)>> functions = {
      {"moments", Moments},
      {"errors", Errors},
      {"age_groups", AgeGroups},
      {"cumulative_scores",
       [](const Json& c) {
         return CumulativeScores(A(c), B(c), {0, .5, 1, 2, 5});
       }},
      {"pearson", Correlated([](Doubles a, Doubles b) { return Pearson(a, b); })},
      {"spearman", Correlated(Spearman)},
      {"kendall", Correlated(Kendall)},
      {"one_sample_t", OneSample},
      {"paired_t", ThreeSides(PairedT)},
      {"student_t", ThreeSides(StudentT)},
      {"welch_t", ThreeSides(WelchT)},
      {"mann_whitney", MannWhitneyU},
      {"wilcoxon", SignedRank},
      {"one_way_anova", [](const Json& c) { return OneOf(OneWayAnova(Groups(Rows(c).views))); }},
      {"kruskal_wallis", [](const Json& c) { return OneOf(KruskalWallis(Rows(c).views)); }},
      {"levene", [](const Json& c) { return OneOf(Levene(Rows(c).views)); }},
      {"repeated_measures",
       [](const Json& c) { return OneOf(RepeatedMeasuresAnova(Rows(c).views)); }},
      {"friedman", [](const Json& c) { return OneOf(Friedman(Rows(c).views)); }},
      {"intraclass", Intraclass},
      {"corrected_t", Corrected},
      {"multiplicity", Adjusted},
      {"effect_size", Effect},
      {"paired_effect", PairedEffect},
      {"confusion", Decisions},
      {"roc", Roc},
      {"calibration", Calibration},
      {"proportion", Proportion},
      {"bootstrap", Resampled},
      {"bias_correction", Bias},
      {"combat", Combat},
  };
  return functions;
}

// JSON has no infinity: n/a is null, a misuse inside an answer an error.
Json ToJson(const Outcome& answer) {
  if (!answer.ok()) {
    if (answer.is_undefined()) return nullptr;
    return {{"error", answer.status().message()}};
  }
  Json values = Json::array();
  for (const double value : *answer) {
    if (value == std::numeric_limits<double>::infinity()) return {{"error", "see above"}};
    values.push_back(value == value ? Json(value) : Json(nullptr));
  }
  return values;
}

int Main() {
  std::ios::sync_with_stdio(false);
  std::string line;
  while (std::getline(std::cin, line)) {
    const Json c = Json::parse(line);
    std::cout << ToJson(Functions().at(c.at("f").get<std::string>())(c)).dump() << "\n";
  }
  return 0;
}

}  // namespace
}  // namespace gyrus

int main() { return gyrus::Main(); }
