#include "common/rpc/server.h"

#include <arpa/inet.h>

#include <chrono>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/rpc/channel.h"
#include "common/rpc/status.h"

namespace gyrus {
namespace {

absl::string_view HostOf(absl::string_view address) {
  return address.substr(0, address.rfind(':'));
}

bool IsLoopback(absl::string_view address) {
  const std::string host(HostOf(address));
  in_addr four = {};
  const bool is_four = inet_pton(AF_INET, host.c_str(), &four) == 1;
  return host == "localhost" || host == "[::1]" || (is_four && absl::StartsWith(host, "127."));
}

}  // namespace

absl::StatusOr<std::unique_ptr<RpcServer>> RpcServer::Start(
    const ServerOptions& options, const std::vector<grpc::Service*>& services) {
  if (!options.insecure && !IsLoopback(options.address)) {
    return absl::FailedPreconditionError(
        absl::StrCat("will not listen on ", options.address,
                     " without TLS; use a loopback address, or --insecure-listen on a network "
                     "that you trust"));
  }
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(options.address, grpc::InsecureServerCredentials(), &port);
  // Two servers on one port would share its calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  TuneForVolumes(builder);
  for (grpc::Service* service : services) builder.RegisterService(service);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr || port == 0) {
    return absl::UnavailableError(absl::StrCat("cannot listen on ", options.address,
                                               ": in use, or not an address of this machine"));
  }
  return std::unique_ptr<RpcServer>(
      new RpcServer(std::move(server), absl::StrCat(HostOf(options.address), ":", port)));
}

RpcServer::RpcServer(std::unique_ptr<grpc::Server> server, std::string address)
    : server_(std::move(server)), address_(std::move(address)) {}

RpcServer::~RpcServer() { Stop(absl::ZeroDuration()); }

void RpcServer::Stop(absl::Duration grace) {
  server_->Shutdown(absl::ToChronoTime(absl::Now() + grace));
}

grpc::ServerUnaryReactor* Handle(grpc::CallbackServerContext* context, Executor& executor,
                                 absl::AnyInvocable<absl::Status()> handler) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  executor.Run(
      [reactor, handler = std::move(handler)]() mutable { reactor->Finish(ToGrpc(handler())); });
  return reactor;
}

}  // namespace gyrus
