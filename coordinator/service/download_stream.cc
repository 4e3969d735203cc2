#include "coordinator/service/download_stream.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/rpc/status.h"

namespace gyrus {
namespace {

constexpr size_t kChunkBytes = 1 << 20;

// Sends a file of the vault. Disk reads run on an executor, because gRPC's threads must not
// block.
class DownloadStream final : public grpc::ServerWriteReactor<v1::DownloadChunk> {
 public:
  DownloadStream(const Vault& vault, std::string sha256)
      : vault_(vault), sha256_(std::move(sha256)) {}

  void Start(Executor& disk) {
    disk.Run([this] {
      auto file = vault_.Read(sha256_);
      if (!file.ok()) {
        Finish(ToGrpc(file.status()));
        return;
      }
      file_.emplace(*std::move(file));
      SendNext();
    });
  }

  void OnWriteDone(bool ok) override {
    if (ok) {
      SendNext();
    } else {
      Finish(grpc::Status(grpc::StatusCode::CANCELLED, "the peer went away"));
    }
  }
  void OnDone() override { delete this; }

 private:
  void SendNext() {
    const absl::string_view rest = file_->bytes().substr(sent_);
    if (rest.empty()) {
      Finish(grpc::Status::OK);
      return;
    }
    const absl::string_view data = rest.substr(0, kChunkBytes);
    chunk_.set_data(data.data(), data.size());
    sent_ += data.size();
    StartWrite(&chunk_);
  }

  const Vault& vault_;
  const std::string sha256_;
  std::optional<MappedFile> file_;
  size_t sent_ = 0;
  v1::DownloadChunk chunk_;
};

}  // namespace

grpc::ServerWriteReactor<v1::DownloadChunk>* StartDownloadStream(const Vault& vault, Executor& disk,
                                                                 std::string sha256) {
  auto* const stream = new DownloadStream(vault, std::move(sha256));
  stream->Start(disk);
  return stream;
}

}  // namespace gyrus
