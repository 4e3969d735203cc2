#include "core/statistics/checks.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "common/status.h"

namespace gyrus {

Defined<double> InRange(double value) {
  if (!std::isfinite(value)) return Undefined("it leaves the range of double");
  return value;
}

absl::Status CheckFinite(absl::Span<const double> values) {
  for (size_t i = 0; i < values.size(); ++i) {
    if (std::isfinite(values[i])) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("value ", i, " is ", values[i], "; all must be finite numbers"));
  }
  return absl::OkStatus();
}

absl::Status CheckPairs(absl::Span<const double> a, absl::Span<const double> b) {
  if (a.size() != b.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("pairs need equal lengths, not ", a.size(), " and ", b.size()));
  }
  GYRUS_RETURN_IF_ERROR(CheckFinite(a));
  return CheckFinite(b);
}

DefinedStatus CheckGroups(absl::Span<const absl::Span<const double>> groups, size_t least) {
  if (groups.size() < least) {
    return absl::InvalidArgumentError(
        absl::StrCat("needs at least ", least, " groups, not ", groups.size()));
  }
  for (const absl::Span<const double> group : groups) GYRUS_RETURN_IF_ERROR(CheckFinite(group));
  for (size_t i = 0; i < groups.size(); ++i) {
    if (groups[i].empty()) return Undefined(absl::StrCat("group ", i + 1, " is empty"));
  }
  return {};
}

DefinedStatus CheckRows(absl::Span<const absl::Span<const double>> rows, size_t least) {
  for (const absl::Span<const double> row : rows) {
    if (row.size() == rows.front().size()) continue;
    return absl::InvalidArgumentError("every subject needs a value in every condition");
  }
  return CheckGroups(rows, least);
}

absl::Status CheckLevel(double level) {
  if (level > 0 && level < 1) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("a level of ", level, " is not inside (0, 1)"));
}

}  // namespace gyrus
