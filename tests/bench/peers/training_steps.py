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
from torch_peer import CASES, OUTPUTS, TASKS, losses_of, make_network, slices_seen  # noqa: E402

THREADS = 2
ITEMS = 2
WARM_UP = 2


class Python:
    """The step as one writes it in PyTorch."""

    def __init__(self, model, shape, task):
        self.task, self.slices = task, slices_seen(model)
        self.network = make_network(model, shape, task)
        self.optimizer = torch.optim.Adam(self.network.parameters(), lr=1e-4, fused=True)
        self.batch = {"volumes": torch.rand(ITEMS, *shape),
                      "targets": (torch.randint(0, OUTPUTS[task], [ITEMS]).float()
                                  if task == "classes" else 30 + 25 * torch.rand(ITEMS)),
                      "labels": torch.randint(0, 4, [ITEMS, *shape[1:]]).float()}
        film = model.get("resnet3d", {}).get("film")
        self.inputs = [self.batch["volumes"]] + ([torch.rand(ITEMS, len(film))] if film else [])

    def step(self):
        begin = time.perf_counter()
        self.optimizer.zero_grad()
        outputs = self.network(*self.inputs)
        losses_of(self.task, outputs, self.batch, self.network, self.slices).mean().backward()
        self.optimizer.step()
        return time.perf_counter() - begin


class Gyrus:
    def __init__(self, program, text, shape, task):
        self.process = subprocess.Popen(
            [program, "-", text, TASKS[task], "x".join(map(str, shape)), "0", str(THREADS)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def step(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def interval(ratios, draws=2000):
    """The interval of the median, by resampling pairs."""
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
    for name, model, text, shape, task, _, threads in CASES:
        if threads != THREADS or (options.names and name not in options.names):
            continue
        python, gyrus = Python(model, shape, task), Gyrus(options.program, text, shape, task)
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
