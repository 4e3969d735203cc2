// The result of a computation that may have no answer for the data at hand. The
// mean of no values does not exist, and a correlation with a constant does not
// either: that is no error, and a table shows "n/a" with the reason.
//
//   Defined<double> Mean(absl::Span<const double> values) {
//     GYRUS_RETURN_IF_ERROR(CheckFinite(values));
//     if (values.empty()) return Undefined("there are no values");
//     return Sum(values) / values.size();
//   }
//
// A Defined<T> holds one of three things: a value, an Undefined with its reason,
// or an error (misuse, such as lengths that differ). It works with the macros of
// common/status.h, but it does not convert to absl::StatusOr: whoever leaves this
// world must say what becomes of an undefined result, with is_undefined() or with
// Required().
//
// All types here are thread-compatible.
#pragma once

#include <optional>
#include <ostream>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace gyrus {

// "Not applicable", with a reason that completes the sentence "n/a because ...":
// "the values do not vary".
class Undefined {
 public:
  explicit Undefined(absl::string_view reason) : reason_(reason) {}
  const std::string& reason() const { return reason_; }

 private:
  std::string reason_;
};

// The part of a Defined<T> beside its value: whether there is a value, or the reason
// why there is none. Conversions are implicit, so that a function can return either.
class DefinedStatus {
 public:
  DefinedStatus() = default;
  DefinedStatus(Undefined undefined)  // NOLINT(google-explicit-constructor)
      : undefined_(true), error_(absl::OkStatus()), reason_(undefined.reason()) {}
  DefinedStatus(absl::Status error)  // NOLINT(google-explicit-constructor)
      : error_(std::move(error)), reason_(error_.message()) {}

  // True: there is a value.
  bool ok() const { return !undefined_ && error_.ok(); }
  bool is_undefined() const { return undefined_; }
  // OK unless something was misused; OK also for an undefined result.
  const absl::Status& error() const { return error_; }
  // Why there is no value: the reason of an undefined result, or the message of
  // the error. Empty where there is a value.
  const std::string& message() const { return reason_; }
  // The error, or FAILED_PRECONDITION with the reason of an undefined result. For
  // callers that cannot go on without a value.
  absl::Status Required() const {
    return undefined_ ? absl::FailedPreconditionError(reason_) : error_;
  }

  friend std::ostream& operator<<(std::ostream& out, const DefinedStatus& status) {
    return status.undefined_ ? out << "undefined: " << status.reason_ : out << status.error_;
  }

 private:
  bool undefined_ = false;
  absl::Status error_;
  std::string reason_;
};

template <typename T>
class [[nodiscard]] Defined {
 public:
  // An error: a value that nobody has computed.
  Defined() : Defined(absl::UnknownError("not computed")) {}
  Defined(T value) : value_(std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Defined(Undefined undefined)                    // NOLINT(google-explicit-constructor)
      : status_(std::move(undefined)) {}
  // `error` must not be OK.
  Defined(absl::Status error) : status_(std::move(error)) {}  // NOLINT(google-explicit-constructor)
  // `status` must not be ok().
  Defined(DefinedStatus status)  // NOLINT(google-explicit-constructor)
      : status_(std::move(status)) {}

  bool ok() const { return value_.has_value(); }
  bool is_undefined() const { return status_.is_undefined(); }
  const DefinedStatus& status() const { return status_; }

  // Only when ok(); anything else ends the program.
  const T& value() const& { return value_.value(); }
  T& value() & { return value_.value(); }
  T&& value() && { return std::move(value_).value(); }
  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }

  // The value, or `otherwise` where there is none.
  T value_or(T otherwise) const { return value_.value_or(std::move(otherwise)); }

  // The value; DefinedStatus::Required() says with which codes it is missing.
  absl::StatusOr<T> Required() const& {
    if (ok()) return *value_;
    return status_.Required();
  }

 private:
  std::optional<T> value_;
  DefinedStatus status_;
};

// As Annotate() of common/status.h: an undefined result stays undefined.
DefinedStatus Annotate(const DefinedStatus& status, absl::string_view doing);

// Absent where the result is undefined or an error.
template <typename T>
std::optional<T> IfDefined(const Defined<T>& result) {
  return result.ok() ? std::optional<T>(*result) : std::nullopt;
}

}  // namespace gyrus
