// The only folders that a loader reads images from.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace gyrus {

// One or more folders of the loader's machine. Thread-compatible.
class DataRoot {
 public:
  // NOT_FOUND: a folder is not there.
  static absl::StatusOr<DataRoot> Open(const std::vector<std::string>& folders);

  // The real path of a manifest: absolute, or relative to the first root that
  // has it.
  // NOT_FOUND: there is no such file. PERMISSION_DENIED: it is outside of the
  // roots, also by a link.
  absl::StatusOr<std::string> ResolveManifest(const std::string& path) const;

  // The real path of an image beside a manifest in `folder`. `path` is relative
  // and has no "..". Errors as above.
  absl::StatusOr<std::string> ResolveImage(const std::string& folder,
                                           const std::string& path) const;

 private:
  absl::StatusOr<std::string> Resolve(const std::string& path) const;

  std::vector<std::string> folders_;  // Real paths.
};

}  // namespace gyrus
