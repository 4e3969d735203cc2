#include "common/exit_code.h"

namespace gyrus {
namespace {

constexpr ExitCodeMeaning kTable[] = {
    {kExitSuccess, "done; of `run`, `watch` and `results`: the experiment is VALID"},
    {kExitIncomplete, "the experiment is INCOMPLETE or INVALID"},
    {kExitUsage, "the command line or the experiment is wrong, or a folder cannot be used"},
    {kExitData, "a manifest or an image is bad"},
    {kExitUnavailable,
     "a program could not be reached or started, or a disk, memory or another resource is "
     "exhausted"},
    {kExitInternal, "an internal error of Gyrus"},
    {kExitInterrupted, "interrupted"},
};

}  // namespace

absl::Span<const ExitCodeMeaning> ExitCodeTable() { return kTable; }

ExitCode ExitCodeFor(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return kExitSuccess;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
      return kExitUsage;
    case absl::StatusCode::kDataLoss:
      return kExitData;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kAborted:
      return kExitUnavailable;
    case absl::StatusCode::kCancelled:
      return kExitInterrupted;
    default:
      return kExitInternal;
  }
}

// The inverse is not exact. It returns a code that leads to the same exit code again, so
// that a program can pass on the failure of another one.
absl::StatusCode StatusCodeFor(int exit_code) {
  switch (exit_code) {
    case kExitUsage:
      return absl::StatusCode::kFailedPrecondition;
    case kExitData:
      return absl::StatusCode::kDataLoss;
    case kExitInternal:
      return absl::StatusCode::kInternal;
    case kExitInterrupted:
      return absl::StatusCode::kCancelled;
    default:
      return absl::StatusCode::kUnavailable;
  }
}

}  // namespace gyrus
