// Tests how a coordinator handles loaders that do not reply.
#include "coordinator/service/grpc_loaders.h"

#include <thread>

#include "absl/synchronization/notification.h"
#include "common/executor.h"
#include "common/rpc/server.h"
#include "common/testing/fake_clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "gyrus/v1/loader.grpc.pb.h"

namespace gyrus {
namespace {

// Takes an admission and says nothing.
class SilentLoader final : public v1::DataLoader::CallbackService {
 public:
  grpc::ServerWriteReactor<v1::AdmitReply>* Admit(grpc::CallbackServerContext*,
                                                  const v1::AdmitRequest*) override {
    class Silence final : public grpc::ServerWriteReactor<v1::AdmitReply> {
      void OnCancel() override { Finish(grpc::Status::CANCELLED); }
      void OnDone() override { delete this; }
    };
    asked.Notify();
    return new Silence;
  }
  absl::Notification asked;
};

absl::Status AdmitAt(Loaders& loaders) {
  v1::AdmitRequest request;
  request.mutable_cohort()->set_name("c");
  std::vector<v1::Reason> reasons;
  return loaders
      .Admit(
          request, [](const v1::Admission&) {}, reasons)
      .status();
}

TEST(LoadersTest, ClosingEndsTheAdmissionThatRunsAndEachLaterOne) {
  SilentLoader silent;
  const auto server = RpcServer::Start({}, {&silent});
  ASSERT_TRUE(server.ok()) << server.status();
  GrpcLoaders loaders({.addresses = {(*server)->address()}});
  absl::Status status;
  std::thread admission([&] { status = AdmitAt(loaders); });
  silent.asked.WaitForNotification();
  loaders.Close();
  admission.join();
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled) << status;
  EXPECT_EQ(AdmitAt(loaders).code(), absl::StatusCode::kCancelled);
}

TEST(LoadersTest, ClosingEndsTheWaitForALoaderThatStarts) {
  GrpcLoaders loaders({.address_file = "/nonexistent/address"});
  absl::Status status;
  std::thread admission([&] { status = AdmitAt(loaders); });
  loaders.Close();
  admission.join();
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled) << status;
}

TEST(LoadersTest, ALoaderThatDoesNotComeInTimeIsUnavailable) {
  FakeClock clock;
  GrpcLoaders loaders({.address_file = "/nonexistent/address", .start_patience = absl::Seconds(7)},
                      clock);
  const absl::Duration before = clock.Monotonic();
  EXPECT_EQ(loaders.Addresses().status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(clock.Monotonic() - before, absl::Seconds(7));
  EXPECT_TRUE(loaders.KnownAddresses().empty());
}

}  // namespace
}  // namespace gyrus
