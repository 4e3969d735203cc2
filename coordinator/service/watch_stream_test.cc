#include "coordinator/service/watch_stream.h"

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/rpc/channel.h"
#include "common/rpc/server.h"
#include "common/rpc/status.h"
#include "coordinator/lifecycle/testing/lifecycle_fixture.h"
#include "gtest/gtest.h"
#include "gyrus/v1/experiments.grpc.pb.h"

namespace gyrus {
namespace {

// Nothing but Watch, over a status_store that a test writes.
class WatchService final : public v1::Experiments::CallbackService {
 public:
  explicit WatchService(StatusStore& status_store) : status_store_(status_store) {}
  grpc::ServerWriteReactor<v1::ExperimentView>* Watch(grpc::CallbackServerContext*,
                                                      const v1::ShowRequest* request) override {
    return StartWatchStream(status_store_, *request, executor_);
  }

 private:
  StatusStore& status_store_;
  Executor executor_{2};
};

class WatchStreamTest : public testing::Test {
 protected:
  WatchStreamTest()
      : service_(status_store_),
        server_(*RpcServer::Start({}, {&service_})),
        stub_(v1::Experiments::NewStub(OpenChannel(server_->address()))) {}

  static void Do(ExperimentMachine& machine, const Command& command) {
    const auto events = machine.Decide(command);
    ASSERT_TRUE(events.ok()) << events.status();
    for (const v1::Event& event : *events) ASSERT_TRUE(machine.Apply(event).ok());
  }
  void Publish(const ExperimentMachine& machine) {
    status_store_.Publish(std::make_shared<const ExperimentMachine>(machine));
  }

  StatusStore status_store_;
  WatchService service_;
  std::unique_ptr<RpcServer> server_;
  std::unique_ptr<v1::Experiments::Stub> stub_;
};

// The end comes at every moment of the writing of an earlier view.
TEST_F(WatchStreamTest, TheEndIsSeenWheneverItComes) {
  for (int i = 0; i < 300; ++i) {
    ExperimentMachine machine(absl::StrCat("e", i));
    Do(machine, Submit{"request", MakeSpec(2)});
    Publish(machine);
    grpc::ClientContext context;
    SetTimeout(context, absl::Seconds(10));
    v1::ShowRequest request;
    request.set_experiment_id(machine.id());
    const auto stream = stub_->Watch(&context, request);
    v1::ExperimentView view;
    ASSERT_TRUE(stream->Read(&view));
    EXPECT_EQ(view.state(), v1::EXPERIMENT_STATE_ADMITTING);
    Do(machine, Cancel{});
    status_store_.SetAdmission(machine.id(), v1::Admission());
    const absl::Time later = absl::Now() + absl::Microseconds(i);
    while (absl::Now() < later) {
    }
    Publish(machine);
    while (stream->Read(&view)) {
    }
    ASSERT_EQ(view.state(), v1::EXPERIMENT_STATE_INCOMPLETE) << i;
    ASSERT_TRUE(stream->Finish().ok());
  }
}

}  // namespace
}  // namespace gyrus
