#include "core/statistics/test_result.h"

#include "core/statistics/anova.h"
#include "core/statistics/mann_whitney.h"
#include "core/statistics/student_t.h"
#include "core/statistics/testing/golden_fixture.h"
#include "core/statistics/wilcoxon.h"

namespace gyrus {
namespace {

TEST(MethodSentenceTest, SaysVariantTiesZerosAndCorrection) {
  EXPECT_EQ(MethodSentence(*MannWhitney(kA, kB)),
            "Mann-Whitney U test (two-sided, normal approximation; corrected for ties and "
            "continuity): U = 79.5, p = 0.0745, n = 12 and 9, 8 tied values.");
  EXPECT_EQ(MethodSentence(*MannWhitney(kS1, kS2)),
            "Mann-Whitney U test (two-sided, exact): U = 4, p = 0.19, n = 5 and 4.");
  EXPECT_EQ(MethodSentence(*Wilcoxon(kA, kQ)),
            "Wilcoxon signed-rank test (two-sided, exact over the signs of mid-ranks, zeros "
            "dropped): T = 17, p = 0.169, n = 12, 4 tied values, 1 zero differences.");
  EXPECT_EQ(MethodSentence(*Wilcoxon(kA, kQ, {.method = WilcoxonOptions::Method::kNormal})),
            "Wilcoxon signed-rank test (two-sided, normal approximation, zeros dropped; corrected "
            "for ties): T = 17, p = 0.154, n = 12, 4 tied values, 1 zero differences.");
}

TEST(MethodSentenceTest, SaysDegreesOfFreedom) {
  EXPECT_EQ(MethodSentence(*WelchT(kA, kB)),
            "Welch t test (two-sided): t(18.97) = 2.076, p = 0.0517, n = 12 and 9.");
  EXPECT_EQ(MethodSentence(*OneWayAnova({kA, kB, kC})),
            "one-way ANOVA (F distribution): F(2, 26) = 13.34, p = 0.000103, n = 12 and 9 and 8.");
}

}  // namespace
}  // namespace gyrus
