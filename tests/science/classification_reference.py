"""Classification as scikit-learn and statsmodels define it, for
statistics_peer.py; where scikit-learn says 0 for 0 / 0, none."""

import numpy as np
from scipy import special, stats
from statsmodels.stats import contingency_tables, proportion

NAN = float("nan")


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
