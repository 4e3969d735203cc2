"""Random cases for statistics_peer.py, and what the peers make of them."""

import numpy as np
from scipy import optimize, special, stats
from scipy.stats import _resampling
from statsmodels.stats import contingency_tables, proportion
from statsmodels.stats.multitest import multipletests

import combat_reference
import statistics_samples as samples

NAN = float("nan")
SIDES = ("two-sided", "less", "greater")

DELIBERATE = [
    "t, F of groups without spread: scipy inf with p = 0, here n/a: p would be of rounding",
    "the same of differences, distances or residuals that differ by rounding alone",
    "correlation of two pairs: scipy's Pearson p = 1, here n/a: two points lie on a line",
    "Pearson's interval of three pairs: scipy [-1, 1], here n/a",
    "Mann-Whitney of equal values: scipy p = 1, here n/a",
    "Mann-Whitney exact with ties: scipy leaves the ties out of account, here n/a",
    "Wilcoxon of zeros alone with zsplit: scipy p = 1, here n/a",
    "McNemar without discordant items: statsmodels p = 1, here n/a",
    "ratios with 0 below: scikit-learn 0, here n/a",
]


# ---- What the peers make of them -----------------------------------------------

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


def wilcoxon_of(c):
    d = np.array(c["a"]) - np.array(c["b"])
    if not d.any():
        return [NAN] * 13
    values = []
    for side in SIDES:
        values += list(stats.wilcoxon(d, alternative=side))
    for side in SIDES:
        values.append(stats.wilcoxon(d, alternative=side, method="approx", correction=True).pvalue)
    for zeros in ("pratt", "zsplit"):
        values += list(stats.wilcoxon(d, zero_method=zeros))
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
    return [excess / (base + k * (raters - residual) / n), excess / base]


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
    t = d * scale
    bounds = [optimize.brentq(lambda delta: special.nctdtr(df, delta, t) - p, *bracket(df, t, p),
                              xtol=1e-11) / scale for p in (.975, .025)]
    return [d, d * (1 - 3 / (4 * df - 1)), d - half, d + half, *bounds]


def bracket(df, t, p):
    low, high = t - 2, t + 2
    while special.nctdtr(df, low, t) < p:
        low -= 2 * (high - low)
    while special.nctdtr(df, high, t) > p:
        high += 2 * (high - low)
    return low, high


def paired_effect_of(c):
    a, b = np.array(c["a"]), np.array(c["b"])
    d = a - b
    if len(d) < 2 or not vary(d):
        return [NAN, NAN]
    return [d.mean() / d.std(ddof=1), d.mean() / ((a.std(ddof=1) + b.std(ddof=1)) / 2)]


def ratio(part, whole):
    return part / whole if whole else NAN


def confusion_of(c):
    labels, decided = np.array(c["labels"]), np.array(c["a"]) >= c["threshold"]
    tp, fp = int((decided & (labels == 1)).sum()), int((decided & (labels == 0)).sum())
    tn, fn = int((~decided & (labels == 0)).sum()), int((~decided & (labels == 1)).sum())
    n = tp + fp + tn + fn
    sensitivity, specificity = ratio(tp, tp + fn), ratio(tn, tn + fp)
    chance = ((tp + fp) * (tp + fn) + (fn + tn) * (fp + tn)) / n ** 2
    return [(tp + tn) / n, sensitivity, specificity, (sensitivity + specificity) / 2,
            ratio(tp, tp + fp), ratio(tn, tn + fn), ratio(2 * tp, 2 * tp + fp + fn),
            ratio(tp * tn - fp * fn, np.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))),
            NAN if (tp + fp) * (tp + fn) + (fn + tn) * (fp + tn) == n * n
            else ((tp + tn) / n - chance) / (1 - chance)]


def placements(labels, values):
    positive, negative = values[labels == 1], values[labels == 0]
    wins = (positive[:, None] > negative) + .5 * (positive[:, None] == negative)
    return wins.mean(1), wins.mean(0)


def precision_of(labels, values):
    if not labels.any():
        return NAN
    thresholds = np.unique(values)[::-1]
    taken = values[None, :] >= thresholds[:, None]
    hits = (taken & (labels == 1)).sum(1)
    return float((np.diff(hits, prepend=0) / labels.sum() * hits / taken.sum(1)).sum())


