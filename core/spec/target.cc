#include "core/spec/target.h"

#include <algorithm>

#include "common/text_identity.h"
#include "core/spec/task.h"

namespace gyrus {
namespace {

template <typename Value>
std::optional<Value> Find(const google::protobuf::Map<std::string, Value>& cells,
                          const std::string& column) {
  const auto found = cells.find(column);
  if (found == cells.end()) return std::nullopt;
  return found->second;
}

}  // namespace

std::optional<double> TargetOfSample(const v1::Sample& sample, const v1::Task& task) {
  if (HasNumber(task)) return Find(sample.numbers(), TargetOf(task));
  if (!HasClass(task)) return std::nullopt;
  const auto& classes = task.classification().classes();
  const auto text = Find(sample.texts(), TargetOf(task));
  const auto found = std::find_if(classes.begin(), classes.end(), [&](const std::string& name) {
    return IsSameText(name, text.value_or(""));
  });
  if (found == classes.end()) return std::nullopt;
  return static_cast<double>(found - classes.begin());
}

}  // namespace gyrus
