// The coordinator's ledger on disk, a SQLite database: the events that make up its
// state, and the metrics that trainers have reported.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "coordinator/ledger/record_marks.h"
#include "gyrus/v1/ledger.pb.h"
#include "gyrus/v1/workers.pb.h"

namespace gyrus {

// The events and records that become durable together, or not at all.
struct LedgerBatch {
  // In the order in which they happened.
  std::vector<v1::Event> events;
  // Each record is the next one of its rank. It is stored as rows (record_rows.h) and
  // raises the rank's mark, the number of the last applied record.
  std::vector<v1::SpooledRecord> records;

  bool empty() const { return events.empty() && records.empty(); }
};

// Checks that the event could be read again, because one that could not must not be
// written. FAILED_PRECONDITION, or
// DATA_LOSS: a field or value that this program does not know, text that is not
// UTF-8, or nothing at all.
absl::Status CheckEvent(const v1::Event& event);

// One open ledger. Behind an interface so that tests can make a commit wait or
// fail. One thread at a time.
class LedgerStore {
 public:
  // The format that this program writes, and the newest that it reads.
  static constexpr int kFormat = 1;

  // Opens the SQLite file `path`, or makes it, checks all of it and raises the
  // incarnation. The folder must be held (LockedRunFolder).
  //  * FAILED_PRECONDITION: a newer version of Gyrus wrote it, by its format or
  //    by an event with something that this program does not know; or it cannot
  //    be written.
  //  * DATA_LOSS: the file is damaged, or is no ledger.
  static absl::StatusOr<std::unique_ptr<LedgerStore>> Open(const std::string& path);

  virtual ~LedgerStore() = default;

  // The number of times that this ledger has been opened. At least 1.
  virtual uint64_t incarnation() const = 0;

  // Calls `replay` for all events in order, until it returns an error.
  virtual absl::Status ReadEvents(absl::FunctionRef<absl::Status(const v1::Event&)> replay) = 0;

  virtual absl::StatusOr<RecordMarks> ReadMarks() = 0;

  // Returns once the batch survives a power cut. After an error it is not known
  // whether it does; every later call returns that error. The events have passed
  // CheckEvent.
  //  * INTERNAL: a record is not the next one of its rank.
  //  * RESOURCE_EXHAUSTED, UNAVAILABLE: the disk is full, or failed.
  virtual absl::Status Commit(const LedgerBatch& batch) = 0;
};

}  // namespace gyrus
