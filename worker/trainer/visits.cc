#include "worker/trainer/visits.h"

#include <utility>

namespace gyrus {

void VisitLog::Add(uint32_t epoch, uint32_t position, const std::string& item,
                   absl::string_view tensor) {
  v1::Visit visit;
  visit.set_position(position);
  visit.set_item(item);
  visit.set_tensor_digest(Xxh3Of(tensor));
  digest_.UpdateNumber(epoch).UpdateNumber(position).UpdateField(item);
  digest_.UpdateField(visit.tensor_digest());
  if (told_) visits_.push_back(std::move(visit));
}

std::vector<v1::Visit> VisitLog::Take() { return std::exchange(visits_, {}); }

}  // namespace gyrus
