#include "core/spec/external.h"

#include <algorithm>

namespace gyrus {

bool IsExternal(const v1::Evaluate& evaluate, absl::string_view cohort) {
  return std::count(evaluate.external().begin(), evaluate.external().end(), cohort) > 0;
}

}  // namespace gyrus
