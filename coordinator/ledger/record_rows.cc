#include "coordinator/ledger/record_rows.h"

namespace gyrus {
namespace {

// The throughput is over all steps of a report, so it is stored once, at the last of them.
void AddSteps(const v1::StepsDone& steps, RecordRows& rows) {
  uint32_t step = steps.first_step();
  for (const double loss : steps.train_loss()) {
    rows.metrics.push_back({step++, steps.epoch(), "train_loss", loss});
  }
  if (steps.seconds() > 0 && steps.train_loss_size() > 0) {
    rows.metrics.push_back(
        {step - 1, steps.epoch(), "items_per_second", steps.items() / steps.seconds()});
  }
}

void AddEpochMetrics(const v1::EpochDone& epoch, RecordRows& rows) {
  const auto add = [&](const char* name, double value) {
    rows.metrics.push_back({std::nullopt, epoch.epoch(), name, value});
  };
  add("epoch_train_loss", epoch.train_loss());
  if (epoch.has_validation_loss()) add("validation_loss", epoch.validation_loss());
  add("learning_rate", epoch.learning_rate());
  add("epoch_seconds", epoch.seconds());
}

}  // namespace

RecordRows RowsOf(const v1::SpooledRecord& record) {
  RecordRows rows;
  if (record.rank().rank() != 0) return rows;
  if (record.record().has_started()) {
    const uint32_t step = record.record().started().resumed_step();
    if (step > 0) rows.metrics.push_back({step, 0, "resumed_step", static_cast<double>(step)});
  }
  if (record.record().has_steps()) AddSteps(record.record().steps(), rows);
  if (!record.record().has_epoch()) return rows;
  const v1::EpochDone& epoch = record.record().epoch();
  AddEpochMetrics(epoch, rows);
  if (epoch.items_seen_size() > 0) {
    rows.items_seen.emplace().set_epoch(epoch.epoch());
    *rows.items_seen->mutable_items_seen() = epoch.items_seen();
  }
  if (epoch.validation_size() > 0) {
    rows.validation.emplace().set_epoch(epoch.epoch());
    *rows.validation->mutable_validation() = epoch.validation();
  }
  return rows;
}

}  // namespace gyrus
