#include "dataloader/service/grants.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "common/digest.h"
#include "common/signing.h"
#include "common/status.h"
#include "core/epoch/item_sequence.h"
#include "core/epoch/views.h"

namespace gyrus {
namespace {

constexpr size_t kMaxKnown = 1000;

ItemSequence PassOver(const v1::GrantBody& grant, const v1::Permit& permit, uint32_t epoch,
                      EpochOrders& orders) {
  if (permit.purpose() != v1::PURPOSE_TRAIN) return ItemSequence::InOrder(permit.items_size());
  const uint32_t items = ItemCount(permit.items_size(), grant.train_views());
  return ItemSequence::Training(orders.Get(grant.order_seed(), epoch, items), grant.train_views());
}

}  // namespace

absl::StatusOr<std::shared_ptr<const v1::GrantBody>> Grants::Verify(const v1::Grant& grant) const {
  GYRUS_RETURN_IF_ERROR(
      Annotate(VerifySignature(public_key_, grant.body(), grant.signature()), "the grant"));
  auto body = std::make_shared<v1::GrantBody>();
  if (!body->ParseFromString(grant.body())) {
    return absl::PermissionDeniedError("the grant has no body that this program reads");
  }
  if (body->train_views().axis() > 2) {
    return absl::InvalidArgumentError("the grant is of slices along an axis that there is not");
  }
  return body;
}

absl::StatusOr<std::shared_ptr<const v1::GrantBody>> Grants::Check(const v1::Grant& grant) {
  const std::string digest =
      Sha256().UpdateField(grant.body()).UpdateField(grant.signature()).Finish();
  std::shared_ptr<const v1::GrantBody> body;
  {
    absl::MutexLock lock(&mu_);
    if (const auto found = known_.find(digest); found != known_.end()) body = found->second;
  }
  if (body == nullptr) {
    GYRUS_ASSIGN_OR_RETURN(body, Verify(grant));
  }
  absl::MutexLock lock(&mu_);
  if (known_.size() >= kMaxKnown) known_.clear();
  known_[digest] = body;
  uint32_t& newest = newest_[{body->experiment_id(), body->trial_id()}];
  if (body->attempt() < newest) {
    return absl::AbortedError(absl::StrCat("attempt ", body->attempt(), " of ", body->trial_id(),
                                           " is over: attempt ", newest, " has read here"));
  }
  newest = body->attempt();
  return body;
}

absl::StatusOr<std::vector<GrantedItem>> ItemsAt(const v1::GrantBody& grant, v1::Purpose purpose,
                                                 uint32_t epoch,
                                                 absl::Span<const uint32_t> positions,
                                                 EpochOrders& orders) {
  for (const v1::Permit& permit : grant.permits()) {
    if (permit.purpose() != purpose) continue;
    const ItemSequence pass = PassOver(grant, permit, epoch, orders);
    std::vector<GrantedItem> items;
    for (const uint32_t position : positions) {
      if (position >= pass.size()) {
        return absl::OutOfRangeError(
            absl::StrCat("position ", position, " of ", pass.size(), " items"));
      }
      const View view = pass.At(position);
      const std::string& sample = permit.items(static_cast<int>(view.sample));
      items.push_back({sample, view.slice, pass.NameOf(view, sample)});
    }
    return items;
  }
  return absl::PermissionDeniedError(
      absl::StrCat("the grant of ", grant.trial_id(), " permits nothing for this purpose"));
}

}  // namespace gyrus
