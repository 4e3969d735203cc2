#include "models/torch_boundary.h"

#include <c10/util/Exception.h>

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
    return absl::InternalError(e.what_without_backtrace());
  } catch (...) {
    return TranslateStdException();
  }
}

}  // namespace gyrus
