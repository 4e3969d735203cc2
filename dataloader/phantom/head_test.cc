#include "dataloader/phantom/head.h"

#include <functional>
#include <vector>

#include "gtest/gtest.h"

namespace gyrus {
namespace {

// A subject of that age, with all else equal.
Head HeadAt(double age_years, uint64_t seed = 1) {
  PhantomSubject subject;
  subject.age_years = age_years;
  return DrawHead(subject, seed);
}

constexpr double kStepMm = 3;

void ForEachPlace(const std::function<void(const Vec3& room_mm)>& visit) {
  for (double x = -75; x <= 75; x += kStepMm) {
    for (double y = -93; y <= 93; y += kStepMm) {
      for (double z = -75; z <= 75; z += kStepMm) visit({x, y, z});
    }
  }
}

Tissue MlOf(const Head& head) {
  Tissue ml;
  constexpr double kMlPerVoxel = kStepMm * kStepMm * kStepMm / 1000;
  ForEachPlace([&](const Vec3& room_mm) {
    const Tissue t = TissueAt(head, room_mm, kStepMm);
    ml.csf += t.csf * kMlPerVoxel;
    ml.grey += t.grey * kMlPerVoxel;
    ml.white += t.white * kMlPerVoxel;
  });
  return ml;
}

TEST(HeadTest, SharesAreZeroOrAddUpToOne) {
  const Head head = HeadAt(60);
  // Voxels thicker than the cortex too.
  for (const double edge_mm : {0.5, kStepMm, 8.0}) {
    int inside = 0;
    ForEachPlace([&](const Vec3& room_mm) {
      const Tissue t = TissueAt(head, room_mm, edge_mm);
      EXPECT_GE(t.csf, 0);
      EXPECT_GE(t.grey, 0);
      EXPECT_GE(t.white, 0);
      if (!t.is_brain()) return;
      EXPECT_NEAR(t.csf + t.grey + t.white, 1, 1e-12);
      ++inside;
    });
    const double ml = inside * kStepMm * kStepMm * kStepMm / 1000;
    EXPECT_GT(ml, 900);
    EXPECT_LT(ml, 1600);
  }
}

TEST(HeadTest, TheOutlineDoesNotKnowAge) {
  const Head young = HeadAt(10);
  const Head old = HeadAt(100);
  ForEachPlace([&](const Vec3& room_mm) {
    const Tissue a = TissueAt(young, room_mm, kStepMm);
    const Tissue b = TissueAt(old, room_mm, kStepMm);
    EXPECT_EQ(a.is_brain(), b.is_brain());
  });
}

TEST(HeadTest, TissueGivesWayToCsfWithAge) {
  std::vector<Tissue> ml;
  for (const double age_years : {20, 40, 60, 80}) ml.push_back(MlOf(HeadAt(age_years)));
  for (size_t i = 1; i < ml.size(); ++i) {
    EXPECT_GT(ml[i].csf, ml[i - 1].csf * 1.1);
    EXPECT_LT(ml[i].grey, ml[i - 1].grey);
  }
}

TEST(HeadTest, AThinnerCortexLeavesMoreWhiteMatterAndTheSameCsf) {
  Head head = HeadAt(50);
  head.cortex_ageing = 0;
  const Tissue before = MlOf(head);
  head.cortex_ageing = 1;
  const Tissue after = MlOf(head);
  EXPECT_LT(after.grey, 0.9 * before.grey);
  EXPECT_GT(after.white, before.white);
  EXPECT_NEAR(after.csf, before.csf, 1e-9);
}

TEST(HeadTest, TheSpaceAroundTheBrainOpens) {
  // 2 mm below the outline of the upper half, in all directions.
  const auto csf_below_outline = [](double sulcus_ageing) {
    Head head = HeadAt(50);
    head.sulcus_ageing = sulcus_ageing;
    double csf = 0, count = 0;
    for (double x = -1; x <= 1; x += 0.1) {
      for (double y = -1; y <= 1; y += 0.1) {
        const auto at = [&](double mm) { return TissueAt(head, {x * mm, y * mm, mm}, 1); };
        double mm = 90;
        while (!at(mm).is_brain()) mm -= 0.25;
        csf += at(mm - 2).csf;
        ++count;
      }
    }
    return csf / count;
  };
  EXPECT_LT(csf_below_outline(0), 0.4);
  EXPECT_GT(csf_below_outline(1), 0.9);
}

TEST(HeadTest, VentriclesGrowFourfoldInSixtyYears) {
  // CSF deep inside, where no sulcus reaches.
  const auto ventricle_ml = [](double age_years) {
    Head head = HeadAt(age_years);
    head.sulcus_ageing = 0;
    double ml = 0;
    ForEachPlace([&](const Vec3& room_mm) {
      const bool deep = Depth({{0, -10, 8}, {36, 56, 22}}, room_mm) > 0;
      if (deep) ml += TissueAt(head, room_mm, kStepMm).csf * kStepMm * kStepMm * kStepMm / 1000;
    });
    return ml;
  };
  const double at20 = ventricle_ml(20);
  EXPECT_GT(ventricle_ml(80), 4 * at20);
}

TEST(HeadTest, HalvesAreAlikeButForTheFolds) {
  const Head head = HeadAt(50);
  int inside = 0, alike = 0;
  ForEachPlace([&](const Vec3& p) {
    const Tissue right = TissueAt(head, p, kStepMm);
    const Tissue left = TissueAt(head, {-p[0], p[1], p[2]}, kStepMm);
    EXPECT_EQ(right.is_brain(), left.is_brain());
    if (!right.is_brain()) return;
    ++inside;
    alike += std::abs(right.white - left.white) < 0.01;
  });
  EXPECT_GT(alike, inside / 2);
  EXPECT_LT(alike, inside);
}

TEST(HeadTest, ALargerHeadIsLargerByItsSize) {
  Head head = HeadAt(50);
  const auto volume = [&head] {
    double count = 0;
    ForEachPlace([&](const Vec3& p) { count += TissueAt(head, p, kStepMm).is_brain(); });
    return count;
  };
  head.size = 0.95;
  const double small = volume();
  head.size = 1.05;
  const double ratio = 1.05 / 0.95;
  EXPECT_NEAR(volume() / small, ratio * ratio * ratio, 0.02);
}

TEST(HeadTest, SubjectsAndCohortsDifferInFoldsAndPace) {
  PhantomSubject subject;
  const Head first = DrawHead(subject, 1);
  subject.index = 1;
  for (const Head& other : {DrawHead(subject, 1), DrawHead(PhantomSubject(), 2)}) {
    EXPECT_NE(first.fold_phases, other.fold_phases);
    EXPECT_NE(first.ventricle_ageing, other.ventricle_ageing);
  }
}

TEST(GeometryTest, DepthIsTheDistanceToTheSurfaceOfASphere) {
  const Ellipsoid sphere = {{1, 2, 3}, {10, 10, 10}};
  EXPECT_DOUBLE_EQ(Depth(sphere, {1, 2, 3}), 10);
  EXPECT_NEAR(Depth(sphere, {1, 5, 7}), 5, 1e-12);
  EXPECT_NEAR(Depth(sphere, {1, 14, 3}), -2, 1e-12);
}

TEST(GeometryTest, AWaveIsSmoothAndPeriodic) {
  EXPECT_EQ(Wave(0), 0);
  EXPECT_EQ(Wave(0.25), 1);
  EXPECT_EQ(Wave(0.75), -1);
  EXPECT_EQ(Wave(-2.75), 1);
  for (double t = -1; t < 1; t += 0.01) {
    EXPECT_NEAR(WaveSlope(t), (Wave(t + 1e-6) - Wave(t - 1e-6)) / 2e-6, 1e-3);
  }
}

}  // namespace
}  // namespace gyrus
