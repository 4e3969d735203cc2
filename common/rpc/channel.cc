#include "common/rpc/channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/support/channel_arguments.h>

#include <chrono>
#include <utility>
#include <vector>

#include "absl/time/clock.h"

namespace gyrus {
namespace {

// A 1 MiB slice in one HTTP/2 frame rather than 64, and a window that holds a
// few, so that the sender does not wait for the receiver after each.
std::vector<std::pair<std::string, int>> VolumeArguments() {
  return {
      {GRPC_ARG_HTTP2_MAX_FRAME_SIZE, 4 << 20},
      {GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 8 << 20},
      {GRPC_ARG_HTTP2_BDP_PROBE, 0},
      {GRPC_ARG_TCP_READ_CHUNK_SIZE, 1 << 20},
      {GRPC_ARG_TCP_MAX_READ_CHUNK_SIZE, 4 << 20},
  };
}

// gRPC's own pause before it connects again grows to two minutes, longer than
// any patience above it. A peer that is back is to be found within a second.
std::vector<std::pair<std::string, int>> ReconnectArguments() {
  return {
      {GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100},
      {GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 10'000},  // How long a connection may take.
      {GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1'000},
  };
}

// A peer whose host is gone says nothing, not even that it is. A peer that is only
// busy answers a ping: gRPC's own threads do.
std::vector<std::pair<std::string, int>> KeepaliveArguments() {
  return {
      {GRPC_ARG_KEEPALIVE_TIME_MS, 20'000},
      {GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20'000},
      {GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0},
      {GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 5'000},
  };
}

}  // namespace

std::shared_ptr<grpc::Channel> OpenChannel(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  arguments.SetMaxSendMessageSize(-1);
  // A channel of its own, not one shared with every other of the process.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  for (const auto& [name, value] : VolumeArguments()) arguments.SetInt(name, value);
  for (const auto& [name, value] : KeepaliveArguments()) arguments.SetInt(name, value);
  for (const auto& [name, value] : ReconnectArguments()) arguments.SetInt(name, value);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

void TuneForVolumes(grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(-1);
  builder.SetMaxSendMessageSize(-1);
  for (const auto& [name, value] : VolumeArguments()) builder.AddChannelArgument(name, value);
  for (const auto& [name, value] : KeepaliveArguments()) builder.AddChannelArgument(name, value);
}

void SetTimeout(grpc::ClientContext& context, absl::Duration timeout) {
  context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
}

}  // namespace gyrus
