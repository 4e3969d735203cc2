// The agent is the worker process of one host. It keeps a link to the coordinator,
// starts one trainer process for each rank that the coordinator assigns to this
// host, and forwards the trainers' records.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "common/executor.h"
#include "common/retry.h"
#include "gyrus/v1/workers.grpc.pb.h"
#include "worker/agent/identity.h"
#include "worker/agent/link_stream.h"
#include "worker/agent/rank_run.h"
#include "worker/agent/uploader.h"
#include "worker/spool/resume_folders.h"

namespace gyrus {

struct AgentOptions {
  std::string coordinator_address;
  std::string folder;
  std::vector<std::string> trainer;  // Program and leading arguments.
  uint32_t slots = 1;
  uint32_t threads_per_slot = 1;
  std::string numeric_kind;
  // The folder of resume checkpoints, which other workers of this host may share.
  // Where it is empty, they are kept in `folder`.
  std::string checkpoint_folder;
  // Between attempts to connect to the coordinator. Well below its adoption window.
  RetryPolicy reconnect = {.longest_pause = absl::Seconds(2)};
  // Between attempts to upload a file that the vault has no room for.
  RetryPolicy upload = {.first_pause = absl::Milliseconds(200), .longest_pause = absl::Seconds(30)};
};

// Messages of the coordinator, records of trainers and their exits are all handled
// on one strand. A record stays here until the coordinator acknowledges that it is
// durable, and is sent again after a broken link; the coordinator applies it once.
// Trainers continue while the coordinator is away, and their files stay in the spool
// until the vault has room for them.
class Agent {
 public:
  Agent(AgentOptions options, WorkerIdentity identity);
  // Kills the trainers.
  ~Agent();

  // Connects, and reconnects after every break. Returns OK after Stop(), or the error
  // with which the coordinator refuses this worker for good: FAILED_PRECONDITION
  // (another version) or ABORTED (a newer incarnation of this worker exists).
  absl::Status Run();
  // From any thread.
  void Stop();

 private:
  using Key = std::tuple<std::string, std::string, uint32_t, uint32_t>;
  struct Rank {
    v1::RankId id;
    std::string folder;
    std::unique_ptr<RankRun> run;  // Null once it has exited.
    std::deque<v1::Record> unapplied;
    bool terminal_reported = false;  // Its last record was `finished` or `failed`.
    bool exited = false;
    RankExit exit;
    v1::Reason waiting;  // What the rank waits for; no code: it does not wait.
    // Notified when the rank is to end: nothing is uploaded for it any more.
    std::shared_ptr<absl::Notification> stop = std::make_shared<absl::Notification>();
  };

  // All on the strand.
  void OnMessage(v1::ToWorker message);
  void OnWelcome();
  void OnStart(const v1::StartRank& start);
  void OnStop(const v1::StopRank& stop);
  void OnApplied(const v1::RecordApplied& applied);
  void OnForget(const v1::ForgetTrial& forget);
  void OnRecord(const Key& key, v1::Record record);
  void OnExit(const Key& key, const RankExit& exit);
  void OnWaiting(const Key& key, const v1::Reason& reason);
  void SendRecord(const Rank& rank, const v1::Record& record);
  void SendExit(const v1::RankId& rank, const RankExit& exit);
  void SendWaiting(const Rank& rank);
  void ForgetIfOver(const Key& key);
  void Send(v1::FromWorker message);
  v1::FromWorker Hello() const;

  // On the trainer's watching thread: files first, then the record. Waits until the
  // files are stored, or the rank is stopped.
  void UploadAndPost(const Key& key, const UploadOptions& options, v1::Record record);

  const AgentOptions options_;
  const WorkerIdentity identity_;
  const ResumeFolders resume_folders_;
  const std::unique_ptr<v1::Workers::Stub> coordinator_;
  std::map<Key, std::unique_ptr<Rank>> ranks_;  // Used on the strand.
  LinkStream* link_ = nullptr;                  // Used on the strand; null without a link.
  bool welcome_ = false;
  absl::once_flag stop_once_;
  absl::Notification stopped_;
  // Waits for the trainers that were stopped, and removes their folders.
  std::unique_ptr<Executor> reaper_;
  std::unique_ptr<Executor> strand_;  // Last, so that it is drained before the rest goes.
};

}  // namespace gyrus
