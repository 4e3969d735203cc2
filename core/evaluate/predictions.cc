#include "core/evaluate/predictions.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/status.h"

namespace gyrus {
namespace {

constexpr absl::string_view kNone = "n/a";

// Uses from_chars, which depends on no locale and reads back exactly the bits that were
// written.
std::optional<double> ParseNumber(absl::string_view text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end || !std::isfinite(number)) return std::nullopt;
  return number;
}

// A column after the item. `get` may be absent; what `set` gets may too.
struct Column {
  std::string name;
  std::function<std::optional<double>(const v1::Prediction&)> get;
  std::function<void(std::optional<double>, v1::Prediction&)> set;
  bool may_be_absent = false;
  // For a column of classes, the word for each index.
  std::vector<std::string> words;
};

template <typename Has, typename Get, typename Set>
Column Scalar(std::string name, Has has, Get get, Set set) {
  return {.name = std::move(name),
          .get = [=](const v1::Prediction& p) -> std::optional<double> {
            if (!(p.*has)()) return std::nullopt;
            return (p.*get)();
          },
          .set =
              [=](std::optional<double> value, v1::Prediction& p) {
                if (value.has_value()) (p.*set)(*value);
              },
          .may_be_absent = false,
          .words = {}};
}

void AddNumber(const v1::Task& task, std::vector<Column>& columns) {
  using P = v1::Prediction;
  columns.push_back(Scalar("target", &P::has_target, &P::target, &P::set_target));
  columns.back().may_be_absent = true;
  columns.push_back(Scalar("prediction", &P::has_prediction, &P::prediction, &P::set_prediction));
  const auto& classes = task.classification().classes();
  for (Column& column : columns) column.words.assign(classes.begin(), classes.end());
}

Column Probability(const std::string& name, int index) {
  return {.name = absl::StrCat("probability:", name),
          .get = [index](const v1::Prediction& p) -> std::optional<double> {
            if (index >= p.probabilities_size()) return std::nullopt;
            return p.probabilities(index);
          },
          .set = [](std::optional<double> value,
                    v1::Prediction& p) { p.add_probabilities(value.value_or(0)); },
          .may_be_absent = false,
          .words = {}};
}

Column Dice(const std::string& name, int index) {
  return {.name = absl::StrCat("dice:", name),
          .get = [index](const v1::Prediction& p) -> std::optional<double> {
            if (index >= p.segmentation_size() || !p.segmentation(index).has_dice()) {
              return std::nullopt;
            }
            return p.segmentation(index).dice();
          },
          .set =
              [](std::optional<double> value, v1::Prediction& p) {
                v1::SegmentationScore& score = *p.add_segmentation();
                if (value.has_value()) score.set_dice(*value);
              },
          .may_be_absent = true,
          .words = {}};
}

std::vector<Column> ColumnsOf(const v1::Task& task) {
  using P = v1::Prediction;
  std::vector<Column> columns;
  if (task.task_case() != v1::Task::TASK_NOT_SET) AddNumber(task, columns);
  for (int c = 0; c < task.classification().classes_size(); ++c) {
    columns.push_back(Probability(task.classification().classes(c), c));
  }
  for (int c = 0; c < task.segmentation().classes_size(); ++c) {
    columns.push_back(Dice(task.segmentation().classes(c).name(), c));
  }
  if (task.has_reconstruction()) {
    columns.push_back(Scalar("reconstruction_error", &P::has_reconstruction_error,
                             &P::reconstruction_error, &P::set_reconstruction_error));
  }
  return columns;
}

std::string HeadOf(const std::vector<Column>& columns) {
  std::string head = "item";
  for (const Column& column : columns) absl::StrAppend(&head, "\t", column.name);
  return head;
}

// Returns the word for an index; absent where it is no index of the column.
std::optional<std::string> WordOf(const Column& column, double index) {
  const size_t at = static_cast<size_t>(std::clamp(index, 0.0, 1e6));
  if (static_cast<double>(at) != index || at >= column.words.size()) return std::nullopt;
  return column.words[at];
}

absl::Status Unwritable(const v1::Prediction& p, absl::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat("writing predictions: item '", p.item(), "' ", why));
}

// A value that could not be read back is refused when the file is written.
absl::StatusOr<std::string> CellOf(const Column& column, const v1::Prediction& p) {
  const std::optional<double> value = column.get(p);
  if (!value.has_value()) {
    if (column.may_be_absent) return std::string(kNone);
    return Unwritable(p, absl::StrCat("has no ", column.name));
  }
  if (!std::isfinite(*value)) {
    return Unwritable(p, absl::StrCat("has ", column.name, " ", *value, "; it must be finite"));
  }
  if (column.words.empty()) return ExactNumber(*value);
  const std::optional<std::string> word = WordOf(column, *value);
  if (!word.has_value()) {
    return Unwritable(p, absl::StrCat("has ", column.name, " ", *value, ", which is no class"));
  }
  return *word;
}

