#include "worker/trainer/seen_log.h"

#include <utility>

namespace gyrus {

void SeenLog::Add(uint32_t epoch, uint32_t position, const std::string& item,
                  absl::string_view tensor) {
  v1::SeenItem visit;
  visit.set_position(position);
  visit.set_item(item);
  visit.set_tensor_digest(Xxh3Of(tensor));
  digest_.UpdateNumber(epoch).UpdateNumber(position).UpdateField(item);
  digest_.UpdateField(visit.tensor_digest());
  if (records_) seen_.push_back(std::move(visit));
}

std::vector<v1::SeenItem> SeenLog::Take() { return std::exchange(seen_, {}); }

}  // namespace gyrus
