// One trainer process, as the agent that started it sees it.
#pragma once

#include <csignal>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/files.h"
#include "common/process.h"
#include "gyrus/v1/record.pb.h"
#include "gyrus/v1/workers.pb.h"

namespace gyrus {

struct RankRunOptions {
  std::vector<std::string> trainer;  // Program and leading arguments.
  std::string coordinator_address;
  std::string folder;             // Used by this rank alone; emptied first.
  std::string checkpoint_folder;  // Belongs to the trial and survives this rank.
  std::string log_file;           // The trainer's standard error.
};

// How the process of a rank ended.
struct RankExit {
  // ENVIRONMENT: it said so by its exit code, or it was killed from outside, as the
  // system does when memory is short. Otherwise TRAINER_EXITED.
  v1::ReasonCode code = v1::REASON_CODE_TRAINER_EXITED;
  std::string how;  // "exited with 3".
};

// `last_words` is what the trainer wrote to its standard output besides the bytes that
// announce records: why it ends, where it cannot even write a record. May be empty.
RankExit DescribeRankExit(int wait_status, const std::string& last_words);

// Starts a trainer, watches its record log, and waits for its exit. The callbacks
// run on a thread of this object: first one call for each record, in order, then one
// call that says how the process ended.
class RankRun {
 public:
  using OnRecord = std::function<void(v1::Record)>;
  using OnExit = std::function<void(const RankExit& exit)>;

  static absl::StatusOr<std::unique_ptr<RankRun>> Start(const v1::StartRank& start,
                                                        const RankRunOptions& options,
                                                        OnRecord on_record, OnExit on_exit);
  // Kills the trainer if it still runs. No callback is called afterwards.
  ~RankRun();

  // Kills the trainer now. OnExit is still called.
  void Kill() const { child_.Signal(SIGKILL); }

 private:
  RankRun(Child child, UniqueFd notify_pipe, const std::string& log, OnRecord on_record,
          OnExit on_exit);
  void Watch(const std::string& log, const OnRecord& on_record, const OnExit& on_exit);

  Child child_;
  UniqueFd notify_pipe_;
  std::thread watcher_;
};

}  // namespace gyrus
