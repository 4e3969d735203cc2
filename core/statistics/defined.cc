#include "core/statistics/defined.h"

#include "absl/strings/str_cat.h"
#include "common/status.h"

namespace gyrus {

DefinedStatus Annotate(const DefinedStatus& status, absl::string_view doing) {
  if (status.is_undefined()) return Undefined(absl::StrCat(doing, ": ", status.message()));
  return Annotate(status.error(), doing);
}

}  // namespace gyrus
