#include "worker/training/resume_store.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "absl/synchronization/notification.h"
#include "common/digest.h"
#include "common/files.h"
#include "common/log.h"
#include "common/status.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "models/torch_boundary.h"
#include "worker/spool/resume_folders.h"
#include "worker/training/tensor_image.h"

namespace gyrus {
namespace {

constexpr uint32_t kFormatVersion = 1;
constexpr char kWeights[] = "weights.safetensors";
constexpr char kOptimizer[] = "optimizer.safetensors";
constexpr char kKept[] = "kept.safetensors";
constexpr char kState[] = "state.pb";
constexpr absl::string_view kAside = ".tmp";

// The parts of a trial that decide its bits.
std::string BytesOf(v1::TrialSpec trial) {
  trial.mutable_resources()->clear_checkpoint_seconds();
  trial.mutable_resources()->clear_slots_per_trial();
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  trial.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
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

// Writes a small file and adds its size and digest to the head of the checkpoint.
absl::Status WriteBytes(const std::string& folder, const std::string& name, absl::string_view bytes,
                        v1::ResumeHead& head) {
  GYRUS_ASSIGN_OR_RETURN(FileWriter file, FileWriter::Create(absl::StrCat(folder, "/", name)));
  GYRUS_RETURN_IF_ERROR(file.Append(bytes));
  GYRUS_RETURN_IF_ERROR(file.Finish());
  v1::ResumeFile& entry = *head.add_files();
  entry.set_name(name);
  entry.set_bytes(bytes.size());
  entry.set_xxh3(Xxh3Of(bytes));
  return absl::OkStatus();
}

// The file, which has the size and the digest that the head names.
// NOT_FOUND: the head names none. DATA_LOSS: it is damaged.
absl::StatusOr<MappedFile> OpenWhole(const std::string& folder, const v1::ResumeHead& head,
                                     const std::string& name) {
  for (const v1::ResumeFile& entry : head.files()) {
    if (entry.name() != name) continue;
    auto file = MappedFile::Open(absl::StrCat(folder, "/", name));
    if (!file.ok()) return absl::DataLossError(file.status().message());
    if (file->bytes().size() != entry.bytes() || Xxh3Of(file->bytes()) != entry.xxh3()) {
      return absl::DataLossError(absl::StrCat(name, " is damaged"));
    }
    return file;
  }
  return absl::NotFoundError(absl::StrCat("there is no ", name));
}

// Reads all files of a checkpoint back from the disk, before an older checkpoint is
// removed.
absl::Status CheckWhole(const std::string& folder) {
  GYRUS_ASSIGN_OR_RETURN(const v1::ResumeHead head, ReadResumeHead(folder));
  for (const v1::ResumeFile& entry : head.files()) {
    GYRUS_RETURN_IF_ERROR(OpenWhole(folder, head, entry.name()).status());
  }
  return absl::OkStatus();
}

absl::StatusOr<NamedTensors> ReadTensors(const std::string& folder, const v1::ResumeHead& head,
                                         const std::string& name) {
  GYRUS_ASSIGN_OR_RETURN(const MappedFile file, OpenWhole(folder, head, name));
  return CallTorch(absl::StrCat("reading ", name), [&] { return ParseSafetensors(file.bytes()); });
}

// Returns 2 for "step-0000123-1a2b3c4d.a2.tmp", and nothing for a name of another form.
std::optional<uint32_t> AttemptOfAside(absl::string_view name) {
  uint32_t attempt = 0;
  if (!absl::ConsumeSuffix(&name, kAside)) return std::nullopt;
  const size_t at = name.rfind(".a");
  if (at == absl::string_view::npos || !absl::SimpleAtoi(name.substr(at + 2), &attempt)) {
    return std::nullopt;
  }
  return attempt;
}

}  // namespace

std::string ResumeIdentity(const v1::TrialSpec& trial, const std::string& numeric_kind) {
  Sha256 digest;
  digest.UpdateField(BytesOf(trial)).UpdateField(numeric_kind);
  return Hex(digest.Finish()).substr(0, 8);
}

struct ResumeStore::Job {
  SavedTraining saved;
  absl::Notification copied;
  absl::Notification done;
};

ResumeStore::ResumeStore(ResumeStoreOptions options, const Device& device, const Clock& clock)
    : options_(std::move(options)),
      device_(device),
      identity_(ResumeIdentity(options_.trial, options_.numeric_kind)),
      clock_(clock),
      last_begun_(clock.Monotonic()) {}

ResumeStore::~ResumeStore() { Wait(); }

CheckpointStore::Found ResumeStore::FindNewest() {
  const auto folders = ListStepFolders(options_.folder);
  if (!folders.ok()) return {.saved = {}, .reason = std::string(folders.status().message())};
  std::vector<std::string> passed_over;
  for (const StepFolder& folder : *folders) {
    absl::StatusOr<SavedTraining> saved = Read(folder.Name());
    if (saved.ok()) return {.saved = *std::move(saved), .reason = ""};
    passed_over.push_back(absl::StrCat(folder.Name(), ": ", saved.status().message()));
    // A damaged one would keep its name from a whole one.
    if (!absl::IsDataLoss(saved.status())) continue;
    const absl::Status removed = RemoveAll(absl::StrCat(options_.folder, "/", folder.Name()));
    if (!removed.ok()) LogWarning(removed.message());
  }
  return {.saved = {},
          .reason = passed_over.empty()
                        ? "there is no resume checkpoint on this host"
                        : absl::StrCat("no resume checkpoint on this host can be used: ",
                                       absl::StrJoin(passed_over, "; "))};
}

absl::StatusOr<SavedTraining> ResumeStore::Read(const std::string& name) const {
  const std::string folder = absl::StrCat(options_.folder, "/", name);
  GYRUS_ASSIGN_OR_RETURN(const v1::ResumeHead head, ReadResumeHead(folder));
  if (head.format_version() != kFormatVersion) {
    return absl::FailedPreconditionError(
        absl::StrCat("it has format ", head.format_version(), ", not ", kFormatVersion));
  }
  SavedTraining saved;
  GYRUS_ASSIGN_OR_RETURN(const MappedFile state, OpenWhole(folder, head, kState));
  if (!saved.state.ParseFromArray(state.bytes().data(), static_cast<int>(state.bytes().size()))) {
    return absl::DataLossError(absl::StrCat(kState, " is damaged"));
  }
  if (saved.state.numeric_kind() != options_.numeric_kind) {
    return absl::FailedPreconditionError(absl::StrCat(
        "it was computed on ", saved.state.numeric_kind(), ", not on ", options_.numeric_kind));
  }
  if (BytesOf(saved.state.trial()) != BytesOf(options_.trial)) {
    return absl::FailedPreconditionError("it is of a trial with another specification");
  }
  GYRUS_ASSIGN_OR_RETURN(saved.weights, ReadTensors(folder, head, kWeights));
  GYRUS_ASSIGN_OR_RETURN(saved.optimizer, ReadTensors(folder, head, kOptimizer));
  auto kept = ReadTensors(folder, head, kKept);
  if (!kept.ok() && !absl::IsNotFound(kept.status())) return kept.status();
  if (kept.ok()) saved.kept = *std::move(kept);
  return saved;
}

bool ResumeStore::IsWriting() const { return job_ != nullptr && !job_->done.HasBeenNotified(); }

bool ResumeStore::IsDue() {
  const uint32_t seconds = options_.trial.resources().checkpoint_seconds();
  return seconds > 0 && !IsWriting() && clock_.Monotonic() - last_begun_ >= absl::Seconds(seconds);
}

void ResumeStore::Begin(SavedTraining saved) {
  Wait();
  last_begun_ = clock_.Monotonic();
  job_ = std::make_unique<Job>();
  job_->saved = std::move(saved);
  thread_.Run([this, job = job_.get()] { Run(*job); });
}

void ResumeStore::WaitUntilCopied() {
  if (job_ != nullptr) job_->copied.WaitForNotification();
}

void ResumeStore::Wait() {
  if (job_ != nullptr) job_->done.WaitForNotification();
}

std::optional<v1::CheckpointWritten> ResumeStore::TakeWritten() {
  absl::MutexLock lock(&mu_);
  return std::exchange(written_, std::nullopt);
}

void ResumeStore::Run(Job& job) {
  absl::Status status = MakeTensorImage(job.saved.weights, device_, weights_);
  if (status.ok()) status = MakeTensorImage(job.saved.optimizer, device_, optimizer_);
  job.copied.Notify();
  if (status.ok()) status = Write(job);
  if (!status.ok()) {
    LogWarning(absl::StrCat(options_.trial.trial_id(),
                            ": no resume checkpoint was written: ", status.message()));
  }
  job.done.Notify();
}

absl::Status ResumeStore::Write(Job& job) {
  if (!IsFinite(weights_.bytes())) return absl::OkStatus();
  const StepFolder folder = {.step = job.saved.state.step(), .identity = identity_};
  const std::string aside =
      absl::StrCat(options_.folder, "/", folder.Name(), ".a", options_.attempt, kAside);
  absl::Status status = WriteFiles(job, aside);
  if (status.ok()) status = Publish(aside, folder.step);
  if (!status.ok()) {
    RemoveAll(aside).IgnoreError();  // Room for the next.
    return status;
  }
  {
    absl::MutexLock lock(&mu_);
    written_.emplace().set_step(job.saved.state.step());
    written_->set_epoch(job.saved.state.epoch());
  }
  return Prune();
}

absl::Status ResumeStore::WriteFiles(Job& job, const std::string& aside) {
  GYRUS_RETURN_IF_ERROR(MakeFolders(aside));
  const v1::TrialSpec& trial = options_.trial;
  v1::ResumeHead head;
  head.set_format_version(kFormatVersion);
  head.set_experiment_id(trial.experiment_id());
  head.set_trial_id(trial.trial_id());
  head.set_attempt(options_.attempt);
  head.set_epoch(job.saved.state.epoch());
  head.set_step(job.saved.state.step());
  GYRUS_RETURN_IF_ERROR(WriteBytes(aside, kWeights, weights_.bytes(), head));
  GYRUS_RETURN_IF_ERROR(WriteBytes(aside, kOptimizer, optimizer_.bytes(), head));
  if (!job.saved.kept.empty()) {
    // Nobody changes these tensors, so they could wait until now.
    GYRUS_RETURN_IF_ERROR(MakeTensorImage(job.saved.kept, device_, weights_));
    GYRUS_RETURN_IF_ERROR(WriteBytes(aside, kKept, weights_.bytes(), head));
  }
  *job.saved.state.mutable_trial() = trial;
  job.saved.state.set_numeric_kind(options_.numeric_kind);
  GYRUS_RETURN_IF_ERROR(WriteBytes(aside, kState, job.saved.state.SerializeAsString(), head));
  return WriteResumeHead(aside, head);  // Syncs the folder as well.
}

absl::Status ResumeStore::Publish(const std::string& aside, uint32_t step) {
  const std::string whole = absl::StrCat(options_.folder, "/", StepFolder{step, identity_}.Name());
  if (std::rename(aside.c_str(), whole.c_str()) != 0) {
    // Another attempt was here before: its checkpoint has the same bits.
    if (errno != ENOTEMPTY && errno != EEXIST) {
      return absl::ErrnoToStatus(errno, absl::StrCat("renaming ", aside));
    }
    GYRUS_RETURN_IF_ERROR(RemoveAll(aside));
  }
  GYRUS_RETURN_IF_ERROR(SyncFolder(options_.folder));
  return Annotate(CheckWhole(whole), absl::StrCat("reading back ", whole));
}

absl::Status ResumeStore::Prune() {
  GYRUS_ASSIGN_OR_RETURN(const std::vector<std::string> names, ListFolder(options_.folder));
  uint32_t newest = 0;
  for (const std::string& name : names) {
    const auto folder = StepFolder::Parse(name);
    if (folder.has_value() && folder->identity == identity_) {
      newest = std::max(newest, folder->step);
    }
  }
  for (const std::string& name : names) {
    const auto folder = StepFolder::Parse(name);
    const bool older = folder.has_value() && folder->identity == identity_ && folder->step < newest;
    // An unfinished checkpoint of this or an earlier attempt may go even if that attempt
    // is still writing, because the coordinator accepts nothing more from it.
    const auto attempt = AttemptOfAside(name);
    const bool half = attempt.has_value() && *attempt <= options_.attempt;
    if (!older && !half) continue;
    GYRUS_RETURN_IF_ERROR(RemoveAll(absl::StrCat(options_.folder, "/", name)));
  }
  return absl::OkStatus();
}

}  // namespace gyrus
