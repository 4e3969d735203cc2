#include "core/network/tensor_rules.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "core/network/pattern.h"

namespace gyrus {
namespace {

// A misspelt pattern would otherwise freeze nothing, and nobody would notice.
template <typename Patterns>
absl::Status CheckFit(const std::vector<std::string>& names, const Patterns& patterns,
                      absl::string_view where, absl::string_view of) {
  for (const std::string& pattern : patterns) {
    const bool fits = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
      return MatchesPattern(name, pattern);
    });
    if (!fits) {
      return absl::InvalidArgumentError(absl::StrCat(where, ": '", pattern, "' fits no tensor ", of,
                                                     ", such as ", names.front()));
    }
  }
  return absl::OkStatus();
}

bool IsFrozen(const std::string& name, const v1::Train& train, uint32_t epoch) {
  for (const v1::Freeze& freeze : train.freeze()) {
    const bool now = freeze.epochs() == 0 || epoch < freeze.epochs();
    if (now && MatchesAny(name, freeze.tensors())) return true;
  }
  return false;
}

}  // namespace

std::vector<double> RateFactors(const std::vector<std::string>& parameters, const v1::Train& train,
                                uint32_t epoch) {
  std::vector<double> factors;
  for (const std::string& name : parameters) {
    double factor = IsFrozen(name, train, epoch) ? 0 : 1;
    for (const v1::RateFactor& rate : train.rates()) {
      if (MatchesAny(name, rate.tensors())) factor *= rate.factor();
    }
    factors.push_back(factor);
  }
  return factors;
}

std::vector<std::string> ParameterNames(const Graph& graph) {
  std::vector<std::string> names;
  for (const Node& node : graph.nodes) {
    for (const NamedShape& parameter : node.parameters) names.push_back(parameter.name);
  }
  return names;
}

absl::Status CheckTensorRules(const Graph& graph, const v1::Train& train, const v1::Init& init) {
  constexpr absl::string_view kLearns = "that learns";
  const std::vector<std::string> parameters = ParameterNames(graph);
  for (const v1::Freeze& freeze : train.freeze()) {
    GYRUS_RETURN_IF_ERROR(CheckFit(parameters, freeze.tensors(), "train.freeze", kLearns));
  }
  for (const v1::RateFactor& rate : train.rates()) {
    GYRUS_RETURN_IF_ERROR(CheckFit(parameters, rate.tensors(), "train.rates", kLearns));
  }
  std::vector<std::string> tensors;
  for (const NamedShape& tensor : TensorsOf(graph)) tensors.push_back(tensor.name);
  GYRUS_RETURN_IF_ERROR(CheckFit(tensors, init.skip(), "init.skip", "of the network"));
  // A training in which everything is frozen would run for hours and change nothing.
  const std::vector<double> factors = RateFactors(parameters, train, 0);
  const bool learns = std::any_of(factors.begin(), factors.end(), [](double f) { return f > 0; });
  if (learns) return absl::OkStatus();
  return absl::InvalidArgumentError("train.freeze leaves no tensor that learns");
}

}  // namespace gyrus
