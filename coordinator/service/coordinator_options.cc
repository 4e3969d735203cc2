#include "coordinator/service/coordinator_options.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace gyrus {
namespace {

// More is a mistake in the unit.
constexpr double kMaxSeconds = 7 * 24 * 3600;

}  // namespace

absl::Status CoordinatorOptions::Validate() const {
  const std::pair<const char*, double> durations[] = {
      {"--lost-after-seconds", lost_after_seconds},
      {"--adoption-window-seconds", adoption_window_seconds},
      {"--check-interval-seconds", check_interval_seconds},
      {"--loader-start-seconds", loader_start_seconds}};
  for (const auto& [flag, seconds] : durations) {
    if (seconds > 0 && seconds <= kMaxSeconds) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        flag, " is ", seconds, "; it must be above 0 and at most ", kMaxSeconds, " seconds"));
  }
  if (adoption_window_seconds > lost_after_seconds) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--adoption-window-seconds is ", adoption_window_seconds,
        "; it must not be longer than --lost-after-seconds, which is ", lost_after_seconds));
  }
  return absl::OkStatus();
}

ServerOptions CoordinatorOptions::server() const {
  if (insecure_listen.empty()) return {.address = listen};
  return {.address = insecure_listen, .insecure = true};
}

RuntimeOptions CoordinatorOptions::runtime() const {
  return {.state = {.lost_after = absl::Seconds(lost_after_seconds),
                    .adoption_window = absl::Seconds(adoption_window_seconds)},
          .check_interval = absl::Seconds(check_interval_seconds)};
}

LoaderOptions CoordinatorOptions::loader() const {
  return {.addresses = loaders,
          .address_file = loader_address_file,
          .start_patience = absl::Seconds(loader_start_seconds)};
}

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
  serve
      ->add_option("--lost-after-seconds", options.lost_after_seconds,
                   "Attempts on a worker that has not been connected for so long have failed")
      ->capture_default_str();
  serve
      ->add_option("--adoption-window-seconds", options.adoption_window_seconds,
                   "How long a worker may take to come back after the coordinator's start, and a "
                   "trial waits for the worker that has its checkpoint")
      ->capture_default_str();
  serve
      ->add_option("--check-interval-seconds", options.check_interval_seconds,
                   "How often it is checked whether one of these times has passed")
      ->capture_default_str();
  serve
      ->add_option("--loader-start-seconds", options.loader_start_seconds,
                   "How long to wait for a data loader that starts or cannot be reached")
      ->capture_default_str();
  serve->add_flag("--end-with-parent", options.end_with_parent, "End when standard input does")
      ->group("");
  return serve;
}

}  // namespace gyrus
