#include "worker/training/failure.h"

#include "absl/strings/cord.h"

namespace gyrus {
namespace {

constexpr char kSharedMark[] = "gyrus.shared";

}  // namespace

absl::Status MarkShared(absl::Status status) {
  if (!status.ok()) status.SetPayload(kSharedMark, absl::Cord());
  return status;
}

bool IsShared(const absl::Status& status) { return status.GetPayload(kSharedMark).has_value(); }

}  // namespace gyrus
