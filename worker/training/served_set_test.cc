#include "worker/training/served_set.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "worker/collective/local_collective.h"
#include "worker/collective/testing/group_fixture.h"

namespace gyrus {
namespace {

std::string DigestOf(const ServedSet& set) {
  const auto group = MakeLocalGroup(1);
  return set.DigestOfAllRanks(*group[0]).value();
}

TEST(ServedSetTest, TheOrderAndRepetitionLeaveNoTrace) {
  ServedSet forth, back;
  forth.Add(v1::PURPOSE_TRAIN, "a", "1");
  forth.Add(v1::PURPOSE_TEST, "b", "2");
  back.Add(v1::PURPOSE_TEST, "b", "2");
  back.Add(v1::PURPOSE_TRAIN, "a", "1");
  back.Add(v1::PURPOSE_TEST, "b", "2");
  EXPECT_EQ(DigestOf(forth), DigestOf(back));
}

TEST(ServedSetTest, AnyOtherItemLeavesATrace) {
  ServedSet set;
  set.Add(v1::PURPOSE_TRAIN, "a", "1");
  const std::string digest = DigestOf(set);
  const std::vector<std::function<void(ServedSet&)>> others = {
      [](ServedSet& s) { s.Add(v1::PURPOSE_TEST, "a", "1"); },
      [](ServedSet& s) { s.Add(v1::PURPOSE_TRAIN, "b", "1"); },
      [](ServedSet& s) { s.Add(v1::PURPOSE_TRAIN, "a", "2"); }};
  for (const auto& add : others) {
    ServedSet more = set;
    add(more);
    EXPECT_NE(DigestOf(more), digest);
  }
}

TEST(ServedSetTest, TheDigestIsOverAllRanks) {
  ServedSet both;
  both.Add(v1::PURPOSE_TRAIN, "a", "1");
  both.Add(v1::PURPOSE_TRAIN, "b", "2");
  RunLocal(2, absl::Seconds(20), [&](std::unique_ptr<Collective> c) {
    ServedSet mine;
    mine.Add(v1::PURPOSE_TRAIN, c->rank() == 0 ? "b" : "a", c->rank() == 0 ? "2" : "1");
    EXPECT_EQ(mine.DigestOfAllRanks(*c).value(), DigestOf(both));
  });
}

TEST(ServedSetTest, WhatWasSavedIsLoaded) {
  ServedSet set, loaded;
  set.Add(v1::PURPOSE_EXTERNAL, "a", "1");
  set.Add(v1::PURPOSE_TRAIN, "b", "2");
  v1::ResumeState state;
  set.AppendTo(*state.mutable_served());
  loaded.Add(state.served());
  EXPECT_EQ(DigestOf(loaded), DigestOf(set));
}

}  // namespace
}  // namespace gyrus
