#include "worker/spool/record_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/digest.h"
#include "common/log.h"
#include "common/status.h"

namespace gyrus {
namespace {

struct Frame {
  uint32_t size;
  uint64_t checksum;
};
constexpr size_t kFrameBytes = sizeof(uint32_t) + sizeof(uint64_t);

uint64_t Checksum(absl::string_view data) {
  const std::string digest = Xxh3Of(data);
  uint64_t low = 0;
  std::memcpy(&low, digest.data() + 8, sizeof(low));
  return low;
}

Frame ReadFrame(absl::string_view bytes) {
  Frame frame;
  std::memcpy(&frame.size, bytes.data(), sizeof(frame.size));
  std::memcpy(&frame.checksum, bytes.data() + sizeof(frame.size), sizeof(frame.checksum));
  return frame;
}

}  // namespace

// An incomplete record at the end is no error: the trainer may be writing it at this
// moment.
absl::StatusOr<ParsedRecords> ParseRecords(absl::string_view bytes) {
  ParsedRecords parsed;
  while (bytes.size() - parsed.used >= kFrameBytes) {
    const absl::string_view rest = bytes.substr(parsed.used);
    const Frame frame = ReadFrame(rest);
    if (frame.size > kMaxRecordBytes) return absl::DataLossError("a record's size is damaged");
    if (rest.size() - kFrameBytes < frame.size) break;
    const absl::string_view data = rest.substr(kFrameBytes, frame.size);
    v1::Record record;
    if (Checksum(data) != frame.checksum || !record.ParseFromArray(data.data(), data.size())) {
      return absl::DataLossError("a record is damaged");
    }
    parsed.records.push_back(std::move(record));
    parsed.used += kFrameBytes + frame.size;
  }
  return parsed;
}

absl::StatusOr<RecordLogWriter> RecordLogWriter::Create(const std::string& path) {
  UniqueFd file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644));
  if (!file.valid()) return absl::ErrnoToStatus(errno, absl::StrCat("making ", path));
  return RecordLogWriter(path, std::move(file));
}

absl::Status RecordLogWriter::Append(v1::Record record) {
  record.set_sequence(last_sequence_ + 1);
  const std::string data = record.SerializeAsString();
  if (data.size() > kMaxRecordBytes) return absl::ResourceExhaustedError("a record is too large");
  const uint32_t size = data.size();
  const uint64_t checksum = Checksum(data);
  std::string bytes;
  bytes.reserve(kFrameBytes + data.size());
  bytes.append(reinterpret_cast<const char*>(&size), sizeof(size));
  bytes.append(reinterpret_cast<const char*>(&checksum), sizeof(checksum));
  bytes.append(data);
  const absl::Status status = WriteAll(file_.get(), bytes, absl::StrCat("appending to ", path_));
  if (!status.ok()) {
    // A part of it may be there, behind which no later record could be found.
    if (ftruncate(file_.get(), size_) != 0) LogWarning(absl::StrCat("truncating ", path_));
    return status;
  }
  ++last_sequence_;
  size_ += static_cast<off_t>(bytes.size());
  return absl::OkStatus();
}

absl::Status RecordLogWriter::Sync() {
  if (fdatasync(file_.get()) == 0) return absl::OkStatus();
  return absl::ErrnoToStatus(errno, absl::StrCat("syncing ", path_));
}

absl::StatusOr<std::vector<v1::Record>> RecordLogReader::ReadNew() {
  if (!file_.valid()) {
    file_ = UniqueFd(open(path_.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file_.valid()) {
      if (errno == ENOENT) return std::vector<v1::Record>();
      return absl::ErrnoToStatus(errno, absl::StrCat("reading ", path_));
    }
  }
  std::string bytes;
  char buffer[1 << 16];
  ssize_t got;
  while ((got = pread(file_.get(), buffer, sizeof(buffer),
                      offset_ + static_cast<off_t>(bytes.size()))) > 0) {
    bytes.append(buffer, got);
  }
  if (got < 0) return absl::ErrnoToStatus(errno, absl::StrCat("reading ", path_));
  auto parsed = ParseRecords(bytes);
  if (!parsed.ok()) return Annotate(parsed.status(), path_);
  offset_ += static_cast<off_t>(parsed->used);
  for (const v1::Record& record : parsed->records) {
    // The sequence is checked in addition to the checksums, because it also shows a record
    // that is missing as a whole.
    if (record.sequence() != ++last_sequence_) {
      return absl::DataLossError(absl::StrCat(path_, ": record ", last_sequence_, " is missing"));
    }
  }
  return std::move(parsed->records);
}

}  // namespace gyrus
