#include "coordinator/plan/groups.h"

#include "coordinator/plan/testing/plan_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace gyrus {
namespace {

using testing::ElementsAre;

Samples FourSubjects() {
  return {MakeSample("a", 1), MakeSample("b", 2), MakeSample("c", 3), MakeSample("d", 4)};
}

std::vector<Group> MustGroup(const Samples& samples, absl::string_view column) {
  const auto groups = GroupSamples(samples, column);
  EXPECT_TRUE(groups.ok()) << groups.status();
  return *groups;
}

TEST(GroupsTest, VisitsOfOneSubjectStayTogether) {
  const Samples samples = {MakeSample("a", 1, 1), MakeSample("b", 2), MakeSample("a", 3, 2)};
  EXPECT_THAT(MustGroup(samples, "subject"), ElementsAre(Group{0, 2}, Group{1}));
}

TEST(GroupsTest, AFamilyStaysTogetherWhateverTheColumn) {
  Samples samples = FourSubjects();
  samples[0].set_family_key("f");
  samples[3].set_family_key("f");
  EXPECT_THAT(MustGroup(samples, "subject"), ElementsAre(Group{0, 3}, Group{1}, Group{2}));
  EXPECT_THAT(MustGroup(samples, "family"), ElementsAre(Group{0, 3}, Group{1}, Group{2}));
}

TEST(GroupsTest, WhatIsLinkedThroughOthersStaysTogether) {
  Samples samples = FourSubjects();
  samples[3].set_family_key("f");
  samples[1].set_family_key("f");
  samples[1].set_site("north");
  samples[2].set_site("north");
  samples[0].set_site("south");
  samples[3].set_site("west");
  EXPECT_THAT(MustGroup(samples, "site"), ElementsAre(Group{0}, Group{1, 2, 3}));
}

TEST(GroupsTest, SamplesWithoutASiteMayBeOfOneSite) {
  Samples samples = FourSubjects();
  samples[1].set_site("north");
  EXPECT_THAT(MustGroup(samples, "site"), ElementsAre(Group{0, 2, 3}, Group{1}));
  EXPECT_THAT(MustGroup(samples, "subject"), ElementsAre(Group{0}, Group{1}, Group{2}, Group{3}));
}

TEST(GroupsTest, ATextColumnGroupsAndMissingValuesDoNot) {
  Samples samples = FourSubjects();
  (*samples[0].mutable_texts())["scanner"] = "x";
  (*samples[2].mutable_texts())["scanner"] = "x";
  (*samples[1].mutable_texts())["scanner"] = "n/a";
  (*samples[3].mutable_texts())["scanner"] = "n/a";
  EXPECT_THAT(MustGroup(samples, "scanner"), ElementsAre(Group{0, 2}, Group{1}, Group{3}));
}

TEST(GroupsTest, AColumnThatIsNotThereIsRefused) {
  const absl::Status status = GroupSamples(FourSubjects(), "scaner").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr("'scaner'"));
  EXPECT_EQ(GroupSamples(FourSubjects(), "site").status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace gyrus
