// The configuration of gyrus-dataloader: filled from the command line in main, and
// checked once before anything starts.
#pragma once

#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace gyrus {

struct LoaderConfig {
  // Folders that images may be read from. At least one.
  std::vector<std::string> data_roots;
  // Folder for prepared volumes and admitted cohorts.
  std::string cache;
  // File with the public key of the coordinator.
  std::string coordinator_key;
  // HOST:PORT. `listen` must be a loopback address; `insecure_listen` takes its place
  // if it is given, and may be any address.
  std::string listen = "127.0.0.1:0";
  std::string insecure_listen;
  // File that the address is written to once the loader serves; may be empty.
  std::string address_file;
  // How many images are read or prepared at once.
  int threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  // How many cohorts are admitted at once.
  int admissions = 2;
  // How long calls may take to end when the loader stops.
  absl::Duration stop_grace = absl::Seconds(1);
  // Whether the end of standard input ends the loader.
  bool end_with_parent = false;
};

// INVALID_ARGUMENT: a value is missing or outside of its limits; the message names
// the option.
absl::Status CheckConfig(const LoaderConfig& config);

}  // namespace gyrus
