"""experiments/neonates.yaml as a MONAI user writes it: the same arms, folds,
network, epochs and batches, in one process, images cached once per arm.

    python neonates_monai.py FOLDER [--threads 2]

FOLDER holds participants.csv and the images. Prints a cross-validation table;
its numbers differ from Gyrus' in the draw of the folds and of the weights.
"""

import argparse
import copy
import csv
import pathlib
import random
import statistics
import sys

import torch
from monai.data import CacheDataset, DataLoader
from monai.transforms import (
    Compose,
    CropForegroundd,
    EnsureChannelFirstd,
    Lambda,
    LoadImaged,
    NormalizeIntensityd,
    Orientationd,
    ResizeWithPadOrCropd,
    Spacingd,
)
from monai.utils import set_determinism

sys.path.insert(0, str(pathlib.Path(__file__).parents[3] / "models" / "python"))
from gyrus_models import ResNet  # noqa: E402

FOLDS = 3
EPOCHS = 10
BATCH = 2
VALIDATION = 0.2
SIZE = (64, 80, 56)
SPACING = (1.8, 1.8, 1.8)
PARAMETERS = 33_130_689


def read_cohort(folder):
    with open(folder / "participants.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        {
            "T1w": str(folder / row["t1w"]),
            "T2w": str(folder / row["t2w"]),
            "target": float(row["brain_ml"]),
        }
        for row in rows
    ]


def divide(item):
    t1w, t2w = item["T1w"], item["T2w"]
    item["RI"] = torch.where(t2w > 0, t1w / t2w.clamp(min=1e-6), torch.zeros_like(t1w))
    return item


def make_recipe(arm):
    images = ["T1w", "T2w"] if arm == "RI" else [arm]
    steps = [
        LoadImaged(images),
        EnsureChannelFirstd(images),
        Orientationd(images, axcodes="RAS", labels=None),
        Spacingd(images, pixdim=SPACING, mode="bilinear"),
        CropForegroundd(images, source_key=images[0], allow_smaller=True),
        ResizeWithPadOrCropd(images, spatial_size=SIZE),
    ]
    if arm == "RI":
        steps.append(Lambda(divide))
    steps.append(NormalizeIntensityd([arm], nonzero=True))
    return Compose(steps)


def make_network():
    network = ResNet(axes=3)  # MONAI's own needs norms with weights.
    assert sum(p.numel() for p in network.parameters()) == PARAMETERS
    return network


@torch.no_grad()
def mean_error(network, scale, offset, items, arm):
    errors = [
        abs((network(item[arm][None]) * scale + offset).item() - item["target"]) for item in items
    ]
    return statistics.fmean(errors)


def train_fold(arm, items, train, validation, test):
    targets = [items[i]["target"] for i in train]
    offset, scale = statistics.fmean(targets), statistics.pstdev(targets)
    network = make_network()
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-4, fused=True)
    loader = DataLoader([items[i] for i in train], batch_size=BATCH, shuffle=True, num_workers=0)
    best = (float("inf"), None)
    for _ in range(EPOCHS):
        for batch in loader:
            optimizer.zero_grad(set_to_none=True)
            prediction = network(batch[arm].as_tensor()).squeeze(1) * scale + offset
            torch.nn.functional.l1_loss(prediction, batch["target"].float()).backward()
            optimizer.step()
        loss = mean_error(network, scale, offset, [items[i] for i in validation], arm)
        if loss < best[0]:
            best = (loss, copy.deepcopy(network.state_dict()))
    network.load_state_dict(best[1])
    return mean_error(network, scale, offset, [items[i] for i in test], arm)


def folds_of(count):
    order = list(range(count))
    random.Random(1).shuffle(order)
    for fold in range(FOLDS):
        test = order[fold::FOLDS]
        rest = [i for i in order if i not in test]
        held = round(VALIDATION * len(rest))
        yield rest[held:], rest[:held], test


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    set_determinism(1)
    cohort = read_cohort(arguments.folder)
    print(f"{'arm':<5}{'MAE [ml] +- SD':>18}")
    for arm in ("T1w", "T2w", "RI"):
        items = CacheDataset(
            cohort, make_recipe(arm), num_workers=arguments.threads, progress=False
        )
        errors = [train_fold(arm, items, *fold) for fold in folds_of(len(cohort))]
        print(f"{arm:<5}{statistics.fmean(errors):>9.2f} +- {statistics.stdev(errors):.2f}")


if __name__ == "__main__":
    main()
