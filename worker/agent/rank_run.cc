#include "worker/agent/rank_run.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/exit_code.h"
#include "common/log.h"
#include "common/status.h"
#include "worker/spool/record_log.h"

namespace gyrus {
namespace {

constexpr size_t kMaxLastWords = 2000;

}  // namespace

RankExit DescribeRankExit(int wait_status, const std::string& last_words) {
  const bool said_so = WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == kExitUnavailable;
  const bool killed = WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == SIGKILL;
  RankExit exit;
  if (said_so || killed) exit.code = v1::REASON_CODE_ENVIRONMENT;
  exit.how = DescribeExit(wait_status);
  if (!last_words.empty()) absl::StrAppend(&exit.how, ": ", last_words);
  return exit;
}

absl::StatusOr<std::unique_ptr<RankRun>> RankRun::Start(const v1::StartRank& start,
                                                        const RankRunOptions& options,
                                                        OnRecord on_record, OnExit on_exit) {
  // The folder may hold files of an earlier start of this rank.
  GYRUS_RETURN_IF_ERROR(RemoveAll(options.folder));
  GYRUS_RETURN_IF_ERROR(MakeFolders(options.folder));
  v1::RankAssignment assignment;
  *assignment.mutable_start() = start;
  assignment.set_coordinator_address(options.coordinator_address);
  assignment.set_spool_folder(options.folder);
  assignment.set_checkpoint_folder(options.checkpoint_folder);
  const std::string file = absl::StrCat(options.folder, "/assignment.pb");
  GYRUS_RETURN_IF_ERROR(WriteFileAtomically(file, assignment.SerializeAsString()));

  UniqueFd notify_pipe;
  ChildOptions child_options;
  child_options.arguments = options.trainer;
  child_options.arguments.insert(child_options.arguments.end(), {"--assignment", file});
  child_options.log_file = options.log_file;
  child_options.output = &notify_pipe;
  GYRUS_ASSIGN_OR_RETURN(Child child, Child::Start(std::move(child_options)));
  return std::unique_ptr<RankRun>(new RankRun(std::move(child), std::move(notify_pipe),
                                              absl::StrCat(options.folder, "/records.log"),
                                              std::move(on_record), std::move(on_exit)));
}

RankRun::RankRun(Child child, UniqueFd notify_pipe, const std::string& log, OnRecord on_record,
                 OnExit on_exit)
    : child_(std::move(child)), notify_pipe_(std::move(notify_pipe)) {
  watcher_ = std::thread([this, log, on_record = std::move(on_record),
                          on_exit = std::move(on_exit)] { Watch(log, on_record, on_exit); });
}

RankRun::~RankRun() {
  Kill();
  watcher_.join();
}

void RankRun::Watch(const std::string& log, const OnRecord& on_record, const OnExit& on_exit) {
  RecordLogReader reader(log);
  std::string broken;
  const auto read_new = [&] {
    auto records = reader.ReadNew();
    if (!records.ok()) {
      broken = std::string(records.status().message());
      LogError(broken);
      // Nobody would ever hear what it goes on to say.
      child_.Signal(SIGKILL);
      return;
    }
    for (v1::Record& record : *records) on_record(std::move(record));
  };
  std::string last_words;
  char bytes[256];
  while (true) {
    const ssize_t got = read(notify_pipe_.get(), bytes, sizeof(bytes));
    if (got < 0 && errno == EINTR) continue;
    if (broken.empty()) read_new();
    if (got <= 0) break;  // The trainer has closed its end: it is gone.
    for (const char c : absl::string_view(bytes, got)) {
      if (c != '\n' && last_words.size() < kMaxLastWords) last_words += c;
    }
  }
  const RankExit exit = DescribeRankExit(child_.AwaitEnd(), last_words);
  on_exit(broken.empty() ? exit : RankExit{v1::REASON_CODE_TRAINER_EXITED, broken});
}

}  // namespace gyrus
