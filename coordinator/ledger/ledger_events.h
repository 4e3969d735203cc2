// Reads the events of a ledger, for the thread that goes on writing it and for
// programs that only read it.
#pragma once

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "coordinator/ledger/sqlite.h"
#include "gyrus/v1/ledger.pb.h"

namespace gyrus {

// "it was written by a newer version of Gyrus (BECAUSE; this program is 0.1.0)".
absl::Status NewerVersion(absl::string_view because);

// "it is damaged, or no ledger: HOW".
absl::Status DamagedLedger(absl::string_view how);

// While a file is being checked, SQL that does not fit its tables is the file's fault.
absl::Status BlameFile(const absl::Status& status);

// Checks which format the file has, before anything else of it is read.
//  * FAILED_PRECONDITION: a newer version of Gyrus wrote it.
//  * DATA_LOSS: it is damaged, or no ledger.
absl::Status CheckLedgerFormat(SqliteDatabase& database);

// Calls `replay` with every event, in order, and returns how many there are. Ends with
// the first error that `replay` returns. Other errors are those of LedgerStore::Open.
absl::StatusOr<uint64_t> ReadLedgerEvents(SqliteDatabase& database,
                                          absl::FunctionRef<absl::Status(const v1::Event&)> replay);

}  // namespace gyrus
