#include "core/statistics/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/random.h"
#include "common/status.h"
#include "core/statistics/checks.h"
#include "core/statistics/distribution.h"
#include "core/statistics/moments.h"
#include "core/statistics/sums.h"

namespace gyrus {
namespace {

constexpr uint32_t kFewestResamples = 2'000;

using Subjects = std::vector<std::vector<size_t>>;  // The items of each.

Defined<Subjects> SubjectsOf(absl::Span<const size_t> subject_of) {
  Subjects subjects;
  for (size_t item = 0; item < subject_of.size(); ++item) {
    if (subject_of[item] >= subject_of.size()) {
      return absl::InvalidArgumentError("subjects must be numbered from 0 without gaps");
    }
    if (subject_of[item] >= subjects.size()) subjects.resize(subject_of[item] + 1);
    subjects[subject_of[item]].push_back(item);
  }
  for (const std::vector<size_t>& items : subjects) {
    if (items.empty()) {
      return absl::InvalidArgumentError("subjects must be numbered from 0 without gaps");
    }
  }
  if (subjects.size() < 2) return Undefined("there are fewer than two subjects");
  return subjects;
}

void Append(const std::vector<size_t>& more, std::vector<size_t>& items) {
  items.insert(items.end(), more.begin(), more.end());
}

struct Resampled {
  std::vector<double> values;
  uint32_t undefined = 0;
};

// Each resample has its own random stream, so that the i-th resample is the same whatever
// the number of resamples.
Defined<Resampled> Resample(const Subjects& subjects, Statistic statistic,
                            const BootstrapOptions& options) {
  Resampled resampled;
  const uint32_t count = static_cast<uint32_t>(subjects.size());
  for (uint32_t i = 0; i < options.resamples; ++i) {
    RandomStream draws(options.seed, "bootstrap", i);
    std::vector<size_t> items;
    for (uint32_t s = 0; s < count; ++s) Append(subjects[draws.NextBelow(count)], items);
    const Defined<double> value = statistic(items);
    if (value.ok()) {
      resampled.values.push_back(*value);
    } else if (value.is_undefined()) {
      ++resampled.undefined;
    } else {
      return value.status();
    }
  }
  return resampled;
}

// The jackknife over subjects, from which BCa computes its acceleration.
Defined<std::vector<double>> LeaveOut(const Subjects& subjects, Statistic statistic) {
  std::vector<double> values;
  for (size_t without = 0; without < subjects.size(); ++without) {
    std::vector<size_t> items;
    for (size_t s = 0; s < subjects.size(); ++s) {
      if (s != without) Append(subjects[s], items);
    }
    GYRUS_ASSIGN_OR_RETURN(const double value, statistic(items));
    values.push_back(value);
  }
  return values;
}

}  // namespace

Defined<BootstrapResult> BootstrapBySubject(absl::Span<const size_t> subject_of,
                                            Statistic statistic, const BootstrapOptions& options) {
  GYRUS_RETURN_IF_ERROR(CheckLevel(options.level));
  if (options.resamples < kFewestResamples) {
    return absl::InvalidArgumentError(absl::StrCat(options.resamples, " resamples are too few; ",
                                                   kFewestResamples, " is the least"));
  }
  GYRUS_ASSIGN_OR_RETURN(const Subjects subjects, SubjectsOf(subject_of));
  std::vector<size_t> all;
  for (size_t item = 0; item < subject_of.size(); ++item) all.push_back(item);
  GYRUS_ASSIGN_OR_RETURN(const double estimate, statistic(all));
  GYRUS_ASSIGN_OR_RETURN(const Resampled resampled, Resample(subjects, statistic, options));
  BootstrapResult result{.estimate = estimate,
                         .percentile = PercentileInterval(resampled.values, options.level),
                         .subjects = subjects.size(),
                         .resamples = options.resamples,
                         .undefined = resampled.undefined,
                         .seed = options.seed};
  const Defined<std::vector<double>> left_out = LeaveOut(subjects, statistic);
  result.bca = left_out.ok() ? BcaInterval(resampled.values, estimate, *left_out, options.level)
                             : Annotate(left_out.status(), "without one of the subjects");
  return result;
}

Defined<Interval> PercentileInterval(absl::Span<const double> resampled, double level) {
  GYRUS_RETURN_IF_ERROR(CheckLevel(level));
  if (resampled.size() < 2) return Undefined("there are fewer than two resampled values");
  const double tail = 50 * (1 - level);
  GYRUS_ASSIGN_OR_RETURN(const double lower, Percentile(resampled, tail));
  GYRUS_ASSIGN_OR_RETURN(const double upper, Percentile(resampled, 100 - tail));
  return Interval{lower, upper};
}

Defined<Interval> BcaInterval(absl::Span<const double> resampled, double estimate,
                              absl::Span<const double> left_out, double level) {
  GYRUS_RETURN_IF_ERROR(CheckLevel(level));
  GYRUS_RETURN_IF_ERROR(CheckFinite(resampled));
  GYRUS_RETURN_IF_ERROR(CheckFinite(left_out));
  if (resampled.size() < 2) return Undefined("there are fewer than two resampled values");
  if (!VaryBeyondRounding(left_out, LargestMagnitude(left_out))) {
    return Undefined("it is the same without any one subject");
  }
  double below = 0;
  // Values equal to the estimate count half, which matters for statistics with few distinct
  // values.
  for (const double value : resampled) below += value < estimate ? 1 : value == estimate ? 0.5 : 0;
  const double share = below / static_cast<double>(resampled.size());
  if (share <= 0 || share >= 1) return Undefined("the estimate is beyond all resampled values");
  double squares = 0;
  double cubes = 0;
  for (const double deviation : Deviations(left_out)) {
    squares += deviation * deviation;
    cubes -= deviation * deviation * deviation;
  }
  const double acceleration = cubes / (6 * std::pow(squares, 1.5));
  const double bias = NormalQuantile(share);
  const auto percent = [&](double tail) {
    const double z = bias + NormalQuantile(tail);
    return 100 * NormalCdf(bias + z / (1 - acceleration * z));
  };
  const double tail = (1 - level) / 2;
  GYRUS_ASSIGN_OR_RETURN(const double lower, Percentile(resampled, percent(tail)));
  GYRUS_ASSIGN_OR_RETURN(const double upper, Percentile(resampled, percent(1 - tail)));
  return Interval{lower, upper};
}

}  // namespace gyrus
