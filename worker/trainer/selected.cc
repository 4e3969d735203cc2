#include "worker/trainer/selected.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/digest.h"
#include "common/files.h"
#include "common/status.h"
#include "core/evaluate/predictions.h"
#include "models/transfer/transfer.h"
#include "worker/trainer/checkpoint_writer.h"

namespace gyrus {
namespace {

v1::Artifact Describe(v1::ArtifactKind kind, std::string path, absl::string_view bytes) {
  v1::Artifact artifact;
  artifact.set_kind(kind);
  artifact.set_path(std::move(path));
  artifact.set_sha256(Sha256Of(bytes));
  artifact.set_bytes(bytes.size());
  return artifact;
}

absl::StatusOr<v1::Artifact> DescribeWeights(const std::string& folder,
                                             const std::string& checkpoint) {
  const std::string path = absl::StrCat("checkpoints/", checkpoint, "/weights.safetensors");
  GYRUS_ASSIGN_OR_RETURN(const MappedFile weights,
                         MappedFile::Open(absl::StrCat(folder, "/", path)));
  return Describe(v1::ARTIFACT_KIND_WEIGHTS, path, weights.bytes());
}

}  // namespace

absl::StatusOr<std::vector<v1::Artifact>> WriteSelected(
    const std::string& folder, v1::Checkpoint head, const std::vector<v1::Prediction>& test,
    const std::vector<v1::Prediction>& external) {
  std::vector<v1::Artifact> artifacts;
  const auto full = [&folder](const std::string& path) { return absl::StrCat(folder, "/", path); };
  const auto write = [&](v1::ArtifactKind kind, const std::string& path,
                         const std::string& bytes) -> absl::Status {
    GYRUS_RETURN_IF_ERROR(WriteFileAtomically(full(path), bytes));
    artifacts.push_back(Describe(kind, path, bytes));
    return absl::OkStatus();
  };

  GYRUS_ASSIGN_OR_RETURN(artifacts.emplace_back(),
                         DescribeWeights(folder, CheckpointWriter::NameOf(head.epoch())));
  head.set_weights_sha256(artifacts[0].sha256());
  GYRUS_RETURN_IF_ERROR(MakeFolders(full("selected")));
  GYRUS_RETURN_IF_ERROR(
      write(v1::ARTIFACT_KIND_CHECKPOINT, "selected/checkpoint.pb", head.SerializeAsString()));
  GYRUS_ASSIGN_OR_RETURN(const std::string tested, FormatPredictions(head.trial().task(), test));
  GYRUS_RETURN_IF_ERROR(write(v1::ARTIFACT_KIND_PREDICTIONS, "selected/predictions.tsv", tested));
  if (!external.empty()) {
    GYRUS_ASSIGN_OR_RETURN(const std::string text,
                           FormatPredictions(head.trial().task(), external));
    GYRUS_RETURN_IF_ERROR(
        write(v1::ARTIFACT_KIND_EXTERNAL_PREDICTIONS, "selected/external_predictions.tsv", text));
  }
  if (head.has_transfer()) {
    GYRUS_RETURN_IF_ERROR(
        write(v1::ARTIFACT_KIND_TRANSFER, "selected/transfer.tsv", TransferTable(head.transfer())));
  }
  return artifacts;
}

absl::StatusOr<std::vector<v1::Artifact>> WriteLastFinite(const std::string& folder) {
  std::vector<v1::Artifact> artifacts;
  const std::string checkpoints = absl::StrCat(folder, "/checkpoints");
  GYRUS_ASSIGN_OR_RETURN(const std::string newest, CheckpointWriter::NewestIn(checkpoints));
  if (newest.empty()) return artifacts;
  GYRUS_ASSIGN_OR_RETURN(artifacts.emplace_back(), DescribeWeights(folder, newest));
  v1::Checkpoint head;
  GYRUS_ASSIGN_OR_RETURN(const std::string facts,
                         ReadFile(absl::StrCat(checkpoints, "/", newest, "/checkpoint.pb")));
  if (!head.ParseFromString(facts)) return absl::DataLossError("the last checkpoint is damaged");
  head.set_weights_sha256(artifacts[0].sha256());
  head.clear_optimizer_xxh3();
  GYRUS_RETURN_IF_ERROR(MakeFolders(absl::StrCat(folder, "/last_finite")));
  const std::string path = "last_finite/checkpoint.pb";
  const std::string checkpoint = head.SerializeAsString();
  GYRUS_RETURN_IF_ERROR(WriteFileAtomically(absl::StrCat(folder, "/", path), checkpoint));
  artifacts.push_back(Describe(v1::ARTIFACT_KIND_CHECKPOINT, path, checkpoint));
  return artifacts;
}

}  // namespace gyrus
