// Distribution functions, and p-values of their statistics. The one place that
// calls Boost.Math; none throws: outside its domain a function is NaN.
#pragma once

#include "core/statistics/test_result.h"

namespace gyrus {

double NormalSurvival(double z);
double NormalCdf(double z);
// 0 < p < 1, as for every quantile.
double NormalQuantile(double p);

double StudentSurvival(double t, double df);
double StudentQuantile(double p, double df);
double FSurvival(double f, double df_above, double df_below);
double ChiSquaredSurvival(double x, double df);
double BetaSurvival(double x, double a, double b);
double BetaQuantile(double p, double a, double b);
double BinomialCdf(double successes, double trials, double probability);

// NaN for a noncentrality beyond 30,000.
double NoncentralStudentCdf(double t, double df, double noncentrality);
// The noncentrality for which NoncentralStudentCdf(t, df, .) is `probability`.
// NaN where none is found.
double NoncentralityFor(double t, double df, double probability);

// Two-sided: twice the smaller tail.
double NormalP(double z, Alternative alternative);
double StudentP(double t, double df, Alternative alternative);

}  // namespace gyrus
