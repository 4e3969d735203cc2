"""Computes the cases of statistics_peer.py with scipy and statsmodels."""

import numpy as np
from scipy import special, stats
from scipy._lib._array_api import array_namespace
from scipy.stats import _resampling
from statsmodels.stats.multitest import multipletests

import classification_reference as classification
import combat_reference
import statistics_samples as samples

NAN = float("nan")
NODES, WEIGHTS = np.polynomial.legendre.leggauss(16)
XP = array_namespace(np.zeros(1))  # What scipy computes with.
SIDES = ("two-sided", "less", "greater")

DELIBERATE = [
    "t, F of groups without spread: scipy inf with p = 0, here n/a: p would be of rounding",
    "the same of differences, distances or residuals that differ by rounding alone",
    "Student's t with one value in a group: scipy takes the spread of the other, here n/a",
    "correlation of two pairs: scipy's Pearson p = 1, here n/a: two points lie on a line",
    "Pearson's interval of three pairs: scipy [-1, 1], here n/a",
    "Mann-Whitney of equal values: scipy p = 1, here n/a",
    "Mann-Whitney exact with ties: scipy leaves the ties out of account, here n/a",
    "Wilcoxon of zeros alone with zsplit: scipy p = 1, here n/a",
    "McNemar without discordant items: statsmodels p = 1, here n/a",
    "ratios with 0 below: scikit-learn 0, here n/a",
    "an F of 0 which rounding takes below 0: scipy p = nan, here 1",
    "Wilcoxon with ties or zeros: exact up to 50 pairs; scipy beyond 13 takes the normal one",
    "noncentral t: against quadrature, because scipy 1.10's special.nctdtr erred by up to 3e-4",
]


def vary(values):
    return len(set(values)) > 1


def moments_of(c):
    a = np.array(c["a"])
    n = len(a)
    if n == 0:
        return [NAN] * 7
    lower, upper = stats.t.interval(.95, n - 1, a.mean(), stats.sem(a)) if n > 1 else (NAN, NAN)
    if n > 1 and not vary(a):
        lower = upper = a[0]
    return [a.mean(), a.std(), a.std(ddof=1) if n > 1 else NAN, np.median(a),
            np.percentile(a, c["percent"]), lower, upper]


def errors_of(c):
    a, b = np.array(c["a"]), np.array(c["b"])
    n = len(a)
    if n == 0:
        return [NAN] * 12
    e = b - a
    sizes = abs(e)
    total = ((a - a.mean()) ** 2).sum() if vary(a) else NAN
    line = stats.linregress(a, b) if vary(a) else None
    sd = e.std(ddof=1) if n > 1 else NAN
    return [sizes.mean(), sizes.std(ddof=1) if n > 1 else NAN, np.median(sizes),
            np.sqrt((e ** 2).mean()), e.mean(), 1 - (e ** 2).sum() / total,
            1 - ((e - e.mean()) ** 2).sum() / total, sizes.mean() / np.ptp(a) if vary(a) else NAN,
            line.slope if line else NAN, line.intercept if line else NAN,
            e.mean() - 1.96 * sd, e.mean() + 1.96 * sd]


def age_groups_of(c):
    a, b, edges = np.array(c["a"]), np.array(c["b"]), c["edges"]
    values, maes, inside = [], [], 0
    for i, (low, high) in enumerate(zip(edges, edges[1:])):
        last = i == len(edges) - 2
        where = (a >= low) & ((a <= high) if last else (a < high)) if len(a) else np.zeros(0, bool)
        e = (b - a)[where]
        inside += len(e)
        values += [abs(e).mean(), e.mean()] if len(e) else [NAN, NAN]
        maes += [abs(e).mean()] if len(e) else []
    return [len(a) - inside, *values, max(maes) if maes else NAN]


def cumulative_of(c):
    e = abs(np.array(c["b"]) - np.array(c["a"]))
    return [100 * (e <= alpha).mean() if len(e) else NAN for alpha in (0, .5, 1, 2, 5)]


def correlated(c):
    return len(c["a"]) > 1 and vary(c["a"]) and vary(c["b"])


def pearson_of(c):
    if not correlated(c):
        return [NAN] * 4
    n = len(c["a"])
    result = stats.pearsonr(c["a"], c["b"])
    interval = result.confidence_interval(.95) if n > 3 else (NAN, NAN)
    return [result.statistic, result.pvalue if n > 2 else NAN, *interval]


