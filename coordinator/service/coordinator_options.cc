#include "coordinator/service/coordinator_options.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/command_line/number_option.h"

namespace gyrus {
namespace {

// More is a mistake in the unit.
constexpr absl::Duration kMax = absl::Hours(7 * 24);

}  // namespace

absl::Status CoordinatorOptions::Validate() const {
  const std::pair<const char*, absl::Duration> durations[] = {
      {"--lost-after", lost_after},
      {"--adoption-window", adoption_window},
      {"--check-interval", check_interval},
      {"--loader-start", loader_start},
      {"--first-retry-pause", faults.retry.first},
      {"--longest-retry-pause", faults.retry.longest},
      {"--first-rest", faults.rest.first},
      {"--longest-rest", faults.rest.longest}};
  for (const auto& [flag, duration] : durations) {
    if (duration > absl::ZeroDuration() && duration <= kMax) continue;
    return absl::InvalidArgumentError(absl::StrCat(flag, " must be above 0 and at most ",
                                                   absl::FormatDuration(kMax), ", not ",
                                                   absl::FormatDuration(duration)));
  }
  if (adoption_window > lost_after) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--adoption-window is ", absl::FormatDuration(adoption_window),
        "; it must not be longer than --lost-after, which is ", absl::FormatDuration(lost_after)));
  }
  return absl::OkStatus();
}

ServerOptions CoordinatorOptions::server() const {
  if (insecure_listen.empty()) return {.address = listen};
  return {.address = insecure_listen, .insecure = true};
}

RuntimeOptions CoordinatorOptions::runtime() const {
  return {.state = {.lost_after = lost_after, .adoption_window = adoption_window, .faults = faults},
          .check_interval = check_interval};
}

LoaderOptions CoordinatorOptions::loader() const {
  return {
      .addresses = loaders, .address_file = loader_address_file, .start_patience = loader_start};
}

namespace {

void AddTimes(CLI::App& serve, CoordinatorOptions& options) {
  AddDurationOption(serve, "--lost-after", options.lost_after,
                    "Attempts on a worker that has not been connected for so long are lost");
  AddDurationOption(serve, "--adoption-window", options.adoption_window,
                    "How long a worker may take to come back after the coordinator's start, and "
                    "a trial waits for the worker that has its checkpoint");
  AddDurationOption(serve, "--check-interval", options.check_interval,
                    "How often it is checked whether one of these times has passed");
  AddDurationOption(serve, "--loader-start", options.loader_start,
                    "How long to wait for a data loader that starts or cannot be reached");
  FaultOptions& faults = options.faults;
  AddDurationOption(serve, "--first-retry-pause", faults.retry.first,
                    "The pause after the environment stopped a trial, such as a full disk; it "
                    "doubles each time");
  AddDurationOption(serve, "--longest-retry-pause", faults.retry.longest, "Its upper limit");
  AddNumberOption(serve, "--failures-before-rest", faults.failures_before_rest,
                  "How many trials in a row fail on a worker before it rests");
  AddDurationOption(serve, "--first-rest", faults.rest.first,
                    "How long it rests the first time; the rest doubles each time");
  AddDurationOption(serve, "--longest-rest", faults.rest.longest, "Its upper limit");
}

}  // namespace

CLI::App* AddServe(CLI::App& app, CoordinatorOptions& options) {
  CLI::App* const serve = app.add_subcommand("serve", "Serve operators and workers");
  serve->add_option("--dir", options.folder, "Run folder; made if it is not there")->required();
  serve->add_option("--loader", options.loaders, "HOST:PORT of a data loader; may be repeated");
  serve->add_option("--loader-address-file", options.loader_address_file,
                    "File in which a data loader that is being started will write its address");
  serve->add_option("--listen", options.listen, "Loopback HOST:PORT; port 0 takes a free one")
      ->capture_default_str();
  serve->add_option("--insecure-listen", options.insecure_listen,
                    "HOST:PORT on a network that you trust");
  AddTimes(*serve, options);
  serve->add_flag("--end-with-parent", options.end_with_parent, "End when standard input does")
      ->group("");
  return serve;
}

}  // namespace gyrus
