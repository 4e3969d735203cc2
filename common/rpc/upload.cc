#include "common/rpc/upload.h"

#include <cstddef>
#include <string>

namespace gyrus {
namespace {

constexpr size_t kChunkBytes = 1 << 20;

}  // namespace

grpc::Status SendFile(grpc::ClientWriterInterface<v1::UploadChunk>& stream,
                      absl::string_view sha256, absl::string_view bytes,
                      absl::FunctionRef<void()> on_chunk_sent) {
  v1::UploadChunk chunk;
  chunk.set_sha256(std::string(sha256));
  chunk.set_total_bytes(bytes.size());
  absl::string_view rest = bytes;
  do {
    const absl::string_view data = rest.substr(0, kChunkBytes);
    chunk.set_data(data.data(), data.size());
    // A failed write means that the server has ended the stream, which it does early when
    // it has the file already. Finish returns the reason.
    if (!stream.Write(chunk)) break;
    on_chunk_sent();
    chunk.Clear();
    rest.remove_prefix(data.size());
  } while (!rest.empty());
  stream.WritesDone();
  return stream.Finish();
}

}  // namespace gyrus
