#include "coordinator/service/upload_stream.h"

#include <optional>
#include <utility>

#include "common/rpc/status.h"
#include "common/status.h"

namespace gyrus {
namespace {

// Receives a file for the vault. Disk writes run on an executor, because gRPC's threads
// must not block. An upload of a file that the vault has already ends at the first chunk.
class UploadStream final : public grpc::ServerReadReactor<v1::UploadChunk> {
 public:
  UploadStream(Vault& vault, Executor& disk) : vault_(vault), disk_(disk) {}

  void Start() { StartRead(&chunk_); }

  void OnReadDone(bool ok) override {
    disk_.Run([this, ok] {
      if (!ok) {
        Finish(ToGrpc(End()));
        return;
      }
      absl::Status status = Take();
      if (!status.ok() || upload_->known()) {
        if (status.ok()) status = upload_->Finish();
        upload_.reset();
        Finish(ToGrpc(status));
        return;
      }
      StartRead(&chunk_);
    });
  }
  void OnDone() override { delete this; }

 private:
  absl::Status Take() {
    if (!upload_.has_value()) {
      auto upload = vault_.NewUpload(chunk_.sha256(), chunk_.total_bytes());
      if (!upload.ok()) return upload.status();
      upload_.emplace(*std::move(upload));
    }
    return upload_->Append(chunk_.data());
  }
  absl::Status End() {
    if (!upload_.has_value()) return absl::InvalidArgumentError("an upload without a chunk");
    return upload_->Finish();
  }

  Vault& vault_;
  Executor& disk_;
  v1::UploadChunk chunk_;
  std::optional<VaultUpload> upload_;
};

}  // namespace

grpc::ServerReadReactor<v1::UploadChunk>* StartUploadStream(Vault& vault, Executor& disk) {
  auto* const stream = new UploadStream(vault, disk);
  stream->Start();
  return stream;
}

}  // namespace gyrus
