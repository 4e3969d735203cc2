#include "core/statistics/summary.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/status.h"
#include "core/statistics/moments.h"

namespace gyrus {
namespace {

std::string Number(const Defined<double>& value) {
  return value.ok() ? absl::StrFormat("%.4g", *value) : "n/a";
}

}  // namespace

absl::StatusOr<Summary> SummaryOf(absl::Span<const Defined<double>> values, uint32_t ddof) {
  Summary summary;
  std::vector<double> defined;
  for (const Defined<double>& value : values) {
    if (value.ok()) {
      defined.push_back(*value);
      continue;
    }
    if (!value.is_undefined()) return value.status().error();
    if (summary.undefined++ == 0) summary.reason = value.status().message();
  }
  summary.n = defined.size();
  summary.ddof = ddof;
  summary.mean = Mean(defined);
  summary.sd = StandardDeviation(defined, ddof);
  for (const auto* value : {&summary.mean, &summary.sd}) {
    GYRUS_RETURN_IF_ERROR(value->status().error());
  }
  return summary;
}

std::string ToText(const Summary& summary) {
  std::string text =
      absl::StrCat(Number(summary.mean), " (", Number(summary.sd), "), n = ", summary.n);
  if (summary.undefined > 0) {
    absl::StrAppend(&text, ", ", summary.undefined, " n/a: ", summary.reason);
  }
  return text;
}

}  // namespace gyrus
