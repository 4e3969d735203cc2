#include "common/reason/reason.h"

#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace gyrus {
namespace {

constexpr char kPayload[] = "gyrus.reason_code";

v1::ReasonCode ExperimentCode(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
      return v1::REASON_CODE_BAD_SPEC;
    case absl::StatusCode::kDataLoss:
      return v1::REASON_CODE_BAD_DATA;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kAborted:
      return v1::REASON_CODE_ENVIRONMENT;
    case absl::StatusCode::kCancelled:
      return v1::REASON_CODE_CANCELLED;
    default:
      return v1::REASON_CODE_INTERNAL;
  }
}

// Codes that a loader returns. A missing file is bad data, because the manifest names it.
v1::ReasonCode LoaderCode(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return v1::REASON_CODE_LOADER_LOST;
    // The loader looked for a file that the manifest names.
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kPermissionDenied:
      return v1::REASON_CODE_BAD_DATA;
    case absl::StatusCode::kFailedPrecondition:
      return v1::REASON_CODE_INTERNAL;
    default:
      return ExperimentCode(code);
  }
}

// Codes of the training itself. UNAVAILABLE comes from the connection to another rank.
v1::ReasonCode TrainingCode(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return v1::REASON_CODE_PEER_LOST;
    case absl::StatusCode::kDataLoss:
      return v1::REASON_CODE_RANKS_DIFFER;
    // A disk of this host: full, mounted read-only after an error, or broken (EIO has
    // no code of its own). Another host may do better.
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnknown:
      return v1::REASON_CODE_ENVIRONMENT;
    case absl::StatusCode::kCancelled:
      return v1::REASON_CODE_CANCELLED;
    default:
      return v1::REASON_CODE_TRAINER_FAILED;
  }
}

// A reason that was attached where the error occurred is more precise than any table.
v1::ReasonCode CodeFrom(const absl::Status& status, ErrorOrigin origin) {
  int attached = 0;
  const auto payload = status.GetPayload(kPayload);
  if (payload.has_value() && absl::SimpleAtoi(std::string(*payload), &attached) &&
      v1::ReasonCode_IsValid(attached)) {
    return static_cast<v1::ReasonCode>(attached);
  }
  switch (origin) {
    case ErrorOrigin::kLoader:
      return LoaderCode(status.code());
    case ErrorOrigin::kTraining:
      return TrainingCode(status.code());
    case ErrorOrigin::kExperiment:
      break;
  }
  return ExperimentCode(status.code());
}

}  // namespace

ReasonClass ClassOf(v1::ReasonCode code) {
  switch (code) {
    case v1::REASON_CODE_BAD_SPEC:
    case v1::REASON_CODE_LEAK:
      return ReasonClass::kSpec;
    case v1::REASON_CODE_BAD_DATA:
      return ReasonClass::kData;
    case v1::REASON_CODE_WAITING_FOR_SLOTS:
    case v1::REASON_CODE_WAITING_FOR_CHECKPOINT:
    case v1::REASON_CODE_NUMERIC_KIND:
      return ReasonClass::kWaiting;
    case v1::REASON_CODE_TRAINER_EXITED:
    case v1::REASON_CODE_PEER_LOST:
    case v1::REASON_CODE_LOADER_LOST:
    case v1::REASON_CODE_WORKER_RESTARTED:
    case v1::REASON_CODE_COORDINATOR_RESTARTED:
    case v1::REASON_CODE_ENVIRONMENT:
      return ReasonClass::kPassing;
    case v1::REASON_CODE_TRAINER_FAILED:
    case v1::REASON_CODE_RANKS_DIFFER:
    case v1::REASON_CODE_STAGE_FAILED:
      return ReasonClass::kTraining;
    case v1::REASON_CODE_CANCELLED:
      return ReasonClass::kCancelled;
    // Without a default the compiler names a code that is missing here. The last two
    // are no codes: protobuf adds them to every enum.
    case v1::REASON_CODE_INTERNAL:
    case v1::REASON_CODE_UNSPECIFIED:
    case v1::ReasonCode_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::ReasonCode_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return ReasonClass::kInternal;
}

ExitCode ExitCodeFor(v1::ReasonCode code) {
  switch (ClassOf(code)) {
    case ReasonClass::kSpec:
      return kExitUsage;
    case ReasonClass::kData:
      return kExitData;
    case ReasonClass::kPassing:
      return kExitUnavailable;
    case ReasonClass::kWaiting:
    case ReasonClass::kTraining:
    case ReasonClass::kCancelled:
      return kExitIncomplete;
    case ReasonClass::kInternal:
      break;
  }
  return kExitInternal;
}

v1::Reason MakeReason(v1::ReasonCode code, absl::string_view message) {
  v1::Reason reason;
  reason.set_code(code);
  reason.set_message(std::string(message));
  return reason;
}

absl::Status WithReason(absl::Status status, v1::ReasonCode code) {
  if (!status.ok()) status.SetPayload(kPayload, absl::Cord(absl::StrCat(static_cast<int>(code))));
  return status;
}

absl::Status WithReasonOf(absl::Status status, ErrorOrigin origin) {
  return WithReason(status, CodeFrom(status, origin));
}

v1::Reason ReasonFrom(const absl::Status& status, ErrorOrigin origin) {
  return MakeReason(CodeFrom(status, origin), status.message());
}

}  // namespace gyrus
