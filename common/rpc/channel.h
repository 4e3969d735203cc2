// Channels to the other programs.
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

// A channel with the settings for volumes: no limit on a message's size, large
// frames and windows. Connects when first used, and again after a break. Calls
// end with UNAVAILABLE when the other host has been silent for 40 seconds.
std::shared_ptr<grpc::Channel> OpenChannel(const std::string& address);

// The server's half of those settings.
void TuneForVolumes(grpc::ServerBuilder& builder);

// Calls made with `context` end by then, with DEADLINE_EXCEEDED.
void SetTimeout(grpc::ClientContext& context, absl::Duration timeout);

}  // namespace gyrus
