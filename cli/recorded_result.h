// Writes what a run that was stopped has come to so far.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "common/run_folder.h"

namespace gyrus::cli {

// Writes result.json and curves.tsv of a run in which no coordinator runs any more, from
// what its ledger and its vault have. Writes nothing where nothing was planned yet.
//  * The errors of reading the folder, and the codes of common/files.h.
absl::Status WriteRecordedResult(const RunFolder& run, const std::string& program_folder);

}  // namespace gyrus::cli
