// gyrus-dataloader: serves the volumes of one site; makes synthetic cohorts.
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/command_line/parse_line.h"
#include "common/log.h"
#include "common/process.h"
#include "common/program.h"
#include "common/rpc/protobuf_check.h"
#include "common/rpc/server.h"
#include "common/signing.h"
#include "common/status.h"
#include "dataloader/phantom/phantom_command.h"
#include "dataloader/service/loader_service.h"

namespace gyrus {
namespace {

struct ServeOptions {
  std::vector<std::string> data_roots;
  std::string cache;
  std::string coordinator_key;
  std::string listen = "127.0.0.1:0";
  std::string insecure_listen;
  std::string address_file;
  int threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  bool end_with_parent = false;
};

absl::Status Serve(const ServeOptions& options) {
  GYRUS_ASSIGN_OR_RETURN(DataRoot root, DataRoot::Open(options.data_roots));
  GYRUS_ASSIGN_OR_RETURN(std::string key, ReadPublicKey(options.coordinator_key));
  GYRUS_ASSIGN_OR_RETURN(auto cohorts, AdmittedCohorts::Open(options.cache));
  GYRUS_ASSIGN_OR_RETURN(auto cache, VolumeCache::Open(absl::StrCat(options.cache, "/volumes")));
  LoaderService service(std::move(root), std::move(cohorts), std::move(cache), std::move(key),
                        options.threads);
  ServerOptions server_options{.address = options.listen};
  if (!options.insecure_listen.empty()) {
    LogWarning(
        absl::StrCat("listening on ", options.insecure_listen,
                     " without TLS: everything on that network can read volumes in transit"));
    server_options = {.address = options.insecure_listen, .insecure = true};
  }
  GYRUS_ASSIGN_OR_RETURN(const auto server, RpcServer::Start(server_options, {&service}));
  GYRUS_RETURN_IF_ERROR(WriteAddressFile(options.address_file, server->address()));
  LogInfo(absl::StrCat("serving on ", server->address()));
  if (options.end_with_parent) EndWithParent();
  WaitForShutdown();
  server->Stop(absl::Seconds(1));
  return absl::OkStatus();
}

CLI::App* AddServe(CLI::App& app, ServeOptions& options) {
  CLI::App* const serve = app.add_subcommand("serve", "Serve volumes to trainers");
  serve->add_option("--data-root", options.data_roots, "Folder that images may be read from")
      ->required();
  serve->add_option("--cache", options.cache, "Folder for prepared volumes")->required();
  serve
      ->add_option("--coordinator-key", options.coordinator_key,
                   "The coordinator's public key: its run folder's coordinator/key.pub")
      ->required();
  serve->add_option("--listen", options.listen, "Loopback HOST:PORT; port 0 takes a free one")
      ->capture_default_str();
  serve->add_option("--insecure-listen", options.insecure_listen,
                    "HOST:PORT on a network that you trust");
  serve->add_option("--address-file", options.address_file, "Write HOST:PORT here once it serves");
  serve->add_option("--threads", options.threads, "Images read or prepared at once")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  serve->add_flag("--end-with-parent", options.end_with_parent, "End when standard input does")
      ->group("");
  return serve;
}

int Main(int argc, char** argv) {
  SetLogName("gyrus-dataloader");
  CLI::App app{"Serves the brain volumes of one site."};
  app.require_subcommand(1);
  ServeOptions options;
  const CLI::App* const serve = AddServe(app, options);
  int phantom_exit = 0;
  AddPhantomCommand(app, phantom_exit);
  if (const auto code = ParseLine(app, argc, argv); code.has_value()) return *code;
  if (!serve->parsed()) return phantom_exit;
  BlockShutdownSignals();
  absl::Status status = CheckProtobuf();
  if (status.ok()) status = Serve(options);
  if (!status.ok()) LogError(status.message());
  return ExitCodeFor(status);
}

}  // namespace
}  // namespace gyrus

int main(int argc, char** argv) { return gyrus::Main(argc, argv); }
