#include "common/status.h"

#include "absl/strings/str_cat.h"

namespace gyrus {

absl::Status Annotate(const absl::Status& status, absl::string_view doing) {
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat(doing, ": ", status.message()));
}

}  // namespace gyrus