def roc_of(c):
    labels, a, b = np.array(c["labels"]), np.array(c["a"]), np.array(c["b"])
    m, n = int(labels.sum()), int((1 - labels).sum())
    precision = precision_of(labels, a)
    if not m or not n:
        return [NAN, precision] + [NAN] * 9
    a10, a01 = placements(labels, a)
    auc = a10.mean()

    def youden(threshold):
        return ((a >= threshold) & (labels == 1)).sum() / m - ((a >= threshold) & (labels == 0)).sum() / n

    best = max(youden(v) for v in a)

    def is_best(threshold):
        return threshold is not None and threshold in a and abs(youden(threshold) - best) < 1e-12

    if m < 2 or n < 2:
        return [auc, precision, is_best] + [NAN] * 8
    b10, b01 = placements(labels, b)
    s10, s01 = np.cov(a10, b10), np.cov(a01, b01)
    s = s10 / m + s01 / n
    half = stats.norm.ppf(.975) * np.sqrt(s[0, 0])
    logit = [NAN, NAN]
    if 0 < auc < 1:
        logit = [special.expit(special.logit(auc) + sign * half / (auc * (1 - auc)))
                 for sign in (-1, 1)]
    alike = np.ptp(a10 - b10) < 1e-12 and np.ptp(a01 - b01) < 1e-12
    z = (auc - b10.mean()) / np.sqrt(s[0, 0] + s[1, 1] - 2 * s[0, 1])
    test = [NAN] * 3 if alike else [s[0, 1], z, 2 * stats.norm.sf(abs(z))]
    return [auc, precision, is_best, s[0, 0], max(0, auc - half), min(1, auc + half), *logit, *test]


def calibration_of(c):
    labels, p = np.array(c["labels"]), np.array(c["a"])
    kept = np.clip(p, np.finfo(float).eps, 1 - np.finfo(float).eps)
    loss = -np.where(labels == 1, np.log(kept), np.log(1 - kept)).mean()
    edges = np.array([i / 10 for i in range(11)])
    where = np.clip(np.searchsorted(edges, p, side="left") - 1, 0, 9)
    error = sum(abs((labels - p)[where == i].sum()) for i in range(10)) / len(p)
    return [((p - labels) ** 2).mean(), loss, error]


def proportion_of(c):
    k, n = c["k"], c["n"]
    if n == 0:
        return [NAN] * 7
    table = [[0, k], [n, 0]]
    exact = contingency_tables.mcnemar(table, exact=True).pvalue
    square = contingency_tables.mcnemar(table, exact=False, correction=True)
    return [*proportion.proportion_confint(k, n, method="wilson"),
            *proportion.proportion_confint(k, n, method="beta"), exact, square.statistic,
            square.pvalue]


def bootstrap_of(c):
    resampled, x, tail = np.array(c["a"]), np.array(c["x"]), (1 - c["level"]) / 2
    plain = np.percentile(resampled, [100 * tail, 100 - 100 * tail])
    left = np.array(c["left_out"])
    if np.ptp(left) <= 4 * np.finfo(float).eps * abs(left).max():
        return [*plain, NAN, NAN]
    lower, upper, _ = _resampling._bca_interval((x,), np.mean, -1, tail, resampled, None)
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
    return [*cole, *(predicted - (gap.slope * age + gap.intercept) - age)]


def t_one(c, side):
    return stats.ttest_1samp(c["a"], c["mean"], alternative=side)


def t_paired(c, side):
    return stats.ttest_rel(c["a"], c["b"], alternative=side)


def t_two(equal):
    return lambda c, side: stats.ttest_ind(c["a"], c["b"], equal_var=equal, alternative=side)


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
    "confusion": (samples.scores, confusion_of),
    "roc": (samples.scores, roc_of),
    "calibration": (samples.scores, calibration_of),
    "proportion": (samples.counts, proportion_of),
    "bootstrap": (samples.replicates, bootstrap_of),
    "bias_correction": (samples.pairs, bias_of),
    "combat": (samples.combat, combat_reference.harmonised),
}
