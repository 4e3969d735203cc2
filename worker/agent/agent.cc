#include "worker/agent/agent.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "common/files.h"
#include "common/log.h"
#include "common/reason/reason.h"
#include "common/rpc/channel.h"
#include "common/status.h"
#include "common/version.h"

namespace gyrus {
namespace {

// Where a rank of an attempt has its files: one flat name.
std::string FolderOf(const std::string& worker_folder, const v1::RankId& rank) {
  return absl::StrCat(worker_folder, "/spool/", rank.experiment_id(), "_",
                      absl::StrReplaceAll(rank.trial_id(), {{"/", "+"}}), "_a", rank.attempt(),
                      "_k", rank.rank());
}

bool IsLast(const v1::Record& record) { return record.has_finished() || record.has_failed(); }

}  // namespace

Agent::Agent(AgentOptions options, WorkerIdentity identity)
    : options_(std::move(options)),
      identity_(std::move(identity)),
      resume_folders_(options_.checkpoint_folder.empty() ? absl::StrCat(options_.folder, "/resume")
                                                         : options_.checkpoint_folder),
      coordinator_(v1::Workers::NewStub(OpenChannel(options_.coordinator_address))),
      reaper_(std::make_unique<Executor>(1)),
      strand_(std::make_unique<Executor>(1)) {}

Agent::~Agent() {
  // On the strand, because the trainers' last words are posted there.
  std::map<Key, std::unique_ptr<Rank>> ranks;
  absl::Notification taken;
  strand_->Run([&] {
    ranks.swap(ranks_);
    taken.Notify();
  });
  taken.WaitForNotification();
  for (const auto& [key, rank] : ranks) rank->stop->Notify();
  ranks.clear();
  reaper_.reset();
  strand_.reset();
}

void Agent::Stop() {
  absl::call_once(stop_once_, [this] { stopped_.Notify(); });
}

absl::Status Agent::Run() {
  RetrySchedule schedule(options_.reconnect, SystemClock());
  while (!stopped_.HasBeenNotified()) {
    absl::Notification ended;
    absl::Status status;
    auto link = std::make_unique<LinkStream>(
        *coordinator_,
        [this](v1::ToWorker message) {
          strand_->Run(
              [this, message = std::move(message)]() mutable { OnMessage(std::move(message)); });
        },
        [&](absl::Status why) {
          status = std::move(why);
          ended.Notify();
        });
    bool welcomed = false;
    strand_->Run([this, stream = link.get()] {
      link_ = stream;
      stream->Send(Hello());
    });
    while (!ended.HasBeenNotified() && !stopped_.HasBeenNotified()) {
      ended.WaitForNotificationWithTimeout(absl::Milliseconds(200));
    }
    absl::Notification unlinked;
    strand_->Run([&] {
      welcomed = std::exchange(welcome_, false);
      link_ = nullptr;
      unlinked.Notify();
    });
    unlinked.WaitForNotification();
    link.reset();
    if (stopped_.HasBeenNotified()) break;
    if (status.code() == absl::StatusCode::kFailedPrecondition ||
        status.code() == absl::StatusCode::kAborted) {
      return status;
    }
    if (welcomed) {
      schedule.Reset();
      LogWarning(absl::StrCat("lost the coordinator: ", status.message()));
    }
    const auto pause = schedule.NextPause();
    if (!pause.has_value()) return status;
    stopped_.WaitForNotificationWithTimeout(*pause);
  }
  return absl::OkStatus();
}

// The lists of running ranks and of checkpoints let the coordinator, which may have been
// restarted, recover the state of this worker.
v1::FromWorker Agent::Hello() const {
  v1::FromWorker message;
  v1::Hello& hello = *message.mutable_hello();
  hello.set_protocol_major(kProtocolMajor);
  hello.set_protocol_minor(kProtocolMinor);
  hello.set_build(kVersion);
  hello.set_worker_id(identity_.id);
  hello.set_incarnation(identity_.incarnation);
  hello.set_slots(options_.slots);
  hello.set_threads_per_slot(options_.threads_per_slot);
  hello.set_numeric_kind(options_.numeric_kind);
  for (const auto& [key, rank] : ranks_) *hello.add_running() = rank->id;
  for (v1::HostCheckpoint& checkpoint : resume_folders_.List()) {
    *hello.add_checkpoints() = std::move(checkpoint);
  }
  return message;
}

void Agent::Send(v1::FromWorker message) {
  if (link_ != nullptr) link_->Send(std::move(message));
}

void Agent::OnMessage(v1::ToWorker message) {
  switch (message.message_case()) {
    case v1::ToWorker::kWelcome:
      return OnWelcome();
    case v1::ToWorker::kStart:
      return OnStart(message.start());
    case v1::ToWorker::kStop:
      return OnStop(message.stop());
    case v1::ToWorker::kApplied:
      return OnApplied(message.applied());
    case v1::ToWorker::kForget:
      return OnForget(message.forget());
    case v1::ToWorker::MESSAGE_NOT_SET:
      return;  // From a newer minor version, and safe to ignore.
  }
}

void Agent::OnWelcome() {
  welcome_ = true;
  LogInfo(absl::StrCat("worker ", identity_.id, " (incarnation ", identity_.incarnation,
                       ") offers ", options_.slots, " slots"));
  for (const auto& [key, rank] : ranks_) {
    for (const v1::Record& record : rank->unapplied) SendRecord(*rank, record);
    if (rank->waiting.code() != v1::REASON_CODE_UNSPECIFIED) SendWaiting(*rank);
    if (rank->exited && !rank->terminal_reported && rank->unapplied.empty()) {
      SendExit(rank->id, rank->exit);
    }
  }
}

void Agent::OnStart(const v1::StartRank& start) {
  const v1::RankId& id = start.rank();
  const Key key{id.experiment_id(), id.trial_id(), id.attempt(), id.rank()};
  // The coordinator repeats a start when it does not know whether it arrived.
  if (ranks_.contains(key)) return;
  auto rank = std::make_unique<Rank>();
  rank->id = id;
  rank->folder = FolderOf(options_.folder, id);
  const std::string folder = rank->folder;
  // Lives as long as the watcher, which may outlive the rank's entry for a moment.
  const std::shared_ptr<absl::Notification> stop_rank = rank->stop;
  auto run = RankRun::Start(
      start,
      {.trainer = options_.trainer,
       .coordinator_address = options_.coordinator_address,
       .folder = folder,
       .checkpoint_folder = resume_folders_.FolderOf(id.experiment_id(), id.trial_id()),
       .log_file = absl::StrCat(options_.folder, "/trainers.log")},
      [this, key, folder, stop_rank](v1::Record record) {
        UploadAndPost(key, {.folder = folder, .retry = options_.upload, .stop = *stop_rank},
                      std::move(record));
      },
      [this, key](const RankExit& exit) {
        strand_->Run([this, key, exit] { OnExit(key, exit); });
      });
  if (!run.ok()) {
    // Something is wrong with this host: another one may do better.
    LogError(run.status().message());
    SendExit(id, {v1::REASON_CODE_ENVIRONMENT,
                  absl::StrCat("could not be started: ", run.status().message())});
    return;
  }
  LogInfo(absl::StrCat("training ", id.trial_id(), " attempt ", id.attempt(), " rank ", id.rank()));
  rank->run = *std::move(run);
  ranks_[key] = std::move(rank);
}

void Agent::OnStop(const v1::StopRank& stop) {
  const v1::RankId& id = stop.rank();
  const auto found = ranks_.find({id.experiment_id(), id.trial_id(), id.attempt(), id.rank()});
  if (found == ranks_.end()) return;
  LogInfo(absl::StrCat("stopping ", id.trial_id(), " attempt ", id.attempt(), " rank ", id.rank(),
                       ": ", stop.reason().message()));
  if (found->second->run != nullptr) found->second->run->Kill();
  found->second->stop->Notify();
  // Elsewhere, because its watcher may be in the middle of an upload.
  reaper_->Run([rank = std::shared_ptr<Rank>(std::move(found->second))] {
    rank->run.reset();
    if (const absl::Status status = RemoveAll(rank->folder); !status.ok()) {
      LogWarning(status.message());
    }
  });
  ranks_.erase(found);
}

void Agent::OnForget(const v1::ForgetTrial& forget) {
  // Elsewhere, because hundreds of megabytes may have to go.
  reaper_->Run([this, forget] {
    const absl::Status status = resume_folders_.Forget(forget.experiment_id(), forget.trial_id());
    if (!status.ok()) LogWarning(status.message());
  });
}

void Agent::UploadAndPost(const Key& key, const UploadOptions& options, v1::Record record) {
  const auto upload = [&](const v1::Artifact& artifact) {
    return UploadArtifact(*coordinator_, artifact, options, [&](const v1::Reason& reason) {
      strand_->Run([this, key, reason] { OnWaiting(key, reason); });
    });
  };
  for (const v1::Artifact& artifact : record.finished().artifacts()) {
    const absl::Status status = upload(artifact);
    if (options.stop.HasBeenNotified()) return;
    if (status.ok()) continue;
    // The trial cannot end well without its files.
    v1::Record failed;
    failed.set_sequence(record.sequence());
    *failed.mutable_failed() = MakeReason(v1::REASON_CODE_INTERNAL, status.message());
    record = std::move(failed);
    break;
  }
  for (const v1::Artifact& artifact : record.last_finite()) {
    if (upload(artifact).ok()) continue;
    record.clear_last_finite();  // The reason of the failure is reported all the same.
    break;
  }
  strand_->Run(
      [this, key, record = std::move(record)]() mutable { OnRecord(key, std::move(record)); });
}

void Agent::OnWaiting(const Key& key, const v1::Reason& reason) {
  const auto found = ranks_.find(key);
  if (found == ranks_.end()) return;
  found->second->waiting = reason;
  if (welcome_) SendWaiting(*found->second);
}

void Agent::OnRecord(const Key& key, v1::Record record) {
  const auto found = ranks_.find(key);
  if (found == ranks_.end()) return;
  Rank& rank = *found->second;
  rank.terminal_reported = IsLast(record);
  // Kept, because a coordinator that starts again does not know it.
  if (record.has_waiting()) rank.waiting = record.waiting();
  if (welcome_) SendRecord(rank, record);
  rank.unapplied.push_back(std::move(record));
}

void Agent::SendRecord(const Rank& rank, const v1::Record& record) {
  v1::FromWorker message;
  *message.mutable_record()->mutable_rank() = rank.id;
  *message.mutable_record()->mutable_record() = record;
  Send(std::move(message));
}

void Agent::OnApplied(const v1::RecordApplied& applied) {
  const v1::RankId& id = applied.rank();
  const Key key{id.experiment_id(), id.trial_id(), id.attempt(), id.rank()};
  const auto found = ranks_.find(key);
  if (found == ranks_.end()) return;
  Rank& rank = *found->second;
  while (!rank.unapplied.empty() && rank.unapplied.front().sequence() <= applied.sequence()) {
    rank.unapplied.pop_front();
  }
  if (rank.exited && !rank.terminal_reported && rank.unapplied.empty())
    SendExit(rank.id, rank.exit);
  ForgetIfOver(key);
}

void Agent::OnExit(const Key& key, const RankExit& exit) {
  const auto found = ranks_.find(key);
  if (found == ranks_.end()) return;
  Rank& rank = *found->second;
  rank.exited = true;
  rank.exit = exit;
  rank.run.reset();  // Reaps; the watcher has said its last.
  if (!rank.terminal_reported) {
    LogWarning(absl::StrCat("the trainer of ", rank.id.trial_id(), " rank ", rank.id.rank(), " ",
                            exit.how));
    if (rank.unapplied.empty()) SendExit(rank.id, exit);
  }
  ForgetIfOver(key);
}

void Agent::SendExit(const v1::RankId& rank, const RankExit& exit) {
  v1::FromWorker message;
  v1::RankExited& exited = *message.mutable_exited();
  *exited.mutable_rank() = rank;
  *exited.mutable_reason() =
      MakeReason(exit.code, absl::StrCat("the trainer of rank ", rank.rank(), " on worker ",
                                         identity_.id, " ", exit.how));
  Send(std::move(message));
}

void Agent::SendWaiting(const Rank& rank) {
  v1::FromWorker message;
  *message.mutable_waiting()->mutable_rank() = rank.id;
  *message.mutable_waiting()->mutable_reason() = rank.waiting;
  Send(std::move(message));
}

void Agent::ForgetIfOver(const Key& key) {
  const auto found = ranks_.find(key);
  if (found == ranks_.end()) return;
  const Rank& rank = *found->second;
  if (!rank.exited || !rank.terminal_reported || !rank.unapplied.empty()) return;
  if (const absl::Status status = RemoveAll(rank.folder); !status.ok()) {
    LogWarning(status.message());
  }
  ranks_.erase(found);
}

}  // namespace gyrus
