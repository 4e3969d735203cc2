// One suite over every backend of this machine.
#include "worker/collective/collective.h"

#include <csignal>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "worker/collective/gloo_collective.h"
#include "worker/collective/gradient_tree.h"
#include "worker/collective/local_collective.h"

namespace gyrus {
namespace {

using ::testing::ElementsAre;
using RankBody = std::function<void(std::unique_ptr<Collective>)>;

void OnThreads(int size, const std::function<void(int)>& body) {
  std::vector<std::thread> threads;
  for (int rank = 0; rank < size; ++rank) threads.emplace_back(body, rank);
  for (std::thread& thread : threads) thread.join();
}

void RunLocal(int size, absl::Duration timeout, const RankBody& body) {
  auto group = MakeLocalGroup(size, timeout);
  OnThreads(size, [&](int rank) { body(std::move(group[rank])); });
}

// The coordinator's Exchange, among threads: rounds in which every rank comes.
class Exchange {
 public:
  explicit Exchange(int size) : size_(size) {}
  std::vector<std::string> Arrive(int rank, size_t round, std::string mine) {
    absl::MutexLock lock(&mu_);
    Round& r = rounds_[round];
    r.values.resize(size_);
    r.values[rank] = std::move(mine);
    ++r.arrived;
    const auto all_here = [&r, this] { return r.arrived == size_; };
    mu_.Await(absl::Condition(&all_here));
    return r.values;
  }

 private:
  struct Round {
    std::vector<std::string> values;
    int arrived = 0;
  };
  const int size_;
  absl::Mutex mu_;
  std::map<size_t, Round> rounds_;
};

void RunGloo(int size, absl::Duration timeout, const RankBody& body) {
  signal(SIGPIPE, SIG_IGN);
  Exchange exchange(size);
  OnThreads(size, [&](int rank) {
    auto collective = JoinGlooGroup({.rank = rank, .size = size, .timeout = timeout},
                                    [&exchange, rank, round = size_t{0}](std::string mine) mutable {
                                      return exchange.Arrive(rank, round++, std::move(mine));
                                    });
    ASSERT_TRUE(collective.ok()) << collective.status();
    body(*std::move(collective));
  });
}

struct Backend {
  const char* name;
  void (*run)(int size, absl::Duration timeout, const RankBody& body);

  // What tests are called by.
  friend void PrintTo(const Backend& backend, std::ostream* out) { *out << backend.name; }
};

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

// Values whose sum depends on the order in which it is taken.
std::vector<float> Awkward(int rank, size_t count) {
  std::vector<float> values(count);
  for (size_t i = 0; i < count; ++i) {
    values[i] = static_cast<float>((rank + 1) * 1e7 / (1 + (i * 7919 + rank * 104729) % 1000));
  }
  return values;
}

TEST_P(ConformanceTest, SumsOverRanksAlongTheTree) {
  const size_t kCount = 5'000'001;  // More than a round, and not a multiple of 4.
  for (int present = 1; present <= 4; ++present) {
    std::vector<float> expected;
    {
      std::vector<std::vector<float>> v;
      for (int r = 0; r < 4; ++r) v.push_back(Awkward(r, kCount));
      for (size_t i = 0; i < kCount; ++i) {
        float left = v[0][i];
        if (present > 1) left = left + v[1][i];
        float right = 0;
        if (present > 2) right = v[2][i];
        if (present > 3) right = right + v[3][i];
        expected.push_back(present > 2 ? left + right : left);
      }
    }
    Run(4, [&](std::unique_ptr<Collective> c) {
      std::vector<float> mine = Awkward(c->rank(), kCount);
      const std::vector<absl::Span<float>> pieces = {absl::MakeSpan(mine).subspan(0, 17),
                                                     absl::MakeSpan(mine).subspan(17, 4'500'000),
                                                     absl::MakeSpan(mine).subspan(4'500'017)};
      TreeReducer reducer(*c);
      ASSERT_TRUE(reducer.SumOverRanks(pieces, present).ok());
      EXPECT_TRUE(mine == expected) << present << " ranks present, rank " << c->rank();
    });
  }
}

INSTANTIATE_TEST_SUITE_P(Backends, ConformanceTest,
                         testing::Values(Backend{"Local", RunLocal}, Backend{"Gloo", RunGloo}),
                         [](const auto& info) { return info.param.name; });

TEST(GlooTest, RunsWithTheGlooItWasBuiltWith) { EXPECT_TRUE(CheckGloo().ok()) << CheckGloo(); }

TEST(GlooTest, AFailedRendezvousKeepsItsReason) {
  const auto group = JoinGlooGroup(
      {.rank = 0, .size = 2}, [](std::string) { return absl::AbortedError("attempt 1 is over"); });
  EXPECT_EQ(group.status(), absl::AbortedError("attempt 1 is over"));
}

}  // namespace
}  // namespace gyrus
