// Small experiments for the tests of this folder and its neighbours.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/digest.h"
#include "coordinator/plan/trials.h"
#include "gyrus/v1/loader.pb.h"
#include "gyrus/v1/plan.pb.h"
#include "gyrus/v1/spec.pb.h"

namespace gyrus {

// One session, with a T1w and a T2w of its own.
inline v1::Sample MakeSample(const std::string& subject, double age, int session = 1) {
  v1::Sample sample;
  sample.set_id(absl::StrCat("infants/", subject, "/", session));
  sample.set_subject_key(absl::StrCat("infants/", subject));
  sample.set_line(2);
  (*sample.mutable_numbers())["age"] = age;
  for (const char* channel : {"T1w", "T2w"}) {
    v1::Image& image = *sample.add_images();
    image.set_channel(channel);
    image.set_path(absl::StrCat(subject, "_", session, "_", channel, ".nii.gz"));
    image.set_voxel_digest(Sha256Of(image.path()));
    for (const uint32_t voxels : {20, 22, 24}) image.add_shape(voxels);
    for (const double mm : {1.0, 1.0, 1.0}) image.add_spacing_mm(mm);
  }
  return sample;
}

// Subjects s00, s01, ... whose ages are 0, 1, ...
inline v1::SampleTable MakeTable(int subjects) {
  v1::SampleTable table;
  table.set_cohort("infants");
  table.set_digest(Sha256Of("table"));
  for (int i = 0; i < subjects; ++i) {
    v1::Sample& sample = *table.add_samples();
    sample = MakeSample(absl::StrCat("s", i / 10, i % 10), i);
    sample.set_line(i + 2);
  }
  return table;
}

// One arm, batches of 4 in leaves of 1, no validation.
inline v1::ExperimentSpec MakeSpec(int k, int repeats = 1) {
  v1::ExperimentSpec spec;
  spec.set_name("ages");
  v1::Cohort& cohort = *spec.add_cohorts();
  cohort.set_name("infants");
  cohort.set_manifest("participants.csv");
  v1::Arm& arm = *spec.add_arms();
  arm.set_name("T1w");
  arm.add_channels("T1w");
  spec.mutable_task()->mutable_regression()->set_target("age");
  spec.mutable_task()->mutable_regression()->mutable_output()->set_fit(v1::OUTPUT_FIT_TRAIN_FOLD);
  spec.mutable_train()->set_epochs(3);
  spec.mutable_train()->set_batch(4);
  spec.mutable_train()->set_leaf(1);
  spec.mutable_train()->set_seed(7);
  v1::KFold& kfold = *spec.mutable_split()->mutable_kfold();
  kfold.set_k(k);
  kfold.set_repeats(repeats);
  kfold.set_group("subject");
  kfold.set_stratify("age");
  spec.mutable_split()->mutable_validation()->set_fraction(0);
  spec.mutable_split()->set_seed(1);
  for (const v1::Metric metric :
       {v1::METRIC_MAE, v1::METRIC_RMSE, v1::METRIC_R2, v1::METRIC_PEARSON}) {
    spec.mutable_evaluate()->add_metrics(metric);
  }
  spec.mutable_evaluate()->set_sd_ddof(1);
  spec.mutable_resources()->set_slots_per_trial(1);
  spec.mutable_resources()->set_threads_per_slot(1);
  return spec;
}

// A network that wants at least 8 voxels along z, whatever its arm asks for.
inline absl::StatusOr<v1::NetworkCost> FakeNetworkCost(const v1::ArmPlan& arm) {
  if (arm.input_shape(3) < 8) return absl::InvalidArgumentError("input is too small");
  v1::NetworkCost cost;
  cost.set_parameters(1000);
  cost.set_macs(2500000000);
  cost.set_parameter_bytes(4000);
  cost.set_activation_bytes(3 << 20);
  return cost;
}

// NOT_FOUND: the plan has no such trial.
inline absl::StatusOr<v1::TrialSpec> SpecOfTrial(const v1::Plan& plan,
                                                 const std::string& experiment_id,
                                                 const std::string& trial_id) {
  for (const PlannedTrial& trial : TrialsOf(plan)) {
    if (trial.id == trial_id) return MakeTrialSpec(trial, experiment_id);
  }
  return absl::NotFoundError(absl::StrCat("the plan has no trial ", trial_id));
}

}  // namespace gyrus
