#include "common/rpc/server.h"

#include "common/rpc/channel.h"
#include "common/rpc/status.h"
#include "gtest/gtest.h"
#include "gyrus/v1/experiments.grpc.pb.h"

namespace gyrus {
namespace {

// Answers one method, from the executor.
class StatusService final : public v1::Experiments::CallbackService {
 public:
  grpc::ServerUnaryReactor* GetStatus(grpc::CallbackServerContext* context,
                                      const v1::GetStatusRequest*, v1::Status* reply) override {
    return Handle(context, executor_, [reply]() -> absl::Status {
      reply->set_version("1.2.3");
      return absl::OkStatus();
    });
  }

 private:
  Executor executor_{1};
};

TEST(RpcServerTest, AnswersOnAFreePort) {
  StatusService service;
  auto server = RpcServer::Start({}, {&service});
  ASSERT_TRUE(server.ok()) << server.status();
  const auto stub = v1::Experiments::NewStub(OpenChannel((*server)->address()));
  grpc::ClientContext context;
  v1::Status reply;
  const absl::Status status = FromGrpc(stub->GetStatus(&context, {}, &reply));
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(reply.version(), "1.2.3");
}

TEST(RpcServerTest, APortInUseIsUnavailable) {
  StatusService service;
  auto first = RpcServer::Start({}, {&service});
  ASSERT_TRUE(first.ok());
  StatusService other;
  const absl::Status status = RpcServer::Start({.address = (*first)->address()}, {&other}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(status.message().find((*first)->address()), std::string::npos) << status;
}

TEST(RpcServerTest, ListensBeyondLoopbackOnlyWhenTold) {
  StatusService service;
  EXPECT_EQ(RpcServer::Start({.address = "0.0.0.0:0"}, {&service}).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(RpcServer::Start({.address = "0.0.0.0:0", .insecure = true}, {&service}).ok());
}

}  // namespace
}  // namespace gyrus
