#include "common/look_alikes.h"

#include "common/text_identity.h"

namespace gyrus {

std::optional<LookAlikes::Text> LookAlikes::Add(absl::string_view text, uint32_t line) {
  if (!texts_.emplace(text).second) return std::nullopt;
  const auto [first, is_new] = by_look_.try_emplace(LookOf(text), Text{std::string(text), line});
  if (is_new) return std::nullopt;
  return first->second;
}

}  // namespace gyrus
