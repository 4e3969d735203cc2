#include "core/statistics/test_result.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace gyrus {
namespace {

std::string ShortNumber(double number) { return absl::StrFormat("%.4g", number); }

}  // namespace

absl::string_view NameOf(Alternative alternative) {
  switch (alternative) {
    case Alternative::kLess:
      return "less";
    case Alternative::kGreater:
      return "greater";
    case Alternative::kTwoSided:
      break;
  }
  return "two-sided";
}

std::string MethodSentence(const TestResult& result) {
  const auto number = [](std::string* out, double value) { out->append(ShortNumber(value)); };
  std::string text = absl::StrCat(result.test, " (", result.variant);
  if (!result.correction.empty()) absl::StrAppend(&text, "; corrected for ", result.correction);
  absl::StrAppend(&text, "): ", result.statistic_name);
  if (!result.df.empty()) absl::StrAppend(&text, "(", absl::StrJoin(result.df, ", ", number), ")");
  absl::StrAppend(&text, " = ", ShortNumber(result.statistic),
                  ", p = ", absl::StrFormat("%.3g", result.p),
                  ", n = ", absl::StrJoin(result.n, " and "));
  if (result.ties > 0) absl::StrAppend(&text, ", ", result.ties, " tied values");
  if (result.zeros > 0) absl::StrAppend(&text, ", ", result.zeros, " zero differences");
  return absl::StrCat(text, ".");
}

}  // namespace gyrus
