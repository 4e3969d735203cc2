#include "worker/agent/uploader.h"

#include "absl/strings/str_cat.h"
#include "common/files.h"
#include "common/rpc/status.h"
#include "common/rpc/upload.h"
#include "common/status.h"

namespace gyrus {
absl::Status UploadArtifact(v1::Workers::StubInterface& coordinator, const std::string& folder,
                            const v1::Artifact& artifact) {
  GYRUS_ASSIGN_OR_RETURN(const MappedFile file,
                         MappedFile::Open(absl::StrCat(folder, "/", artifact.path())));
  grpc::ClientContext context;
  v1::UploadReply reply;
  const auto stream = coordinator.Upload(&context, &reply);
  return Annotate(FromGrpc(SendFile(*stream, artifact.sha256(), file.bytes())),
                  absl::StrCat("uploading ", artifact.path()));
}

}  // namespace gyrus
