#include "cli/coordinator_client.h"

#include <thread>

#include "cli/testing/fake_experiments.h"
#include "common/rpc/server.h"
#include "common/testing/fake_clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus::cli {
namespace {

using testing::HasSubstr;

v1::SubmitRequest Request(const std::string& name, const std::string& request_id = "r") {
  v1::SubmitRequest request;
  request.set_request_id(request_id);
  request.mutable_spec()->set_name(name);
  return request;
}

class CoordinatorClientTest : public testing::Test {
 protected:
  CoordinatorClientTest() {
    auto server = RpcServer::Start({}, {&service_});
    EXPECT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  CoordinatorClient Client(absl::Duration patience) {
    return {server_->address(), {.patience = patience}};
  }

  FakeExperiments service_;
  std::unique_ptr<RpcServer> server_;
};

TEST_F(CoordinatorClientTest, ACallThatFindsNobodyIsMadeAgain) {
  service_.BreakNextCalls(2);
  auto client = Client(absl::Seconds(10));
  const auto id = client.Submit(Request("a"));
  ASSERT_TRUE(id.ok()) << id.status();
  EXPECT_EQ(*id, "id0");
}

TEST_F(CoordinatorClientTest, WithoutPatienceTheFirstFailureCounts) {
  service_.BreakNextCalls(1);
  auto client = Client(absl::ZeroDuration());
  const absl::Status status = client.Submit(Request("a")).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr(server_->address()));
}

TEST_F(CoordinatorClientTest, TheOptionIsNamedWhenThePatienceIsOver) {
  const std::string address = server_->address();
  server_.reset();
  FakeClock clock;
  CoordinatorClient client(address, {.patience = absl::Seconds(30)}, clock);
  const absl::Duration start = clock.Monotonic();
  const absl::Status status = client.List().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr("for 30s (--patience)"));
  EXPECT_EQ(clock.Monotonic() - start, absl::Seconds(30));
}

TEST_F(CoordinatorClientTest, SeesEveryViewUntilTheEnd) {
  auto client = Client(absl::ZeroDuration());
  ASSERT_TRUE(client.Submit(Request("a")).ok());
  std::vector<v1::ExperimentState> states;
  const auto last = client.Watch("id0", [&](const v1::ExperimentView& view) {
    states.push_back(view.state());
    return true;
  });
  ASSERT_TRUE(last.ok()) << last.status();
  EXPECT_EQ(last->state(), v1::EXPERIMENT_STATE_VALID);
  EXPECT_THAT(states,
              testing::ElementsAre(v1::EXPERIMENT_STATE_ADMITTING, v1::EXPERIMENT_STATE_RUNNING,
                                   v1::EXPERIMENT_STATE_VALID));
}

TEST_F(CoordinatorClientTest, AWatchThatBreaksGoesOn) {
  service_.BreakNextWatches(2);
  auto client = Client(absl::Seconds(10));
  ASSERT_TRUE(client.Submit(Request("a")).ok());
  const auto last = client.Watch("id0", [](const v1::ExperimentView&) { return true; });
  ASSERT_TRUE(last.ok()) << last.status();
  EXPECT_EQ(last->state(), v1::EXPERIMENT_STATE_VALID);
}

TEST_F(CoordinatorClientTest, AWatchEndsWhenNoMoreIsWanted) {
  auto client = Client(absl::ZeroDuration());
  ASSERT_TRUE(client.Submit(Request("endless")).ok());
  const auto last = client.Watch("id0", [](const v1::ExperimentView& view) {
    return view.state() == v1::EXPERIMENT_STATE_ADMITTING;
  });
  ASSERT_TRUE(last.ok()) << last.status();
  EXPECT_EQ(last->state(), v1::EXPERIMENT_STATE_RUNNING);
}

TEST_F(CoordinatorClientTest, AbandonEndsTheCallThatRunsAndLaterOnes) {
  auto client = Client(absl::Seconds(10));
  ASSERT_TRUE(client.Submit(Request("endless")).ok());
  std::thread other;
  const auto last = client.Watch("id0", [&](const v1::ExperimentView& view) {
    if (view.state() == v1::EXPERIMENT_STATE_RUNNING) {
      other = std::thread([&] { client.Abandon(); });
    }
    return true;
  });
  other.join();
  EXPECT_EQ(last.status().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(client.List().status().code(), absl::StatusCode::kCancelled);
}

TEST_F(CoordinatorClientTest, AbandonEndsTheWaitForACoordinator) {
  const std::string address = server_->address();
  server_.reset();
  CoordinatorClient client(address, {.patience = absl::InfiniteDuration()});
  std::thread other([&] { client.Abandon(); });
  EXPECT_EQ(client.List().status().code(), absl::StatusCode::kCancelled);
  other.join();
}

TEST_F(CoordinatorClientTest, ReturnsAPlanOrTheReasonsWhyThereIsNone) {
  auto client = Client(absl::ZeroDuration());
  int read = 0;
  const auto progress = [&](const v1::Admission& admission) { read += admission.images_read(); };
  auto reply = client.MakePlan(Request("a").spec(), progress);
  ASSERT_TRUE(reply.ok()) << reply.status();
  EXPECT_EQ(std::get<v1::Plan>(*reply).spec().name(), "planned");
  EXPECT_EQ(read, 2);
  reply = client.MakePlan(Request("refused").spec(), progress);
  ASSERT_TRUE(reply.ok()) << reply.status();
  EXPECT_EQ(std::get<v1::PlanRefusal>(*reply).reasons_size(), 1);
}

}  // namespace
}  // namespace gyrus::cli
