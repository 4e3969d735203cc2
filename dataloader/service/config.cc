#include "dataloader/service/config.h"

#include "absl/strings/str_cat.h"

namespace gyrus {
namespace {

absl::Status NotAtLeastOne(absl::string_view option, int value) {
  return absl::InvalidArgumentError(
      absl::StrCat(option, " must be a whole number of at least 1, not ", value));
}

}  // namespace

absl::Status CheckConfig(const LoaderConfig& config) {
  if (config.data_roots.empty()) return absl::InvalidArgumentError("--data-root is missing");
  if (config.cache.empty()) return absl::InvalidArgumentError("--cache is missing");
  if (config.coordinator_key.empty()) {
    return absl::InvalidArgumentError("--coordinator-key is missing");
  }
  if (config.threads < 1) return NotAtLeastOne("--threads", config.threads);
  if (config.admissions < 1) return NotAtLeastOne("--admissions", config.admissions);
  if (config.stop_grace < absl::ZeroDuration()) {
    return absl::InvalidArgumentError("--stop-grace must not be negative");
  }
  return absl::OkStatus();
}

}  // namespace gyrus
