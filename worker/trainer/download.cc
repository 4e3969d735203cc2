#include "worker/trainer/download.h"

#include <cerrno>
#include <cstdio>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "common/clock.h"
#include "common/digest.h"
#include "common/file_writer.h"
#include "common/retry.h"
#include "common/rpc/channel.h"
#include "common/rpc/status.h"
#include "common/status.h"
#include "gyrus/v1/workers.grpc.pb.h"

namespace gyrus {
namespace {

// Chunk by chunk, so that no file is in memory whole.
absl::Status Fetch(v1::Workers::Stub& stub, absl::string_view sha256, const std::string& path) {
  const std::string part = absl::StrCat(path, ".part");
  GYRUS_ASSIGN_OR_RETURN(FileWriter file, FileWriter::Create(part));
  v1::DownloadRequest request;
  request.set_sha256(std::string(sha256));
  grpc::ClientContext context;
  const auto stream = stub.Download(&context, request);
  Sha256 digest;
  v1::DownloadChunk chunk;
  absl::Status written;
  while (written.ok() && stream->Read(&chunk)) {
    digest.Update(chunk.data());
    written = file.Append(chunk.data());
  }
  if (!written.ok()) context.TryCancel();
  const absl::Status came = FromGrpc(stream->Finish());
  GYRUS_RETURN_IF_ERROR(written);
  GYRUS_RETURN_IF_ERROR(came);
  if (digest.Finish() != sha256) {
    return absl::DataLossError("the weights that came do not have their digest");
  }
  GYRUS_RETURN_IF_ERROR(file.Finish());
  if (std::rename(part.c_str(), path.c_str()) == 0) return absl::OkStatus();
  return absl::ErrnoToStatus(errno, absl::StrCat("renaming ", part));
}

}  // namespace

absl::Status DownloadFile(const std::string& coordinator_address, absl::string_view sha256,
                          const std::string& path, absl::Duration patience) {
  const auto stub = v1::Workers::NewStub(OpenChannel(coordinator_address));
  const absl::Notification never_stopped;
  const absl::Status status = Retry({.give_up_after = patience}, SystemClock(), never_stopped,
                                    [&] { return Fetch(*stub, sha256, path); });
  return Annotate(status, "fetching the initial weights from the coordinator");
}

}  // namespace gyrus
