// gyrus run: carries out an experiment on this machine, from the file to the table.
#include <algorithm>
#include <iostream>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/command.h"
#include "cli/experiment_file.h"
#include "cli/local_options.h"
#include "cli/local_programs.h"
#include "cli/shell_line.h"
#include "cli/started_experiment.h"
#include "cli/view_facts.h"
#include "cli/view_printer.h"
#include "common/clock.h"
#include "common/command_line/number_option.h"
#include "common/files.h"
#include "common/process.h"
#include "common/run_folder.h"
#include "common/status.h"
#include "core/report/result_json.h"
#include "core/report/result_table.h"

namespace gyrus::cli {
namespace {

struct RunOptions {
  ExperimentSource source;
  LocalOptions local;
  Environment environment;
  std::string out;
  int workers = 0;  // 0 means as many as there are processors for.
  bool json = false;
};

std::string DefaultFolder(const v1::ExperimentSpec& spec) {
  return absl::StrCat("runs/", spec.name(), "-",
                      absl::FormatTime("%Y%m%d-%H%M%S", SystemClock().Utc(), absl::UTCTimeZone()));
}

absl::StatusOr<LocalProgramsOptions> WithWorkers(const v1::ExperimentSpec& spec,
                                                 const RunOptions& options) {
  GYRUS_ASSIGN_OR_RETURN(LocalProgramsOptions programs, ProgramsFor(spec, options.local));
  const v1::Resources& resources = spec.resources();
  const uint32_t fitting = std::thread::hardware_concurrency() / resources.threads_per_slot();
  programs.workers = options.workers > 0 ? options.workers : std::max<int>(1, fitting);
  programs.threads_per_slot = resources.threads_per_slot();
  // Rounded up, so that all workers together have room for one trial.
  programs.slots_per_worker =
      (resources.slots_per_trial() + programs.workers - 1) / programs.workers;
  return programs;
}

// Equal for equal experiments, so that a run continues where it was. An experiment
// that was refused is submitted under a new id, because its data may have been
// mended since.
absl::StatusOr<std::string> RequestId(CoordinatorClient& client, const v1::ExperimentSpec& spec) {
  GYRUS_ASSIGN_OR_RETURN(const v1::ListReply list, client.List());
  const auto refused = std::count_if(
      list.experiments().begin(), list.experiments().end(),
      [](const v1::ExperimentView& view) { return view.state() == v1::EXPERIMENT_STATE_INVALID; });
  return absl::StrCat(DigestOf(spec), "-", refused);
}

// An experiment that was refused has no table of results, only its reasons.
absl::StatusOr<v1::Result> ResultOf(CoordinatorClient& client, const v1::ExperimentView& view) {
  if (view.state() != v1::EXPERIMENT_STATE_INVALID) return client.GetResult(view.id());
  v1::Result result;
  result.set_experiment(view.name());
  result.set_id(view.id());
  result.set_state(view.state());
  *result.mutable_reasons() = view.reasons();
  return result;
}

absl::StatusOr<v1::Result> SubmitAndWatch(CoordinatorClient& client,
                                          const ExperimentFile& experiment, ViewPrinter& printer) {
  v1::SubmitRequest request;
  GYRUS_ASSIGN_OR_RETURN(*request.mutable_request_id(), RequestId(client, experiment.spec));
  *request.mutable_spec() = experiment.spec;
  GYRUS_RETURN_IF_ERROR(UploadWeights(client, experiment.weights));
  GYRUS_ASSIGN_OR_RETURN(const std::string id, client.Submit(request));
  GYRUS_ASSIGN_OR_RETURN(const v1::ExperimentView view,
                         client.Watch(id, [&](const v1::ExperimentView& current) {
                           printer.Show(current);
                           return true;
                         }));
  return ResultOf(client, view);
}

// The line that was given, with the run folder where it named none.
std::string CommandToContinue(const RunOptions& options, const RunFolder& run) {
  std::vector<std::string> words = options.environment.command_line;
  if (options.out.empty()) words.insert(words.end(), {"--out", run.path()});
  return ShellLine(words);
}

// Every program has ended when this returns.
absl::StatusOr<v1::Result> RunPrograms(const RunFolder& run, const ExperimentFile& experiment,
                                       LocalProgramsOptions programs_options,
                                       const RunOptions& options) {
  ViewPrinter printer(ProgressStream(options.json), ShowsLive(options.json, options.environment));
  printer.Note(absl::StrCat("run folder: ", run.path()));
  programs_options.warn = [&printer](absl::string_view what) {
    printer.Note(absl::StrCat("warning: ", what));
  };
  v1::Result result;
  const auto work = [&](CoordinatorClient& client) -> absl::Status {
    GYRUS_ASSIGN_OR_RETURN(result, SubmitAndWatch(client, experiment, printer));
    return absl::OkStatus();
  };
  auto programs = LocalPrograms::Start(run, std::move(programs_options));
  const absl::Status status = programs.ok() ? (*programs)->Supervise(work) : programs.status();
  if (absl::IsCancelled(status)) {
    printer.Note("stopping; to go on from here:");
    printer.Note(absl::StrCat("  ", CommandToContinue(options, run)));
  }
  GYRUS_RETURN_IF_ERROR(status);
  return result;
}

void PrintResult(const RunFolder& run, const v1::Result& result) {
  std::cout << "\n"
            << ResultTable(result) << "\npredictions: " << run.predictions_folder()
            << "\ncheckpoints: " << run.checkpoints_folder()
            << "\nresult:      " << run.result_file() << "\n";
}

// Signals are blocked before any thread or program starts. Ctrl-C then ends the run in an
// orderly way instead of killing this process.
absl::StatusOr<int> Run(const RunOptions& options) {
  GYRUS_ASSIGN_OR_RETURN(const ExperimentFile experiment, LoadExperiment(options.source));
  const v1::ExperimentSpec& spec = experiment.spec;
  GYRUS_ASSIGN_OR_RETURN(LocalProgramsOptions programs, WithWorkers(spec, options));
  GYRUS_ASSIGN_OR_RETURN(const RunFolder run, options.out.empty()
                                                  ? RunFolder::CreateNew(DefaultFolder(spec))
                                                  : RunFolder::OpenOrCreate(options.out));
  GYRUS_RETURN_IF_ERROR(
      ClaimRunFolder(run, experiment, ShellLine(options.environment.command_line)));
  BlockShutdownSignals();
  const auto result = RunPrograms(run, experiment, std::move(programs), options);
  if (absl::IsCancelled(result.status())) return kExitInterrupted;
  GYRUS_RETURN_IF_ERROR(result.status());
  const std::string json = absl::StrCat(ResultToJson(*result), "\n");
  GYRUS_RETURN_IF_ERROR(WriteFileAtomically(run.result_file(), json));
  if (result->state() == v1::EXPERIMENT_STATE_VALID) {
    // Nothing is left to be continued.
    GYRUS_RETURN_IF_ERROR(RemoveAll(run.resume_folder()));
  }
  if (options.json) std::cout << json;
  if (result->state() == v1::EXPERIMENT_STATE_INVALID) {
    PrintError(DescribeAll(result->reasons()));
    return ExitCodeOf(result->reasons());
  }
  if (!options.json) PrintResult(run, *result);
  return result->state() == v1::EXPERIMENT_STATE_VALID ? kExitSuccess : kExitIncomplete;
}

}  // namespace

void AddRun(CLI::App& app, const Environment& environment, Action& chosen) {
  const auto options = std::make_shared<RunOptions>();
  options->environment = environment;
  CLI::App* const command = app.add_subcommand(
      "run",
      "Run an experiment on this machine: starts the programs, prints the table, stops them");
  AddExperimentSource(*command, options->source);
  command
      ->add_option("--out", options->out,
                   "The run folder, new or of this experiment, which then goes on; default: "
                   "runs/NAME-TIME")
      ->type_name("DIR");
  AddOptionalNumberOption(*command, "--workers", options->workers,
                          "Default: processors / threads_per_slot");
  AddLocalOptions(*command, environment, options->local);
  AddDurationOption(*command, "--patience", options->local.timeouts.patience,
                    "How long to go on trying to reach the coordinator");
  command->add_flag("--json", options->json,
                    "Print one JSON object; progress goes to standard error");
  command->footer(
      "Example:\n"
      "  gyrus run neonates.yaml --set train.epochs=20 --out runs/neonates\n"
      "Ctrl-C stops it; the same command with that --out goes on.");
  command->callback([options, &chosen] { chosen = [options] { return ExitWith(Run(*options)); }; });
}

}  // namespace gyrus::cli
