// Computes the results of an experiment from its stored predictions.
#pragma once

#include "absl/status/statusor.h"
#include "coordinator/ledger/ledger_reader.h"
#include "coordinator/lifecycle/experiment_machine.h"
#include "coordinator/result/curves.h"
#include "coordinator/result/make_result.h"
#include "coordinator/vault/vault.h"

namespace gyrus {

// Reads predictions from the vault and items seen from the ledger, and changes
// nothing. `vault` and `reader` must outlive it. Thread-safe; Build blocks, for
// seconds where there are thousands of trials.
class ResultBuilder {
 public:
  ResultBuilder(const Vault& vault, LedgerReader& reader) : vault_(vault), reader_(reader) {}

  // Errors are those of MakeResult.
  absl::StatusOr<MadeResult> Build(const ExperimentMachine& machine) const;
  // Errors are those of MakeCurves.
  absl::StatusOr<v1::Curves> BuildCurves(const ExperimentMachine& machine) const;

 private:
  const Vault& vault_;
  LedgerReader& reader_;
};

}  // namespace gyrus