def rank_correlation(function):
    def of(c):
        if not correlated(c):
            return [NAN] * 4
        r, p = function(c["a"], c["b"])
        return [r, p if len(c["a"]) > 2 else NAN, NAN, NAN]
    return of


def finite(result):
    """scipy's infinite statistics are of groups without spread."""
    if -1e-9 < result[0] < 0 and np.isnan(result[1]):
        return [0.0, 1.0]  # An F of rounding below 0.
    return [float(v) for v in result] if np.isfinite(result[0]) else [NAN, NAN]


def three_sides(function):
    def of(c):
        values = []
        for side in SIDES:
            try:
                values += finite(function(c, side))
            except ValueError:
                values += [NAN, NAN]
        return values
    return of


def is_rounding(case, _):
    """Whether what the peer divides by is rounding alone, where n/a is better."""
    name = case["f"]
    if name in ("student_t", "welch_t"):
        return not vary(case["a"]) and not vary(case["b"])
    if name == "one_sample_t":
        return not vary(case["a"])
    if name in ("paired_t", "corrected_t", "paired_effect"):
        a, b = np.array(case["a"]), np.array(case["b"])
        return np.ptp(a - b) <= 1e-15 * max(abs(a).max(), abs(b).max())
    if name == "levene":
        distances = [abs(np.array(group) - np.median(group)) for group in case["groups"]]
        largest = max(abs(np.array(group)).max() for group in case["groups"])
        return max(np.ptp(d) for d in distances) <= 1e-15 * largest
    if name == "repeated_measures":
        x = np.array(case["groups"])
        residual = x - x.mean(1, keepdims=True) - x.mean(0) + x.mean()
        return abs(residual).max() <= 1e-14 * abs(x).max()
    return False


def mann_whitney_of(c):
    a, b = c["a"], c["b"]
    if not a or not b or not vary(a + b):
        return [NAN] * 9
    ties = len(set(a + b)) < len(a + b)
    method = "exact" if min(len(a), len(b)) <= 8 and not ties else "asymptotic"
    values = []
    for side in SIDES:
        values += list(stats.mannwhitneyu(a, b, alternative=side, method=method))
    normal = values[1]
    if method == "exact":
        normal = stats.mannwhitneyu(a, b, method="asymptotic").pvalue
    plain = stats.mannwhitneyu(a, b, method="asymptotic", use_continuity=False).pvalue
    # scipy 1.6: sf(|z|) of the larger U.
    n1, n2 = len(a), len(b)
    u = max(values[0], n1 * n2 - values[0])
    counts_of_ties = np.unique(a + b, return_counts=True)[1].astype(float)
    n = n1 + n2
    correct = 1 - (counts_of_ties ** 3 - counts_of_ties).sum() / (n ** 3 - n)
    z = (u - n1 * n2 / 2 - .5) / np.sqrt(correct * n1 * n2 * (n + 1) / 12)
    return [*values, normal, plain, stats.norm.sf(abs(z))]


def signed_ranks(d, side, zeros="wilcox"):
    """T or W+, and p by all sign patterns of the mid-ranks: scipy counts them up to 13
    pairs, and beyond takes the normal approximation where there are ties or zeros.
    Each probability is a whole number divided by 2^50 or less: exact in a double."""
    d = d[d != 0] if zeros == "wilcox" else d
    doubled = np.round(2 * stats.rankdata(abs(d))).astype(int)
    shared = doubled[d == 0].sum() if zeros == "zsplit" else 0
    plus, signed = doubled[d > 0].sum(), doubled[d != 0]
    minus = signed.sum() - plus
    p = np.zeros(signed.sum() + 1)
    p[0] = 1
    for rank in signed:
        p[rank:] += p[:-rank]
    p /= 2.0 ** len(signed)
    less, greater = p[:plus + 1].sum(), p[plus:].sum()
    plus, minus = (plus + shared / 2) / 2, (minus + shared / 2) / 2
    if side == "two-sided":
        return [min(plus, minus), min(1.0, 2 * min(less, greater))]
    return [plus, less if side == "less" else greater]


