// A plan of one arm and two folds, for the tests of this folder.
#pragma once

#include <string>

#include "absl/strings/str_cat.h"
#include "gyrus/v1/plan.pb.h"

namespace gyrus {

// Subjects s0 to s7 of ages 0 to 7; the second fold tests the odd ones.
inline v1::Plan MakeReportedPlan() {
  v1::Plan plan;
  v1::ExperimentSpec& spec = *plan.mutable_spec();
  spec.set_name("ages");
  v1::KFold& kfold = *spec.mutable_split()->mutable_kfold();
  kfold.set_k(2);
  kfold.set_repeats(1);
  kfold.set_group("site");
  kfold.set_stratify("age");
  spec.mutable_split()->mutable_validation()->set_fraction(0.25);
  spec.mutable_split()->set_seed(1);
  for (uint32_t i = 0; i < 8; ++i) {
    v1::Sample& sample = *plan.add_samples();
    sample.set_id(absl::StrCat("infants/s", i, "/1"));
    sample.set_subject_key(absl::StrCat("infants/s", i));
    (*sample.mutable_numbers())["age"] = i;
  }
  for (uint32_t f = 0; f < 2; ++f) {
    v1::Fold& fold = *plan.add_folds();
    fold.set_fold(f);
    for (uint32_t i = 0; i < 8; ++i)
      (i % 2 == f ? fold.mutable_test() : fold.mutable_train())->Add(i);
    fold.add_validation(fold.train(0));
    fold.mutable_train()->erase(fold.train().begin());
  }
  plan.set_split_hash(std::string(2, '\x12'));
  v1::ArmPlan& arm = *plan.add_arms();
  arm.set_name("both");
  for (const char* channel : {"T1w", "T2w"}) arm.add_channels(channel);
  arm.mutable_task()->mutable_regression()->set_target("age");
  arm.mutable_task()->mutable_regression()->set_unit("months");
  arm.mutable_train()->set_epochs(3);
  arm.mutable_train()->set_batch(4);
  arm.mutable_train()->set_leaf(1);
  for (const uint32_t size : {2, 20, 22, 24}) arm.add_input_shape(size);
  arm.mutable_network()->set_parameters(1000);
  arm.mutable_network()->set_macs(2500000000);
  arm.mutable_network()->set_parameter_bytes(4000);
  arm.mutable_network()->set_activation_bytes(3 << 20);
  for (const uint32_t size : {1, 2, 4}) arm.add_world_sizes(size);
  plan.add_warnings("mind the gap");
  return plan;
}

// Trained on slices, with two samples of an external subject.
inline v1::Plan MakeReportedSlicePlan() {
  v1::Plan plan = MakeReportedPlan();
  v1::ArmPlan& arm = *plan.mutable_arms(0);
  arm.mutable_train()->set_item(v1::TRAIN_ITEM_SLICE);
  arm.mutable_model()->mutable_resnet2d();
  arm.mutable_model()->mutable_slices()->set_axis("z");
  arm.mutable_model()->mutable_slices()->set_count(10);
  for (const char* const visit : {"1", "2"}) {
    v1::Sample& sample = *plan.add_external();
    sample.set_id(absl::StrCat("clinic/p/", visit));
    sample.set_subject_key("clinic/p");
  }
  return plan;
}

}  // namespace gyrus
