"""That the references which statistics_reference.py computes itself, because the
libraries are slow, are those of the libraries: on a few hundred cases each."""

import contextlib
import io

import numpy as np
import pandas
from scipy import stats

if not hasattr(np, "int"):
    np.int = int  # neuroCombat 0.2.12 is older than NumPy's removal of the name.

from neuroCombat import neuroCombat  # noqa: E402
from sklearn import metrics  # noqa: E402
from statsmodels.stats.anova import AnovaRM  # noqa: E402

import classification_reference as classes  # noqa: E402
import combat_reference  # noqa: E402
import statistics_reference as reference  # noqa: E402
import statistics_samples as samples  # noqa: E402

CASES = 300
TOLERANCE = 1e-6


def near(ours, theirs):
    return np.allclose(ours, theirs, rtol=TOLERANCE, atol=TOLERANCE)


def repeated_measures(draws):
    case = samples.rows(draws)
    x = np.array(case["groups"])
    f, p = reference.repeated_of(case)
    if np.isnan(f) or reference.is_rounding(dict(case, f="repeated_measures"), None):
        return True
    table = pandas.DataFrame([{"value": x[i, j], "condition": i, "subject": j}
                              for i in range(x.shape[0]) for j in range(x.shape[1])])
    row = AnovaRM(table, "value", "subject", within=["condition"]).fit().anova_table.iloc[0]
    # statsmodels loses digits of an F near 0 or far above 1.
    return near([p], [row["Pr > F"]]) and np.isclose(f, row["F Value"], rtol=1e-5, atol=1e-6)


def classification(draws):
    case = samples.scores(draws)
    labels, a = np.array(case["labels"]), np.array(case["a"])
    decided = a >= case["threshold"]
    brier, loss, _ = classes.calibration_of(case)
    same = near([brier, loss], [metrics.brier_score_loss(labels, a, pos_label=1),
                                metrics.log_loss(labels, a, labels=[0, 1])])
    theirs = [metrics.accuracy_score(labels, decided), metrics.recall_score(labels, decided),
              metrics.recall_score(labels, decided, pos_label=0), None,
              metrics.precision_score(labels, decided),
              metrics.precision_score(labels, decided, pos_label=0),
              metrics.f1_score(labels, decided), metrics.matthews_corrcoef(labels, decided),
              metrics.cohen_kappa_score(labels, decided)]
    for ours, other in zip(classes.confusion_of(case), theirs):
        same = same and (other is None or np.isnan(ours) or near(ours, other))
    if len(set(case["labels"])) == 2:
        area, precision, *_ = classes.roc_of(case)
        same = same and near([area, precision], [metrics.roc_auc_score(labels, a),
                                                 metrics.average_precision_score(labels, a)])
    return same


def signed_ranks(draws):
    """scipy counts sign patterns as well, up to 13 pairs; of 8 that is quick."""
    case = samples.pairs(draws)
    d = (np.array(case["a"]) - np.array(case["b"]))[:8]
    if not d.any():
        return True
    return all(near(reference.signed_ranks(d, side, zeros),
                    list(stats.wilcoxon(d, alternative=side, zero_method=zeros)))
               for side in reference.SIDES for zeros in ("wilcox", "pratt", "zsplit"))


def combat(draws):
    case = samples.combat(draws)
    ours = combat_reference.harmonised(case)
    if np.isnan(ours).any():
        return True
    covariates = pandas.DataFrame({"site": case["sites"]})
    for i, values in enumerate(case["covariates"]):
        covariates[f"x{i}"] = values
    with contextlib.redirect_stdout(io.StringIO()):
        theirs = neuroCombat(
            dat=np.array(case["a"]).reshape(-1, case["columns"]).T, covars=covariates,
            batch_col="site", continuous_cols=[f"x{i}" for i in range(len(case["covariates"]))],
            eb=case["empirical_bayes"], ref_batch=case.get("reference"))["data"]
    return near(ours, theirs.T.ravel())


def count_wrong(seed):
    wrong = 0
    for check, library in ((signed_ranks, "scipy"), (repeated_measures, "statsmodels' AnovaRM"),
                           (classification, "scikit-learn"), (combat, "neuroCombat")):
        draws = np.random.default_rng([seed, *check.__name__.encode()])
        of_check = sum(not check(draws) for _ in range(CASES))
        print(f"{check.__name__:18} {CASES:6} cases of the reference against {library}: "
              f"{of_check} wrong")
        wrong += of_check
    return wrong