def signed_rank_test(d, side, zeros="wilcox"):
    ties = len(set(abs(d))) < len(d)
    if len(d) <= 50 and (ties or (d == 0).any()):
        return signed_ranks(d, side, zeros)  # library_checks.py has it beside scipy's.
    return list(stats.wilcoxon(d, alternative=side, zero_method=zeros))


def wilcoxon_of(c):
    d = np.array(c["a"]) - np.array(c["b"])
    if not d.any():
        return [NAN] * 13
    values = []
    for side in SIDES:
        values += signed_rank_test(d, side)
    for side in SIDES:
        values.append(stats.wilcoxon(d, alternative=side, method="asymptotic",
                                     correction=True).pvalue)
    for zeros in ("pratt", "zsplit"):
        values += signed_rank_test(d, "two-sided", zeros)
    return values


def over_groups(function):
    def of(c):
        if any(not group for group in c["groups"]):
            return [NAN, NAN]
        try:
            return finite(function(*c["groups"]))
        except ValueError:
            return [NAN, NAN]
    return of


def variation(x):
    """F of conditions and its degrees of freedom, and the mean squares."""
    k, n = x.shape
    residual = x - x.mean(1, keepdims=True) - x.mean(0) + x.mean()
    between = n * ((x.mean(1) - x.mean()) ** 2).sum() / (k - 1)
    subjects = k * ((x.mean(0) - x.mean()) ** 2).sum() / (n - 1)
    return between, subjects, (residual ** 2).sum() / ((k - 1) * (n - 1))


def repeated_of(c):
    x = np.array(c["groups"])
    k, n = x.shape
    if n < 2:
        return [NAN, NAN]
    between, _, residual = variation(x)
    f = between / residual
    return finite([f, stats.f.sf(f, k - 1, (n - 1) * (k - 1))])


def intraclass_of(c):
    x = np.array(c["groups"])
    k, n = x.shape
    if n < 2 or not vary(x.ravel()):
        return [NAN, NAN]
    raters, subjects, residual = variation(x)
    excess = subjects - residual
    base = subjects + (k - 1) * residual
    if base <= 1e-24 * raters:  # Raters differ, subjects do not.
        return [NAN, NAN]
    absolute = excess / (base + k * (raters - residual) / n)
    return [absolute if np.isfinite(absolute) else NAN, excess / base]


def corrected_of(c):
    d = np.array(c["a"]) - np.array(c["b"])
    scale = np.sqrt((1 / len(d) + 1 / (c["folds"] - 1)) * d.var(ddof=1))
    t = d.mean() / scale
    return finite([t, 2 * stats.t.sf(abs(t), len(d) - 1)])


def adjusted_of(c):
    methods = ("bonferroni", "holm", "holm-sidak", "fdr_bh", "fdr_by")
    return [v for method in methods for v in multipletests(c["a"], method=method)[1]]


def effect_of(c):
    a, b = np.array(c["a"]), np.array(c["b"])
    n1, n2 = len(a), len(b)
    if n1 < 2 or n2 < 2 or not (vary(a) or vary(b)):
        return [NAN] * 6
    n, df = n1 + n2, n1 + n2 - 2
    d = (a.mean() - b.mean()) / np.sqrt(((n1 - 1) * a.var(ddof=1) + (n2 - 1) * b.var(ddof=1)) / df)
    half = stats.norm.ppf(.975) * np.sqrt(n / (n1 * n2) + d * d / (2 * n))
    scale = np.sqrt(n1 * n2 / n)

    def is_bound(probability):
        def check(bound):
            if bound is None:
                return abs(d * scale) > 1e4
            return abs(noncentral_t_cdf(d * scale, df, bound * scale) - probability) < 1e-8
        return check

    return [d, d * (1 - 3 / (4 * df - 1)), d - half, d + half, is_bound(.975), is_bound(.025)]


def noncentral_t_cdf(t, df, delta):
    """By quadrature: scipy's own is right to four digits in some places only.
    P(Z + delta <= t * S), S a chi with df degrees of freedom over sqrt(df)."""
    edges = np.linspace(0, np.sqrt(stats.chi2.isf(1e-18, df) / df), 40)
    if t:  # Fine around where the normal's probability changes.
        fine = delta / t + np.arange(-12, 13, 2) / abs(t)
        edges = np.unique(np.append(edges, fine[(fine > 0) & (fine < edges[-1])]))
    half = np.diff(edges)[:, None] / 2
    s = edges[:-1, None] + half * (1 + NODES)
    density = 2 * df * s * stats.chi2.pdf(df * s * s, df)
    return float((half * WEIGHTS * density * special.ndtr(t * s - delta)).sum())


