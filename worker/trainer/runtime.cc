#include "worker/trainer/runtime.h"

#include <cpuid.h>
#include <malloc.h>
#include <torch/types.h>
#include <torch/version.h>

#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "worker/collective/gloo_collective.h"

namespace gyrus {
namespace {

// "AuthenticAMD-25-17": vendor, family, model. Libraries choose kernels by it.
std::string CpuModel() {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  char vendor[13] = {};
  __get_cpuid(0, &eax, &ebx, &ecx, &edx);
  std::memcpy(vendor, &ebx, 4);
  std::memcpy(vendor + 4, &edx, 4);
  std::memcpy(vendor + 8, &ecx, 4);
  __get_cpuid(1, &eax, &ebx, &ecx, &edx);
  const unsigned family = ((eax >> 8) & 0xf) + ((eax >> 20) & 0xff);
  const unsigned model = ((eax >> 4) & 0xf) | ((eax >> 12) & 0xf0);
  return absl::StrCat(vendor, "-", family, "-", model);
}

}  // namespace

absl::Status CheckRuntime() {
  const std::string config = at::show_config();
  if (!absl::StrContains(config, absl::StrCat("TORCH_VERSION=", TORCH_VERSION, ","))) {
    return absl::FailedPreconditionError(absl::StrCat("this program was built with LibTorch ",
                                                      TORCH_VERSION, " but runs with another"));
  }
  return CheckGloo();
}

std::string NumericKind() {
  return absl::StrCat("cpu ", at::get_cpu_capability(), " ", CpuModel(), " torch-", TORCH_VERSION);
}

void SetThreads(uint32_t threads) {
  at::set_num_threads(static_cast<int>(threads));
  at::set_num_interop_threads(1);
}

void KeepFreedMemory() {
  // One arena, so that what one thread frees another may use.
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 2000 << 20);
  mallopt(M_TOP_PAD, 256 << 20);
}

}  // namespace gyrus
