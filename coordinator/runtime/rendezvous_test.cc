#include "coordinator/runtime/rendezvous.h"

#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::ElementsAre;

using Values = absl::StatusOr<std::vector<std::string>>;

// The reply to a rank that arrived. Empty while it waits.
using Reply = std::optional<Values>;

class RendezvousTest : public testing::Test {
 protected:
  void Arrive(uint32_t rank, const std::string& value, Reply& reply, uint32_t round = 0,
              uint32_t world_size = 2, uint32_t attempt = 1) {
    v1::ExchangeRequest request;
    request.mutable_rank()->set_experiment_id("e");
    request.mutable_rank()->set_trial_id("t");
    request.mutable_rank()->set_attempt(attempt);
    request.mutable_rank()->set_rank(rank);
    request.set_world_size(world_size);
    request.set_round(round);
    request.set_value(value);
    rendezvous_.Arrive(request, [&reply](Values values) {
      EXPECT_FALSE(reply.has_value()) << "answered twice";
      reply = std::move(values);
    });
  }
  static absl::StatusCode CodeOf(const Reply& reply) { return reply.value().status().code(); }

  Rendezvous rendezvous_;
  Reply zero_, one_, again_, other_;
};

TEST_F(RendezvousTest, EachGetsAllValuesByRankOnceAllHaveCome) {
  Arrive(1, "b", one_);
  EXPECT_FALSE(one_.has_value());
  Arrive(0, "a", zero_);
  EXPECT_THAT(zero_.value().value(), ElementsAre("a", "b"));
  EXPECT_THAT(one_.value().value(), ElementsAre("a", "b"));
}

TEST_F(RendezvousTest, RoundsAndAttemptsDoNotMix) {
  Arrive(0, "first round", zero_, 0);
  Arrive(1, "second round", one_, 1);
  Arrive(1, "next attempt", other_, 0, 2, 2);
  EXPECT_FALSE(zero_.has_value());
  EXPECT_FALSE(one_.has_value());
  EXPECT_FALSE(other_.has_value());
  Arrive(1, "too", again_, 0);
  EXPECT_THAT(zero_.value().value(), ElementsAre("first round", "too"));
  EXPECT_FALSE(one_.has_value());
}

TEST_F(RendezvousTest, ARankThatComesTwiceDoesNotStandForAnother) {
  Arrive(0, "a", zero_);
  Arrive(0, "a", again_);
  EXPECT_FALSE(zero_.has_value());
  Arrive(1, "b", one_);
  EXPECT_THAT(zero_.value().value(), ElementsAre("a", "b"));
  EXPECT_THAT(again_.value().value(), ElementsAre("a", "b"));
  // Its answer was lost: it asks once more, when nobody else does.
  Arrive(0, "a", other_);
  EXPECT_THAT(other_.value().value(), ElementsAre("a", "b"));
}

TEST_F(RendezvousTest, RanksThatDisagreeOnHowManyTheyAreAreRefused) {
  Arrive(0, "a", zero_, 0, 2);
  Arrive(1, "b", one_, 0, 3);
  EXPECT_EQ(CodeOf(one_), absl::StatusCode::kInvalidArgument);
  Arrive(2, "c", other_, 0, 2);
  EXPECT_EQ(CodeOf(other_), absl::StatusCode::kInvalidArgument);
  Arrive(0, "nobody", again_, 7, 0);
  EXPECT_EQ(CodeOf(again_), absl::StatusCode::kInvalidArgument);
  EXPECT_FALSE(zero_.has_value());
}

TEST_F(RendezvousTest, TheEndOfAnAttemptSendsThoseWhoWaitAwayAndNobodyElse) {
  Arrive(0, "a", zero_);
  Arrive(0, "a", one_, 1);
  Arrive(0, "a", other_, 0, 2, 2);
  rendezvous_.End("e", "t", 1);
  EXPECT_EQ(CodeOf(zero_), absl::StatusCode::kAborted);
  EXPECT_EQ(CodeOf(one_), absl::StatusCode::kAborted);
  EXPECT_FALSE(other_.has_value());
  rendezvous_.End("e", "t", 1);
  rendezvous_.End("e", "another", 1);
}

TEST_F(RendezvousTest, OnceClosedNobodyWaitsAnyMore) {
  Arrive(0, "a", zero_);
  Arrive(0, "a", other_, 0, 2, 2);
  rendezvous_.Close(absl::UnavailableError("stopping"));
  EXPECT_EQ(CodeOf(zero_), absl::StatusCode::kUnavailable);
  EXPECT_EQ(CodeOf(other_), absl::StatusCode::kUnavailable);
  Arrive(1, "b", one_);
  EXPECT_EQ(CodeOf(one_), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace gyrus
