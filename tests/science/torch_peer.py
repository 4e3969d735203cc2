"""Gyrus' networks against their twins in plain PyTorch of the same version.

Same weights, same volumes: the output of every operator, the gradients, the
losses and predictions of 20 steps, the weights and the optimiser's state after
them are the same bits. Where PyTorch's library is another build of that
version, each may differ by 1e-6 of its largest value, and the first operator
that differs is named.

    torch_peer.py PROGRAM [--long]     PROGRAM is torch_peer_steps

Without --long only the first network takes all its steps, the others four.
"""

import filecmp
import json
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

SKIPPED = 77

try:
    import torch
    from torch import nn
except ImportError as error:
    print(f"skipped: {error}; deploy/peers.sh installs PyTorch")
    sys.exit(SKIPPED)

sys.path.insert(0, str(Path(__file__).parents[2] / "models" / "python"))
import gyrus_models  # noqa: E402

# Name, model for PyTorch and for Gyrus (protobuf's text), input, loss, steps, threads.
CASES = [
    ("resnet3d", {"resnet3d": {}}, "resnet3d {}", (1, 64, 80, 56), "l1", 20, 2),
    ("resnet3d, one thread", {"resnet3d": {}}, "resnet3d {}", (1, 64, 80, 56), "mse", 5, 1),
    ("resnet3d depth 10, bias", {"resnet3d": {"depth": 10, "bias": True}},
     "resnet3d { depth: 10 bias: true }", (2, 40, 48, 40), "l1", 20, 2),
    ("resnet3d depth 34, affine", {"resnet3d": {"depth": 34, "affine": True, "width": 16}},
     "resnet3d { depth: 34 affine: true width: 16 }", (1, 40, 48, 40), "l1", 20, 2),
    ("resnet3d depth 50, batch norm",
     {"resnet3d": {"depth": 50, "norm": "batch", "width": 16, "stem": {"kernel": 7}}},
     "resnet3d { depth: 50 norm: NORM_BATCH width: 16 stem { kernel: 7 } }", (1, 40, 48, 40), "l1",
     20, 2),
    ("resnet3d, shortcuts of zeros", {"resnet3d": {"shortcut": "pad", "width": 16}},
     "resnet3d { shortcut: SHORTCUT_PAD width: 16 }", (1, 40, 41, 40), "l1", 20, 2),
    ("resnet2d, lower median", {"resnet2d": {}, "slices": {"aggregate": "median"}},
     "resnet2d {} slices { aggregate: SLICE_AGGREGATE_MEDIAN }", (1, 64, 80, 12), "l1", 20, 2),
    ("resnet2d depth 50, adapter (S1)",
     {"resnet2d": {"depth": 50, "norm": "batch", "stem": {"repeat": 4, "adapter": 3}},
      "slices": {"axis": "x", "from": 2, "count": 8}},
     "resnet2d { depth: 50 norm: NORM_BATCH stem { repeat: 4 adapter: 3 } } "
     "slices { axis: 'x' from: 2 count: 8 }", (1, 12, 96, 96), "l1", 20, 2),
    ("slice_lstm (S3)", {"slice_lstm": {}}, "slice_lstm {}", (1, 50, 50, 56), "l1", 20, 2),
    ("unet3d encoder", {"unet3d": {"features": [16, 32, 64, 96]}},
     "unet3d { features: [16, 32, 64, 96] }", (1, 40, 48, 40), "l1", 20, 2),
    ("unet2d encoder (S1)", {"unet2d": {}, "slices": {"axis": "z"}}, "unet2d {}", (1, 96, 96, 8),
     "l1", 20, 2),
    ("sfcn", {"sfcn": {"dropout": 0.0}}, "sfcn { dropout: 0 }", (1, 64, 80, 64), "l1", 20, 2),
]
# Gyrus gives target units; these are the scale and offset of torch_peer_steps.
SCALE, OFFSET = 12.5, 40
OTHER_BUILD_TOLERANCE = 1e-6
SHORT_STEPS = 4


