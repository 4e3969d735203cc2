"""ComBat once more, in numpy, for statistics_peer.py."""

import numpy as np


def shrink(z, gamma, delta):
    """Posterior means of one site's shifts and scales; z is scans by features."""
    n = len(z)
    gamma_bar, tau2 = gamma.mean(), gamma.var(ddof=1)
    m, s2 = delta.mean(), delta.var(ddof=1)
    a, b = (2 * s2 + m * m) / s2, (m * s2 + m ** 3) / s2
    old_gamma, old_delta, change = gamma, delta, 1.0
    while change > 1e-4:
        new_gamma = (tau2 * n * gamma + old_delta * gamma_bar) / (tau2 * n + old_delta)
        new_delta = (.5 * ((z - new_gamma) ** 2).sum(0) + b) / (n / 2 + a - 1)
        change = max((abs(new_gamma - old_gamma) / old_gamma).max(),
                     (abs(new_delta - old_delta) / old_delta).max())
        old_gamma, old_delta = new_gamma, new_delta
    return old_gamma, old_delta


def harmonised(c):
    sites = np.array(c["sites"])
    y = np.array(c["a"]).reshape(len(sites), c["columns"])
    names = sorted(set(c["sites"]))
    batch = (sites[:, None] == names).astype(float)
    design = np.hstack([batch] + [np.array(x)[:, None] for x in c["covariates"]])
    if np.linalg.matrix_rank(design) < design.shape[1] or len(y) == design.shape[1]:
        return [float("nan")] * y.size
    effects = np.linalg.lstsq(design, y, rcond=None)[0]
    reference = sites == c["reference"] if "reference" in c else np.ones(len(sites), bool)
    spread = np.sqrt(((y - design @ effects)[reference] ** 2).mean(0))
    expected = (batch[reference] @ effects[:len(names)]).mean(0) + \
        design[:, len(names):] @ effects[len(names):]
    z = (y - expected) / spread
    out = y.copy()
    for name in names:
        where = sites == name
        if name == c.get("reference"):
            continue
        gamma, delta = z[where].mean(0), z[where].var(0, ddof=1)
        if c["empirical_bayes"]:
            if np.ptp(delta) <= 1e-11 * delta.max():  # No prior of one variance.
                return [float("nan")] * y.size
            gamma, delta = shrink(z[where], gamma, delta)
        out[where] = (z[where] - gamma) / np.sqrt(delta) * spread + expected[where]
    return out.ravel().tolist()
