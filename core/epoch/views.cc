#include "core/epoch/views.h"

#include "absl/strings/str_cat.h"

namespace gyrus {

uint32_t ItemCount(uint32_t samples, const v1::SliceViews& views) {
  return views.count() == 0 ? samples : samples * views.count();
}

bool RecordsItemsSeen(uint32_t items) { return items <= 10'000; }

View ViewAt(uint32_t item, const v1::SliceViews& views) {
  if (views.count() == 0) return {.sample = item, .slice = std::nullopt};
  return {.sample = item / views.count(), .slice = views.first() + item % views.count()};
}

std::string ItemName(absl::string_view sample, const View& view, const v1::SliceViews& views) {
  if (!view.slice.has_value()) return std::string(sample);
  return absl::StrCat(sample, "/", absl::ClippedSubstr("xyz", views.axis(), 1), *view.slice);
}

}  // namespace gyrus
