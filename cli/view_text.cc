#include "cli/view_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/view_facts.h"
#include "core/report/plan_text.h"
#include "core/report/state_name.h"
#include "core/report/text_table.h"

namespace gyrus::cli {
namespace {

std::string StateText(const v1::ExperimentView& view) {
  return absl::StrCat(NameOf(view.state()), view.cancelled() ? " (cancelled)" : "");
}

std::string Submitted(const v1::ExperimentView& view) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", absl::FromUnixMicros(view.submitted_us()),
                          absl::UTCTimeZone());
}

std::string Took(const v1::ExperimentView& view, absl::Time now) {
  const absl::Time end = view.ended_us() > 0 ? absl::FromUnixMicros(view.ended_us()) : now;
  return ShortDuration(absl::ToDoubleSeconds(end - absl::FromUnixMicros(view.submitted_us())));
}

// Why it waits or failed, and where the attempt began.
std::string Notes(const v1::TrialView& trial) {
  const std::string began = WhereItBegan(trial);
  if (!trial.has_reason()) return began;
  const bool interrupted =
      trial.state() == v1::TRIAL_STATE_RUNNING && !trial.progress().has_waiting();
  if (interrupted) {
    return absl::StrCat("an earlier attempt was interrupted: ", trial.reason().message(),
                        began.empty() ? "" : "; ", began);
  }
  return absl::StrCat(Describe(trial.reason()), began.empty() ? "" : "; ", began);
}

std::string TrialTable(const v1::ExperimentView& view) {
  TextTable table({"trial", "state", "attempt", "epoch", "loss", "validation", "left", "reason"});
  for (const v1::TrialView& trial : view.trials()) {
    const v1::TrialProgress& progress = trial.progress();
    const bool known = HasSteps(progress);
    table.AddRow({trial.id(), NameOf(trial.state()), absl::StrCat(trial.attempt()),
                  known ? absl::StrCat(progress.epoch() + 1, "/", trial.epochs()) : "",
                  known ? ShortNumber(progress.train_loss()) : "",
                  progress.has_validation_loss() ? ShortNumber(progress.validation_loss()) : "",
                  progress.seconds_left() > 0 ? ShortDuration(progress.seconds_left()) : "",
                  Notes(trial)});
  }
  return table.ToString();
}

// One line for each worker that gets no trial for a while.
std::string RestText(const google::protobuf::RepeatedPtrField<v1::WorkerView>& workers) {
  std::string text;
  for (const v1::WorkerView& worker : workers) {
    absl::StrAppend(&text, worker.resting().message(), "\n");
  }
  return text;
}

}  // namespace

std::string ViewText(const v1::ExperimentView& view, absl::Time now) {
  std::string text =
      absl::StrCat(view.name(), " (", view.id(), "): ", StateText(view), ", ", view.trials_done(),
                   " of ", view.trials_total(), " trials done\nsubmitted ", Submitted(view), ", ",
                   view.ended_us() > 0 ? "took " : "for ", Took(view, now), "\n");
  if (view.state() == v1::EXPERIMENT_STATE_ADMITTING) {
    absl::StrAppend(&text, "images read: ", view.admission().images_read(), " of ",
                    view.admission().images_total(), "\n");
  }
  if (!view.reasons().empty()) absl::StrAppend(&text, DescribeAll(view.reasons()), "\n");
  for (const std::string& warning : view.warnings()) {
    absl::StrAppend(&text, "warning: ", warning, "\n");
  }
  if (view.state() == v1::EXPERIMENT_STATE_ADMITTING && view.admission().has_waiting()) {
    absl::StrAppend(&text, "waiting: ", Describe(view.admission().waiting()), "\n");
  }
  absl::StrAppend(&text, RestText(view.resting()));
  if (!view.trials().empty()) absl::StrAppend(&text, "\n", TrialTable(view));
  if (view.has_plan()) absl::StrAppend(&text, "\n", DescribePlan(view.plan()));
  return text;
}

std::string ListText(const v1::ListReply& list, absl::Time now) {
  TextTable table({"id", "name", "state", "trials done", "submitted", "took"});
  for (const v1::ExperimentView& view : list.experiments()) {
    table.AddRow({view.id(), view.name(), StateText(view),
                  absl::StrCat(view.trials_done(), "/", view.trials_total()), Submitted(view),
                  Took(view, now)});
  }
  return absl::StrCat(table.ToString(), RestText(list.resting()));
}

}  // namespace gyrus::cli
