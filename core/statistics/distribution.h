// Distribution functions, their quantiles, and the p-values of statistics. This is the
// only place that calls Boost.Math. No function throws; outside of its domain a function
// is NaN.
#pragma once

#include "core/statistics/test_result.h"

namespace gyrus {

double NormalSurvival(double z);
double NormalCdf(double z);
// For quantiles, p must be inside (0, 1).
double NormalQuantile(double p);

double StudentSurvival(double t, double df);
double StudentQuantile(double p, double df);
double FSurvival(double f, double df_above, double df_below);
double ChiSquaredSurvival(double x, double df);
double BetaSurvival(double x, double a, double b);
double BetaQuantile(double p, double a, double b);
double BinomialCdf(double successes, double trials, double probability);

// NaN if the noncentrality is beyond 30,000.
double NoncentralStudentCdf(double t, double df, double noncentrality);
// The noncentrality for which NoncentralStudentCdf(t, df, .) is `probability`.
// NaN if none is found.
double NoncentralityFor(double t, double df, double probability);

// The p-values of a statistic. The two-sided one is twice the smaller tail.
double NormalP(double z, Alternative alternative);
double StudentP(double t, double df, Alternative alternative);

}  // namespace gyrus
