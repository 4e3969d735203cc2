// The record log: the file through which a trainer reports to the agent of its host
// (started, steps done, epoch done, finished, failed). It lies in the spool, the
// agent's folder for everything that the coordinator has not yet acknowledged.
//
//   log    := record*
//   record := size: uint32 LE   bytes of data, at most kMaxRecordBytes
//             checksum: uint64 LE   low half of XXH3-128 of data
//             data: v1::Record, serialized
//
// One trainer appends to it, and one agent reads it while it grows. A crash may
// leave the last record incomplete; nobody has acted on such a record.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/files.h"
#include "gyrus/v1/record.pb.h"

namespace gyrus {

inline constexpr uint32_t kMaxRecordBytes = 256 << 20;

// The complete records at the start of some bytes.
struct ParsedRecords {
  std::vector<v1::Record> records;
  size_t used = 0;  // Their length in bytes.
};

// Parses records until the bytes end or the next record is incomplete.
// DATA_LOSS: a record is damaged.
absl::StatusOr<ParsedRecords> ParseRecords(absl::string_view bytes);

// One thread.
class RecordLogWriter {
 public:
  // Makes the file; it must not exist.
  static absl::StatusOr<RecordLogWriter> Create(const std::string& path);

  // Numbers the record and appends it in one write. A reader sees it whole. After an
  // error, such as a full disk, the log is as it was before.
  absl::Status Append(v1::Record record);
  // Returns once everything that was appended survives a power cut.
  absl::Status Sync();

 private:
  RecordLogWriter(std::string path, UniqueFd file)
      : path_(std::move(path)), file_(std::move(file)) {}

  std::string path_;
  UniqueFd file_;
  uint64_t last_sequence_ = 0;
  off_t size_ = 0;
};

// One thread.
class RecordLogReader {
 public:
  explicit RecordLogReader(std::string path) : path_(std::move(path)) {}

  // Returns the complete records that were appended since the last call. A file that
  // does not exist yet has none.
  absl::StatusOr<std::vector<v1::Record>> ReadNew();

 private:
  std::string path_;
  UniqueFd file_;
  // Behind the last whole record. What follows is read again each time, because the
  // writer takes a part of a record back where the disk is full.
  off_t offset_ = 0;
  uint64_t last_sequence_ = 0;
};

}  // namespace gyrus
