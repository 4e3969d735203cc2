// The list of everything that is wrong with an experiment, so that the operator
// is shown all of it and not only the first problem.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "core/spec/source_map.h"

namespace gyrus {

// Thread-compatible.
class Problems {
 public:
  // `sources` must outlive this.
  explicit Problems(const SourceMap& sources) : sources_(sources) {}

  // `path` may be empty: the whole file.
  void Add(Origin origin, absl::string_view path, absl::string_view message);
  // The same, at the place where `path` was written.
  void Add(absl::string_view path, absl::string_view message);

  // From now on, parts that stage `name` has of its own are reported at their
  // place there. Empty: the experiment has no stages.
  void InStage(absl::string_view name) { stage_ = std::string(name); }

  // Adds a line that names its place already. Inside a stage a line that is in the
  // list is not added again.
  void AddLine(absl::string_view line);

  // OK, or INVALID_ARGUMENT with a line for each of the first ten problems:
  // "exp.yaml:12: train.epochs: must be at least 1, is 0".
  absl::Status ToStatus() const;

 private:
  const SourceMap& sources_;
  std::string stage_;
  std::vector<std::string> lines_;
  int more_ = 0;
};

}  // namespace gyrus