def read_safetensors(path):
    """By the format's description alone."""
    data = bytearray(path.read_bytes())
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8:8 + length])
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        assert entry["dtype"] == "F32", name
        flat = torch.frombuffer(data, dtype=torch.float32, offset=8 + length + begin,
                                count=(end - begin) // 4)
        tensors[name] = flat.reshape(entry["shape"]).clone()
    return tensors


class Comparison:
    """Counts tensors that are equal and prints those that are not."""

    def __init__(self, tolerance):
        self.tolerance = tolerance
        self.equal = 0
        self.different = 0
        self.wrong = 0

    def check(self, what, ours, theirs):
        if ours.shape == theirs.shape and torch.equal(ours.view(torch.int32),
                                                      theirs.contiguous().view(torch.int32)):
            self.equal += 1
            return
        self.different += 1
        if ours.shape != theirs.shape:
            self.wrong += 1
            print(f"WRONG {what}: shape {list(ours.shape)}, PyTorch {list(theirs.shape)}")
            return
        difference = (ours - theirs).abs()
        relative = (difference.max() / theirs.abs().max()).item()
        # Also false where either is not a number.
        good = relative <= self.tolerance
        self.wrong += not good
        print(f"{'' if good else 'WRONG '}{what}: {int((difference != 0).sum())} of "
              f"{ours.numel()} values differ, at most by {relative:.1e} of the largest")


def log_operators(network, log):
    """Appends (what, tensor) of every operator of the next forward passes: what it
    gives, and of convolutions what they get."""
    def note(name):
        def hook(module, inputs, output):
            if isinstance(module, (nn.Conv2d, nn.Conv3d)):
                log.append((f"input of {name}", inputs[0].detach().clone()))
            whole = output[0] if isinstance(output, tuple) else output
            log.append((f"output of {name}", whole.detach().clone()))
        return hook

    operators = (nn.Conv2d, nn.Conv3d, nn.InstanceNorm2d, nn.InstanceNorm3d, nn.BatchNorm2d,
                 nn.BatchNorm3d, nn.ReLU, nn.LeakyReLU, nn.LSTM, nn.Linear)
    return [module.register_forward_hook(note(name))
            for name, module in network.named_modules() if isinstance(module, operators)]


def compare_forward(network, volumes, ours, comparison):
    log = []
    hooks = log_operators(network, log)
    with torch.no_grad():
        network(volumes)
    for hook in hooks:
        hook.remove()
    if len(log) != len(ours):
        comparison.wrong += 1
        print(f"WRONG {len(ours)} tensors of the forward pass, PyTorch has {len(log)}")
    for (what, theirs), (operator, tensor) in zip(log, sorted(ours.items())):
        same_count = theirs.numel() == tensor.numel()
        comparison.check(f"{what} ({operator[4:]})", tensor,
                         theirs.reshape(tensor.shape) if same_count else theirs)


def parameters_of(network):
    """With Gyrus' names: a network of slices has those of the network alone."""
    return [(name.removeprefix("network."), parameter)
            for name, parameter in network.named_parameters()]


def train(network, batches, loss, steps):
    """The steps in plain PyTorch: mean loss, fused Adam."""
    criterion = {"l1": nn.L1Loss(), "mse": nn.MSELoss()}[loss]
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-4, fused=True)
    losses, predictions, first_gradients = [], [], {}
    for step in range(steps):
        volumes = batches["volumes"][step % 4].clone()
        targets = batches["targets"][step % 4].clone()
        optimizer.zero_grad()
        prediction = network(volumes).squeeze(1) * SCALE + OFFSET
        value = criterion(prediction, targets)
        value.backward()
        if step == 0:
            first_gradients = {n: p.grad.clone() for n, p in parameters_of(network)}
        optimizer.step()
        losses.append(value.detach())
        predictions.append(prediction.detach())
    return torch.stack(losses), torch.stack(predictions), first_gradients, optimizer


def load_start(network, start, comparison):
    """Strict but for what running means saw, which is not among the weights."""
    missing, unexpected = network.load_state_dict(start, strict=False)
    missing = [name for name in missing if ".running_" not in name and ".num_batches" not in name]
    if missing or unexpected:
        comparison.wrong += 1
        print(f"WRONG names: Gyrus lacks {missing}, PyTorch {unexpected}")


def compare_case(folder, case, comparison):
    _, model, _, shape, loss, steps, threads = case
    ours = {path.stem: read_safetensors(path) for path in folder.glob("*.safetensors")}
    torch.set_num_threads(threads)
    axis = "xyz".index(model.get("slices", {}).get("axis", "z"))
    network = gyrus_models.make(model, shape[0], slices=shape[1 + axis])
    load_start(network, ours["start"], comparison)
    compare_forward(network, ours["batches"]["volumes"][0].clone(), ours["forward"], comparison)
    losses, predictions, gradients, optimizer = train(network, ours["batches"], loss, steps)
    # Backwards, so that the first that differs names the operator that does. Ours
    # are sums over the two items of a batch, which halving leaves exact.
    for name in reversed(list(gradients)):
        comparison.check(f"gradient of {name}", ours["gradients"][name] / 2, gradients[name])
    for step in range(steps):
        comparison.check(f"loss of step {step}", ours["steps"]["losses"][step] / 2, losses[step])
        comparison.check(f"predictions of step {step}", ours["steps"]["predictions"][step],
                         predictions[step])
    for name, parameter in parameters_of(network):
        state = optimizer.state[parameter]
        comparison.check(f"{name} after {steps} steps", ours["end"][name], parameter.detach())
        for moment in ("exp_avg", "exp_avg_sq"):
            comparison.check(f"{moment} of {name}", ours["optimizer"][f"{moment}/{name}"],
                             state[moment])
        comparison.check("step", ours["optimizer"]["step"], state["step"])
        if torch.equal(parameter, ours["start"][name]):
            comparison.wrong += 1
            print(f"WRONG {name} did not change, so its gradient was not compared")


def run_program(program, folder, case):
    """Version and library of the program's LibTorch."""
    _, _, text, shape, loss, steps, threads = case
    run = subprocess.run([program, folder, text, "x".join(map(str, shape)), loss, str(steps),
                          str(threads)], capture_output=True, text=True, timeout=200)
    if run.returncode:
        sys.exit(f"{program} failed: {run.stderr}")
    return run.stdout.strip().split(" ", 1)


def main():
    program = sys.argv[1]
    wrong = 0
    for number, case in enumerate(CASES):
        if number > 0 and "--long" not in sys.argv:
            case = case[:5] + (min(SHORT_STEPS, case[5]),) + case[6:]
        with tempfile.TemporaryDirectory() as folder:
            version, library = run_program(program, folder, case)
            if torch.__version__.split("+")[0] != version:
                print(f"skipped: PyTorch is {torch.__version__}, Gyrus has LibTorch {version}")
                return SKIPPED
            same = filecmp.cmp(library, Path(torch.__file__).parent / "lib/libtorch_cpu.so",
                               shallow=False)
            comparison = Comparison(0 if same else OTHER_BUILD_TOLERANCE)
            compare_case(Path(folder), case, comparison)
        name, _, _, _, loss, steps, threads = case
        print(f"{name}: {loss}, {steps} steps, {threads} threads, "
              f"{'the same' if same else 'another'} libtorch_cpu.so: "
              f"{comparison.equal} tensors equal, {comparison.different} not")
        wrong += comparison.wrong
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
