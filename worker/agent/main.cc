// gyrus-worker: the agent of one host.
#include <unistd.h>

#include <string>
#include <thread>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/command_line/number_option.h"
#include "common/command_line/parse_line.h"
#include "common/files.h"
#include "common/log.h"
#include "common/process.h"
#include "common/program.h"
#include "common/rpc/protobuf_check.h"
#include "common/status.h"
#include "worker/agent/agent.h"
#include "worker/agent/identity.h"

namespace gyrus {
namespace {

struct Options {
  std::string coordinator;
  std::string folder;
  std::string trainer = absl::StrCat(ProgramFolder(), "/gyrus-trainer");
  uint32_t slots = 1;
  uint32_t threads_per_slot = 1;
  std::string checkpoint_folder;  // An empty text means in `folder`.
  bool end_with_parent = false;
  absl::Duration longest_reconnect_pause = absl::Seconds(2);
  absl::Duration longest_upload_pause = absl::Seconds(30);
  // These two are for the trainers.
  absl::Duration loader_patience = absl::Hours(1);
  absl::Duration peer_patience = absl::Minutes(2);

  AgentOptions agent(std::string numeric_kind) const {
    AgentOptions agent{
        .coordinator_address = coordinator,
        .folder = folder,
        .trainer = {trainer, "--loader-patience", absl::FormatDuration(loader_patience),
                    "--peer-patience", absl::FormatDuration(peer_patience)},
        .slots = slots,
        .threads_per_slot = threads_per_slot,
        .numeric_kind = std::move(numeric_kind),
        .checkpoint_folder = checkpoint_folder};
    agent.reconnect.longest_pause = longest_reconnect_pause;
    agent.upload.longest_pause = longest_upload_pause;
    return agent;
  }
};

// Asks the trainer what decides bits here; shows at once that it runs at all.
absl::StatusOr<std::string> AskNumericKind(const std::string& trainer) {
  UniqueFd output;
  GYRUS_ASSIGN_OR_RETURN(
      Child child, Child::Start({.arguments = {trainer, "--numeric-kind"}, .output = &output}));
  std::string kind;
  char buffer[256];
  ssize_t got;
  while ((got = read(output.get(), buffer, sizeof(buffer))) > 0) kind.append(buffer, got);
  const std::string how = DescribeExit(child.Wait());
  if (how != "exited with 0") {
    return absl::FailedPreconditionError(absl::StrCat(trainer, " ", how));
  }
  return std::string(absl::StripAsciiWhitespace(kind));
}

// The lock on the folder prevents two workers with the same identity. The numeric kind is
// asked from the trainer, because this program does not link torch.
absl::Status Work(const Options& options) {
  GYRUS_RETURN_IF_ERROR(MakeFolders(options.folder));
  GYRUS_ASSIGN_OR_RETURN(const FolderLock lock,
                         FolderLock::Take(absl::StrCat(options.folder, "/lock")));
  GYRUS_ASSIGN_OR_RETURN(const std::string numeric_kind, AskNumericKind(options.trainer));
  GYRUS_ASSIGN_OR_RETURN(WorkerIdentity identity, NextIncarnation(options.folder));
  // The spool of an earlier incarnation belongs to attempts that have ended: the
  // coordinator fences them when this incarnation says Hello.
  GYRUS_RETURN_IF_ERROR(RemoveAll(absl::StrCat(options.folder, "/spool")));
  Agent agent(options.agent(numeric_kind), std::move(identity));
  if (options.end_with_parent) EndWithParent();
  std::thread waiter([&agent] {
    WaitForShutdown();
    agent.Stop();
  });
  const absl::Status status = agent.Run();
  if (!status.ok()) RequestShutdown();
  waiter.join();
  return status;
}

int Main(int argc, char** argv) {
  SetLogName("gyrus-worker");
  CLI::App app{"Trains on this host what a coordinator asks for."};
  Options options;
  app.add_option("--coordinator", options.coordinator, "HOST:PORT of the coordinator")->required();
  app.add_option("--dir", options.folder, "Folder for this worker's identity and spool")
      ->required();
  AddNumberOption(app, "--slots", options.slots, "Trainers that may run here at once");
  AddNumberOption(app, "--threads-per-slot", options.threads_per_slot,
                  "CPU threads of each trainer");
  app.add_option("--checkpoint-dir", options.checkpoint_folder,
                 "Folder for checkpoints that a training continues from; the workers of one "
                 "machine may share it (default: resume in --dir)");
  app.add_option("--trainer", options.trainer, "The trainer program")->capture_default_str();
  AddDurationOption(app, "--longest-reconnect-pause", options.longest_reconnect_pause,
                    "The longest pause between attempts to reach the coordinator");
  AddDurationOption(app, "--longest-upload-pause", options.longest_upload_pause,
                    "The longest pause between attempts to upload a file that the coordinator "
                    "has no room for");
  AddDurationOption(app, "--loader-patience", options.loader_patience,
                    "How long a training waits for a data loader that is away before it gives "
                    "its place to another");
  AddDurationOption(app, "--peer-patience", options.peer_patience,
                    "How long the ranks of a training wait for each other, besides the time for "
                    "the data loader");
  app.add_flag("--end-with-parent", options.end_with_parent, "End when standard input does")
      ->group("");
  if (const auto code = ParseLine(app, argc, argv); code.has_value()) return *code;
  BlockShutdownSignals();
  absl::Status status = CheckProtobuf();
  if (status.ok()) status = Work(options);
  if (!status.ok()) LogError(status.message());
  return ExitCodeFor(status);
}

}  // namespace
}  // namespace gyrus

int main(int argc, char** argv) { return gyrus::Main(argc, argv); }
