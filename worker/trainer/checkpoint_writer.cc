#include "worker/trainer/checkpoint_writer.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <memory>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "absl/synchronization/notification.h"
#include "common/digest.h"
#include "common/file_writer.h"
#include "common/files.h"
#include "common/status.h"

namespace gyrus {
namespace {

constexpr absl::string_view kPrefix = "epoch-";

// The file of `tensors`, in memory.
absl::Status MakeImage(const NamedTensors& tensors, DiskBuffer& image) {
  size_t bytes = 0;
  GYRUS_RETURN_IF_ERROR(WriteSafetensors(tensors, [&](absl::string_view piece) {
    bytes += piece.size();
    return absl::OkStatus();
  }));
  GYRUS_RETURN_IF_ERROR(image.Reset(bytes));
  return WriteSafetensors(tensors, [&](absl::string_view piece) {
    image.Append(piece);
    return absl::OkStatus();
  });
}

// Whether all numbers of a safetensors file are finite.
bool IsFinite(absl::string_view file) {
  uint64_t header = 0;
  std::memcpy(&header, file.data(), sizeof(header));
  bool finite = true;
  for (size_t at = sizeof(header) + header; at < file.size(); at += sizeof(float)) {
    float value = 0;
    std::memcpy(&value, file.data() + at, sizeof(value));
    finite &= std::isfinite(value);
  }
  return finite;
}

absl::Status WriteImage(const std::string& path, const DiskBuffer& image) {
  GYRUS_ASSIGN_OR_RETURN(FileWriter file, FileWriter::Create(path));
  GYRUS_RETURN_IF_ERROR(file.Append(image.bytes()));
  return file.Finish();
}

}  // namespace

struct CheckpointWriter::Job {
  v1::Checkpoint head;
  NamedTensors weights;
  NamedTensors optimizer;
  std::set<uint32_t> keep;
  absl::Notification copied;
  absl::Notification done;
};

std::string CheckpointWriter::NameOf(uint32_t epoch) {
  return absl::StrFormat("%s%04d", kPrefix, epoch);
}

absl::StatusOr<std::string> CheckpointWriter::NewestIn(const std::string& folder) {
  auto names = ListFolder(folder);
  if (absl::IsNotFound(names.status())) return "";
  GYRUS_RETURN_IF_ERROR(names.status());
  uint32_t newest = 0;
  for (absl::string_view name : *names) {
    uint32_t epoch = 0;
    if (absl::ConsumePrefix(&name, kPrefix) && absl::SimpleAtoi(name, &epoch)) {
      newest = std::max(newest, epoch);
    }
  }
  return newest == 0 ? "" : NameOf(newest);
}

CheckpointWriter::CheckpointWriter(std::string folder) : folder_(std::move(folder)) {}

CheckpointWriter::~CheckpointWriter() { Wait().IgnoreError(); }

absl::Status CheckpointWriter::Begin(v1::Checkpoint head, NamedTensors weights,
                                     NamedTensors optimizer, std::set<uint32_t> keep) {
  GYRUS_RETURN_IF_ERROR(Wait());
  job_.reset(new Job{.head = std::move(head),
                     .weights = std::move(weights),
                     .optimizer = std::move(optimizer),
                     .keep = std::move(keep)});
  thread_.Run([this, job = job_.get()] {
    status_ = MakeImage(job->weights, weights_);
    if (status_.ok()) status_ = MakeImage(job->optimizer, optimizer_);
    job->copied.Notify();
    if (status_.ok()) status_ = Write(*job);
    job->done.Notify();
  });
  return absl::OkStatus();
}

void CheckpointWriter::WaitUntilCopied() {
  if (job_ != nullptr) job_->copied.WaitForNotification();
}

absl::Status CheckpointWriter::Wait() {
  if (job_ != nullptr) job_->done.WaitForNotification();
  return status_;
}

absl::Status CheckpointWriter::Write(Job& job) {
  if (!IsFinite(weights_.bytes())) return absl::OkStatus();
  v1::Checkpoint& head = job.head;
  const std::string whole = absl::StrCat(folder_, "/", NameOf(head.epoch()));
  const std::string aside = absl::StrCat(whole, ".tmp");
  GYRUS_RETURN_IF_ERROR(MakeFolders(aside));
  GYRUS_RETURN_IF_ERROR(WriteImage(absl::StrCat(aside, "/weights.safetensors"), weights_));
  GYRUS_RETURN_IF_ERROR(WriteImage(absl::StrCat(aside, "/optimizer.safetensors"), optimizer_));
  head.set_weights_xxh3(Xxh3Of(weights_.bytes()));
  head.set_optimizer_xxh3(Xxh3Of(optimizer_.bytes()));
  // Syncs the folder as well.
  GYRUS_RETURN_IF_ERROR(
      WriteFileAtomically(absl::StrCat(aside, "/checkpoint.pb"), head.SerializeAsString()));
  if (std::rename(aside.c_str(), whole.c_str()) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("renaming ", aside));
  }
  GYRUS_RETURN_IF_ERROR(SyncFolder(folder_));
  std::set<uint32_t> kept = job.keep;
  kept.insert(head.epoch());
  return Prune(kept);
}

absl::Status CheckpointWriter::Prune(const std::set<uint32_t>& keep) const {
  std::set<std::string> kept;
  for (const uint32_t epoch : keep) kept.insert(NameOf(epoch));
  GYRUS_ASSIGN_OR_RETURN(const std::vector<std::string> names, ListFolder(folder_));
  for (const std::string& name : names) {
    if (kept.contains(name)) continue;
    GYRUS_RETURN_IF_ERROR(RemoveAll(absl::StrCat(folder_, "/", name)));
  }
  return absl::OkStatus();
}

}  // namespace gyrus
