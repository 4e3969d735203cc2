#include "worker/trainer/rendezvous.h"

#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "common/rpc/server.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "gyrus/v1/workers.grpc.pb.h"

namespace gyrus {
namespace {

using testing::ElementsAre;

// Outputs with what it was asked, or refuses.
class FakeMeeting final : public v1::Workers::Service {
 public:
  grpc::Status Exchange(grpc::ServerContext* context, const v1::ExchangeRequest* request,
                        v1::ExchangeReply* reply) override {
    absl::MutexLock lock(&mu);
    rounds.push_back(request->round());
    while (waits && !context->IsCancelled()) {
      const auto never = [] { return false; };
      mu.AwaitWithTimeout(absl::Condition(&never), absl::Milliseconds(5));
    }
    reply->add_values(request->value());
    reply->add_values("theirs");
    return refusal;
  }

  absl::Mutex mu;
  std::vector<uint32_t> rounds ABSL_GUARDED_BY(mu);
  bool waits ABSL_GUARDED_BY(mu) = false;
  grpc::Status refusal ABSL_GUARDED_BY(mu);
};

class ExchangeTest : public testing::Test {
 protected:
  ExchangeFn Make(absl::Duration patience) {
    v1::RankId rank;
    rank.set_trial_id("t");
    return ExchangeAt(server_->address(), rank, 2, patience);
  }
  FakeMeeting meeting_;
  std::unique_ptr<RpcServer> server_ = *RpcServer::Start({}, {&meeting_});
};

TEST_F(ExchangeTest, EveryCallThatWentWellIsARoundOfItsOwn) {
  ExchangeFn exchange = Make(absl::Seconds(30));
  EXPECT_THAT(exchange("a").value(), ElementsAre("a", "theirs"));
  {
    absl::MutexLock lock(&meeting_.mu);
    meeting_.refusal = {grpc::StatusCode::ABORTED, "the attempt is over"};
  }
  EXPECT_EQ(exchange("b").status().code(), absl::StatusCode::kAborted);
  {
    absl::MutexLock lock(&meeting_.mu);
    meeting_.refusal = grpc::Status::OK;
  }
  EXPECT_THAT(exchange("b").value(), ElementsAre("b", "theirs"));
  absl::MutexLock lock(&meeting_.mu);
  EXPECT_THAT(meeting_.rounds, ElementsAre(0, 1, 1));
}

TEST_F(ExchangeTest, APeerThatDoesNotComeIsNotWaitedForForEver) {
  {
    absl::MutexLock lock(&meeting_.mu);
    meeting_.waits = true;
  }
  EXPECT_EQ(Make(absl::Milliseconds(50))("a").status().code(), absl::StatusCode::kDeadlineExceeded);
  server_->Stop(absl::ZeroDuration());
  EXPECT_EQ(Make(absl::Milliseconds(50))("a").status().code(), absl::StatusCode::kDeadlineExceeded);
}

}  // namespace
}  // namespace gyrus
