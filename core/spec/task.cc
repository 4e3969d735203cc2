#include "core/spec/task.h"

namespace gyrus {

bool HasOutput(const v1::Task& task, OutputKind output) {
  switch (output) {
    case OutputKind::kNumber:
      return task.has_regression() || task.has_soft_labels();
    case OutputKind::kClass:
      return task.has_classification();
    case OutputKind::kSegmentation:
      return task.has_segmentation();
    case OutputKind::kReconstruction:
      break;
  }
  return task.has_reconstruction();
}

std::string NameOf(OutputKind output) {
  switch (output) {
    case OutputKind::kNumber:
      return "number";
    case OutputKind::kClass:
      return "class";
    case OutputKind::kSegmentation:
      return "label image";
    case OutputKind::kReconstruction:
      break;
  }
  return "reconstruction";
}

bool HasNumber(const v1::Task& task) { return HasOutput(task, OutputKind::kNumber); }

bool HasClass(const v1::Task& task) { return HasOutput(task, OutputKind::kClass); }

bool HasScalar(const v1::Task& task) { return HasNumber(task) || HasClass(task); }

const std::string& TargetOf(const v1::Task& task) {
  if (task.has_classification()) return task.classification().target();
  return task.has_soft_labels() ? task.soft_labels().target() : task.regression().target();
}

const std::string& UnitOf(const v1::Task& task) {
  return task.has_soft_labels() ? task.soft_labels().unit() : task.regression().unit();
}

v1::Missing MissingOf(const v1::Task& task) {
  if (task.has_classification()) return task.classification().missing();
  return task.has_soft_labels() ? task.soft_labels().missing() : task.regression().missing();
}

}  // namespace gyrus
