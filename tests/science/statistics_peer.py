"""core/statistics against scipy, statsmodels, scikit-learn and neuroCombat.

Random cases of each function, with ties, tiny samples and degenerate ones. Every
value must agree to 1e-6, absolute or relative, and where the peer has none
(nan, an error), there must be n/a. Deliberate differences are listed in
statistics_reference.py, each with its reason.

    statistics_peer.py PROGRAM [--cases N] [--seed N] [FUNCTION...]

PROGRAM is tests/statistics_peer_cases. 10,000 cases of each function, or with
GYRUS_LONG_TESTS set 100,000.
"""

import argparse
import gc
import json
import math
import os
import subprocess
import sys
import tempfile
import time
import warnings

SKIPPED = 77

try:
    import numpy

    import library_checks
    import statistics_reference
except ImportError as error:
    print(f"skipped: {error}; deploy/peers.sh installs the packages of peers-statistics.txt")
    sys.exit(SKIPPED)

TOLERANCE = 1e-6


class Tally:
    """The findings about one function."""

    def __init__(self):
        self.cases = self.values = self.undefined = self.excused = 0
        self.worst = 0.0
        self.wrong = []

    def add(self, case, ours, theirs):
        self.cases += 1
        if isinstance(ours, dict):
            self.wrong.append((case, ours["error"], theirs))
            return
        if ours is None:  # The whole answer is n/a.
            ours = [None] * len(theirs)
        if len(ours) != len(theirs):
            self.wrong.append((case, ours, theirs))
            return
        for place, (one, other) in enumerate(zip(ours, theirs)):
            self.add_value(case, place, one, other, (ours, theirs))

    def add_value(self, case, place, ours, theirs, answers):
        self.values += 1
        if callable(theirs):  # A property that more than one value has.
            verdict = theirs(ours)
            if not verdict:
                self.wrong.append((case, place, answers))
            return
        absent = theirs is None or math.isnan(theirs)
        if ours is None and absent:
            self.undefined += 1
        elif ours is None and statistics_reference.is_rounding(case, answers[1]):
            self.excused += 1
        elif ours is None or absent:
            self.wrong.append((case, place, answers))
        else:
            difference = abs(ours - theirs) / max(1.0, abs(theirs))
            self.worst = max(self.worst, difference)
            if not difference <= TOLERANCE:
                self.wrong.append((case, place, answers))

    def line(self, name):
        excused = f", {self.excused} by rounding alone" if self.excused else ""
        return (f"{name:18} {self.cases:6} cases {self.values:7} values, worst difference "
                f"{self.worst:.1e}, {self.undefined} n/a on both sides{excused}, "
                f"{len(self.wrong)} wrong")


def answers_of(program, cases):
    """The program's answer to each case."""
    with tempfile.TemporaryFile("w+") as given, tempfile.TemporaryFile("w+") as got:
        for case in cases:
            given.write(json.dumps(case) + "\n")
        given.seek(0)
        subprocess.run([program], stdin=given, stdout=got, check=True)
        got.seek(0)
        return [json.loads(line) for line in got]


def compare(program, name, count, seed):
    # Each function has draws of its own, so that one can be looked at alone.
    draws = numpy.random.default_rng([seed, *name.encode()])
    make, expected = statistics_reference.FUNCTIONS[name]
    cases = [dict(make(draws), f=name) for _ in range(count)]
    tally = Tally()
    for case, ours in zip(cases, answers_of(program, cases)):
        tally.add(case, ours, [value for value in expected(case)])
    return tally


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("functions", nargs="*", default=[])
    long_form = bool(os.environ.get("GYRUS_LONG_TESTS"))
    parser.add_argument("--cases", type=int, default=100_000 if long_form else 10_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    numpy.seterr(all="ignore")
    gc.collect = lambda *_: 0  # statsmodels' multipletests collects garbage in each call.
    wrong = 0
    started = time.monotonic()
    for name in arguments.functions or statistics_reference.FUNCTIONS:
        began = time.monotonic()
        tally = compare(arguments.program, name, arguments.cases, arguments.seed)
        print(f"{tally.line(name)} ({time.monotonic() - began:.1f} s)", flush=True)
        for example in tally.wrong[:3]:
            print("   ", *example, sep="\n    ")
        # A function of which nothing was compared was not tested.
        wrong += len(tally.wrong) + (tally.values == tally.undefined)
    wrong += library_checks.count_wrong(arguments.seed)
    print(f"seed {arguments.seed}, {time.monotonic() - started:.0f} s, {wrong} wrong")
    for difference in statistics_reference.DELIBERATE:
        print(f"deliberate: {difference}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
