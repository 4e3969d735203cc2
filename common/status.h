// Two macros and a helper for functions that report errors as absl::Status, as
// every function of Gyrus does (exceptions of libraries end in common/boundary.h).
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace gyrus {

// Puts what was being done before the message, as in "reading a.nii.gz: cut short".
// The code and the payloads stay as they are, and so does OK.
absl::Status Annotate(const absl::Status& status, absl::string_view doing);

}  // namespace gyrus

#define GYRUS_STATUS_CONCAT_INNER(a, b) a##b
#define GYRUS_STATUS_CONCAT(a, b) GYRUS_STATUS_CONCAT_INNER(a, b)

// Returns from the function when `expression` is not OK. The expression may be an
// absl::Status or another type with ok() that the function's result can be made
// from, such as DefinedStatus of core/statistics/defined.h.
#define GYRUS_RETURN_IF_ERROR(expression)                                          \
  do {                                                                             \
    if (auto gyrus_status = (expression); !gyrus_status.ok()) return gyrus_status; \
  } while (false)

// Assigns the value of an absl::StatusOr (or of another type with ok(), status()
// and operator*, such as Defined), or returns its status from the function.
#define GYRUS_ASSIGN_OR_RETURN(declaration, expression)                                     \
  GYRUS_ASSIGN_OR_RETURN_INNER(GYRUS_STATUS_CONCAT(gyrus_statusor_, __LINE__), declaration, \
                               expression)
#define GYRUS_ASSIGN_OR_RETURN_INNER(statusor, declaration, expression) \
  auto statusor = (expression);                                         \
  if (!statusor.ok()) return std::move(statusor).status();              \
  declaration = *std::move(statusor)
