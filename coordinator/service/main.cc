// gyrus-coordinator: plans, schedules, remembers, evaluates.
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/command_line/parse_line.h"
#include "common/files.h"
#include "common/log.h"
#include "common/process.h"
#include "common/program.h"
#include "common/rpc/protobuf_check.h"
#include "common/rpc/server.h"
#include "common/status.h"
#include "coordinator/ledger/locked_run_folder.h"
#include "coordinator/runtime/coordinator.h"
#include "coordinator/runtime/recorded_run.h"
#include "coordinator/service/coordinator_options.h"
#include "coordinator/service/experiments_service.h"
#include "coordinator/service/grpc_loaders.h"
#include "coordinator/service/recorded_run_service.h"
#include "coordinator/service/workers_service.h"

namespace gyrus {
namespace {

absl::Status Serve(const CoordinatorOptions& options) {
  GYRUS_RETURN_IF_ERROR(options.Validate());
  GYRUS_ASSIGN_OR_RETURN(RunFolder folder, RunFolder::OpenOrCreate(options.folder));
  GYRUS_ASSIGN_OR_RETURN(const LockedRunFolder locked, LockedRunFolder::Take(std::move(folder)));
  const RunFolder& run = locked.folder();
  GYRUS_ASSIGN_OR_RETURN(const SigningKey key, SigningKey::LoadOrCreate(run.key_file()));
  GYRUS_ASSIGN_OR_RETURN(const std::unique_ptr<Vault> vault, Vault::Open(run.vault_folder()));
  GYRUS_ASSIGN_OR_RETURN(std::unique_ptr<LedgerStore> store, LedgerStore::Open(run.ledger_file()));
  GYRUS_ASSIGN_OR_RETURN(const std::unique_ptr<LedgerReader> reader,
                         LedgerReader::Open(run.ledger_file()));
  GrpcLoaders loaders(options.loader());
  const std::unique_ptr<LinkTarget> links = MakeVaultLinks(*vault);
  GYRUS_ASSIGN_OR_RETURN(const std::unique_ptr<Coordinator> coordinator,
                         Coordinator::Start(std::move(store),
                                            {.folder = run,
                                             .key = key,
                                             .vault = *vault,
                                             .reader = *reader,
                                             .loaders = loaders,
                                             .links = *links,
                                             .clock = SystemClock()},
                                            options.runtime()));
  ExperimentsService experiments(*coordinator, loaders);
  WorkersService workers(*coordinator);
  if (!options.insecure_listen.empty()) {
    LogWarning(absl::StrCat("listening on ", options.insecure_listen,
                            " without TLS: everything on that network can submit and read"));
  }
  GYRUS_ASSIGN_OR_RETURN(const auto server,
                         RpcServer::Start(options.server(), {&experiments, &workers}));
  const std::string address_file = absl::StrCat(run.coordinator_folder(), "/address");
  GYRUS_RETURN_IF_ERROR(WriteAddressFile(address_file, server->address()));
  LogInfo(absl::StrCat("serving on ", server->address()));
  if (options.end_with_parent) EndWithParent();
  WaitForShutdown();
  const absl::Status stopping = absl::UnavailableError("the coordinator is stopping");
  coordinator->links().CloseAll(stopping);
  coordinator->rendezvous().Close(stopping);
  loaders.Close();
  server->Stop(absl::Seconds(1));
  return RemoveAll(address_file);
}

// Whoever started this program reads the line from a pipe.
void PrintLine(absl::string_view line) {
  std::printf("%s\n", std::string(line).c_str());
  std::fflush(stdout);
}

absl::Status Read(const ReadOptions& options) {
  GYRUS_ASSIGN_OR_RETURN(const RunFolder folder, RunFolder::Open(options.folder));
  GYRUS_ASSIGN_OR_RETURN(const std::unique_ptr<RecordedRun> run, RecordedRun::Open(folder));
  RecordedRunService experiments(*run);
  GYRUS_ASSIGN_OR_RETURN(const auto server, RpcServer::Start({}, {&experiments}));
  PrintLine(absl::StrCat("address ", server->address()));
  if (options.end_with_parent) EndWithParent();
  WaitForShutdown();
  server->Stop(absl::Seconds(1));
  return absl::OkStatus();
}

int RunRead(const ReadOptions& options) {
  const absl::Status status = Read(options);
  if (!status.ok()) {
    const auto code = static_cast<int>(status.code());
    PrintLine(absl::StrCat("error ", code, " ", absl::CEscape(status.message())));
  }
  return ExitCodeFor(status);
}

int Main(int argc, char** argv) {
  SetLogName("gyrus-coordinator");
  CLI::App app{"Plans, schedules and remembers experiments."};
  app.require_subcommand(1);
  CoordinatorOptions options;
  AddServe(app, options);
  ReadOptions read_options;
  const CLI::App* const read = AddRead(app, read_options);
  if (const auto code = ParseLine(app, argc, argv); code.has_value()) return *code;
  BlockShutdownSignals();
  absl::Status status = CheckProtobuf();
  if (status.ok() && read->parsed()) return RunRead(read_options);
  if (status.ok()) status = Serve(options);
  if (!status.ok()) LogError(status.message());
  return ExitCodeFor(status);
}

}  // namespace
}  // namespace gyrus

int main(int argc, char** argv) { return gyrus::Main(argc, argv); }
