// Keeps a loader within the folders that it may read: whatever path a manifest names,
// also through links, must lead into one of them.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace gyrus {

// One or more folders on the machine of the loader. Thread-compatible.
class DataRoot {
 public:
  // NOT_FOUND: a folder does not exist.
  static absl::StatusOr<DataRoot> Open(const std::vector<std::string>& folders);

  // The real path of a manifest. A relative path is looked for in each folder in turn.
  // NOT_FOUND: there is no such file. PERMISSION_DENIED: it is outside of the folders,
  // perhaps because of a link.
  absl::StatusOr<std::string> ResolveManifest(const std::string& path) const;

  // The real path of an image that a manifest in `folder` names. `path` is relative and
  // has no "..". The errors are the same.
  absl::StatusOr<std::string> ResolveImage(const std::string& folder,
                                           const std::string& path) const;

 private:
  absl::StatusOr<std::string> Resolve(const std::string& path) const;

  std::vector<std::string> folders_;  // Real paths.
};

}  // namespace gyrus
