#include "worker/spool/resume_folders.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "common/digest.h"
#include "common/files.h"
#include "common/status.h"

namespace gyrus {
namespace {

constexpr absl::string_view kPrefix = "step-";
constexpr size_t kIdentityDigits = 8;
constexpr size_t kDigestBytes = 16;

std::string HeadFile(const std::string& step_folder) {
  return absl::StrCat(step_folder, "/head.pb");
}

// Returns nothing if none of them can be read.
std::optional<v1::HostCheckpoint> NewestIn(const std::string& trial_folder) {
  const auto steps = ListStepFolders(trial_folder);
  if (!steps.ok()) return std::nullopt;
  for (const StepFolder& step : *steps) {
    const auto head = ReadResumeHead(absl::StrCat(trial_folder, "/", step.Name()));
    if (!head.ok()) continue;
    v1::HostCheckpoint checkpoint;
    checkpoint.set_experiment_id(head->experiment_id());
    checkpoint.set_trial_id(head->trial_id());
    checkpoint.set_attempt(head->attempt());
    checkpoint.set_step(head->step());
    return checkpoint;
  }
  return std::nullopt;
}

// A folder that cannot be read has nothing that anybody could use.
std::vector<std::string> NamesIn(const std::string& folder) {
  auto names = ListFolder(folder);
  return names.ok() ? *std::move(names) : std::vector<std::string>();
}

}  // namespace

std::string StepFolder::Name() const { return absl::StrFormat("step-%07d-%s", step, identity); }

std::optional<StepFolder> StepFolder::Parse(absl::string_view name) {
  StepFolder folder;
  absl::string_view rest = name;
  if (!absl::ConsumePrefix(&rest, kPrefix)) return std::nullopt;
  const size_t dash = rest.find('-');
  if (dash == absl::string_view::npos) return std::nullopt;
  folder.identity = std::string(rest.substr(dash + 1));
  const bool hex = std::all_of(folder.identity.begin(), folder.identity.end(),
                               [](unsigned char c) { return absl::ascii_isxdigit(c); });
  // The last condition refuses other spellings of the same number, such as "step-123-...".
  if (folder.identity.size() != kIdentityDigits || !hex ||
      !absl::SimpleAtoi(rest.substr(0, dash), &folder.step) || folder.Name() != name) {
    return std::nullopt;
  }
  return folder;
}

absl::StatusOr<std::vector<StepFolder>> ListStepFolders(const std::string& trial_folder) {
  std::vector<StepFolder> folders;
  const auto names = ListFolder(trial_folder);
  if (absl::IsNotFound(names.status())) return folders;
  GYRUS_RETURN_IF_ERROR(names.status());
  for (const std::string& name : *names) {
    if (auto folder = StepFolder::Parse(name)) folders.push_back(*std::move(folder));
  }
  std::stable_sort(folders.begin(), folders.end(),
                   [](const StepFolder& a, const StepFolder& b) { return a.step > b.step; });
  return folders;
}

absl::StatusOr<v1::ResumeHead> ReadResumeHead(const std::string& step_folder) {
  GYRUS_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(HeadFile(step_folder)));
  const absl::string_view all = bytes;
  v1::ResumeHead head;
  if (all.size() < kDigestBytes ||
      Xxh3Of(all.substr(0, all.size() - kDigestBytes)) != all.substr(all.size() - kDigestBytes) ||
      !head.ParseFromArray(bytes.data(), static_cast<int>(bytes.size() - kDigestBytes))) {
    return absl::DataLossError(absl::StrCat(HeadFile(step_folder), " is damaged"));
  }
  return head;
}

absl::Status WriteResumeHead(const std::string& step_folder, const v1::ResumeHead& head) {
  const std::string message = head.SerializeAsString();
  return WriteFileAtomically(HeadFile(step_folder), absl::StrCat(message, Xxh3Of(message)));
}

std::string ResumeFolders::FolderOf(absl::string_view experiment_id,
                                    absl::string_view trial_id) const {
  // Names have no '+', so two trials never share a folder.
  return absl::StrCat(folder_, "/", experiment_id, "/",
                      absl::StrReplaceAll(trial_id, {{"/", "+"}}));
}

std::vector<v1::HostCheckpoint> ResumeFolders::List() const {
  std::vector<v1::HostCheckpoint> checkpoints;
  for (const std::string& experiment : NamesIn(folder_)) {
    const std::string path = absl::StrCat(folder_, "/", experiment);
    for (const std::string& trial : NamesIn(path)) {
      auto newest = NewestIn(absl::StrCat(path, "/", trial));
      if (newest.has_value()) checkpoints.push_back(*std::move(newest));
    }
  }
  return checkpoints;
}

absl::Status ResumeFolders::Forget(absl::string_view experiment_id,
                                   absl::string_view trial_id) const {
  GYRUS_RETURN_IF_ERROR(RemoveAll(FolderOf(experiment_id, trial_id)));
  rmdir(absl::StrCat(folder_, "/", experiment_id).c_str());  // Where it was the last.
  return absl::OkStatus();
}

}  // namespace gyrus
