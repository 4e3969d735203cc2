// Field paths -> where the operator wrote them.
#pragma once

#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/strings/string_view.h"
#include "core/spec/yaml_node.h"

namespace gyrus {

// Thread-compatible.
class SourceMap {
 public:
  // Knows of no file: Where() is always empty.
  SourceMap() = default;
  SourceMap(absl::string_view file_name, std::vector<std::string> overrides)
      : file_name_(file_name), overrides_(std::move(overrides)) {}

  const std::vector<std::string>& overrides() const { return overrides_; }

  void Add(absl::string_view path, Origin origin) { origins_.emplace(path, origin); }

  // Whether this very path was written.
  bool Has(absl::string_view path) const { return origins_.contains(path); }

  // "exp.yaml:12", "--set train.epochs=3", or the file's name alone.
  std::string Describe(Origin origin) const;

  // The same for a path such as "train.epochs"; a path that was not written is
  // where the nearest part above it was.
  std::string Where(absl::string_view path) const;

 private:
  std::string file_name_;
  std::vector<std::string> overrides_;
  absl::btree_map<std::string, Origin> origins_;
};

}  // namespace gyrus
