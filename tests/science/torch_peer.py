"""3D-ResNet18 of Gyrus against plain PyTorch of the same version.

Same weights, same volumes: the output of every operator, the gradients, the
losses and predictions of 20 steps, the weights and the optimiser's state after
them are the same bits. Where PyTorch's library is another build of that
version, each may differ by 1e-6 of its largest value, and the first operator
that differs is named.

    torch_peer.py PROGRAM     PROGRAM is torch_peer_steps
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

# Loss, steps, threads.
CASES = [("l1", 20, 2), ("mse", 5, 1)]
# Gyrus gives target units; these are the scale and offset of torch_peer_steps.
SCALE, OFFSET = 12.5, 40
OTHER_BUILD_TOLERANCE = 1e-6


class BasicBlock(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv3d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.bn1 = nn.InstanceNorm3d(outputs)
        self.conv2 = nn.Conv3d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.InstanceNorm3d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(
                nn.Conv3d(inputs, outputs, 1, stride, bias=False), nn.InstanceNorm3d(outputs))

    def forward(self, x):
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        y += x if self.downsample is None else self.downsample(x)
        return self.relu(y)


class ResNet18(nn.Module):
    """As torchvision's, with three axes, a stem of 3x3x3 and instance norm."""

    def __init__(self, width=64):
        super().__init__()
        self.conv1 = nn.Conv3d(1, width, 3, stride=2, padding=1, bias=False)
        self.bn1 = nn.InstanceNorm3d(width)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool3d(3, stride=2, padding=1)
        self.layer1 = self.stage(width, width, 1)
        self.layer2 = self.stage(width, 2 * width, 2)
        self.layer3 = self.stage(2 * width, 4 * width, 2)
        self.layer4 = self.stage(4 * width, 8 * width, 2)
        self.avgpool = nn.AdaptiveAvgPool3d(1)
        self.fc = nn.Linear(8 * width, 1)

    @staticmethod
    def stage(inputs, outputs, stride):
        return nn.Sequential(BasicBlock(inputs, outputs, stride), BasicBlock(outputs, outputs, 1))

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(self.avgpool(x).flatten(1))


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
            if isinstance(module, nn.Conv3d):
                log.append((f"input of {name}", inputs[0].detach().clone()))
            log.append((f"output of {name}", output.detach().clone()))
        return hook

    operators = (nn.Conv3d, nn.InstanceNorm3d, nn.ReLU, nn.AdaptiveAvgPool3d, nn.Linear)
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
            first_gradients = {n: p.grad.clone() for n, p in network.named_parameters()}
        optimizer.step()
        losses.append(value.detach())
        predictions.append(prediction.detach())
    return torch.stack(losses), torch.stack(predictions), first_gradients, optimizer


def compare_case(folder, loss, steps, threads, comparison):
    ours = {path.stem: read_safetensors(path) for path in folder.glob("*.safetensors")}
    torch.set_num_threads(threads)
    network = ResNet18()
    network.load_state_dict(ours["start"])  # Strict: the same names and shapes.
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
    for name, parameter in network.named_parameters():
        state = optimizer.state[parameter]
        comparison.check(f"{name} after {steps} steps", ours["end"][name], parameter.detach())
        for moment in ("exp_avg", "exp_avg_sq"):
            comparison.check(f"{moment} of {name}", ours["optimizer"][f"{moment}/{name}"],
                             state[moment])
        comparison.check("step", ours["optimizer"]["step"], state["step"])
        if torch.equal(parameter, ours["start"][name]):
            comparison.wrong += 1
            print(f"WRONG {name} did not change, so its gradient was not compared")


def run_program(program, folder, loss, steps, threads):
    """Version and library of the program's LibTorch."""
    run = subprocess.run([program, folder, loss, str(steps), str(threads)],
                         capture_output=True, text=True, timeout=200)
    if run.returncode:
        sys.exit(f"{program} failed: {run.stderr}")
    return run.stdout.strip().split(" ", 1)


def main():
    program = sys.argv[1]
    wrong = 0
    for loss, steps, threads in CASES:
        with tempfile.TemporaryDirectory() as folder:
            version, library = run_program(program, folder, loss, steps, threads)
            if torch.__version__.split("+")[0] != version:
                print(f"skipped: PyTorch is {torch.__version__}, Gyrus has LibTorch {version}")
                return SKIPPED
            same = filecmp.cmp(library, Path(torch.__file__).parent / "lib/libtorch_cpu.so",
                               shallow=False)
            comparison = Comparison(0 if same else OTHER_BUILD_TOLERANCE)
            compare_case(Path(folder), loss, steps, threads, comparison)
        print(f"{loss}, {steps} steps, {threads} threads, "
              f"{'the same' if same else 'another'} libtorch_cpu.so: "
              f"{comparison.equal} tensors equal, {comparison.different} not")
        wrong += comparison.wrong
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
