#include "cli/live_view.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cli/view_facts.h"
#include "core/report/state_name.h"
#include "core/report/text_table.h"

namespace gyrus::cli {
namespace {

constexpr int kBarWidth = 20;
constexpr int kFewestTrialLines = 1;

std::string Bar(double part) {
  const int filled = static_cast<int>(std::floor(std::clamp(part, 0.0, 1.0) * kBarWidth));
  return absl::StrCat("[", std::string(filled, '#'), std::string(kBarWidth - filled, '.'), "]");
}

std::string Head(const v1::ExperimentView& view, absl::Time now) {
  const absl::Time start = absl::FromUnixMicros(view.submitted_us());
  const absl::Time end = view.ended_us() > 0 ? absl::FromUnixMicros(view.ended_us()) : now;
  std::string head = absl::StrCat(view.name(), " (", view.id(), ")  ", NameOf(view.state()));
  if (view.submitted_us() > 0) {
    absl::StrAppend(&head, "  ", ShortDuration(absl::ToDoubleSeconds(end - start)));
  }
  return head;
}

std::string AdmissionLine(const v1::Admission& admission) {
  if (admission.has_waiting()) return absl::StrCat("images  ", Describe(admission.waiting()));
  if (admission.images_total() == 0) return "images  waiting for the loaders";
  const double part = static_cast<double>(admission.images_read()) / admission.images_total();
  return absl::StrCat("images  ", Bar(part), "  ", admission.images_read(), "/",
                      admission.images_total(), " read");
}

// A trial without steps is starting: its ranks meet, or volumes are being prepared.
std::string TrialLine(const v1::TrialView& trial, size_t id_width) {
  std::string line = absl::StrFormat("%-*s", static_cast<int>(id_width), trial.id());
  const v1::TrialProgress& progress = trial.progress();
  if (progress.has_waiting()) return absl::StrCat(line, "  ", Describe(progress.waiting()));
  if (!HasSteps(progress)) {
    const std::string began = WhereItBegan(trial);
    return absl::StrCat(line, "  starting", began.empty() ? "" : ", ", began);
  }
  const uint32_t epoch = std::min(progress.epoch() + 1, trial.epochs());
  const double part = progress.steps_total() == 0
                          ? 0
                          : static_cast<double>(progress.step()) / progress.steps_total();
  absl::StrAppend(&line, "  epoch ", epoch, "/", trial.epochs(), " ", Bar(part), "  loss ",
                  ShortNumber(progress.train_loss()));
  if (progress.has_validation_loss()) {
    absl::StrAppend(&line, "  validation ", ShortNumber(progress.validation_loss()));
  }
  absl::StrAppend(&line, "  ", ShortNumber(progress.items_per_second()), " items/s");
  if (progress.seconds_left() > 0) {
    absl::StrAppend(&line, "  ", ShortDuration(progress.seconds_left()), " left");
  }
  return line;
}

// Adds at most `max_lines` lines. If there are more running trials, the last line says
// how many have been left out.
void AddTrialLines(const v1::ExperimentView& view, int max_lines, std::vector<std::string>& lines) {
  std::vector<const v1::TrialView*> running;
  size_t id_width = 0;
  for (const v1::TrialView& trial : view.trials()) {
    if (trial.state() != v1::TRIAL_STATE_RUNNING) continue;
    running.push_back(&trial);
    id_width = std::max(id_width, trial.id().size());
  }
  const size_t fitting =
      running.size() <= static_cast<size_t>(max_lines) ? running.size() : max_lines - 1;
  for (size_t i = 0; i < fitting; ++i) lines.push_back(TrialLine(*running[i], id_width));
  if (fitting < running.size()) {
    lines.push_back(absl::StrCat("... and ", running.size() - fitting, " more"));
  }
}

std::string TotalLine(const v1::ExperimentView& view) {
  const TrialCounts counts = CountTrials(view);
  std::string line = absl::StrCat("trials  ", Bar(DonePart(view)), "  ", counts.done, "/",
                                  counts.all(), " done, ", counts.running, " running, ",
                                  counts.pending, " pending, ", counts.failed, " failed");
  if (const auto left = SecondsLeft(view); left.has_value()) {
    absl::StrAppend(&line, "  about ", ShortDuration(*left), " left");
  }
  return line;
}

// A line that the terminal wraps would be counted wrong when it is drawn over.
std::string OneRow(std::string line, int columns) {
  for (char& c : line) {
    if (c < ' ' || c > '~') c = '?';
  }
  if (line.size() >= static_cast<size_t>(columns)) line.resize(std::max(1, columns - 1));
  return line;
}

}  // namespace

std::vector<std::string> LiveLines(const v1::ExperimentView& view, absl::Time now,
                                   ScreenSize screen) {
  std::vector<std::string> lines = {Head(view, now)};
  if (view.state() == v1::EXPERIMENT_STATE_ADMITTING) {
    lines.push_back(AdmissionLine(view.admission()));
  }
  if (!view.trials().empty()) {
    // Beside the head, the reason, the total and the cursor's own row.
    AddTrialLines(view, std::max(kFewestTrialLines, screen.lines - 4), lines);
    if (const std::string why = WhyNothingRuns(view); !why.empty()) lines.push_back(why);
    lines.push_back(TotalLine(view));
  }
  for (std::string& line : lines) line = OneRow(std::move(line), screen.columns);
  return lines;
}

}  // namespace gyrus::cli
