#include "coordinator/ledger/ledger_events.h"

#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "coordinator/ledger/ledger_store.h"
#include "coordinator/ledger/ledger_tables.h"
#include "coordinator/ledger/unknown_fields.h"

namespace gyrus {
namespace {

// The event of a row of sequence, experiment, bytes and digest. Checks that no event is
// missing and that its bytes are those that were written, which SQLite itself does not
// check.
absl::StatusOr<v1::Event> EventOfRow(const SqliteStatement& row, uint64_t expected) {
  const auto sequence = static_cast<uint64_t>(row.Int(0));
  if (sequence != expected) return DamagedLedger("it is missing");
  const absl::string_view bytes = row.Bytes(2);
  v1::Event event;
  if (RowDigest({sequence}, bytes) != row.Bytes(3) ||
      !event.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      event.experiment_id() != row.Bytes(1)) {
    return DamagedLedger("its bytes are not what was written");
  }
  GYRUS_RETURN_IF_ERROR(CheckEvent(event));
  return event;
}

}  // namespace

absl::Status NewerVersion(absl::string_view because) {
  return absl::FailedPreconditionError(absl::StrCat("it was written by a newer version of Gyrus (",
                                                    because, "; this program is ", GYRUS_VERSION,
                                                    ")"));
}

absl::Status DamagedLedger(absl::string_view how) {
  return absl::DataLossError(absl::StrCat("it is damaged, or no ledger: ", how));
}

absl::Status BlameFile(const absl::Status& status) {
  return absl::IsInternal(status) ? DamagedLedger(status.message()) : status;
}

absl::Status CheckLedgerFormat(SqliteDatabase& database) {
  GYRUS_ASSIGN_OR_RETURN(const std::string text,
                         database.Ask("SELECT value FROM meta WHERE name = 'format'"));
  int format = 0;
  if (!absl::SimpleAtoi(text, &format) || format < 1) {
    return DamagedLedger(absl::StrCat("its format is \"", text, "\""));
  }
  if (format <= LedgerStore::kFormat) return absl::OkStatus();
  GYRUS_ASSIGN_OR_RETURN(const std::string by,
                         database.Ask("SELECT value FROM meta WHERE name = 'written_by'"));
  return NewerVersion(
      absl::StrCat(by, ", format ", format, "; this program reads format ", LedgerStore::kFormat));
}

absl::StatusOr<uint64_t> ReadLedgerEvents(
    SqliteDatabase& database, absl::FunctionRef<absl::Status(const v1::Event&)> replay) {
  GYRUS_ASSIGN_OR_RETURN(
      SqliteStatement select,
      database.Prepare(
          "SELECT sequence, experiment_id, event, digest FROM events ORDER BY sequence"));
  uint64_t count = 0;
  while (true) {
    GYRUS_ASSIGN_OR_RETURN(const bool row, select.Step());
    if (!row) return count;
    const std::string doing = absl::StrCat("event ", ++count);
    const auto event = EventOfRow(select, count);
    GYRUS_RETURN_IF_ERROR(Annotate(event.ok() ? replay(*event) : event.status(), doing));
  }
}

}  // namespace gyrus
