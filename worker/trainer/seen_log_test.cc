#include "worker/trainer/seen_log.h"

#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

struct Call {
  uint32_t epoch;
  uint32_t position;
  std::string item;
  std::string tensor;
};

std::string DigestOf(const std::vector<Call>& calls) {
  SeenLog log(/*records=*/true);
  for (const Call& c : calls) log.Add(c.epoch, c.position, c.item, c.tensor);
  return Hex(log.Finish());
}

TEST(SeenLogTest, GivesEachVisitOnce) {
  SeenLog log(/*records=*/true);
  log.Add(0, 3, "c/a/1", "tensor");
  log.Add(0, 4, "c/b/1", "other");
  const std::vector<v1::SeenItem> seen = log.Take();
  ASSERT_EQ(seen.size(), 2);
  EXPECT_EQ(seen[0].position(), 3);
  EXPECT_EQ(seen[0].item(), "c/a/1");
  EXPECT_EQ(seen[0].tensor_digest(), Xxh3Of("tensor"));
  EXPECT_EQ(seen[1].position(), 4);
  EXPECT_EQ(seen[1].item(), "c/b/1");
  EXPECT_EQ(seen[1].tensor_digest(), Xxh3Of("other"));
  EXPECT_TRUE(log.Take().empty());
  log.Add(1, 0, "c/b/1", "other");
  EXPECT_EQ(log.Take().size(), 1);
}

TEST(SeenLogTest, TakingVisitsLeavesTheDigest) {
  SeenLog log(/*records=*/true);
  log.Add(0, 0, "a", "x");
  log.Take();
  log.Add(0, 1, "b", "y");
  EXPECT_EQ(Hex(log.Finish()), DigestOf({{0, 0, "a", "x"}, {0, 1, "b", "y"}}));
}

TEST(SeenLogTest, VisitsThatAreNotToldAreInTheDigest) {
  SeenLog records(true), pending_notification(false);
  for (SeenLog* const log : {&records, &pending_notification}) log->Add(0, 1, "c/s1/1", "voxels");
  EXPECT_EQ(records.Take().size(), 1);
  EXPECT_EQ(pending_notification.Take().size(), 0);
  EXPECT_EQ(records.Finish(), pending_notification.Finish());
}

TEST(SeenLogTest, AnyOtherSequenceHasAnotherDigest) {
  const std::set<std::string> digests = {
      DigestOf({}),
      DigestOf({{0, 0, "a", "x"}}),
      DigestOf({{1, 0, "a", "x"}}),
      DigestOf({{0, 1, "a", "x"}}),
      DigestOf({{0, 0, "b", "x"}}),
      DigestOf({{0, 0, "a", "y"}}),
      DigestOf({{0, 0, "a", "x"}, {0, 0, "a", "x"}}),
      DigestOf({{0, 0, "a", "x"}, {0, 1, "b", "y"}}),
      DigestOf({{0, 1, "b", "y"}, {0, 0, "a", "x"}}),
  };
  EXPECT_EQ(digests.size(), 9);
}

TEST(SeenLogTest, TheDigestIsThatOfEverBefore) {
  // A fingerprint: it is compared over attempts and versions.
  EXPECT_EQ(DigestOf({{2, 7, "c/a/1", "tensor"}, {2, 8, "c/b/1", "other"}}),
            "b7f0df85afa2eef305ca59e837b1e7ac6aebef5c13d5c0595ed99e94bb7f2c03");
}

}  // namespace
}  // namespace gyrus
