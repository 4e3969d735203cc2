// A listening gRPC server.
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
  // HOST:PORT; port 0 takes a free one. Without TLS only loopback hosts are
  // listened on, unless `insecure` says that the network is trusted.
  std::string address = "127.0.0.1:0";
  bool insecure = false;
};

// Stops when destroyed: calls get `grace` to end, then are cancelled. The
// services must outlive it.
class RpcServer {
 public:
  // FAILED_PRECONDITION: not a loopback address, and not `insecure`.
  // UNAVAILABLE: the address is in use or is not of this machine.
  static absl::StatusOr<std::unique_ptr<RpcServer>> Start(
      const ServerOptions& options, const std::vector<grpc::Service*>& services);
  ~RpcServer();
  RpcServer(const RpcServer&) = delete;
  RpcServer& operator=(const RpcServer&) = delete;

  // HOST:PORT that clients can reach, or of all of this host's addresses if it
  // listens on 0.0.0.0.
  const std::string& address() const { return address_; }
  void Stop(absl::Duration grace);

 private:
  RpcServer(std::unique_ptr<grpc::Server> server, std::string address);

  std::unique_ptr<grpc::Server> server_;
  std::string address_;
};

// Runs `handler` on `executor` and finishes the call with what it returns.
// Request and response live until then.
grpc::ServerUnaryReactor* Handle(grpc::CallbackServerContext* context, Executor& executor,
                                 absl::AnyInvocable<absl::Status()> handler);

}  // namespace gyrus