absl::StatusOr<std::optional<double>> ParseCell(const Column& column, absl::string_view cell) {
  if (column.may_be_absent && cell == kNone) return std::nullopt;
  if (!column.words.empty()) {
    const auto found = std::find(column.words.begin(), column.words.end(), cell);
    if (found == column.words.end()) {
      return absl::DataLossError(
          absl::StrCat("'", cell, "' is none of the classes ", absl::StrJoin(column.words, ", ")));
    }
    return static_cast<double>(found - column.words.begin());
  }
  const std::optional<double> number = ParseNumber(cell);
  if (!number.has_value()) {
    return absl::DataLossError(absl::StrCat("'", cell, "' is not a finite number"));
  }
  return number;
}

absl::StatusOr<v1::Prediction> ParseLine(const std::vector<Column>& columns,
                                         absl::string_view line) {
  const std::vector<absl::string_view> cells = absl::StrSplit(line, '\t');
  if (cells.size() != columns.size() + 1) {
    return absl::DataLossError(
        absl::StrCat("has ", cells.size(), " columns instead of ", columns.size() + 1));
  }
  if (cells[0].empty()) return absl::DataLossError("has no item");
  v1::Prediction result;
  result.set_item(std::string(cells[0]));
  for (size_t i = 0; i < columns.size(); ++i) {
    GYRUS_ASSIGN_OR_RETURN(const std::optional<double> value, ParseCell(columns[i], cells[i + 1]));
    columns[i].set(value, result);
  }
  return result;
}

}  // namespace

std::string ExactNumber(double number) {
  char digits[32];  // The shortest form of a double has at most 24.
  return {digits, std::to_chars(std::begin(digits), std::end(digits), number).ptr};
}

absl::StatusOr<std::string> FormatPredictions(const v1::Task& task,
                                              std::vector<v1::Prediction> predictions) {
  const std::vector<Column> columns = ColumnsOf(task);
  std::sort(predictions.begin(), predictions.end(),
            [](const auto& a, const auto& b) { return a.item() < b.item(); });
  std::string text = absl::StrCat(HeadOf(columns), "\n");
  for (size_t i = 0; i < predictions.size(); ++i) {
    const v1::Prediction& p = predictions[i];
    if (p.item().empty() || p.item().find_first_of("\t\r\n") != std::string::npos) {
      return Unwritable(p, "has no name or has a tab or line break in it");
    }
    if (i > 0 && p.item() == predictions[i - 1].item()) return Unwritable(p, "comes twice");
    text += p.item();
    for (const Column& column : columns) {
      GYRUS_ASSIGN_OR_RETURN(const std::string cell, CellOf(column, p));
      absl::StrAppend(&text, "\t", cell);
    }
    text += '\n';
  }
  return text;
}

absl::StatusOr<std::vector<v1::Prediction>> ParsePredictions(const v1::Task& task,
                                                             absl::string_view text,
                                                             absl::string_view file) {
  const std::vector<Column> columns = ColumnsOf(task);
  std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  const auto at = [file](size_t line) { return absl::StrCat(file, ":", line); };
  if (lines.front() != HeadOf(columns)) {
    return absl::DataLossError(absl::StrCat(
        at(1), ": is not the head of a file of these predictions (",
        absl::StrJoin(absl::StrSplit(HeadOf(columns), '\t'), ", "), ", between tabs)"));
  }
  if (!lines.back().empty()) {
    return absl::DataLossError(absl::StrCat(at(lines.size()), ": the last line is cut short"));
  }
  lines.pop_back();
  std::vector<v1::Prediction> predictions;
  for (size_t i = 1; i < lines.size(); ++i) {
    absl::StatusOr<v1::Prediction> p = ParseLine(columns, lines[i]);
    if (!p.ok()) return Annotate(p.status(), at(i + 1));
    // The file is sorted when it is written, so another order means that somebody has
    // edited it.
    if (!predictions.empty() && p->item() <= predictions.back().item()) {
      return absl::DataLossError(
          absl::StrCat(at(i + 1), ": item '", p->item(), "' comes twice or out of order"));
    }
    predictions.push_back(*std::move(p));
  }
  return predictions;
}

}  // namespace gyrus
