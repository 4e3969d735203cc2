#include "dataloader/cohort/data_root.h"

#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status.h"

namespace gyrus {
namespace fs = std::filesystem;

absl::StatusOr<DataRoot> DataRoot::Open(const std::vector<std::string>& folders) {
  DataRoot root;
  for (const std::string& folder : folders) {
    std::error_code error;
    const fs::path real = fs::canonical(folder, error);
    if (error || !fs::is_directory(real, error)) {
      return absl::NotFoundError(absl::StrCat("there is no data folder ", folder));
    }
    root.folders_.push_back(real.string());
  }
  return root;
}

absl::StatusOr<std::string> DataRoot::Resolve(const std::string& path) const {
  std::error_code error;
  const fs::path real = fs::canonical(path, error);
  if (error) return absl::ErrnoToStatus(error.value(), absl::StrCat("opening ", path));
  for (const std::string& folder : folders_) {
    const fs::path relative = real.lexically_relative(folder);
    if (!relative.empty() && *relative.begin() != "..") return real.string();
  }
  return absl::PermissionDeniedError(absl::StrCat(path, " is outside of the loader's data root (",
                                                  absl::StrJoin(folders_, ", "), ")"));
}

absl::StatusOr<std::string> DataRoot::ResolveManifest(const std::string& path) const {
  if (fs::path(path).is_absolute()) return Resolve(path);
  std::error_code error;
  for (const std::string& folder : folders_) {
    const std::string candidate = absl::StrCat(folder, "/", path);
    if (fs::exists(candidate, error)) return Resolve(candidate);
  }
  return absl::NotFoundError(absl::StrCat("there is no manifest ", path, " in the data root (",
                                          absl::StrJoin(folders_, ", "), ")"));
}

absl::StatusOr<std::string> DataRoot::ResolveImage(const std::string& folder,
                                                   const std::string& path) const {
  const fs::path image(path);
  bool climbs = image.is_absolute();
  for (const fs::path& part : image) climbs |= part == "..";
  if (climbs) {
    return absl::PermissionDeniedError(
        absl::StrCat(path, " must be relative to the manifest, without '..'"));
  }
  return Resolve(absl::StrCat(folder, "/", path));
}

}  // namespace gyrus
