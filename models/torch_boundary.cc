#include "models/torch_boundary.h"

#include <c10/util/Exception.h>

#include <string>

#include "absl/strings/match.h"

namespace gyrus {

absl::Status TranslateTorch() {
  try {
    throw;
  } catch (const c10::OutOfMemoryError& e) {
    return absl::ResourceExhaustedError(e.what_without_backtrace());
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
      return absl::ResourceExhaustedError(message);
    }
    return absl::InternalError(message);
  } catch (...) {
    return TranslateStdException();
  }
}

}  // namespace gyrus
