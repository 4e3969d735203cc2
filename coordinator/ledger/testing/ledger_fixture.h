// Events and records for the tests of this folder.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gyrus/v1/ledger.pb.h"
#include "gyrus/v1/workers.pb.h"

namespace gyrus {

inline v1::Event Submitted(const std::string& experiment_id) {
  v1::Event event;
  event.set_experiment_id(experiment_id);
  event.mutable_submitted()->set_request_id("request of " + experiment_id);
  return event;
}

inline v1::SpooledRecord RecordOf(uint32_t rank, uint64_t sequence) {
  v1::SpooledRecord record;
  record.mutable_rank()->set_experiment_id("e");
  record.mutable_rank()->set_trial_id("T1w/main/r0/f0/s0");
  record.mutable_rank()->set_attempt(1);
  record.mutable_rank()->set_rank(rank);
  record.mutable_record()->set_sequence(sequence);
  return record;
}

inline v1::SpooledRecord StepsRecord(uint32_t rank, uint64_t sequence,
                                     const std::vector<double>& losses) {
  v1::SpooledRecord record = RecordOf(rank, sequence);
  v1::StepsDone& steps = *record.mutable_record()->mutable_steps();
  steps.set_epoch(3);
  steps.set_first_step(30);
  steps.mutable_train_loss()->Add(losses.begin(), losses.end());
  return record;
}

inline v1::SpooledRecord EpochRecord(uint32_t rank, uint64_t sequence, uint32_t epoch) {
  v1::SpooledRecord record = RecordOf(rank, sequence);
  v1::EpochDone& done = *record.mutable_record()->mutable_epoch();
  done.set_epoch(epoch);
  v1::SeenItem& visit = *done.add_items_seen();
  visit.set_position(rank);
  visit.set_item(absl::StrCat("c/s", rank, "/v"));
  visit.set_tensor_digest(std::string(16, 'd'));
  if (rank != 0) return record;
  done.set_learning_rate(1e-4);
  done.set_train_loss(2.5);
  done.set_validation_loss(3.5);
  done.set_seconds(7);
  v1::Prediction& prediction = *done.add_validation();
  prediction.set_item("c/s9/v");
  prediction.set_target(40);
  prediction.set_prediction(41.5);
  return record;
}

}  // namespace gyrus
