#include "worker/training/seen_log.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/digest.h"
#include "common/status.h"

namespace gyrus {

void SeenLog::Add(uint32_t position, absl::string_view tensor) {
  Entry& entry = open_.emplace_back();
  entry.position = position;
  const std::string digest = Xxh3Of(tensor);
  std::copy_n(digest.data(), entry.tensor_digest.size(), entry.tensor_digest.data());
}

absl::StatusOr<std::vector<v1::SeenItem>> SeenLog::FinishEpoch(
    uint32_t epoch, uint32_t items, bool return_items,
    absl::FunctionRef<std::string(uint32_t)> name_of, Collective& collective) {
  GYRUS_ASSIGN_OR_RETURN(const auto ranks, collective.AllGatherBytes(Pack()));
  open_.clear();
  for (const std::string& rank : ranks) GYRUS_RETURN_IF_ERROR(Unpack(rank));
  std::vector<Entry> entries = std::exchange(open_, {});
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.position < b.position; });
  Sha256 of_epoch;
  of_epoch.UpdateNumber(epoch);
  std::vector<v1::SeenItem> seen;
  uint32_t next = 0;
  for (const Entry& entry : entries) {
    if (entry.position != next || next == items) break;
    v1::SeenItem item;
    item.set_position(next++);
    item.set_item(name_of(entry.position));
    item.set_tensor_digest(entry.tensor_digest.data(), entry.tensor_digest.size());
    of_epoch.UpdateNumber(item.position()).UpdateField(item.item());
    of_epoch.UpdateField(item.tensor_digest());
    if (return_items) seen.push_back(std::move(item));
  }
  if (next != items || entries.size() != items) {
    return absl::InternalError(absl::StrCat("in epoch ", epoch, " ", entries.size(),
                                            " items were trained on and not ", items,
                                            ", or position ", next, " twice or not at all"));
  }
  digest_ = Sha256().UpdateField(digest_).UpdateField(of_epoch.Finish()).Finish();
  return seen;
}

std::string SeenLog::Pack() const {
  return {reinterpret_cast<const char*>(open_.data()), open_.size() * sizeof(Entry)};
}

absl::Status SeenLog::Load(std::string digest, absl::string_view open) {
  digest_ = std::move(digest);
  open_.clear();
  return Unpack(open);
}

absl::Status SeenLog::Unpack(absl::string_view bytes) {
  if (bytes.size() % sizeof(Entry) != 0) {
    return absl::DataLossError("the log of items seen is cut short");
  }
  for (size_t at = 0; at < bytes.size(); at += sizeof(Entry)) {
    std::memcpy(&open_.emplace_back(), bytes.data() + at, sizeof(Entry));
  }
  return absl::OkStatus();
}

}  // namespace gyrus
