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

}  // namespace

absl::StatusOr<std::vector<v1::Artifact>> WriteSelected(const std::string& folder,
                                                        v1::Checkpoint head,
                                                        const std::vector<v1::Prediction>& test) {
  std::vector<v1::Artifact> artifacts;
  const auto full = [&folder](const std::string& path) { return absl::StrCat(folder, "/", path); };

  const std::string weights_path =
      absl::StrCat("checkpoints/", CheckpointWriter::NameOf(head.epoch()), "/weights.safetensors");
  GYRUS_ASSIGN_OR_RETURN(const MappedFile weights, MappedFile::Open(full(weights_path)));
  artifacts.push_back(Describe(v1::ARTIFACT_KIND_WEIGHTS, weights_path, weights.bytes()));

  head.set_weights_sha256(artifacts[0].sha256());
  GYRUS_RETURN_IF_ERROR(MakeFolders(full("selected")));
  const std::string checkpoint = head.SerializeAsString();
  GYRUS_RETURN_IF_ERROR(WriteFileAtomically(full("selected/checkpoint.pb"), checkpoint));
  artifacts.push_back(Describe(v1::ARTIFACT_KIND_CHECKPOINT, "selected/checkpoint.pb", checkpoint));

  GYRUS_ASSIGN_OR_RETURN(const std::string predictions,
                         FormatPredictions(head.trial().task(), test));
  GYRUS_RETURN_IF_ERROR(WriteFileAtomically(full("selected/predictions.tsv"), predictions));
  artifacts.push_back(
      Describe(v1::ARTIFACT_KIND_PREDICTIONS, "selected/predictions.tsv", predictions));

  if (!head.has_transfer()) return artifacts;
  const std::string transfer = TransferTable(head.transfer());
  GYRUS_RETURN_IF_ERROR(WriteFileAtomically(full("selected/transfer.tsv"), transfer));
  artifacts.push_back(Describe(v1::ARTIFACT_KIND_TRANSFER, "selected/transfer.tsv", transfer));
  return artifacts;
}

}  // namespace gyrus
