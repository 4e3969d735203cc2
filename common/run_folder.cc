#include "common/run_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/files.h"
#include "common/status.h"

namespace gyrus {
namespace {

constexpr absl::string_view kFormatName = "FORMAT";
constexpr absl::string_view kFormatWord = "gyrus-run ";

std::string FormatFile(const std::string& folder) { return absl::StrCat(folder, "/", kFormatName); }

// A folder that a newer version wrote is refused before anything in it is changed.
absl::Status CheckFormat(const std::string& folder, absl::string_view text) {
  absl::string_view number = text;
  int format = 0;
  if (!absl::ConsumePrefix(&number, kFormatWord) || !absl::ConsumeSuffix(&number, "\n") ||
      !absl::SimpleAtoi(number, &format) || format < 1) {
    return absl::DataLossError(absl::StrCat(FormatFile(folder), " is damaged: it should say \"",
                                            kFormatWord, RunFolder::kFormat, "\""));
  }
  if (format > RunFolder::kFormat) {
    return absl::FailedPreconditionError(
        absl::StrCat(folder, " was written by a newer version of Gyrus (format ", format,
                     "; this program reads ", RunFolder::kFormat, ")"));
  }
  return absl::OkStatus();
}

// True also for a folder that a program has created but not finished: it holds at most
// the temporary file that was to become FORMAT.
absl::StatusOr<bool> IsEmpty(const std::string& folder) {
  GYRUS_ASSIGN_OR_RETURN(const std::vector<std::string> names, ListFolder(folder));
  for (const std::string& name : names) {
    if (!absl::StartsWith(name, absl::StrCat(kFormatName, ".tmp"))) return false;
  }
  return true;
}

absl::Status Create(const std::string& folder) {
  GYRUS_RETURN_IF_ERROR(MakeFolders(folder));
  return WriteFileAtomically(FormatFile(folder),
                             absl::StrCat(kFormatWord, RunFolder::kFormat, "\n"));
}

}  // namespace

absl::StatusOr<RunFolder> RunFolder::Open(absl::string_view path) {
  RunFolder folder{std::string(path)};
  const auto format = ReadFile(FormatFile(folder.path_));
  if (format.ok()) {
    GYRUS_RETURN_IF_ERROR(CheckFormat(folder.path_, *format));
    return folder;
  }
  if (!absl::IsNotFound(format.status())) return format.status();
  GYRUS_RETURN_IF_ERROR(ListFolder(folder.path_).status());
  return absl::FailedPreconditionError(absl::StrCat(folder.path_,
                                                    " is no run folder of Gyrus (it has no file ",
                                                    kFormatName, "); choose another folder"));
}

absl::StatusOr<RunFolder> RunFolder::OpenOrCreate(absl::string_view path) {
  const std::string folder(path);
  const auto empty = IsEmpty(folder);
  if (!empty.ok() && !absl::IsNotFound(empty.status())) return empty.status();
  if (!empty.ok() || *empty) {
    GYRUS_RETURN_IF_ERROR(
        Annotate(Create(folder), absl::StrCat("cannot make the run folder ", folder)));
  }
  return Open(folder);
}

absl::StatusOr<RunFolder> RunFolder::CreateNew(absl::string_view path) {
  const std::string parent = std::filesystem::path(std::string(path)).parent_path().string();
  if (!parent.empty()) {
    GYRUS_RETURN_IF_ERROR(
        Annotate(MakeFolders(parent), absl::StrCat("cannot make the run folder ", path)));
  }
  std::string name(path);
  // mkdir is what decides which of two processes gets the name.
  for (int number = 2; mkdir(name.c_str(), 0777) != 0; ++number) {
    if (errno != EEXIST) {
      return absl::ErrnoToStatus(errno, absl::StrCat("cannot make the run folder ", name));
    }
    name = absl::StrCat(path, "-", number);
  }
  GYRUS_RETURN_IF_ERROR(SyncFolder(parent.empty() ? "." : parent));
  return OpenOrCreate(name);
}

bool RunFolder::IsRunFolder(absl::string_view path) {
  return access(FormatFile(std::string(path)).c_str(), F_OK) == 0;
}

std::string RunFolder::worker_folder(int number) const {
  return In(absl::StrCat("worker-", number));
}

std::string RunFolder::In(absl::string_view name) const { return absl::StrCat(path_, "/", name); }

}  // namespace gyrus
