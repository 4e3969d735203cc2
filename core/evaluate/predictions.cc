#include "core/evaluate/predictions.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status.h"

namespace gyrus {
namespace {

constexpr absl::string_view kHead = "item\ttarget\tprediction";

void AppendNumber(double number, std::string& text) {
  char digits[32];  // The shortest form of a double has at most 24.
  const auto end = std::to_chars(std::begin(digits), std::end(digits), number).ptr;
  text.append(digits, end);
}

std::optional<double> ParseNumber(absl::string_view text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end || !std::isfinite(number)) return std::nullopt;
  return number;
}

absl::Status CheckWritable(const v1::Prediction& p) {
  if (p.item().empty() || p.item().find_first_of("\t\r\n") != std::string::npos) {
    return absl::InvalidArgumentError(absl::StrCat(
        "writing predictions: item '", p.item(), "' has no name or has a tab or line break in it"));
  }
  if (!std::isfinite(p.target()) || !std::isfinite(p.prediction())) {
    return absl::InvalidArgumentError(absl::StrCat("writing predictions: item '", p.item(),
                                                   "' has target ", p.target(), " and prediction ",
                                                   p.prediction(), "; both must be finite"));
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::Prediction> ParseLine(absl::string_view line) {
  const std::vector<absl::string_view> columns = absl::StrSplit(line, '\t');
  if (columns.size() != 3) {
    return absl::DataLossError(absl::StrCat("has ", columns.size(), " columns instead of 3"));
  }
  if (columns[0].empty()) return absl::DataLossError("has no item");
  const std::optional<double> target = ParseNumber(columns[1]);
  const std::optional<double> prediction = ParseNumber(columns[2]);
  if (!target || !prediction) {
    return absl::DataLossError(
        absl::StrCat("'", target ? columns[2] : columns[1], "' is not a finite number"));
  }
  v1::Prediction result;
  result.set_item(std::string(columns[0]));
  result.set_target(*target);
  result.set_prediction(*prediction);
  return result;
}

}  // namespace

absl::StatusOr<std::string> FormatPredictions(std::vector<v1::Prediction> predictions) {
  std::sort(predictions.begin(), predictions.end(),
            [](const auto& a, const auto& b) { return a.item() < b.item(); });
  std::string text = absl::StrCat(kHead, "\n");
  for (size_t i = 0; i < predictions.size(); ++i) {
    const v1::Prediction& p = predictions[i];
    GYRUS_RETURN_IF_ERROR(CheckWritable(p));
    if (i > 0 && p.item() == predictions[i - 1].item()) {
      return absl::InvalidArgumentError(
          absl::StrCat("writing predictions: item '", p.item(), "' comes twice"));
    }
    absl::StrAppend(&text, p.item(), "\t");
    AppendNumber(p.target(), text);
    text += '\t';
    AppendNumber(p.prediction(), text);
    text += '\n';
  }
  return text;
}

absl::StatusOr<std::vector<v1::Prediction>> ParsePredictions(absl::string_view text,
                                                             absl::string_view file) {
  std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  const auto at = [file](size_t line) { return absl::StrCat(file, ":", line); };
  if (lines.front() != kHead) {
    return absl::DataLossError(
        absl::StrCat(at(1),
                     ": is not the head of a file of predictions (item, target, "
                     "prediction, between tabs)"));
  }
  if (!lines.back().empty()) {
    return absl::DataLossError(absl::StrCat(at(lines.size()), ": the last line is cut short"));
  }
  lines.pop_back();
  std::vector<v1::Prediction> predictions;
  for (size_t i = 1; i < lines.size(); ++i) {
    absl::StatusOr<v1::Prediction> p = ParseLine(lines[i]);
    if (!p.ok()) return Annotate(p.status(), at(i + 1));
    if (!predictions.empty() && p->item() <= predictions.back().item()) {
      return absl::DataLossError(
          absl::StrCat(at(i + 1), ": item '", p->item(), "' comes twice or out of order"));
    }
    predictions.push_back(*std::move(p));
  }
  return predictions;
}

}  // namespace gyrus
