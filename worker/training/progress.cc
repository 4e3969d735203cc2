#include "worker/training/progress.h"

#include <utility>

namespace gyrus {
namespace {

// Often enough to watch, seldom enough to cost nothing.
constexpr absl::Duration kStepReportInterval = absl::Seconds(1);

}  // namespace

Progress::Progress(bool root, ReportFn report, const Clock& clock)
    : root_(root), report_(std::move(report)), clock_(clock) {}

absl::Status Progress::Started(v1::TrainerStarted started) {
  v1::Record record;
  *record.mutable_started() = std::move(started);
  return report_(std::move(record));
}

void Progress::BeginEpoch(uint32_t epoch) {
  epoch_ = epoch;
  epoch_began_ = steps_since_ = clock_.Monotonic();
}

absl::Status Progress::Step(uint32_t step, double loss, uint32_t items) {
  if (steps_.train_loss_size() == 0) steps_.set_first_step(step);
  steps_.add_train_loss(loss);
  steps_.set_items(steps_.items() + items);
  const bool first = std::exchange(first_step_, false);  // So that one sees it has begun.
  if (!first && clock_.Monotonic() - steps_since_ < kStepReportInterval) return absl::OkStatus();
  return FlushSteps();
}

absl::Status Progress::FlushSteps() {
  if (steps_.train_loss_size() == 0) return absl::OkStatus();
  const absl::Duration now = clock_.Monotonic();
  steps_.set_epoch(epoch_);
  steps_.set_seconds(absl::ToDoubleSeconds(now - steps_since_));
  steps_since_ = now;
  v1::Record record;
  *record.mutable_steps() = std::exchange(steps_, {});
  return root_ ? report_(std::move(record)) : absl::OkStatus();
}

absl::Status Progress::Epoch(v1::EpochDone done) {
  if (!root_) return absl::OkStatus();
  done.set_epoch(epoch_);
  done.set_seconds(absl::ToDoubleSeconds(clock_.Monotonic() - epoch_began_));
  v1::Record record;
  *record.mutable_epoch() = std::move(done);
  return report_(std::move(record));
}

absl::Status Progress::Checkpoint(const v1::CheckpointWritten& written) {
  v1::Record record;
  *record.mutable_checkpoint() = written;
  return report_(std::move(record));
}

absl::Status Progress::Finished(v1::TrainerFinished finished) {
  v1::Record record;
  *record.mutable_finished() = root_ ? std::move(finished) : v1::TrainerFinished();
  return report_(std::move(record));
}

}  // namespace gyrus
