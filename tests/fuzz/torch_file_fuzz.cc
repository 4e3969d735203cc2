// A weight file that nobody wrote: nothing may crash, hang or leak, and the
// elements of every tensor that is taken can be read.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/weights/testing/torch_fixture.h"
#include "core/weights/weight_views.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // A pickle gets an archive around it, whose checksums are right: otherwise
  // hardly any would be reached.
  std::string file(reinterpret_cast<const char*>(data), size);
  if (size > 0 && data[0] == 0x80) file = gyrus::TorchFileOf(file, gyrus::SampleStorages());
  const auto weights = gyrus::ParseWeightViews(file);
  if (!weights.ok()) {
    if (weights.status().message().empty()) __builtin_trap();
    return 0;
  }
  for (const auto& [name, view] : weights->tensors) {
    // A number read often by a stride of 0 is not worth the time.
    if (view.elements > 1 << 20) continue;
    std::vector<float> values(view.elements);
    gyrus::CopyAsFloat32(view, values);
  }
  return 0;
}
