// All that is wrong with an experiment, not only the first of it.
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
  // At the place where `path` was written.
  void Add(absl::string_view path, absl::string_view message);

  // From now on, parts that stage `name` has of its own are told by their place
  // there. Empty: none are.
  void InStage(absl::string_view name) { stage_ = std::string(name); }

  // A line that has its place in it. In a stage one that was told is not told
  // again.
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
