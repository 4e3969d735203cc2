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

// A chunk of 1 MiB shall travel in one HTTP/2 frame rather than in 64, and the window
// shall hold several chunks, so that the sender need not wait after each.
std::vector<std::pair<std::string, int>> VolumeArguments() {
  return {
      {GRPC_ARG_HTTP2_MAX_FRAME_SIZE, 4 << 20},
      {GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 8 << 20},
      {GRPC_ARG_HTTP2_BDP_PROBE, 0},
      {GRPC_ARG_TCP_READ_CHUNK_SIZE, 1 << 20},
      {GRPC_ARG_TCP_MAX_READ_CHUNK_SIZE, 4 << 20},
  };
}

int ToMilliseconds(absl::Duration duration) {
  return static_cast<int>(absl::ToInt64Milliseconds(duration));
}

// By default, gRPC's pause before it connects again grows to two minutes. All time
// limits above it are shorter, so a peer that is back must be found earlier.
std::vector<std::pair<std::string, int>> ReconnectArguments(const ChannelOptions& options) {
  return {
      {GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100},
      {GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, ToMilliseconds(options.connect_timeout)},
      {GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, ToMilliseconds(options.longest_reconnect_pause)},
  };
}

// When a host loses power, no message says so: only missing replies to pings show it. A
// peer that is merely busy does reply, because gRPC's own threads do that.
std::vector<std::pair<std::string, int>> KeepaliveArguments(const ChannelOptions& options) {
  return {
      {GRPC_ARG_KEEPALIVE_TIME_MS, ToMilliseconds(options.ping_after)},
      {GRPC_ARG_KEEPALIVE_TIMEOUT_MS, ToMilliseconds(options.ping_timeout)},
      {GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0},
      {GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 5'000},
  };
}

}  // namespace

std::shared_ptr<grpc::Channel> OpenChannel(const std::string& address,
                                           const ChannelOptions& options) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  arguments.SetMaxSendMessageSize(-1);
  // By default all channels of a process to one address share a connection.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  for (const auto& [name, value] : VolumeArguments()) arguments.SetInt(name, value);
  for (const auto& [name, value] : KeepaliveArguments(options)) arguments.SetInt(name, value);
  for (const auto& [name, value] : ReconnectArguments(options)) arguments.SetInt(name, value);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

void TuneForVolumes(grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(-1);
  builder.SetMaxSendMessageSize(-1);
  for (const auto& [name, value] : VolumeArguments()) builder.AddChannelArgument(name, value);
  for (const auto& [name, value] : KeepaliveArguments({})) {
    builder.AddChannelArgument(name, value);
  }
}

void SetTimeout(grpc::ClientContext& context, absl::Duration timeout) {
  context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
}

}  // namespace gyrus
