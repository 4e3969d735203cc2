#include "worker/trainer/download.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/digest.h"
#include "common/files.h"
#include "common/rpc/channel.h"
#include "common/rpc/status.h"
#include "common/status.h"
#include "gyrus/v1/workers.grpc.pb.h"

namespace gyrus {
namespace {

constexpr absl::Duration kPause = absl::Milliseconds(200);

absl::StatusOr<std::string> Fetch(v1::Workers::Stub& stub, absl::string_view sha256) {
  v1::DownloadRequest request;
  request.set_sha256(std::string(sha256));
  grpc::ClientContext context;
  const auto stream = stub.Download(&context, request);
  std::string bytes;
  v1::DownloadChunk chunk;
  while (stream->Read(&chunk)) bytes += chunk.data();
  GYRUS_RETURN_IF_ERROR(FromGrpc(stream->Finish()));
  if (Sha256Of(bytes) == sha256) return bytes;
  return absl::DataLossError("the weights that came do not have their digest");
}

}  // namespace

absl::Status DownloadFile(const std::string& coordinator_address, absl::string_view sha256,
                          const std::string& path, absl::Duration patience) {
  const auto stub = v1::Workers::NewStub(OpenChannel(coordinator_address));
  const absl::Time give_up = absl::Now() + patience;
  while (true) {
    absl::StatusOr<std::string> bytes = Fetch(*stub, sha256);
    if (bytes.ok()) return WriteFileAtomically(path, *bytes);
    const bool again =
        bytes.status().code() == absl::StatusCode::kUnavailable && absl::Now() < give_up;
    if (!again) return Annotate(bytes.status(), "fetching first weights from the coordinator");
    absl::SleepFor(kPause);
  }
}

}  // namespace gyrus
