// gyrus-dataloader: serves the volumes of one site, and writes synthetic cohorts.
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/command_line/number_option.h"
#include "common/command_line/parse_line.h"
#include "common/files.h"
#include "common/log.h"
#include "common/process.h"
#include "common/program.h"
#include "common/rpc/protobuf_check.h"
#include "common/rpc/server.h"
#include "common/signing.h"
#include "common/status.h"
#include "dataloader/phantom/phantom_command.h"
#include "dataloader/service/config.h"
#include "dataloader/service/loader_service.h"

namespace gyrus {
namespace {

// The signing key of the coordinator is read once at the start. The loader serves only
// volumes that a grant with that signature lists.
absl::Status Serve(const LoaderConfig& config) {
  GYRUS_RETURN_IF_ERROR(CheckConfig(config));
  GYRUS_ASSIGN_OR_RETURN(DataRoot root, DataRoot::Open(config.data_roots));
  GYRUS_ASSIGN_OR_RETURN(std::string key, ReadPublicKey(config.coordinator_key));
  GYRUS_RETURN_IF_ERROR(
      Annotate(MakeFolders(config.cache), "the cache cannot be used (choose another --cache)"));
  GYRUS_ASSIGN_OR_RETURN(auto cohorts, AdmittedCohorts::Open(config.cache));
  GYRUS_ASSIGN_OR_RETURN(auto cache, VolumeCache::Open(absl::StrCat(config.cache, "/volumes")));
  LoaderService service(std::move(root), std::move(cohorts), std::move(cache), std::move(key),
                        {.threads = config.threads, .admissions = config.admissions});
  ServerOptions server_options{.address = config.listen};
  if (!config.insecure_listen.empty()) {
    LogWarning(
        absl::StrCat("listening on ", config.insecure_listen,
                     " without TLS: everything on that network can read volumes in transit"));
    server_options = {.address = config.insecure_listen, .insecure = true};
  }
  GYRUS_ASSIGN_OR_RETURN(const auto server, RpcServer::Start(server_options, {&service}));
  GYRUS_RETURN_IF_ERROR(WriteAddressFile(config.address_file, server->address()));
  LogInfo(absl::StrCat("serving on ", server->address()));
  if (config.end_with_parent) EndWithParent();
  WaitForShutdown();
  server->Stop(config.stop_grace);
  return absl::OkStatus();
}

CLI::App* AddServe(CLI::App& app, LoaderConfig& config) {
  CLI::App* const serve = app.add_subcommand("serve", "Serve volumes to trainers");
  serve->add_option("--data-root", config.data_roots, "Folder that images may be read from")
      ->required();
  serve->add_option("--cache", config.cache, "Folder for prepared volumes")->required();
  serve
      ->add_option("--coordinator-key", config.coordinator_key,
                   "The coordinator's public key: its run folder's coordinator/key.pub")
      ->required();
  serve->add_option("--listen", config.listen, "Loopback HOST:PORT; port 0 takes a free one")
      ->capture_default_str();
  serve->add_option("--insecure-listen", config.insecure_listen,
                    "HOST:PORT on a network that you trust");
  serve->add_option("--address-file", config.address_file, "Write HOST:PORT here once it serves");
  AddNumberOption(*serve, "--threads", config.threads, "Images read or prepared at once");
  AddNumberOption(*serve, "--admissions", config.admissions, "Cohorts admitted at once");
  AddDurationOption(*serve, "--stop-grace", config.stop_grace,
                    "How long calls may take to end when it stops");
  serve->add_flag("--end-with-parent", config.end_with_parent, "End when standard input does")
      ->group("");
  return serve;
}

int Main(int argc, char** argv) {
  SetLogName("gyrus-dataloader");
  CLI::App app{"Serves the brain volumes of one site."};
  app.require_subcommand(1);
  LoaderConfig config;
  const CLI::App* const serve = AddServe(app, config);
  int phantom_exit = 0;
  AddPhantomCommand(app, phantom_exit);
  if (const auto code = ParseLine(app, argc, argv); code.has_value()) return *code;
  if (!serve->parsed()) return phantom_exit;
  BlockShutdownSignals();
  absl::Status status = CheckProtobuf();
  if (status.ok()) status = Serve(config);
  if (!status.ok()) LogError(status.message());
  return ExitCodeFor(status);
}

}  // namespace
}  // namespace gyrus

int main(int argc, char** argv) { return gyrus::Main(argc, argv); }