def paired_effect_of(c):
    a, b = np.array(c["a"]), np.array(c["b"])
    d = a - b
    if len(d) < 2 or not vary(d):
        return [NAN, NAN]
    return [d.mean() / d.std(ddof=1), d.mean() / ((a.std(ddof=1) + b.std(ddof=1)) / 2)]


def bootstrap_of(c):
    resampled, x, tail = np.array(c["a"]), np.array(c["x"]), (1 - c["level"]) / 2
    plain = np.percentile(resampled, [100 * tail, 100 - 100 * tail])
    left = np.array(c["left_out"])
    if np.ptp(left) <= 4 * np.finfo(float).eps * abs(left).max():
        return [*plain, NAN, NAN]
    lower, upper, _ = _resampling._bca_interval((x,), np.mean, -1, tail, resampled, None, XP)
    if np.isnan(lower):
        return [*plain, NAN, NAN]
    return [*plain, *np.percentile(resampled, [100 * float(lower), 100 * float(upper)])]


def bias_of(c):
    age, predicted = np.array(c["a"]), np.array(c["b"])
    n = len(age)
    if not vary(age):
        return [NAN] * (2 * n)
    line = stats.linregress(age, predicted)
    gap = stats.linregress(age, predicted - age)  # Beheshti's way; de Lange's is equal.
    cole = (predicted - line.intercept) / line.slope - age if line.slope >= .1 else [NAN] * n
    if abs(line.slope - .1) < 1e-12:  # Rounding decides.
        cole = [lambda ours: True] * n
    return [*cole, *(predicted - (gap.slope * age + gap.intercept) - age)]


def t_one(c, side):
    return stats.ttest_1samp(c["a"], c["mean"], alternative=side)


def t_paired(c, side):
    return stats.ttest_rel(c["a"], c["b"], alternative=side)


def t_two(equal):
    def of(c, side):
        if min(len(c["a"]), len(c["b"])) < 2:
            return NAN, NAN
        return stats.ttest_ind(c["a"], c["b"], equal_var=equal, alternative=side)
    return of


# Name: (case from draws, values of a case).
FUNCTIONS = {
    "moments": (samples.one, moments_of),
    "errors": (samples.pairs, errors_of),
    "age_groups": (samples.ages, age_groups_of),
    "cumulative_scores": (samples.pairs, cumulative_of),
    "pearson": (samples.pairs, pearson_of),
    "spearman": (samples.pairs, rank_correlation(stats.spearmanr)),
    "kendall": (samples.pairs, rank_correlation(stats.kendalltau)),
    "one_sample_t": (samples.one_against, three_sides(t_one)),
    "paired_t": (samples.pairs, three_sides(t_paired)),
    "student_t": (samples.two, three_sides(t_two(True))),
    "welch_t": (samples.two, three_sides(t_two(False))),
    "mann_whitney": (samples.two, mann_whitney_of),
    "wilcoxon": (samples.pairs, wilcoxon_of),
    "one_way_anova": (samples.groups, over_groups(stats.f_oneway)),
    "kruskal_wallis": (samples.groups, over_groups(stats.kruskal)),
    "levene": (samples.groups, over_groups(stats.levene)),
    "repeated_measures": (samples.rows, repeated_of),
    "friedman": (lambda draws: samples.rows(draws, 3), over_groups(stats.friedmanchisquare)),
    "intraclass": (samples.rows, intraclass_of),
    "corrected_t": (samples.folds, corrected_of),
    "multiplicity": (samples.p_values, adjusted_of),
    "effect_size": (samples.two, effect_of),
    "paired_effect": (samples.pairs, paired_effect_of),
    "confusion": (samples.scores, classification.confusion_of),
    "roc": (samples.scores, classification.roc_of),
    "calibration": (samples.scores, classification.calibration_of),
    "proportion": (samples.counts, classification.proportion_of),
    "bootstrap": (samples.replicates, bootstrap_of),
    "bias_correction": (samples.pairs, bias_of),
    "combat": (samples.combat, combat_reference.harmonised),
}
