// The device on which tensors live and are computed with. At present it is always
// the CPU; a GPU will be a second implementation.
#pragma once

#include <torch/types.h>

#include <cstdint>

namespace gyrus {

// Everything that Gyrus has to know of a kind of device. A network is made on a
// device (Network::device()), and code that works with the network takes the device
// from there. A new kind of device therefore needs an implementation of this class
// and a line where it is chosen, and no branch anywhere else.
//
// Tensors that come from elsewhere (volumes from a loader, weights from a file) are
// made in the host's memory and passed to FromHost(). Tensors that go to a file or to
// another process are passed to ToHost(). On the CPU both return the tensor itself
// and copy nothing.
//
// Implementations live as long as the program. Thread-safe. Methods throw as
// torch does.
class Device {
 public:
  virtual ~Device() = default;

  // For torch's own functions: torch::zeros(shape, device.torch()).
  virtual torch::Device torch() const = 0;

  virtual torch::Tensor FromHost(const torch::Tensor& tensor) const = 0;
  // The values are complete when this returns.
  virtual torch::Tensor ToHost(const torch::Tensor& tensor) const = 0;

  // Waits until all operations that were started on the device are done.
  virtual void Synchronise() const = 0;

  // Makes the device's own kind of random number generator, for dropout. Equal seeds
  // give equal numbers.
  virtual at::Generator MakeGenerator(uint64_t seed) const = 0;
};

// The CPU, with the host's memory.
const Device& CpuDevice();

}  // namespace gyrus
