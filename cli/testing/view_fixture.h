// Experiments to be shown by the tests of this folder.
#pragma once

#include <string>

#include "common/reason/reason.h"
#include "gyrus/v1/experiments.pb.h"
#include "gyrus/v1/result.pb.h"

namespace gyrus::cli {

inline v1::TrialView& AddTrial(const std::string& id, v1::TrialState state,
                               v1::ExperimentView& view) {
  v1::TrialView& trial = *view.add_trials();
  trial.set_id(id);
  trial.set_state(state);
  trial.set_epochs(10);
  view.set_trials_total(view.trials_size());
  if (state == v1::TRIAL_STATE_DONE) view.set_trials_done(view.trials_done() + 1);
  if (state != v1::TRIAL_STATE_PENDING) trial.set_attempt(1);
  if (state == v1::TRIAL_STATE_RUNNING) trial.add_workers("worker-1");
  return trial;
}

inline void SetProgress(uint32_t epoch, uint32_t step, double seconds_left, v1::TrialView& trial) {
  v1::TrialProgress& progress = *trial.mutable_progress();
  progress.set_epoch(epoch);
  progress.set_step(step);
  progress.set_steps_total(40);
  progress.set_train_loss(45.2);
  progress.set_items_per_second(6.125);
  progress.set_seconds_left(seconds_left);
}

// Records a finished epoch, counted from 0.
inline v1::EpochPoint& AddEpoch(uint32_t epoch, double train_loss, double validation_loss,
                                v1::TrialView& trial) {
  v1::EpochPoint& point = *trial.mutable_progress()->add_epochs();
  point.set_epoch(epoch);
  point.set_train_loss(train_loss);
  point.set_validation_loss(validation_loss);
  point.set_seconds(6.125);
  return point;
}

inline v1::ExperimentView MakeView(v1::ExperimentState state) {
  v1::ExperimentView view;
  view.set_id("k3vab2cd");
  view.set_name("neonates");
  view.set_state(state);
  view.set_submitted_us(1'700'000'000'000'000);
  return view;
}

// One trial is done, two run, one waits.
inline v1::ExperimentView MakeRunningView() {
  v1::ExperimentView view = MakeView(v1::EXPERIMENT_STATE_RUNNING);
  AddTrial("T1w/train/r0/f0/s1", v1::TRIAL_STATE_DONE, view);
  v1::TrialView& running = AddTrial("T1w/train/r0/f1/s1", v1::TRIAL_STATE_RUNNING, view);
  SetProgress(2, 10, 90, running);
  AddEpoch(0, 60.5, 72, running);
  AddEpoch(1, 48.25, 51, running);
  AddTrial("RI/train/r0/f0/s1", v1::TRIAL_STATE_RUNNING, view);
  AddTrial("RI/train/r0/f1/s1", v1::TRIAL_STATE_PENDING, view);
  return view;
}

}  // namespace gyrus::cli
