#include <ATen/CPUGeneratorImpl.h>

#include "models/device.h"

namespace gyrus {
namespace {

class Cpu final : public Device {
 public:
  torch::Device torch() const override { return torch::kCPU; }
  torch::Tensor FromHost(const torch::Tensor& tensor) const override { return tensor; }
  torch::Tensor ToHost(const torch::Tensor& tensor) const override { return tensor; }
  void Synchronise() const override {}  // Operators of the CPU are done when they return.
  at::Generator MakeGenerator(uint64_t seed) const override {
    return at::make_generator<at::CPUGeneratorImpl>(seed);
  }
};

}  // namespace

const Device& CpuDevice() {
  static const Cpu cpu;
  return cpu;
}

}  // namespace gyrus
