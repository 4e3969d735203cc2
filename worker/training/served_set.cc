#include "worker/training/served_set.h"

#include "common/digest.h"
#include "common/status.h"

namespace gyrus {

void ServedSet::Add(v1::Purpose purpose, const std::string& item, const std::string& volume_id) {
  items_.emplace(purpose, item, volume_id);
}

void ServedSet::Add(const google::protobuf::RepeatedPtrField<v1::ServedItem>& items) {
  for (const v1::ServedItem& item : items) Add(item.purpose(), item.item(), item.volume_id());
}

void ServedSet::AppendTo(google::protobuf::RepeatedPtrField<v1::ServedItem>& items) const {
  for (const auto& [purpose, item, volume_id] : items_) {
    v1::ServedItem& added = *items.Add();
    added.set_purpose(static_cast<v1::Purpose>(purpose));
    added.set_item(item);
    added.set_volume_id(volume_id);
  }
}

absl::StatusOr<std::string> ServedSet::DigestOfAllRanks(Collective& collective) const {
  v1::RankShare mine;
  AppendTo(*mine.mutable_served());
  GYRUS_ASSIGN_OR_RETURN(const auto ranks, collective.AllGatherBytes(mine.SerializeAsString()));
  ServedSet all;
  for (const std::string& bytes : ranks) {
    v1::RankShare share;
    if (!share.ParseFromString(bytes)) return absl::InternalError("a rank sent no served items");
    all.Add(share.served());
  }
  Sha256 digest;
  for (const auto& [purpose, item, volume_id] : all.items_) {
    digest.UpdateNumber(purpose).UpdateField(item).UpdateField(volume_id);
  }
  return digest.Finish();
}

absl::StatusOr<LoadedItem> NotedSource::Next() {
  GYRUS_ASSIGN_OR_RETURN(LoadedItem item, source_.Next());
  served_.Add(item.purpose, item.item, item.volume_id);
  return item;
}

}  // namespace gyrus
