#include "dataloader/phantom/subject.h"

#include <algorithm>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace gyrus {
namespace {

PhantomOptions Options(int subjects, int sites, uint64_t seed) {
  PhantomOptions options;
  options.subjects = subjects;
  options.sites = sites;
  options.seed = seed;
  return options;
}

std::vector<PhantomSubject> ByAge(const PhantomOptions& options) {
  std::vector<PhantomSubject> subjects = DrawSubjects(options);
  std::stable_sort(subjects.begin(), subjects.end(),
                   [](const auto& a, const auto& b) { return a.age_years < b.age_years; });
  return subjects;
}

TEST(SubjectTest, AgesAreSpreadEvenlyOverTheRange) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    PhantomOptions options = Options(24, 3, seed);
    options.youngest_years = 30;
    options.oldest_years = 54;
    const std::vector<PhantomSubject> subjects = ByAge(options);
    for (int rank = 0; rank < 24; ++rank) {
      // One a year; ages are rounded to 0.1 years.
      EXPECT_NEAR(subjects[rank].age_years, 30.5 + rank, 0.551) << "seed " << seed;
    }
  }
}

TEST(SubjectTest, EachRunOfNeighboursInAgeHasEverySiteOnce) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const std::vector<PhantomSubject> subjects = ByAge(Options(22, 4, seed));
    for (size_t begin = 0; begin < subjects.size(); begin += 4) {
      std::set<int> sites;
      const size_t end = std::min(begin + 4, subjects.size());
      for (size_t i = begin; i < end; ++i) sites.insert(subjects[i].site);
      EXPECT_EQ(sites.size(), end - begin) << "seed " << seed;
      EXPECT_GE(*sites.begin(), 0);
      EXPECT_LT(*sites.rbegin(), 4);
    }
  }
}

TEST(SubjectTest, NeighboursInAgeHaveOppositeDraws) {
  const std::vector<PhantomSubject> subjects = ByAge(Options(24, 3, 1));
  for (size_t i = 0; i < subjects.size(); i += 2) {
    const PhantomSubject& a = subjects[i];
    const PhantomSubject& b = subjects[i + 1];
    EXPECT_NE(a.male, b.male);
    EXPECT_NEAR(a.head_size + b.head_size, 2, 1e-9);
    for (int c = 0; c < kContrasts; ++c) {
      EXPECT_NEAR(a.gain[c] + b.gain[c], 2, 1e-9);
      EXPECT_NEAR(a.variation[c] + b.variation[c], 0.62, 1e-9);
    }
  }
  EXPECT_NE(subjects[0].gain, subjects[2].gain);
}

TEST(SubjectTest, IdsAreInOrderAndAgesAreNot) {
  const std::vector<PhantomSubject> subjects = DrawSubjects(Options(24, 3, 1));
  ASSERT_EQ(subjects.size(), 24u);
  EXPECT_EQ(subjects.front().id, "sub-001");
  EXPECT_EQ(subjects.back().id, "sub-024");
  int ascents = 0;
  for (size_t i = 1; i < subjects.size(); ++i) {
    EXPECT_EQ(subjects[i].index, static_cast<int>(i));
    if (subjects[i].age_years > subjects[i - 1].age_years) ++ascents;
  }
  EXPECT_GT(ascents, 5);
  EXPECT_LT(ascents, 18);
}

TEST(SubjectTest, AnotherSeedIsAnotherCohort) {
  const auto first = DrawSubjects(Options(24, 3, 1));
  const auto second = DrawSubjects(Options(24, 3, 2));
  int equal = 0;
  for (size_t i = 0; i < first.size(); ++i) equal += first[i].age_years == second[i].age_years;
  EXPECT_LT(equal, 5);
}

TEST(SubjectTest, OneSubjectIsACohort) {
  const auto subjects = DrawSubjects(Options(1, 1, 1));
  ASSERT_EQ(subjects.size(), 1u);
  EXPECT_EQ(subjects[0].site, 0);
}

constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();

TEST(PhantomOptionsTest, WhatIsOutOfRangeIsRefusedByName) {
  struct {
    const char* name;
    void (*set)(PhantomOptions&);
  } const kBad[] = {
      {"folder", [](PhantomOptions& o) { o.folder.clear(); }},
      {"subjects", [](PhantomOptions& o) { o.subjects = 0; }},
      {"subjects", [](PhantomOptions& o) { o.subjects = 100000; }},
      {"sites", [](PhantomOptions& o) { o.sites = 0; }},
      {"sites", [](PhantomOptions& o) { o.sites = o.subjects + 1; }},
      {"ages", [](PhantomOptions& o) { o.youngest_years = 9; }},
      {"ages", [](PhantomOptions& o) { o.oldest_years = 101; }},
      {"ages", [](PhantomOptions& o) { o.oldest_years = o.youngest_years; }},
      {"ages", [](PhantomOptions& o) { o.oldest_years = kNotANumber; }},
      {"spacing", [](PhantomOptions& o) { o.spacing_mm = 0; }},
      {"spacing", [](PhantomOptions& o) { o.spacing_mm = kNotANumber; }},
      {"size", [](PhantomOptions& o) { o.size[1] = 40; }},
      {"size", [](PhantomOptions& o) { o.size[2] = 100000; }},
  };
  PhantomOptions good;
  good.folder = "cohort";
  ASSERT_TRUE(CheckPhantomOptions(good).ok()) << CheckPhantomOptions(good);
  for (const auto& bad : kBad) {
    PhantomOptions options = good;
    bad.set(options);
    const absl::Status status = CheckPhantomOptions(options);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << bad.name;
    EXPECT_EQ(status.message().substr(0, status.message().find(' ')), bad.name) << status;
  }
}

}  // namespace
}  // namespace gyrus
