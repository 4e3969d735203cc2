// One suite over every backend of this machine.
#include "worker/collective/collective.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "worker/collective/gloo_collective.h"
#include "worker/collective/testing/group_fixture.h"

namespace gyrus {
namespace {

using ::testing::ElementsAre;
class ConformanceTest : public testing::TestWithParam<Backend> {
 protected:
  void Run(int size, const RankBody& body) { GetParam().run(size, absl::Seconds(20), body); }
};

TEST_P(ConformanceTest, KnowsItsRankAndSize) {
  absl::Mutex mu;
  std::vector<int> ranks;
  Run(3, [&](std::unique_ptr<Collective> c) {
    absl::MutexLock lock(&mu);
    EXPECT_EQ(c->size(), 3);
    ranks.push_back(c->rank());
  });
  EXPECT_THAT(ranks, testing::UnorderedElementsAre(0, 1, 2));
}

TEST_P(ConformanceTest, AllToAllSendsChunkRToRankR) {
  Run(3, [](std::unique_ptr<Collective> c) {
    const float base = 10.0f * c->rank();
    const std::vector<float> send = {base,        base + 0.5f, base + 1,
                                     base + 1.5f, base + 2,    base + 2.5f};
    std::vector<float> receive(6);
    ASSERT_TRUE(c->AllToAll(send, absl::MakeSpan(receive)).ok());
    const float r = c->rank();
    EXPECT_THAT(receive, ElementsAre(r, r + 0.5f, 10 + r, 10 + r + 0.5f, 20 + r, 20 + r + 0.5f));
  });
}

TEST_P(ConformanceTest, AllGatherGivesEveryRankAllChunks) {
  Run(4, [](std::unique_ptr<Collective> c) {
    const std::vector<float> send = {static_cast<float>(c->rank()), -1.0f * c->rank()};
    std::vector<float> receive(8);
    ASSERT_TRUE(c->AllGather(send, absl::MakeSpan(receive)).ok());
    EXPECT_THAT(receive, ElementsAre(0, 0, 1, -1, 2, -2, 3, -3));
  });
}

TEST_P(ConformanceTest, BytesOfAnyLengthAreGathered) {
  Run(3, [](std::unique_ptr<Collective> c) {
    const auto values = c->AllGatherBytes(std::string(c->rank() * 1000, 'a' + c->rank()));
    ASSERT_TRUE(values.ok()) << values.status();
    EXPECT_THAT(*values, ElementsAre("", std::string(1000, 'b'), std::string(2000, 'c')));
  });
}

TEST_P(ConformanceTest, AGroupOfOneIsItself) {
  Run(1, [](std::unique_ptr<Collective> c) {
    std::vector<float> receive(2);
    ASSERT_TRUE(c->AllToAll({1.0f, 2.0f}, absl::MakeSpan(receive)).ok());
    EXPECT_THAT(receive, ElementsAre(1, 2));
    EXPECT_THAT(c->AllGatherBytes("x").value(), ElementsAre("x"));
  });
}

TEST_P(ConformanceTest, ALostPeerFailsTheOthersForEver) {
  Run(3, [](std::unique_ptr<Collective> c) {
    std::vector<float> all(3);
    ASSERT_TRUE(c->AllGather({1.0f}, absl::MakeSpan(all)).ok());
    if (c->rank() == 1) return;  // Its end goes away.
    absl::Status status = c->AllGather({1.0f}, absl::MakeSpan(all));
    // A ring may let one call through that does not need the lost rank.
    if (status.ok()) status = c->AllGather({1.0f}, absl::MakeSpan(all));
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
    EXPECT_FALSE(c->AllGather({1.0f}, absl::MakeSpan(all)).ok());
  });
}

TEST_P(ConformanceTest, APeerThatDoesNotComeIsADeadline) {
  absl::Mutex mu;
  bool waited = false;
  GetParam().run(2, absl::Milliseconds(300), [&](std::unique_ptr<Collective> c) {
    std::vector<float> all(2);
    if (c->rank() == 1) {
      // Stays, but does not call until the other has given up.
      absl::MutexLock lock(&mu);
      mu.Await(absl::Condition(&waited));
      EXPECT_FALSE(c->AllGather({2.0f}, absl::MakeSpan(all)).ok()) << "too late";
      return;
    }
    const absl::Status status = c->AllGather({1.0f}, absl::MakeSpan(all));
    EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded) << status;
    absl::MutexLock lock(&mu);
    waited = true;
  });
}

TEST_P(ConformanceTest, BroadcastReplacesEveryRanksValuesByThoseOfRank0) {
  Run(3, [](std::unique_ptr<Collective> c) {
    const float base = 10.0f * c->rank();
    std::vector<float> values = {base + 1, base + 2};
    ASSERT_TRUE(c->Broadcast(absl::MakeSpan(values)).ok());
    EXPECT_THAT(values, ElementsAre(1, 2));
    ASSERT_TRUE(c->Broadcast({}).ok());
  });
}

TEST_P(ConformanceTest, BroadcastsBytesOfAnyLength) {
  Run(3, [](std::unique_ptr<Collective> c) {
    for (const size_t length : {size_t{0}, size_t{1}, size_t{100'000}}) {
      const auto value = c->BroadcastBytes(std::string(length + c->rank(), 'a' + c->rank()));
      ASSERT_TRUE(value.ok()) << value.status();
      EXPECT_EQ(*value, std::string(length, 'a'));
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Backends, ConformanceTest, testing::ValuesIn(kBackends),
                         [](const auto& info) { return info.param.name; });

TEST(GlooTest, RunsWithTheGlooItWasBuiltWith) { EXPECT_TRUE(CheckGloo().ok()) << CheckGloo(); }

TEST(GlooTest, AFailedRendezvousKeepsItsReason) {
  const auto group = JoinGlooGroup(
      {.rank = 0, .size = 2}, [](std::string) { return absl::AbortedError("attempt 1 is over"); });
  EXPECT_EQ(group.status(), absl::AbortedError("attempt 1 is over"));
}

}  // namespace
}  // namespace gyrus
