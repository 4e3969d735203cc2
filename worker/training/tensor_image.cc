#include "worker/training/tensor_image.h"

#include "common/status.h"
#include "models/torch_boundary.h"

namespace gyrus {

absl::Status MakeTensorImage(const NamedTensors& tensors, const Device& device, DiskBuffer& image) {
  return CallTorch("copying tensors", [&]() -> absl::Status {
    NamedTensors host;
    for (const auto& [name, tensor] : tensors) host[name] = device.ToHost(tensor);
    size_t bytes = 0;
    GYRUS_RETURN_IF_ERROR(WriteSafetensors(host, [&](absl::string_view piece) {
      bytes += piece.size();
      return absl::OkStatus();
    }));
    GYRUS_RETURN_IF_ERROR(image.Reset(bytes));
    return WriteSafetensors(host, [&](absl::string_view piece) {
      image.Append(piece);
      return absl::OkStatus();
    });
  });
}

}  // namespace gyrus
