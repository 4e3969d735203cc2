// Keeps a loader within the folders that it may read: whatever path a manifest names,
// also through links, must lead into one of them.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace gyrus {

// One or more allowed folders with all that is below them. Paths may be absolute
// and may have "..", and links are followed: a path is judged by where it leads.
// Only regular files are given out, because a pipe or a device would block whoever
// reads it. Thread-compatible.
class DataRoot {
 public:
  struct ManifestPlace {
    std::string file;    // The real path.
    std::string folder;  // The folder of the path as written, before links.
  };

  // NOT_FOUND: a folder is not there.
  static absl::StatusOr<DataRoot> Open(const std::vector<std::string>& folders);

  // Where a manifest is: `path` is absolute, or relative to the first allowed folder
  // that has it.
  // NOT_FOUND: there is no such file. PERMISSION_DENIED: it is outside of the allowed
  // folders. INVALID_ARGUMENT: it is a folder, or
  // no regular file.
  absl::StatusOr<ManifestPlace> ResolveManifest(const std::string& path) const;

  // The folder that the images of a cohort are relative to, where it is not the
  // manifest's: `path` is absolute, or relative to the first allowed folder that has
  // it. Errors as above.
  absl::StatusOr<std::string> ResolveFolder(const std::string& path) const;

  // Where an image leads, links followed, whether or not it is there or allowed.
  static std::string RealPath(const std::string& folder, const std::string& path);

  // For messages: how a user allows `folder`.
  static std::string HowToAllow(absl::string_view folder);

  // The real path of an image, which is absolute or relative to `folder`. A name
  // that is not there is looked for in Unicode's other normal form too: file systems
  // of macOS decompose letters that tables compose. Errors as above.
  absl::StatusOr<std::string> ResolveImage(const std::string& folder,
                                           const std::string& path) const;

 private:
  // The real path of a file or folder that is allowed.
  absl::StatusOr<std::string> Resolve(const std::string& path) const;
  // `path` if absolute, else below the first allowed folder that has it.
  absl::StatusOr<std::string> Locate(const std::string& path, absl::string_view what) const;
  bool Allows(const std::string& real_path) const;

  std::vector<std::string> folders_;  // Real paths.
};

}  // namespace gyrus
