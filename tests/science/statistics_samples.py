"""Random cases for statistics_peer.py."""

import numpy as np


def size_of(draws, least=0):
    """Often tiny; sometimes over the 50 where Wilcoxon's auto changes."""
    low, high = [(least, 4), (4, 9), (8, 26), (45, 60)][draws.choice(4, p=[.25, .35, .3, .1])]
    return int(draws.integers(max(low, least), max(high, least + 1)))


def sample(draws, n, kind=None):
    kind = draws.choice(5, p=[.4, .25, .2, .1, .05]) if kind is None else kind
    if kind == 0:  # No ties.
        return list(draws.normal(60, 15, n))
    if kind == 1:  # Decimals as people write them: ties, and differences that are none.
        return [round(float(v), 1) for v in draws.normal(5, 1.5, n)]
    if kind == 2:  # Nearly all ties.
        return [float(v) for v in draws.integers(0, 4, n)]
    if kind == 3:  # Skewed, over magnitudes.
        return list(np.exp(draws.normal(0, 3, n)))
    return [float(draws.choice([0.0, 0.1, 7.0]))] * n


def one(draws):
    percent = draws.choice([0, 2.5, 25, 50, 100, 99 * draws.random()])
    return {"a": sample(draws, size_of(draws)), "percent": float(percent)}


def one_against(draws):
    values = sample(draws, size_of(draws))
    return {"a": values, "mean": float(draws.choice([0, 5, 60]))}


def pairs(draws, least=0):
    n = size_of(draws, least)
    kind = draws.choice(5, p=[.4, .25, .2, .1, .05])
    a = sample(draws, n, kind)
    how = draws.choice(4, p=[.4, .4, .15, .05])
    if how == 0:
        b = sample(draws, n, kind)
    elif how == 1:  # Related.
        b = [round(v + w, 1) if kind == 1 else v + w for v, w in zip(a, sample(draws, n, kind))]
    elif how == 2:
        b = sample(draws, n)
    else:  # The same, or moved as a whole: differences of rounding.
        shift = float(draws.choice([0, 0.1]))
        b = [v + shift for v in a]
    return {"a": a, "b": b}


def two(draws):
    kind = draws.choice(5, p=[.4, .25, .2, .1, .05])
    return {"a": sample(draws, size_of(draws), kind), "b": sample(draws, size_of(draws), kind)}


def groups(draws):
    kind = draws.choice(5, p=[.4, .25, .2, .1, .05])
    least = 0 if draws.random() < .1 else 1
    sizes = [min(size_of(draws, least), 25) for _ in range(draws.integers(2, 6))]
    return {"groups": [sample(draws, n, kind) for n in sizes]}


def rows(draws, least=2):
    kind = draws.choice(5, p=[.4, .25, .2, .1, .05])
    n = min(size_of(draws, 1), 25)
    return {"groups": [sample(draws, n, kind) for _ in range(draws.integers(least, 6))]}


def folds(draws):
    k, r = int(draws.integers(2, 11)), int(draws.integers(1, 4))
    case = pairs(draws, 1)
    a, b = (np.resize(case[name], k * r) for name in "ab")
    return {"a": list(a), "b": list(b), "folds": k, "repeats": r}


def p_values(draws):
    p = draws.random(draws.integers(1, 20)) ** draws.choice([1, 4])
    if draws.random() < .3:
        p = np.round(p, 1)
    return {"a": list(p)}


def scores(draws):
    n = size_of(draws, 1)
    share = draws.choice([0, .1, .5, .9, 1], p=[.03, .2, .54, .2, .03])
    labels = (draws.random(n) < share).astype(int)
    a = np.clip(labels * draws.choice([0, .3, 1]) + draws.random(n), 0, 1.5) / 1.5
    b = draws.random(n)
    if draws.random() < .5:
        a, b = np.round(a, 1), np.round(b, 1)
    if draws.random() < .05:
        b = a * .5
    return {"labels": labels.tolist(), "a": a.tolist(), "b": b.tolist(),
            "threshold": float(draws.choice([.5, .3, draws.random()]))}


def counts(draws):
    n = int(draws.integers(0, [3, 30, 500][draws.integers(3)]))
    return {"k": int(draws.integers(0, n + 1)), "n": n}


def combat(draws):
    sites = draws.integers(2, 4)
    sizes = draws.integers(2, 8, sites)
    names = [name for name, n in zip("ABC", sizes) for _ in range(n)]
    draws.shuffle(names)
    n, columns = len(names), int(draws.integers(2, 6))
    shift = np.array([{"A": 0, "B": 2, "C": -3}[name] for name in names])[:, None]
    values = draws.normal(10, 1, (n, columns)) * (1 + abs(shift) / 3) + shift
    covariates = [draws.normal(0, 1, n).tolist() for _ in range(draws.integers(0, 3))]
    case = {"a": values.ravel().tolist(), "columns": columns, "sites": names,
            "covariates": covariates, "empirical_bayes": bool(draws.random() < .8)}
    if draws.random() < .2:
        case["reference"] = "A"
    return case


def ages(draws):
    case = pairs(draws)
    return dict(case, edges=[0.0, 2.0, 4.0, 5.5, 40.0, 60.0, 90.0])


def replicates(draws):
    x = np.array(sample(draws, int(draws.integers(2, 12))))
    resampled = x[draws.integers(0, len(x), (100, len(x)))].mean(axis=1)
    left_out = [np.mean(np.delete(x, i)) for i in range(len(x))]
    return {"a": list(resampled), "estimate": float(np.mean(x)), "left_out": list(left_out),
            "level": float(draws.choice([.9, .95, .99])), "x": list(x)}
