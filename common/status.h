// How errors travel: as absl::Status, never as exceptions.
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace gyrus {

// Puts what was being done before the message: "reading a.nii.gz: cut short".
// Code and payloads stay; OK stays OK.
absl::Status Annotate(const absl::Status& status, absl::string_view doing);

}  // namespace gyrus

#define GYRUS_STATUS_CONCAT_INNER(a, b) a##b
#define GYRUS_STATUS_CONCAT(a, b) GYRUS_STATUS_CONCAT_INNER(a, b)

// Returns from the function when `expression` is not OK.
#define GYRUS_RETURN_IF_ERROR(expression)                                                  \
  do {                                                                                     \
    if (absl::Status gyrus_status = (expression); !gyrus_status.ok()) return gyrus_status; \
  } while (false)

// Assigns the value of a StatusOr, or returns its error.
#define GYRUS_ASSIGN_OR_RETURN(declaration, expression)                                     \
  GYRUS_ASSIGN_OR_RETURN_INNER(GYRUS_STATUS_CONCAT(gyrus_statusor_, __LINE__), declaration, \
                               expression)
#define GYRUS_ASSIGN_OR_RETURN_INNER(statusor, declaration, expression) \
  auto statusor = (expression);                                         \
  if (!statusor.ok()) return std::move(statusor).status();              \
  declaration = *std::move(statusor)
