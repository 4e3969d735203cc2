// Opens gRPC channels to other programs, with settings for volumes and for links that
// break: large messages, and a quick reconnection.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <memory>
#include <string>

#include "absl/time/time.h"

namespace grpc {
class ServerBuilder;
}

namespace gyrus {

struct ChannelOptions {
  // The limit for one attempt to connect.
  absl::Duration connect_timeout = absl::Seconds(10);
  // The longest pause between two attempts to connect. The first pause is 100 ms.
  absl::Duration longest_reconnect_pause = absl::Seconds(1);
  // After how long a silence a ping is sent, and how long its reply may take. After
  // both, calls end with UNAVAILABLE.
  absl::Duration ping_after = absl::Seconds(20);
  absl::Duration ping_timeout = absl::Seconds(20);
};

// A channel to `address` (HOST:PORT). It has no limit for the size of a message, and
// large frames and windows. It connects when it is first used, and again after a break.
// Thread-safe.
std::shared_ptr<grpc::Channel> OpenChannel(const std::string& address,
                                           const ChannelOptions& options = {});

// Applies the same settings to a server.
void TuneForVolumes(grpc::ServerBuilder& builder);

// A call with `context` that has not ended after `timeout` from now ends with
// DEADLINE_EXCEEDED.
void SetTimeout(grpc::ClientContext& context, absl::Duration timeout);

}  // namespace gyrus
