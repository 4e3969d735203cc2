#include "worker/training/resumption.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "common/status.h"
#include "models/torch_boundary.h"

namespace gyrus {
namespace {

using Shapes = google::protobuf::RepeatedPtrField<v1::TensorShape>;

// The other ranks need the shapes to allocate the tensors that rank 0 then broadcasts.
void AddShapes(const NamedTensors& tensors, Shapes& shapes) {
  for (const auto& [name, tensor] : tensors) {
    v1::TensorShape& shape = *shapes.Add();
    shape.set_name(name);
    shape.mutable_shape()->Add(tensor.sizes().begin(), tensor.sizes().end());
  }
}

// Rank 0's tensors, on every rank.
absl::Status BroadcastTensors(Collective& collective, const Device& device, const Shapes& shapes,
                              NamedTensors& tensors) {
  for (const v1::TensorShape& shape : shapes) {
    torch::Tensor& tensor = tensors[shape.name()];
    GYRUS_RETURN_IF_ERROR(CallTorch("sending a checkpoint to the other ranks", [&] {
      tensor = tensor.defined()
                   ? device.FromHost(tensor).contiguous()
                   : torch::empty(std::vector<int64_t>(shape.shape().begin(), shape.shape().end()),
                                  device.torch());
      device.Synchronise();
    }));
    GYRUS_RETURN_IF_ERROR(collective.Broadcast(
        absl::MakeSpan(tensor.data_ptr<float>(), static_cast<size_t>(tensor.numel()))));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Resumption> Resumption::Agree(Collective& collective, CheckpointStore* store,
                                             const TrainingState& state) {
  Resumption resumption;
  v1::ResumeOffer& offer = resumption.offer_;
  if (collective.rank() == 0 && store != nullptr) {
    CheckpointStore::Found found = store->FindNewest();
    offer.set_reason(found.reason);
    const absl::Status fits =
        found.saved.has_value() ? state.CheckFits(*found.saved) : absl::OkStatus();
    if (!fits.ok()) {
      offer.set_reason(absl::StrCat("the newest resume checkpoint, of step ",
                                    found.saved->state.step(), ", does not fit: ", fits.message()));
    } else if (found.saved.has_value()) {
      SavedTraining& saved = *found.saved;
      *offer.mutable_state() = saved.state;
      AddShapes(saved.weights, *offer.mutable_weights());
      AddShapes(saved.optimizer, *offer.mutable_optimizer());
      AddShapes(saved.kept, *offer.mutable_kept());
      resumption.found_ = std::move(saved);
    }
  }
  if (collective.size() == 1) return resumption;
  // The entries of all ranks stay with rank 0, so that each entry is counted once when
  // the ranks later exchange theirs.
  v1::ResumeOffer sent = offer;
  if (sent.has_state()) {
    sent.mutable_state()->clear_open_seen();
    sent.mutable_state()->clear_open_leaf_losses();
    sent.mutable_state()->clear_served();
  }
  GYRUS_ASSIGN_OR_RETURN(const std::string bytes,
                         collective.BroadcastBytes(sent.SerializeAsString()));
  if (collective.rank() == 0) return resumption;
  if (!offer.ParseFromString(bytes)) {
    return absl::InternalError("rank 0 sent no position to continue from");
  }
  resumption.found_.state = offer.state();
  return resumption;
}

absl::Status Resumption::Load(Collective& collective, TrainingState& state) {
  if (collective.size() > 1) {
    const Device& device = state.network.device();
    GYRUS_RETURN_IF_ERROR(BroadcastTensors(collective, device, offer_.weights(), found_.weights));
    GYRUS_RETURN_IF_ERROR(
        BroadcastTensors(collective, device, offer_.optimizer(), found_.optimizer));
    GYRUS_RETURN_IF_ERROR(BroadcastTensors(collective, device, offer_.kept(), found_.kept));
  }
  GYRUS_RETURN_IF_ERROR(state.Load(found_, /*whole=*/collective.rank() == 0));
  found_ = {};
  return absl::OkStatus();
}

}  // namespace gyrus
