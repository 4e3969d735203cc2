#include "worker/training/failure.h"

#include <string>

#include "absl/strings/cord.h"

namespace gyrus {
namespace {

constexpr char kLoaderMark[] = "gyrus.loader";
constexpr char kInitialWeightsMark[] = "gyrus.initial_weights";
constexpr char kSharedMark[] = "gyrus.shared";

// The same status code means different things depending on its origin. UNAVAILABLE from a
// loader and from another rank lead to different reasons.
v1::ReasonCode CodeFor(const absl::Status& status) {
  const bool lost = status.code() == absl::StatusCode::kUnavailable ||
                    status.code() == absl::StatusCode::kDeadlineExceeded;
  const bool loader = status.GetPayload(kLoaderMark).has_value();
  if (lost) return loader ? v1::REASON_CODE_LOADER_LOST : v1::REASON_CODE_PEER_LOST;
  if (status.code() == absl::StatusCode::kDataLoss) {
    if (status.GetPayload(kInitialWeightsMark).has_value()) return v1::REASON_CODE_TRAINER_FAILED;
    return loader ? v1::REASON_CODE_BAD_DATA : v1::REASON_CODE_RANKS_DIFFER;
  }
  return v1::REASON_CODE_TRAINER_FAILED;
}

}  // namespace

absl::Status MarkLoader(absl::Status status) {
  status.SetPayload(kLoaderMark, absl::Cord());
  return status;
}

absl::Status MarkInitialWeights(absl::Status status) {
  if (!status.ok()) status.SetPayload(kInitialWeightsMark, absl::Cord());
  return status;
}

absl::Status MarkShared(absl::Status status) {
  if (!status.ok()) status.SetPayload(kSharedMark, absl::Cord());
  return status;
}

bool IsShared(const absl::Status& status) { return status.GetPayload(kSharedMark).has_value(); }

v1::Reason ReasonFor(const absl::Status& status) {
  v1::Reason reason;
  reason.set_code(CodeFor(status));
  reason.set_message(std::string(status.message()));
  return reason;
}

}  // namespace gyrus
