#include "core/spec/defaults/default_task.h"

#include "common/proto_default.h"

namespace gyrus {
namespace {

void FillRegression(v1::Regression& regression) {
  regression.set_loss(Or(regression.loss(), v1::LOSS_L1));
  regression.set_missing(Or(regression.missing(), v1::MISSING_REFUSE));
  GYRUS_DEFAULT(regression, weight, 1);
  v1::OutputScale& output = *regression.mutable_output();
  if (!output.has_scale() && !output.has_offset()) {
    output.set_fit(Or(output.fit(), v1::OUTPUT_FIT_TRAIN_FOLD));
  }
}

void FillClassification(v1::Classification& classification) {
  v1::ClassWeights& weights = *classification.mutable_weights();
  if (weights.of().empty()) weights.set_fit(Or(weights.fit(), v1::CLASS_WEIGHT_FIT_NONE));
  classification.set_missing(Or(classification.missing(), v1::MISSING_REFUSE));
  GYRUS_DEFAULT(classification, weight, 1);
}

void FillSoftLabels(v1::SoftLabels& labels) {
  GYRUS_DEFAULT(labels, bins, 40);
  GYRUS_DEFAULT(labels, sigma, 1);
  labels.set_missing(Or(labels.missing(), v1::MISSING_REFUSE));
  GYRUS_DEFAULT(labels, weight, 1);
}

}  // namespace

void FillTask(v1::Task& task) {
  if (task.has_regression()) FillRegression(*task.mutable_regression());
  if (task.has_classification()) FillClassification(*task.mutable_classification());
  if (task.has_soft_labels()) FillSoftLabels(*task.mutable_soft_labels());
  if (task.has_segmentation()) GYRUS_DEFAULT(*task.mutable_segmentation(), weight, 1);
  if (task.has_reconstruction()) {
    v1::Reconstruction& reconstruction = *task.mutable_reconstruction();
    reconstruction.set_loss(Or(reconstruction.loss(), v1::LOSS_L1));
    GYRUS_DEFAULT(reconstruction, weight, 1);
  }
  task.set_weighting(Or(task.weighting(), v1::WEIGHTING_FIXED));
}

}  // namespace gyrus
