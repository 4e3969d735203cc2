// gyrus plan: shows what an experiment would do, without doing it.
#include <stdlib.h>

#include <cerrno>
#include <iostream>
#include <memory>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "cli/client_options.h"
#include "cli/command.h"
#include "cli/connection.h"
#include "cli/experiment_file.h"
#include "cli/local_options.h"
#include "cli/local_programs.h"
#include "cli/view_facts.h"
#include "cli/view_json.h"
#include "cli/view_printer.h"
#include "common/files.h"
#include "common/process.h"
#include "common/run_folder.h"
#include "common/status.h"
#include "core/report/plan_json.h"
#include "core/report/plan_text.h"

namespace gyrus::cli {
namespace {

struct PlanOptions {
  ExperimentSource source;
  ClientOptions client;
  LocalOptions local;
  std::string temporary_folder;
};

using PlanOrRefusal = std::variant<v1::Plan, v1::PlanRefusal>;

// Removes the folder, with all that is in it, when it is destroyed.
class TemporaryFolder {
 public:
  static absl::StatusOr<std::unique_ptr<TemporaryFolder>> Make(const std::string& parent) {
    std::string path = absl::StrCat(parent, "/gyrus-plan-XXXXXX");
    if (mkdtemp(path.data()) == nullptr) return absl::ErrnoToStatus(errno, "making " + path);
    return std::unique_ptr<TemporaryFolder>(new TemporaryFolder(std::move(path)));
  }
  ~TemporaryFolder() {
    if (const absl::Status status = RemoveAll(path_); !status.ok()) PrintError(status.message());
  }

  const std::string& path() const { return path_; }

 private:
  explicit TemporaryFolder(std::string path) : path_(std::move(path)) {}
  const std::string path_;
};

absl::StatusOr<PlanOrRefusal> Ask(CoordinatorClient& client, const v1::ExperimentSpec& spec) {
  ViewPrinter printer(stderr, /*redraw=*/false);
  v1::ExperimentView view;
  return client.MakePlan(spec, [&](const v1::Admission& admission) {
    *view.mutable_admission() = admission;
    printer.Show(view);
  });
}

// Starts a coordinator and a loader in a temporary folder, which is removed at the end.
// Prepared volumes stay in the cache for a later run.
absl::StatusOr<PlanOrRefusal> AskOwnPrograms(const v1::ExperimentSpec& spec,
                                             const PlanOptions& options) {
  GYRUS_ASSIGN_OR_RETURN(LocalProgramsOptions programs_options, ProgramsFor(spec, options.local));
  programs_options.timeouts.patience = options.client.timeouts.patience;
  BlockShutdownSignals();
  GYRUS_ASSIGN_OR_RETURN(const auto folder, TemporaryFolder::Make(options.temporary_folder));
  GYRUS_ASSIGN_OR_RETURN(RunFolder run, RunFolder::OpenOrCreate(folder->path()));
  GYRUS_ASSIGN_OR_RETURN(const auto programs,
                         LocalPrograms::Start(std::move(run), std::move(programs_options)));
  PlanOrRefusal reply;
  GYRUS_RETURN_IF_ERROR(programs->Supervise([&](CoordinatorClient& client) -> absl::Status {
    GYRUS_ASSIGN_OR_RETURN(reply, Ask(client, spec));
    return absl::OkStatus();
  }));
  return reply;
}

absl::StatusOr<PlanOrRefusal> AskSomeone(const v1::ExperimentSpec& spec,
                                         const PlanOptions& options) {
  if (options.client.coordinator.empty() && options.client.run_folder.empty()) {
    return AskOwnPrograms(spec, options);
  }
  GYRUS_ASSIGN_OR_RETURN(
      const auto client,
      Connect(options.client, {.run_folder = options.client.run_folder, .experiment = ""}));
  return Ask(*client, spec);
}

void Print(const v1::Plan& plan, bool json) {
  std::cout << (json ? PlanToJson(plan) + "\n" : DescribePlan(plan));
}

// Prints the plan that a run was made with, instead of making one.
absl::StatusOr<int> PrintRecordedPlan(const PlanOptions& options, const std::string& run_folder) {
  if (!options.source.overrides.empty()) {
    return absl::InvalidArgumentError(
        "--set changes an experiment file; the plan of a run folder is what it is");
  }
  const Subject subject{.run_folder = run_folder, .experiment = ""};
  GYRUS_ASSIGN_OR_RETURN(const auto connection, Connection::Open(options.client, subject));
  CoordinatorClient& client = connection->client();
  GYRUS_ASSIGN_OR_RETURN(const std::string id, FindExperiment(client, subject));
  GYRUS_ASSIGN_OR_RETURN(const v1::ExperimentView view, client.Show(id, /*with_plan=*/true));
  if (view.has_plan()) {
    Print(view.plan(), options.client.json);
    return kExitSuccess;
  }
  if (view.reasons().empty()) return absl::FailedPreconditionError("it was not planned yet");
  PrintError(DescribeAll(view.reasons()));
  return ExitCodeOf(view.reasons());
}

// A refusal is a regular reply and is printed as JSON too; the exit code says why the plan
// was refused.
absl::StatusOr<int> Plan(const PlanOptions& options) {
  if (options.source.file.empty()) {
    GYRUS_ASSIGN_OR_RETURN(const Subject inside, SubjectOf(ClientOptions()));
    if (!inside.run_folder.empty()) return PrintRecordedPlan(options, inside.run_folder);
    return absl::InvalidArgumentError("FILE is missing: an experiment, or a run folder");
  }
  if (RunFolder::IsRunFolder(options.source.file)) {
    return PrintRecordedPlan(options, options.source.file);
  }
  GYRUS_ASSIGN_OR_RETURN(const ExperimentFile experiment, LoadExperiment(options.source));
  const auto reply = AskSomeone(experiment.spec, options);
  if (absl::IsCancelled(reply.status())) return kExitInterrupted;
  GYRUS_RETURN_IF_ERROR(reply.status());
  if (const auto* refusal = std::get_if<v1::PlanRefusal>(&*reply)) {
    if (options.client.json) {
      std::cout << RefusalToJson(experiment.spec.name(), *refusal) << "\n";
    }
    PrintError(DescribeAll(refusal->reasons()));
    return ExitCodeOf(refusal->reasons());
  }
  Print(std::get<v1::Plan>(*reply), options.client.json);
  return kExitSuccess;
}

}  // namespace

void AddPlan(CLI::App& app, const Environment& environment, Action& chosen) {
  const auto options = std::make_shared<PlanOptions>();
  options->temporary_folder = environment.temporary_folder;
  CLI::App* const command = app.add_subcommand(
      "plan",
      "Read the images, split, and print what would be done; without a coordinator, with "
      "programs of its own. Of a run folder, print the plan that it was made with");
  AddExperimentSource(*command, options->source);
  command->get_option("FILE")->required(false);
  options->client.timeouts.patience = kDefaultPatience;
  AddClientOptions(*command, environment, options->client);
  AddLocalOptions(*command, environment, options->local);
  command->footer("Example:\n  gyrus plan neonates.yaml --set split.kfold.k=4");
  command->callback(
      [options, &chosen] { chosen = [options] { return ExitWith(Plan(*options)); }; });
}

}  // namespace gyrus::cli
