#include "coordinator/plan/refusal.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/reason/reason.h"

namespace gyrus {
namespace {

constexpr size_t kShown = 10;

}  // namespace

void ProblemList::Add(std::string problem) {
  if (count_++ < kShown) first_.push_back(std::move(problem));
}

absl::Status ProblemList::ToStatus(absl::StatusCode code) const {
  if (empty()) return absl::OkStatus();
  std::string message = absl::StrJoin(first_, "\n");
  if (count_ > kShown) absl::StrAppend(&message, "\nand ", count_ - kShown, " more like these");
  return absl::Status(code, message);
}

v1::PlanRefusal RefusalOf(const absl::Status& status) {
  v1::PlanRefusal refusal;
  const v1::ReasonCode code = ReasonFrom(status, ErrorOrigin::kExperiment).code();
  for (const absl::string_view line : absl::StrSplit(status.message(), '\n')) {
    v1::Reason& reason = *refusal.add_reasons();
    reason.set_code(code);
    reason.set_message(std::string(line));
  }
  return refusal;
}

}  // namespace gyrus
