"""A training step of each network: Gyrus beside PyTorch's eager mode.

    python training_steps.py build/release/tests/torch_peer_steps [--pairs 20] [NAME...]

The two take turns, each in its own process with as many threads, on the same
network, input and batch, with fused Adam. Prints the ratio of their times,
median and 95 % interval of the pairs: below 1 Gyrus is faster.
"""

import argparse
import pathlib
import random
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "science"))
import torch  # noqa: E402
from torch_peer import CASES, OFFSET, SCALE, gyrus_models  # noqa: E402

THREADS = 2
ITEMS = 2
WARM_UP = 2


class Python:
    """The step as one writes it in PyTorch."""

    def __init__(self, model, shape, loss):
        axis = "xyz".index(model.get("slices", {}).get("axis", "z"))
        self.network = gyrus_models.make(model, shape[0], slices=shape[1 + axis])
        self.loss = {"l1": torch.nn.L1Loss(), "mse": torch.nn.MSELoss()}[loss]
        self.optimizer = torch.optim.Adam(self.network.parameters(), lr=1e-4, fused=True)
        self.volumes = torch.rand(ITEMS, *shape)
        self.targets = 30 + 25 * torch.rand(ITEMS)

    def step(self):
        begin = time.perf_counter()
        self.optimizer.zero_grad()
        prediction = self.network(self.volumes).squeeze(1) * SCALE + OFFSET
        self.loss(prediction, self.targets).backward()
        self.optimizer.step()
        return time.perf_counter() - begin


class Gyrus:
    def __init__(self, program, text, shape, loss):
        self.process = subprocess.Popen(
            [program, "-", text, "x".join(map(str, shape)), loss, "0", str(THREADS)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def step(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def interval(ratios, draws=2000):
    """Of the median, by resampling pairs."""
    drawn = random.Random(1)
    medians = sorted(statistics.median(drawn.choices(ratios, k=len(ratios))) for _ in range(draws))
    return medians[int(0.025 * draws)], medians[int(0.975 * draws)]


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("names", nargs="*", help="of the cases; all without")
    parser.add_argument("--pairs", type=int, default=20)
    options = parser.parse_intermixed_args()
    torch.set_num_threads(THREADS)
    for name, model, text, shape, loss, _, threads in CASES:
        if threads != THREADS or (options.names and name not in options.names):
            continue
        python, gyrus = Python(model, shape, loss), Gyrus(options.program, text, shape, loss)
        pairs = []
        for i in range(options.pairs + WARM_UP):
            # Who goes first changes.
            ours, theirs = (gyrus.step(), None) if i % 2 else (None, python.step())
            pairs.append((ours or gyrus.step(), theirs or python.step()))
        gyrus.close()
        pairs = pairs[WARM_UP:]
        ratios = [ours / theirs for ours, theirs in pairs]
        low, high = interval(ratios)
        print(f"{name}: {statistics.median(ratios):.3f} ({low:.3f} to {high:.3f}), "
              f"{statistics.median(p[0] for p in pairs):.3f} s beside "
              f"{statistics.median(p[1] for p in pairs):.3f} s", flush=True)


if __name__ == "__main__":
    main()
