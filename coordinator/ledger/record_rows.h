// Turns a trainer's record into the rows of tables that the ledger keeps.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gyrus/v1/result.pb.h"
#include "gyrus/v1/workers.pb.h"

namespace gyrus {

// One number of one attempt. Names and their units:
//   train_loss          of a step, units of the loss
//   items_per_second    over the steps of one report; at the last of them
//   epoch_train_loss    mean over the epoch's items
//   validation_loss     after the epoch
//   learning_rate       of the epoch
//   epoch_seconds       training and validation
//   resumed_step        where the attempt continued; at that step, once
struct MetricRow {
  // Counted from 0 over all epochs; absent for a number of a whole epoch.
  std::optional<uint32_t> step;
  uint32_t epoch = 0;
  std::string name;
  double value = 0;

  friend bool operator==(const MetricRow&, const MetricRow&) = default;
};

struct RecordRows {
  std::vector<MetricRow> metrics;
  std::optional<v1::EpochItemsSeen> items_seen;
  // Only `epoch` and `validation` are set.
  std::optional<v1::EpochDone> validation;
};

// Returns the rows of a record; a pure function. Only rank 0 reports metrics, for all
// ranks, so records of other ranks have no rows. Neither have records that are stored
// as events.
RecordRows RowsOf(const v1::SpooledRecord& record);

}  // namespace gyrus
