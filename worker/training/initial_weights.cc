#include "worker/training/initial_weights.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/log.h"
#include "common/status.h"
#include "core/network/tensor_rules.h"
#include "models/initial_weights.h"
#include "models/transfer/transfer.h"
#include "models/weights/weights_file.h"

namespace gyrus {
namespace {

std::string SourceOf(const v1::TrialSpec& trial) {
  const v1::Init& init = trial.init();
  return init.has_weights() ? init.weights() : absl::StrCat("stage ", init.stage());
}

// Marks the tensors that are frozen in the first epoch.
void MarkFrozen(const std::vector<std::string>& parameters, const v1::Train& train,
                v1::TransferReport& report) {
  const std::vector<double> factors = RateFactors(parameters, train, 0);
  for (v1::TensorTransfer& row : *report.mutable_tensors()) {
    const auto at = std::find(parameters.begin(), parameters.end(), row.name());
    row.set_frozen(at != parameters.end() && factors[at - parameters.begin()] == 0);
  }
}

}  // namespace

absl::StatusOr<v1::TransferReport> SetInitialWeights(const v1::TrialSpec& trial,
                                                     const std::string& file, Network& network) {
  GYRUS_RETURN_IF_ERROR(CheckTensorRules(network.graph(), trial.train(), trial.init()));
  InitialiseWeights(network, trial.train().seed());
  if (file.empty()) return v1::TransferReport();
  const std::string source = SourceOf(trial);
  absl::StatusOr<LoadedWeights> loaded = ReadWeights(file);
  if (!loaded.ok()) return Annotate(loaded.status(), source);
  absl::StatusOr<v1::TransferReport> report =
      TransferWeights(trial.init(), loaded->tensors, network);
  if (!report.ok()) return Annotate(report.status(), source);
  report->set_source(source);
  report->set_source_sha256(trial.init_sha256());
  for (const std::string& note : loaded->notes) report->add_notes(note);
  MarkFrozen(ParameterNames(network.graph()), trial.train(), *report);
  HashTensors(network, *report);
  LogInfo(absl::StrCat(trial.trial_id(), ": from ", source, ": ", Summary(*report)));
  return report;
}

}  // namespace gyrus
