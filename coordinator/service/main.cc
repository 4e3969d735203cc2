// gyrus-coordinator: plans, schedules, remembers, evaluates.
#include <memory>
#include <string>
#include <utility>
#include <vector>

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
#include "coordinator/service/conductor.h"
#include "coordinator/service/experiments_service.h"
#include "coordinator/service/workers_service.h"

namespace gyrus {
namespace {

struct ServeOptions {
  std::string folder;
  std::string listen = "127.0.0.1:0";
  std::string insecure_listen;
  std::vector<std::string> loaders;
  std::string loader_address_file;
  bool end_with_parent = false;
};

ServerOptions ListenOptions(const ServeOptions& options) {
  if (options.insecure_listen.empty()) return {.address = options.listen};
  LogWarning(absl::StrCat("listening on ", options.insecure_listen,
                          " without TLS: everything on that network can submit and read"));
  return {.address = options.insecure_listen, .insecure = true};
}

absl::Status Serve(const ServeOptions& options) {
  GYRUS_ASSIGN_OR_RETURN(RunFolder folder, RunFolder::OpenOrCreate(options.folder));
  GYRUS_ASSIGN_OR_RETURN(const LockedRunFolder held, LockedRunFolder::Take(std::move(folder)));
  const RunFolder& run = held.folder();
  GYRUS_ASSIGN_OR_RETURN(const SigningKey key, SigningKey::LoadOrCreate(run.key_file()));
  GYRUS_ASSIGN_OR_RETURN(const std::unique_ptr<Vault> vault, Vault::Open(run.vault_folder()));
  GYRUS_ASSIGN_OR_RETURN(std::unique_ptr<LedgerStore> store, LedgerStore::Open(run.ledger_file()));
  GYRUS_ASSIGN_OR_RETURN(const std::unique_ptr<LedgerReader> reader,
                         LedgerReader::Open(run.ledger_file()));
  Loaders loaders(options.loaders, options.loader_address_file);
  GYRUS_ASSIGN_OR_RETURN(const std::unique_ptr<Conductor> conductor,
                         Conductor::Start(std::move(store), {.folder = run,
                                                             .key = key,
                                                             .vault = *vault,
                                                             .reader = *reader,
                                                             .loaders = loaders,
                                                             .clock = SystemClock()}));
  ExperimentsService experiments(*conductor, loaders);
  WorkersService workers(*conductor);
  GYRUS_ASSIGN_OR_RETURN(const auto server,
                         RpcServer::Start(ListenOptions(options), {&experiments, &workers}));
  const std::string address_file = absl::StrCat(run.coordinator_folder(), "/address");
  GYRUS_RETURN_IF_ERROR(WriteAddressFile(address_file, server->address()));
  LogInfo(absl::StrCat("serving on ", server->address()));
  if (options.end_with_parent) EndWithParent();
  WaitForShutdown();
  const absl::Status stopping = absl::UnavailableError("the coordinator is stopping");
  conductor->links().CloseAll(stopping);
  conductor->rendezvous().Close(stopping);
  loaders.Close();
  server->Stop(absl::Seconds(1));
  return RemoveAll(address_file);
}

CLI::App* AddServe(CLI::App& app, ServeOptions& options) {
  CLI::App* const serve = app.add_subcommand("serve", "Serve operators and workers");
  serve->add_option("--dir", options.folder, "Run folder; made if it is not there")->required();
  serve->add_option("--loader", options.loaders, "HOST:PORT of a data loader; may be repeated");
  serve->add_option("--loader-address-file", options.loader_address_file,
                    "File in which a data loader that is being started will write its address");
  serve->add_option("--listen", options.listen, "Loopback HOST:PORT; port 0 takes a free one")
      ->capture_default_str();
  serve->add_option("--insecure-listen", options.insecure_listen,
                    "HOST:PORT on a network that you trust");
  serve->add_flag("--end-with-parent", options.end_with_parent, "End when standard input does")
      ->group("");
  return serve;
}

int Main(int argc, char** argv) {
  SetLogName("gyrus-coordinator");
  CLI::App app{"Plans, schedules and remembers experiments."};
  app.require_subcommand(1);
  ServeOptions options;
  AddServe(app, options);
  if (const auto code = ParseLine(app, argc, argv); code.has_value()) return *code;
  BlockShutdownSignals();
  absl::Status status = CheckProtobuf();
  if (status.ok()) status = Serve(options);
  if (!status.ok()) LogError(status.message());
  return ExitCodeFor(status);
}

}  // namespace
}  // namespace gyrus

int main(int argc, char** argv) { return gyrus::Main(argc, argv); }
