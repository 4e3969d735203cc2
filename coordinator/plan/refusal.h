// The reasons why a plan cannot be made.
//
// Codes of this folder, by what must change:
//  * INVALID_ARGUMENT: the experiment file.
//  * DATA_LOSS: a manifest or an image.
//  * FAILED_PRECONDITION, with the reason LEAK: the split leaks.
// The message has one line a problem.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gyrus/v1/experiments.pb.h"

namespace gyrus {

// Problems of one kind. Thread-compatible.
class ProblemList {
 public:
  void Add(std::string problem);
  bool empty() const { return count_ == 0; }
  // OK when there is none; otherwise `code`, the first ten problems and how
  // many more there are.
  absl::Status ToStatus(absl::StatusCode code) const;

 private:
  std::vector<std::string> first_;
  size_t count_ = 0;
};

// One reason for each line of the message, with the code that common/reason gives the
// status, which is not OK.
v1::PlanRefusal RefusalOf(const absl::Status& status);

}  // namespace gyrus
