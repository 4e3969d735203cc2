// Writes FOLDER/number/model.json, FOLDER/classes/model.json and FOLDER/bins/model.json,
// as Gyrus leaves them beside weights, for tests/science/model_json_peer.py.
#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/files.h"
#include "common/status.h"
#include "core/report/model_json.h"

namespace gyrus {
namespace {

v1::TrialSpec TrialOf(const std::string& task) {
  v1::TrialSpec trial;
  trial.set_trial_id(absl::StrCat(task, "/train/r0/f0/s1"));
  trial.add_channels("T1w");
  for (const uint32_t size : {1, 36, 40, 33}) trial.add_input_shape(size);
  trial.mutable_recipe()->add_steps()->mutable_reorient()->set_to("RAS");
  v1::ResNet& network = *trial.mutable_model()->mutable_resnet3d();
  network.set_depth(10);
  network.set_width(4);
  if (task == "number") {
    network.mutable_film()->add_columns("icv");
    for (const uint32_t stage : {2, 3}) network.mutable_film()->add_stages(stage);
    trial.add_covariate_means(1200);
    trial.add_covariate_sds(90);
    trial.mutable_task()->mutable_regression()->set_target("age");
    trial.set_output_scale(2.5);
    trial.set_output_offset(30.25);
  } else if (task == "classes") {
    network.set_norm(v1::NORM_BATCH);
    for (const char* name : {"normal", "adverse", "unknown"}) {
      trial.mutable_task()->mutable_classification()->add_classes(name);
    }
  } else {
    v1::SoftLabels& labels = *trial.mutable_task()->mutable_soft_labels();
    labels.set_from(0);
    labels.set_to(10);
    labels.set_bins(20);
  }
  return trial;
}

absl::Status Write(const std::string& folder) {
  for (const char* const task : {"number", "classes", "bins"}) {
    const std::string at = absl::StrCat(folder, "/", task);
    GYRUS_RETURN_IF_ERROR(MakeFolders(at));
    GYRUS_RETURN_IF_ERROR(
        WriteFileAtomically(absl::StrCat(at, "/model.json"), ModelJson(TrialOf(task))));
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace gyrus

int main(int argc, char** argv) {
  const absl::Status status =
      argc == 2 ? gyrus::Write(argv[1]) : absl::InvalidArgumentError("needs one argument: FOLDER");
  if (!status.ok()) std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return status.ok() ? 0 : 1;
}
