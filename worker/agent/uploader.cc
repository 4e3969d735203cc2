#include "worker/agent/uploader.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/files.h"
#include "common/rpc/status.h"
#include "common/status.h"

namespace gyrus {
namespace {

constexpr size_t kChunkBytes = 1 << 20;

}  // namespace

absl::Status UploadArtifact(v1::Workers::StubInterface& coordinator, const std::string& folder,
                            const v1::Artifact& artifact) {
  GYRUS_ASSIGN_OR_RETURN(const MappedFile file,
                         MappedFile::Open(absl::StrCat(folder, "/", artifact.path())));
  grpc::ClientContext context;
  v1::UploadReply reply;
  const auto stream = coordinator.Upload(&context, &reply);
  v1::UploadChunk chunk;
  chunk.set_sha256(artifact.sha256());
  chunk.set_total_bytes(file.bytes().size());
  absl::string_view rest = file.bytes();
  do {
    const absl::string_view data = rest.substr(0, kChunkBytes);
    chunk.set_data(data.data(), data.size());
    // A refused write: the coordinator has answered already, for example
    // because it knows the file.
    if (!stream->Write(chunk)) break;
    chunk.Clear();
    rest.remove_prefix(data.size());
  } while (!rest.empty());
  stream->WritesDone();
  return Annotate(FromGrpc(stream->Finish()), absl::StrCat("uploading ", artifact.path()));
}

}  // namespace gyrus
