// Reads a ledger: beside the thread that writes it, or of a run that has ended or was
// stopped.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "coordinator/ledger/record_rows.h"
#include "coordinator/ledger/sqlite.h"
#include "gyrus/v1/experiments.pb.h"
#include "gyrus/v1/ledger.pb.h"
#include "gyrus/v1/record.pb.h"
#include "gyrus/v1/result.pb.h"

namespace gyrus {

struct AttemptId {
  std::string experiment_id;
  std::string trial_id;
  uint32_t attempt = 0;
};

struct RankItemsSeen {
  uint32_t rank = 0;
  std::vector<v1::EpochItemsSeen> epochs;  // As they were reported.
};

// It has a database connection of its own, which neither waits for the writer nor
// blocks it, and sees everything that was committed before the call. For an attempt
// without records the lists are empty. Thread-safe; calls wait for each other.
//
// Every method returns DATA_LOSS when the stored rows are damaged.
class LedgerReader {
 public:
  // Changes nothing of the file, whether or not a LedgerStore has it open. In a folder
  // that can be written SQLite may leave its files -shm and -wal beside it.
  //  * FAILED_PRECONDITION: there is no such file, or a newer version of Gyrus wrote it.
  //  * DATA_LOSS: it is damaged, or no ledger.
  static absl::StatusOr<std::unique_ptr<LedgerReader>> Open(const std::string& path);

  // Calls `replay` with every event, in order. Ends with the first error that it returns.
  absl::Status Events(absl::FunctionRef<absl::Status(const v1::Event&)> replay)
      ABSL_LOCKS_EXCLUDED(mu_);

  // Returns what is recorded of the finished epochs of all attempts of a trial, by attempt
  // and then in the order in which they were reported.
  absl::StatusOr<std::vector<v1::EpochPoint>> Epochs(const std::string& experiment_id,
                                                     const std::string& trial_id)
      ABSL_LOCKS_EXCLUDED(mu_);

  // Returns the metrics in the order in which they were reported.
  absl::StatusOr<std::vector<MetricRow>> Metrics(const AttemptId& attempt) ABSL_LOCKS_EXCLUDED(mu_);

  // Returns the items that each rank has seen, by rank.
  absl::StatusOr<std::vector<RankItemsSeen>> ItemsSeen(const AttemptId& attempt)
      ABSL_LOCKS_EXCLUDED(mu_);

  // Returns one message for each epoch, with only `epoch` and `validation` set.
  absl::StatusOr<std::vector<v1::EpochDone>> Validations(const AttemptId& attempt)
      ABSL_LOCKS_EXCLUDED(mu_);

 private:
  LedgerReader(std::string path, SqliteDatabase database)
      : path_(std::move(path)), database_(std::move(database)) {}

  // Calls `row` for each row of `sql`, whose parameters are an attempt's id.
  absl::Status Select(absl::string_view sql, const AttemptId& attempt,
                      absl::FunctionRef<absl::Status(const SqliteStatement&)> row)
      ABSL_LOCKS_EXCLUDED(mu_);

  const std::string path_;
  absl::Mutex mu_;
  SqliteDatabase database_ ABSL_GUARDED_BY(mu_);
};

}  // namespace gyrus
