#include "worker/agent/uploader.h"

#include "absl/strings/str_cat.h"
#include "common/files.h"
#include "common/log.h"
#include "common/reason/reason.h"
#include "common/rpc/status.h"
#include "common/rpc/upload.h"
#include "common/status.h"

namespace gyrus {
namespace {

absl::Status UploadOnce(v1::Workers::StubInterface& coordinator, const v1::Artifact& artifact,
                        const std::string& folder) {
  GYRUS_ASSIGN_OR_RETURN(const MappedFile file,
                         MappedFile::Open(absl::StrCat(folder, "/", artifact.path())));
  grpc::ClientContext context;
  v1::UploadReply reply;
  const auto stream = coordinator.Upload(&context, &reply);
  return Annotate(FromGrpc(SendFile(*stream, artifact.sha256(), file.bytes())),
                  absl::StrCat("storing ", artifact.path(), " in the vault of the coordinator"));
}

bool IsPassing(const absl::Status& status) {
  return ClassOf(ReasonFrom(status, ErrorOrigin::kExperiment).code()) == ReasonClass::kPassing;
}

}  // namespace

absl::Status UploadArtifact(v1::Workers::StubInterface& coordinator, const v1::Artifact& artifact,
                            const UploadOptions& options,
                            absl::FunctionRef<void(const v1::Reason&)> waiting) {
  bool has_waited = false;
  const absl::Status status = Retry(
      options.retry, options.clock, options.stop,
      [&] {
        absl::Status once = UploadOnce(coordinator, artifact, options.folder);
        if (once.ok()) return once;
        LogWarning(once.message());
        if (IsPassing(once)) {
          has_waited = true;
          waiting(ReasonFrom(once, ErrorOrigin::kExperiment));
        }
        return once;
      },
      &IsPassing);
  if (has_waited) waiting(v1::Reason());
  return status;
}

}  // namespace gyrus
