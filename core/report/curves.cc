#include "core/report/curves.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/evaluate/predictions.h"
#include "core/report/json_parts.h"
#include "core/report/text_table.h"

namespace gyrus {
namespace {

constexpr size_t kMaxSigns = 40;
// From the lowest to the highest.
constexpr const char* kSigns[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr int kHeights = 8;

std::optional<double> ValidationOf(const v1::EpochPoint& point) {
  return point.has_validation_loss() ? std::make_optional(point.validation_loss()) : std::nullopt;
}

std::vector<double> Finite(const std::vector<double>& values) {
  std::vector<double> finite;
  std::copy_if(values.begin(), values.end(), std::back_inserter(finite),
               [](double value) { return std::isfinite(value); });
  return finite;
}

// At most kMaxSigns numbers: the mean of each run of neighbours.
std::vector<double> Shortened(const std::vector<double>& values) {
  const size_t width = (values.size() + kMaxSigns - 1) / kMaxSigns;
  std::vector<double> shortened;
  for (size_t begin = 0; begin < values.size(); begin += width) {
    const size_t end = std::min(values.size(), begin + width);
    double sum = 0;
    for (size_t i = begin; i < end; ++i) sum += values[i];
    shortened.push_back(sum / static_cast<double>(end - begin));
  }
  return shortened;
}

// What is not finite is a question mark.
std::string Picture(const std::vector<double>& values) {
  const std::vector<double> shown = Shortened(values);
  const std::vector<double> finite = Finite(shown);
  if (finite.empty()) return std::string(shown.size(), '?');
  const auto [low, high] = std::minmax_element(finite.begin(), finite.end());
  std::string picture;
  for (const double value : shown) {
    if (!std::isfinite(value)) {
      picture += '?';
      continue;
    }
    const double part = *high > *low ? (value - *low) / (*high - *low) : 0;
    picture += kSigns[std::clamp(static_cast<int>(part * kHeights), 0, kHeights - 1)];
  }
  return picture;
}

std::string Numbers(const std::vector<double>& values) {
  if (values.empty()) return "n/a";
  const std::vector<double> finite = Finite(values);
  if (finite.empty()) return "not finite";
  return absl::StrCat(ShortNumber(values.front()), " to ", ShortNumber(values.back()), ", best ",
                      ShortNumber(*std::min_element(finite.begin(), finite.end())));
}

void DescribeCurve(const char* name, const std::vector<double>& values, std::string& text) {
  if (values.empty()) return;
  absl::StrAppend(&text, "  ", name, Picture(values), "  ", Numbers(values), "\n");
}

}  // namespace

std::string FormatCurves(const v1::Curves& curves) {
  std::string text = "trial\tepoch\tattempt\ttrain_loss\tvalidation_loss\tlearning_rate\tseconds\n";
  for (const v1::TrialCurve& trial : curves.trials()) {
    for (const v1::EpochPoint& point : trial.epochs()) {
      absl::StrAppend(&text, trial.trial_id(), "\t", point.epoch() + 1, "\t", point.attempt());
      for (const std::optional<double> number :
           {std::make_optional(point.train_loss()), ValidationOf(point),
            std::make_optional(point.learning_rate()), std::make_optional(point.seconds())}) {
        const bool is_number = number.has_value() && !std::isnan(*number);
        absl::StrAppend(&text, "\t", is_number ? ExactNumber(*number) : "n/a");
      }
      text += '\n';
    }
  }
  return text;
}

std::string DescribeCurves(const v1::Curves& curves) {
  std::string text;
  for (const v1::TrialCurve& trial : curves.trials()) {
    const int count = trial.epochs_size();
    absl::StrAppend(&text, trial.trial_id(), ": ", count, count == 1 ? " epoch\n" : " epochs\n");
    std::vector<double> train;
    std::vector<double> validation;
    for (const v1::EpochPoint& point : trial.epochs()) {
      train.push_back(point.train_loss());
      if (point.has_validation_loss()) validation.push_back(point.validation_loss());
    }
    DescribeCurve("loss        ", train, text);
    DescribeCurve("validation  ", validation, text);
  }
  return text;
}

std::string CurvesToJson(const v1::Curves& curves) {
  Json trials = Json::array();
  for (const v1::TrialCurve& trial : curves.trials()) {
    Json epochs = Json::array();
    for (const v1::EpochPoint& point : trial.epochs()) {
      epochs.push_back({{"epoch", point.epoch() + 1},
                        {"attempt", point.attempt()},
                        {"train_loss", OrNull(point.train_loss())},
                        {"validation_loss", OrNull(ValidationOf(point))},
                        {"learning_rate", OrNull(point.learning_rate())},
                        {"seconds", OrNull(point.seconds())}});
    }
    trials.push_back({{"id", trial.trial_id()}, {"epochs", std::move(epochs)}});
  }
  return Dump({{"trials", std::move(trials)}});
}

}  // namespace gyrus
