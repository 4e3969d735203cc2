#include "worker/agent/identity.h"

#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/files.h"
#include "common/random_id.h"
#include "common/status.h"

namespace gyrus {

absl::StatusOr<WorkerIdentity> NextIncarnation(const std::string& folder) {
  GYRUS_RETURN_IF_ERROR(MakeFolders(folder));
  const std::string path = absl::StrCat(folder, "/id");
  WorkerIdentity identity;
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (text.ok()) {
    const std::vector<std::string> words =
        absl::StrSplit(absl::StripSuffix(*text, "\n"), ' ', absl::SkipEmpty());
    if (words.size() != 2 || !absl::SimpleAtoi(words[1], &identity.incarnation)) {
      return absl::DataLossError(absl::StrCat(path, " is damaged; remove it to be a new worker"));
    }
    identity.id = words[0];
  } else if (text.status().code() == absl::StatusCode::kNotFound) {
    identity.id = RandomId();
  } else {
    return text.status();
  }
  // The new number is durable before it is used. Two processes with the same number could
  // not be told apart.
  ++identity.incarnation;
  GYRUS_RETURN_IF_ERROR(
      WriteFileAtomically(path, absl::StrCat(identity.id, " ", identity.incarnation, "\n")));
  return identity;
}

}  // namespace gyrus
