#include "worker/trainer/rendezvous.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "common/clock.h"
#include "common/retry.h"
#include "common/rpc/channel.h"
#include "common/rpc/status.h"
#include "common/status.h"
#include "gyrus/v1/workers.grpc.pb.h"

namespace gyrus {
namespace {

constexpr absl::Duration kLongestPause = absl::Seconds(1);

// A coordinator that starts again breaks a call in flight, which may be repeated.
absl::Status Exchange(v1::Workers::Stub& stub, const v1::ExchangeRequest& request,
                      absl::Duration patience, v1::ExchangeReply& reply) {
  const absl::Notification never_stopped;
  return Retry({.longest_pause = kLongestPause, .give_up_after = patience}, SystemClock(),
               never_stopped, [&] {
                 grpc::ClientContext context;
                 context.set_wait_for_ready(true);
                 SetTimeout(context, patience);
                 return FromGrpc(stub.Exchange(&context, request, &reply));
               });
}

}  // namespace

ExchangeFn ExchangeAt(const std::string& coordinator_address, const v1::RankId& rank,
                      uint32_t world_size, absl::Duration patience) {
  v1::ExchangeRequest first;
  *first.mutable_rank() = rank;
  first.set_world_size(world_size);
  std::shared_ptr<v1::Workers::Stub> stub = v1::Workers::NewStub(OpenChannel(coordinator_address));
  return [stub, request = std::move(first),
          patience](std::string mine) mutable -> absl::StatusOr<std::vector<std::string>> {
    request.set_value(std::move(mine));
    v1::ExchangeReply reply;
    GYRUS_RETURN_IF_ERROR(Annotate(Exchange(*stub, request, patience, reply),
                                   "meeting the other ranks at the coordinator"));
    // Only after success: a repeated call belongs to the same round.
    request.set_round(request.round() + 1);
    return std::vector<std::string>(reply.values().begin(), reply.values().end());
  };
}

}  // namespace gyrus
