// Where the operator wrote each field of an experiment: field path -> line of the
// file, or override. For the messages of checks.
#pragma once

#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/strings/string_view.h"

namespace gyrus {

// Where something was written: a line of the experiment file, from 1, or one of
// the overrides, from 0. With neither it was not written: a default stands for it.
struct Origin {
  int line = 0;
  int override_index = -1;
};

// Thread-compatible.
class SourceMap {
 public:
  // For an experiment that came without its file: Where() is always empty.
  SourceMap() = default;
  SourceMap(absl::string_view file_name, std::vector<std::string> overrides)
      : file_name_(file_name), overrides_(std::move(overrides)) {}

  const std::vector<std::string>& overrides() const { return overrides_; }

  void Add(absl::string_view path, Origin origin) { origins_.emplace(path, origin); }

  // Whether this very path was written.
  bool Has(absl::string_view path) const { return origins_.contains(path); }

  // "exp.yaml:12", "--set train.epochs=3", or the file's name alone.
  std::string Describe(Origin origin) const;

  // The same for a path such as "train.epochs". For a path that was not written it
  // is the place of the nearest part above it.
  std::string Where(absl::string_view path) const;

 private:
  std::string file_name_;
  std::vector<std::string> overrides_;
  absl::btree_map<std::string, Origin> origins_;
};

}  // namespace gyrus
