#include "dataloader/cohort/data_root.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status.h"
#include "common/text_identity.h"

namespace gyrus {
namespace fs = std::filesystem;

namespace {

// Pipes and devices are refused, because reading them could block for ever.
absl::Status CheckRegular(const std::string& path, const std::string& real) {
  std::error_code error;
  const fs::file_status status = fs::status(real, error);
  if (fs::is_regular_file(status)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(path, fs::is_directory(status) ? " is a folder" : " is no regular file"));
}

}  // namespace

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

bool DataRoot::Allows(const std::string& real_path) const {
  for (const std::string& folder : folders_) {
    const fs::path relative = fs::path(real_path).lexically_relative(folder);
    if (!relative.empty() && *relative.begin() != "..") return true;
  }
  return false;
}

absl::StatusOr<std::string> DataRoot::Resolve(const std::string& path) const {
  std::error_code missing, error;
  fs::path real = fs::canonical(path, missing);
  // Only for allowed folders does the message say whether a file exists.
  if (missing) real = fs::weakly_canonical(path, error);
  if (error) return absl::ErrnoToStatus(error.value(), absl::StrCat("opening ", path));
  if (!Allows(real.string())) {
    const bool is_direct = real == fs::path(path).lexically_normal();
    return absl::PermissionDeniedError(absl::StrCat(
        path, is_direct ? "" : absl::StrCat(" leads to ", real.string(), ", which"),
        " is outside of the folders that may be read (", absl::StrJoin(folders_, ", "), ")"));
  }
  if (missing) return absl::ErrnoToStatus(missing.value(), absl::StrCat("opening ", path));
  return real.string();
}

absl::StatusOr<std::string> DataRoot::Locate(const std::string& path,
                                             absl::string_view what) const {
  if (fs::path(path).is_absolute()) return path;
  std::error_code error;
  for (const std::string& folder : folders_) {
    std::string candidate = absl::StrCat(folder, "/", path);
    if (fs::exists(candidate, error)) return candidate;
  }
  return absl::NotFoundError(absl::StrCat("there is no ", what, " ", path,
                                          " in the folders that may be read (",
                                          absl::StrJoin(folders_, ", "), ")"));
}

absl::StatusOr<DataRoot::ManifestPlace> DataRoot::ResolveManifest(const std::string& path) const {
  GYRUS_ASSIGN_OR_RETURN(const std::string located, Locate(path, "manifest"));
  auto resolved = Resolve(located);
  if (absl::IsPermissionDenied(resolved.status())) {
    const fs::path leads_to = RealPath("", located);
    return absl::PermissionDeniedError(absl::StrCat(resolved.status().message(), "; ",
                                                    HowToAllow(leads_to.parent_path().string())));
  }
  GYRUS_ASSIGN_OR_RETURN(std::string real, std::move(resolved));
  const absl::Status regular = CheckRegular(located, real);
  if (std::error_code error; !regular.ok() && fs::is_directory(real, error)) {
    return absl::InvalidArgumentError(
        absl::StrCat(regular.message(), "; give the table in it, such as its participants.tsv"));
  }
  GYRUS_RETURN_IF_ERROR(regular);
  return ManifestPlace{std::move(real), fs::path(located).parent_path().string()};
}

absl::StatusOr<std::string> DataRoot::ResolveFolder(const std::string& path) const {
  GYRUS_ASSIGN_OR_RETURN(const std::string located, Locate(path, "folder"));
  GYRUS_ASSIGN_OR_RETURN(std::string real, Resolve(located));
  std::error_code error;
  if (fs::is_directory(real, error)) return real;
  return absl::InvalidArgumentError(absl::StrCat(located, " is no folder"));
}

std::string DataRoot::RealPath(const std::string& folder, const std::string& path) {
  std::error_code error;
  const fs::path written = fs::path(folder) / path;
  const fs::path real = fs::weakly_canonical(written, error);
  return error ? written.string() : real.string();
}

std::string DataRoot::HowToAllow(absl::string_view folder) {
  return absl::StrCat("allow that with --data-root ", folder,
                      " (of gyrus run, gyrus plan and gyrus-dataloader serve)");
}

absl::StatusOr<std::string> DataRoot::ResolveImage(const std::string& folder,
                                                   const std::string& path) const {
  const std::string written = (fs::path(folder) / path).string();
  auto real = Resolve(written);
  for (const auto form : {&CanonicalText, &DecomposedText}) {
    if (!absl::IsNotFound(real.status()) || form(path) == path) continue;
    if (auto other = Resolve((fs::path(folder) / form(path)).string()); other.ok()) real = other;
  }
  GYRUS_RETURN_IF_ERROR(real.status());
  GYRUS_RETURN_IF_ERROR(CheckRegular(written, *real));
  return real;
}

}  // namespace gyrus
