#include "models/torch_boundary.h"

#include <c10/util/Exception.h>

#include <string>

#include "absl/strings/match.h"
#include "common/reason/reason.h"

namespace gyrus {
namespace {

// A network that does not fit into the memory will not fit the next time.
absl::Status OutOfMemory(const std::string& message) {
  return WithReason(absl::ResourceExhaustedError(message), v1::REASON_CODE_TRAINER_FAILED);
}

}  // namespace

absl::Status TranslateTorch() {
  try {
    throw;
  } catch (const c10::OutOfMemoryError& e) {
    return OutOfMemory(e.what_without_backtrace());
  } catch (const c10::IndexError& e) {
    return absl::InvalidArgumentError(e.what_without_backtrace());
  } catch (const c10::ValueError& e) {
    return absl::InvalidArgumentError(e.what_without_backtrace());
  } catch (const c10::TypeError& e) {
    return absl::InvalidArgumentError(e.what_without_backtrace());
  } catch (const c10::Error& e) {
    // The CPU's allocator has no type of its own for this.
    const std::string message = e.what_without_backtrace();
    if (absl::StrContains(message, "DefaultCPUAllocator")) {
      return OutOfMemory(message);
    }
    return absl::InternalError(message);
  } catch (...) {
    const absl::Status status = TranslateStdException();
    return absl::IsResourceExhausted(status) ? OutOfMemory(std::string(status.message())) : status;
  }
}

}  // namespace gyrus
