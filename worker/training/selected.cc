#include "worker/training/selected.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/digest.h"
#include "common/file_writer.h"
#include "common/files.h"
#include "common/status.h"
#include "core/evaluate/predictions.h"
#include "models/transfer/transfer.h"
#include "worker/training/tensor_image.h"

namespace gyrus {
namespace {

// Writes the files of one folder and describes each.
class ArtifactWriter {
 public:
  // `name`: of the folder in which the files go, inside `folder`.
  static absl::StatusOr<ArtifactWriter> Create(const std::string& folder, const std::string& name) {
    GYRUS_RETURN_IF_ERROR(MakeFolders(absl::StrCat(folder, "/", name)));
    return ArtifactWriter(folder, name);
  }

  absl::Status Write(v1::ArtifactKind kind, const std::string& name, const std::string& bytes) {
    GYRUS_RETURN_IF_ERROR(WriteFileAtomically(absl::StrCat(folder_, "/", PathOf(name)), bytes));
    Describe(kind, PathOf(name), bytes);
    return absl::OkStatus();
  }

  // weights.safetensors, then checkpoint.pb.
  absl::Status WriteWeights(WeightsToWrite& weights) {
    DiskBuffer image;
    GYRUS_RETURN_IF_ERROR(MakeTensorImage(weights.tensors, weights.device, image));
    const std::string path = PathOf("weights.safetensors");
    GYRUS_ASSIGN_OR_RETURN(FileWriter file, FileWriter::Create(absl::StrCat(folder_, "/", path)));
    GYRUS_RETURN_IF_ERROR(file.Append(image.bytes()));
    GYRUS_RETURN_IF_ERROR(file.Finish());
    Describe(v1::ARTIFACT_KIND_WEIGHTS, path, image.bytes());
    weights.head.set_weights_sha256(artifacts_.back().sha256());
    return Write(v1::ARTIFACT_KIND_CHECKPOINT, "checkpoint.pb", weights.head.SerializeAsString());
  }

  std::vector<v1::Artifact> Take() { return std::move(artifacts_); }

 private:
  ArtifactWriter(std::string folder, std::string name)
      : folder_(std::move(folder)), name_(std::move(name)) {}

  std::string PathOf(const std::string& name) const { return absl::StrCat(name_, "/", name); }

  void Describe(v1::ArtifactKind kind, const std::string& path, absl::string_view bytes) {
    v1::Artifact& artifact = artifacts_.emplace_back();
    artifact.set_kind(kind);
    artifact.set_path(path);
    artifact.set_sha256(Sha256Of(bytes));
    artifact.set_bytes(bytes.size());
  }

  std::string folder_;
  std::string name_;
  std::vector<v1::Artifact> artifacts_;
};

}  // namespace

absl::StatusOr<std::vector<v1::Artifact>> WriteSelected(
    const std::string& folder, WeightsToWrite weights, const std::vector<v1::Prediction>& test,
    const std::vector<v1::Prediction>& external) {
  const v1::Task& task = weights.head.trial().task();
  GYRUS_ASSIGN_OR_RETURN(ArtifactWriter files, ArtifactWriter::Create(folder, "selected"));
  GYRUS_RETURN_IF_ERROR(files.WriteWeights(weights));
  GYRUS_ASSIGN_OR_RETURN(const std::string tested, FormatPredictions(task, test));
  GYRUS_RETURN_IF_ERROR(files.Write(v1::ARTIFACT_KIND_PREDICTIONS, "predictions.tsv", tested));
  if (!external.empty()) {
    GYRUS_ASSIGN_OR_RETURN(const std::string text, FormatPredictions(task, external));
    GYRUS_RETURN_IF_ERROR(
        files.Write(v1::ARTIFACT_KIND_EXTERNAL_PREDICTIONS, "external_predictions.tsv", text));
  }
  if (weights.head.has_transfer()) {
    GYRUS_RETURN_IF_ERROR(files.Write(v1::ARTIFACT_KIND_TRANSFER, "transfer.tsv",
                                      TransferTable(weights.head.transfer())));
  }
  return files.Take();
}

absl::StatusOr<std::vector<v1::Artifact>> WriteLastFinite(const std::string& folder,
                                                          WeightsToWrite weights) {
  GYRUS_ASSIGN_OR_RETURN(ArtifactWriter files, ArtifactWriter::Create(folder, "last_finite"));
  GYRUS_RETURN_IF_ERROR(files.WriteWeights(weights));
  return files.Take();
}

}  // namespace gyrus
