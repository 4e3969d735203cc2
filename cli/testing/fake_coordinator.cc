// Takes the place of gyrus-coordinator in run_test.cc: it has the same options, writes
// the same files, and gives fixed replies (fake_experiments.h).
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "cli/testing/fake_experiments.h"
#include "common/files.h"
#include "common/log.h"
#include "common/process.h"
#include "common/program.h"
#include "common/rpc/server.h"
#include "common/run_folder.h"
#include "common/status.h"

namespace gyrus::cli {
namespace {

absl::Status Serve(const std::string& folder) {
  GYRUS_ASSIGN_OR_RETURN(const RunFolder run, RunFolder::OpenOrCreate(folder));
  GYRUS_RETURN_IF_ERROR(MakeFolders(run.coordinator_folder()));
  GYRUS_ASSIGN_OR_RETURN(const FolderLock lock, FolderLock::Take(run.lock_file()));
  GYRUS_RETURN_IF_ERROR(WriteFileAtomically(absl::StrCat(run.key_file(), ".pub"), "key\n"));
  GYRUS_RETURN_IF_ERROR(
      WriteFileAtomically(absl::StrCat(run.coordinator_folder(), "/pid"), absl::StrCat(getpid())));
  FakeExperiments service;
  GYRUS_ASSIGN_OR_RETURN(const auto server, RpcServer::Start({}, {&service}));
  GYRUS_RETURN_IF_ERROR(
      WriteAddressFile(absl::StrCat(run.coordinator_folder(), "/address"), server->address()));
  EndWithParent();
  WaitForShutdown();
  server->Stop(absl::ZeroDuration());
  return absl::OkStatus();
}

int Main(int argc, char** argv) {
  SetLogName("gyrus-coordinator");
  CLI::App app;
  CLI::App* const serve = app.add_subcommand("serve");
  std::string folder;
  std::string ignored;
  serve->add_option("--dir", folder)->required();
  serve->add_option("--listen", ignored)->required();
  serve->add_option("--loader-address-file", ignored)->required();
  serve->add_option("--loader-start", ignored)->required();
  serve->add_flag("--end-with-parent")->required();
  CLI11_PARSE(app, argc, argv);
  BlockShutdownSignals();
  const absl::Status status = Serve(folder);
  if (!status.ok()) LogError(status.message());
  return ExitCodeFor(status);
}

}  // namespace
}  // namespace gyrus::cli

int main(int argc, char** argv) { return gyrus::cli::Main(argc, argv); }
