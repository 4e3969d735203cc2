// The configuration of gyrus-coordinator, which its command line fills in.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/rpc/server.h"
#include "coordinator/runtime/coordinator.h"
#include "coordinator/service/grpc_loaders.h"

namespace gyrus {

// Filled from flags in main, and validated there once. No code below main has a
// time-out of its own: slow machines need longer ones.
struct CoordinatorOptions {
  std::string folder;
  std::string listen = "127.0.0.1:0";
  std::string insecure_listen;
  std::vector<std::string> loaders;
  std::string loader_address_file;
  bool end_with_parent = false;

  // Attempts on a worker that has not been connected for so long have failed.
  absl::Duration lost_after = absl::Seconds(60);
  // How long a worker may take to come back after this program has started, and
  // how long a trial waits for the worker that has its checkpoint. Workers connect
  // again after pauses that are well below it (--longest-reconnect-pause).
  absl::Duration adoption_window = absl::Seconds(10);
  // How often it is checked whether one of these times has passed.
  absl::Duration check_interval = absl::Seconds(1);
  // How long to wait for a data loader that starts or cannot be reached.
  absl::Duration loader_start = absl::Seconds(30);
  // What follows from passing faults.
  FaultOptions faults;

  // INVALID_ARGUMENT: names the flag that is wrong.
  absl::Status Validate() const;

  ServerOptions server() const;
  RuntimeOptions runtime() const;
  LoaderOptions loader() const;
};

// Adds the command `serve` with its flags, whose values go into `options`.
CLI::App* AddServe(CLI::App& app, CoordinatorOptions& options);

}  // namespace gyrus
