// Where tensors live and are computed with: the CPU, later also one GPU.
#pragma once

#include <torch/types.h>

#include <cstdint>

namespace gyrus {

// All that code above torch has to know of a kind of device. A network is made
// on one (Network::device()), and what works with it takes the device from there,
// so that a new kind is a new implementation of this class and a new place where
// one is chosen, and no branch anywhere else.
//
// Tensors that come from elsewhere (volumes of a loader, weights of a file) are
// made in the host's memory and given to FromHost(); what leaves for a file or
// another process goes through ToHost(). On the CPU both return the tensor itself
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
  // The values are there when this returns.
  virtual torch::Tensor ToHost(const torch::Tensor& tensor) const = 0;

  // Waits until everything that was begun on the device is done.
  virtual void Synchronise() const = 0;

  // Random numbers of the device's own kind, for dropout; the same for the same
  // seed.
  virtual at::Generator MakeGenerator(uint64_t seed) const = 0;
};

// The processor and the host's memory.
const Device& CpuDevice();

}  // namespace gyrus
