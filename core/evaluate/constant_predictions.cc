#include "core/evaluate/constant_predictions.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/spec/fold_name.h"

namespace gyrus {
namespace {

bool SameAnswer(const v1::Prediction& a, const v1::Prediction& b) {
  return a.prediction() == b.prediction() &&
         std::equal(a.probabilities().begin(), a.probabilities().end(), b.probabilities().begin(),
                    b.probabilities().end());
}

bool AllSame(const std::vector<v1::Prediction>& predictions) {
  if (predictions.size() < 2) return false;
  return std::all_of(predictions.begin(), predictions.end(), [&](const v1::Prediction& p) {
    return p.has_prediction() && SameAnswer(p, predictions.front());
  });
}

}  // namespace

std::vector<std::string> ConstantPredictionWarnings(const TestedArm& arm) {
  std::vector<std::string> warnings;
  for (const TestedFold& fold : arm.folds) {
    if (!AllSame(fold.predictions)) continue;
    warnings.push_back(absl::StrCat("arm ", arm.name, ": ", FoldInWords(fold.repeat, fold.fold),
                                    ": all ", fold.predictions.size(),
                                    " test predictions are the same; the network distinguishes no "
                                    "items (look at its learning curve and at its input)"));
  }
  return warnings;
}

}  // namespace gyrus
