// gyrus-worker: the agent of one host.
#include <unistd.h>

#include <string>
#include <thread>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
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
  Agent agent({.coordinator_address = options.coordinator,
               .folder = options.folder,
               .trainer = {options.trainer},
               .slots = options.slots,
               .threads_per_slot = options.threads_per_slot,
               .numeric_kind = numeric_kind,
               .checkpoint_folder = options.checkpoint_folder},
              std::move(identity));
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
  app.add_option("--slots", options.slots, "Trainers that may run here at once")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--threads-per-slot", options.threads_per_slot, "CPU threads of each trainer")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--checkpoint-dir", options.checkpoint_folder,
                 "Folder for checkpoints that a training continues from; the workers of one "
                 "machine may share it (default: resume in --dir)");
  app.add_option("--trainer", options.trainer, "The trainer program")->capture_default_str();
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
