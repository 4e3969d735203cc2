#include "worker/training/seen_log.h"

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/digest.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "worker/collective/local_collective.h"
#include "worker/collective/testing/group_fixture.h"

namespace gyrus {
namespace {

using ::testing::SizeIs;

std::string NameOf(uint32_t position) { return absl::StrCat("c/s", position, "/1"); }
std::string TensorOf(uint32_t epoch, uint32_t position) {
  return absl::StrCat("tensor of ", epoch, " ", position);
}

absl::StatusOr<std::vector<v1::SeenItem>> Finish(SeenLog& log, uint32_t epoch, uint32_t items) {
  const auto group = MakeLocalGroup(1);
  return log.FinishEpoch(epoch, items, /*return_items=*/true, &NameOf, *group[0]);
}

// Two epochs of four items, divided among that many ranks.
std::string DigestWith(int ranks) {
  std::vector<std::string> digests(ranks);
  RunLocal(ranks, absl::Seconds(20), [&](std::unique_ptr<Collective> c) {
    SeenLog log;
    for (uint32_t epoch = 0; epoch < 2; ++epoch) {
      for (uint32_t position = c->rank(); position < 4; position += ranks) {
        log.Add(position, TensorOf(epoch, position));
      }
      ASSERT_TRUE(log.FinishEpoch(epoch, 4, /*return_items=*/false, &NameOf, *c).ok());
    }
    digests[c->rank()] = log.digest();
  });
  for (const std::string& digest : digests) EXPECT_EQ(digest, digests[0]);
  return Hex(digests[0]);
}

TEST(SeenLogTest, GivesTheItemsOfAnEpochByPosition) {
  SeenLog log;
  log.Add(1, "other");
  log.Add(0, "tensor");
  const auto items = Finish(log, 0, 2);
  ASSERT_TRUE(items.ok()) << items.status();
  ASSERT_THAT(*items, SizeIs(2));
  EXPECT_EQ(items->at(0).position(), 0);
  EXPECT_EQ(items->at(0).item(), "c/s0/1");
  EXPECT_EQ(items->at(0).tensor_digest(), Xxh3Of("tensor"));
  EXPECT_EQ(items->at(1).item(), "c/s1/1");
  EXPECT_EQ(items->at(1).tensor_digest(), Xxh3Of("other"));
  // The next epoch begins with nothing.
  EXPECT_EQ(Finish(log, 1, 2).status().code(), absl::StatusCode::kInternal);
}

TEST(SeenLogTest, ASkippedOrDoubledPositionIsAnError) {
  for (const std::vector<uint32_t>& positions :
       {std::vector<uint32_t>{0, 1}, {0, 1, 1}, {0, 2, 2}, {0, 1, 3}, {0, 1, 2, 2}, {0, 1, 2, 3}}) {
    SeenLog log;
    for (const uint32_t position : positions) log.Add(position, "tensor");
    EXPECT_EQ(Finish(log, 0, 3).status().code(), absl::StatusCode::kInternal);
  }
}

TEST(SeenLogTest, TheDigestDoesNotKnowTheNumberOfRanks) {
  EXPECT_EQ(DigestWith(2), DigestWith(1));
  EXPECT_EQ(DigestWith(4), DigestWith(1));
  EXPECT_EQ(DigestWith(3), DigestWith(1));
}

TEST(SeenLogTest, TheDigestIsTheOneThatTheFormatDefines) {
  // record.proto, TrainerFinished.
  std::string expected;
  for (uint32_t epoch = 0; epoch < 2; ++epoch) {
    Sha256 of_epoch;
    of_epoch.UpdateNumber(epoch);
    for (uint32_t position = 0; position < 4; ++position) {
      of_epoch.UpdateNumber(position).UpdateField(NameOf(position));
      of_epoch.UpdateField(Xxh3Of(TensorOf(epoch, position)));
    }
    Sha256 chain;
    chain.UpdateField(expected).UpdateField(of_epoch.Finish());
    expected = chain.Finish();
  }
  EXPECT_EQ(DigestWith(1), Hex(expected));
}

TEST(SeenLogTest, AnyOtherSequenceHasAnotherDigest) {
  std::set<std::string> digests;
  const auto add = [&digests](uint32_t epoch, const std::vector<std::string>& tensors) {
    SeenLog log;
    for (size_t i = 0; i < tensors.size(); ++i) log.Add(i, tensors[i]);
    ASSERT_TRUE(Finish(log, epoch, tensors.size()).ok());
    digests.insert(log.digest());
  };
  add(0, {"x"});
  add(1, {"x"});
  add(0, {"y"});
  add(0, {"x", "y"});
  add(0, {"y", "x"});
  EXPECT_THAT(digests, SizeIs(5));
}

TEST(SeenLogTest, ContinuesWhereAnotherStopped) {
  SeenLog first;
  for (uint32_t position = 0; position < 4; ++position) first.Add(position, TensorOf(0, position));
  ASSERT_TRUE(Finish(first, 0, 4).ok());
  first.Add(0, TensorOf(1, 0));
  first.Add(1, TensorOf(1, 1));
  SeenLog second;
  ASSERT_TRUE(second.Load(first.digest(), first.Pack()).ok());
  second.Add(3, TensorOf(1, 3));
  second.Add(2, TensorOf(1, 2));
  ASSERT_TRUE(Finish(second, 1, 4).ok());
  EXPECT_EQ(Hex(second.digest()), DigestWith(1));
  EXPECT_EQ(second.Load("", "cut short").code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace gyrus
