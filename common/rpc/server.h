// A gRPC server that listens on one address. It refuses to listen beyond this machine
// unless it is told that the network is trusted, because there is no TLS yet.
#pragma once

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/executor.h"

namespace gyrus {

struct ServerOptions {
  // HOST:PORT; port 0 takes a free port. The host must be a loopback address, unless
  // `insecure` says that the network is trusted.
  std::string address = "127.0.0.1:0";
  bool insecure = false;
};

// A server that runs from Start() until it is stopped or destroyed. The services must
// outlive it. Thread-compatible.
class RpcServer {
 public:
  // FAILED_PRECONDITION: the address is not a loopback address, and not `insecure`.
  // UNAVAILABLE: the address is in use, or does not belong to this machine.
  static absl::StatusOr<std::unique_ptr<RpcServer>> Start(
      const ServerOptions& options, const std::vector<grpc::Service*>& services);
  // Cancels the calls that are in progress.
  ~RpcServer();
  RpcServer(const RpcServer&) = delete;
  RpcServer& operator=(const RpcServer&) = delete;

  // HOST:PORT with the port that was taken. If the server listens on 0.0.0.0, that is
  // the host here too, and clients must use one of this machine's addresses.
  const std::string& address() const { return address_; }
  // Takes no more calls, gives those in progress `grace` to end, then cancels them.
  void Stop(absl::Duration grace);

 private:
  RpcServer(std::unique_ptr<grpc::Server> server, std::string address);

  std::unique_ptr<grpc::Server> server_;
  std::string address_;
};

// Runs `handler` on `executor`, and finishes the call with the status that it returns.
// gRPC keeps request and response until then, so that the handler may use them.
grpc::ServerUnaryReactor* Handle(grpc::CallbackServerContext* context, Executor& executor,
                                 absl::AnyInvocable<absl::Status()> handler);

}  // namespace gyrus
