#include "cli/weight_files.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/digest.h"
#include "common/files.h"
#include "common/status.h"
#include "core/weights/weight_views.h"

namespace gyrus::cli {
namespace {

// The file is parsed before the submission, so that a file that cannot be read is reported
// at once and not by a trainer hours later.
absl::Status Note(v1::Init& init, WeightFiles& files) {
  GYRUS_ASSIGN_OR_RETURN(const MappedFile file, MappedFile::Open(init.weights()));
  GYRUS_RETURN_IF_ERROR(ParseWeightViews(file.bytes()).status());
  const std::string sha256 = Sha256Of(file.bytes());
  if (!init.sha256().empty() && absl::AsciiStrToLower(init.sha256()) != Hex(sha256)) {
    return absl::InvalidArgumentError(
        absl::StrCat("has SHA-256 ", Hex(sha256), ", and init.sha256 says ", init.sha256()));
  }
  init.set_sha256(Hex(sha256));
  files[sha256] = init.weights();
  return absl::OkStatus();
}

}  // namespace

std::vector<std::pair<std::string, v1::Init*>> InitsOf(v1::ExperimentSpec& spec) {
  std::vector<std::pair<std::string, v1::Init*>> inits;
  if (spec.has_init()) inits.emplace_back("", spec.mutable_init());
  for (v1::Stage& stage : *spec.mutable_stages()) {
    if (!stage.has_init()) continue;
    inits.emplace_back(absl::StrCat("stages.", stage.name(), "."), stage.mutable_init());
  }
  for (v1::Arm& arm : *spec.mutable_arms()) {
    if (!arm.has_init()) continue;
    inits.emplace_back(absl::StrCat("arms.", arm.name(), "."), arm.mutable_init());
  }
  return inits;
}

absl::StatusOr<WeightFiles> NoteWeightFiles(v1::ExperimentSpec& spec) {
  WeightFiles files;
  for (const auto& [owner, init] : InitsOf(spec)) {
    if (!init->has_weights()) continue;
    const absl::Status status = Note(*init, files);
    if (!status.ok()) {
      return Annotate(status, absl::StrCat(owner, "init.weights: ", init->weights()));
    }
  }
  return files;
}

absl::Status UploadWeights(CoordinatorClient& client, const WeightFiles& files) {
  for (const auto& [sha256, path] : files) {
    GYRUS_ASSIGN_OR_RETURN(const MappedFile file, MappedFile::Open(path));
    GYRUS_RETURN_IF_ERROR(Annotate(client.UploadWeights(sha256, file.bytes()), path));
  }
  return absl::OkStatus();
}

}  // namespace gyrus::cli
