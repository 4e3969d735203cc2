"""Whether models/python/gyrus_models.py makes a network of what Gyrus leaves beside its
weights, and applies the scale and offset of its output.

    model_json_peer.py PROGRAM     PROGRAM is tests/model_json_peer_write

PROGRAM writes a model.json for each task into a folder.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

SKIPPED = 77

try:
    import safetensors.torch
    import torch
except ImportError as error:
    print(f"skipped: {error}; deploy/peers.sh installs PyTorch and safetensors")
    sys.exit(SKIPPED)

sys.path.insert(0, str(Path(__file__).parents[2] / "models" / "python"))
import gyrus_models  # noqa: E402


def of_number(outputs, spec):
    return 2.5 * outputs[:, 0] + 30.25


def of_classes(outputs, spec):
    return torch.softmax(outputs, 1)


def of_bins(outputs, spec):
    centres = torch.tensor([0.25 + 0.5 * i for i in range(20)])
    return (torch.softmax(outputs, 1) * centres).sum(1)


EXPECTED = {"number": of_number, "classes": of_classes, "bins": of_bins}


def check(folder, expected):
    spec = json.loads((folder / "model.json").read_text())
    torch.manual_seed(1)
    network = gyrus_models.make(spec["model"], len(spec["channels"]), outputs=spec["outputs"],
                                slices=spec.get("slices", 0))
    # As Gyrus writes weights: without PyTorch's count of batches.
    state = {name: tensor.contiguous() for name, tensor in network.state_dict().items()
             if not name.endswith("num_batches_tracked")}
    safetensors.torch.save_file(state, folder / "weights.safetensors")
    trained = gyrus_models.load(folder)
    volumes = torch.rand(2, *spec["input_shape"])
    covariates = [torch.tensor([[1290.0], [1110.0]])] if spec["covariates"] else []
    # (1290 - 1200) / 90 and (1110 - 1200) / 90.
    scaled = [torch.tensor([[1.0], [-1.0]])] if spec["covariates"] else []
    with torch.no_grad():
        outputs = network.eval()(volumes, *scaled)
    wanted = expected(outputs, spec)
    got = trained.predict(volumes, *covariates)
    same = got.shape == wanted.shape and torch.allclose(got, wanted, rtol=1e-6, atol=1e-6)
    print(f"{folder.name:8} {'same' if same else f'WRONG: {got} for {wanted}'}")
    return same


def main():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.argv[1], folder], check=True)
        wrong = [name for name, expected in EXPECTED.items()
                 if not check(Path(folder) / name, expected)]
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
