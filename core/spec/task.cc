#include "core/spec/task.h"

#include "core/evaluate/metric.h"

namespace gyrus {

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
