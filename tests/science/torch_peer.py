"""Gyrus' networks against their twins in plain PyTorch of the same version.

Same weights, same volumes: the output of every operator, the gradients, the
losses and numbers of 20 steps, the weights and the optimiser's state after
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

# Protobuf's text for Gyrus, and what `losses_of` makes of the name here.
TASKS = {
    "l1": "regression { loss: LOSS_L1 }",
    "mse": "regression { loss: LOSS_MSE }",
    "classes": "classification { classes: ['a', 'b', 'c'] }",
    "bins": "soft_labels { from: 30 to: 55 bins: 25 sigma: 1 }",
    "labels": "segmentation { classes { name: 'a' values: 1 } classes { name: 'b' values: [2, 3] "
              "} }",
    "three": "regression { loss: LOSS_L1 } segmentation { classes { name: 'a' values: [1, 2] } } "
             "reconstruction { loss: LOSS_L1 weight: 0.5 } weighting: WEIGHTING_UNCERTAINTY",
}
OUTPUTS = {"l1": 1, "mse": 1, "classes": 3, "bins": 25, "labels": 0, "three": 1}
# The classes that values of the label image stand for.
CLASS_OF_LABEL = {"labels": [0, 1, 2, 2], "three": [0, 1, 1, 0]}
# Name, model for PyTorch and for Gyrus, input, task, steps, threads.
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
    ("resnet3d, classes", {"resnet3d": {"width": 16, "depth": 10}},
     "resnet3d { width: 16 depth: 10 }", (1, 40, 48, 40), "classes", 20, 2),
    ("resnet3d, three outputs, film (S2)",
     {"resnet3d": {"width": 16, "multi_scale": True, "film": ["a", "b"]}},
     "resnet3d { width: 16 multi_scale: true film { columns: ['a', 'b'] } }", (2, 64, 64, 32),
     "three", 20, 2),
    ("resnet2d depth 50, labels (S1's ResU-Net)",
     {"resnet2d": {"depth": 50, "norm": "batch", "width": 16,
                   "stem": {"repeat": 4, "adapter": 3}}, "slices": {"from": 1, "count": 3}},
     "resnet2d { depth: 50 norm: NORM_BATCH width: 16 stem { repeat: 4 adapter: 3 } } "
     "slices { from: 1 count: 3 }", (1, 64, 96, 6), "labels", 20, 2),
    ("unet3d, labels", {"unet3d": {"features": [16, 32, 64]}}, "unet3d { features: [16, 32, 64] }",
     (1, 40, 48, 40), "labels", 20, 2),
    ("unet3d without biases, three outputs",
     {"unet3d": {"features": [8, 16, 32], "decoder_bias": False}},
     "unet3d { features: [8, 16, 32] decoder_bias: false }", (1, 40, 48, 40), "three", 20, 2),
    ("sfcn, soft labels", {"sfcn": {"dropout": 0.0}}, "sfcn { dropout: 0 }", (1, 64, 80, 64),
     "bins", 20, 2),
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


CONVOLUTIONS = (nn.Conv2d, nn.Conv3d, nn.ConvTranspose2d, nn.ConvTranspose3d)


def log_operators(network, log):
    """Appends (what, tensor) of every operator of the next forward passes: what it
    gives, and of convolutions what they get."""
    def note(name):
        def hook(module, inputs, output):
            if isinstance(module, CONVOLUTIONS):
                log.append((f"input of {name}", inputs[0].detach().clone()))
            whole = output[0] if isinstance(output, tuple) else output
            log.append((f"output of {name}", whole.detach().clone()))
        return hook

    operators = (*CONVOLUTIONS, nn.InstanceNorm2d, nn.InstanceNorm3d, nn.BatchNorm2d,
                 nn.BatchNorm3d, nn.ReLU, nn.LeakyReLU, nn.LSTM, nn.Linear)
    return [module.register_forward_hook(note(name))
            for name, module in network.named_modules() if isinstance(module, operators)]


def compare_forward(network, inputs, ours, comparison):
    log = []
    hooks = log_operators(network, log)
    with torch.no_grad():
        network(*inputs)
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


def inputs_of(batches, step):
    """Returns the network's input: volumes, and covariates where there are any."""
    return [batches[name][step % 4].clone() for name in ("volumes", "covariates")
            if name in batches]


def cut_slices(images, dim, slices):
    """Those that a network of slices saw."""
    if slices is None:
        return images
    dim += "xyz".index(slices.get("axis", "z"))
    first = slices.get("from", 0)
    return images.narrow(dim, first, slices.get("count") or images.shape[dim] - first)


def soft_labels(targets):
    edges = torch.linspace(30, 55, 26, dtype=torch.float64)
    below = 0.5 * torch.erfc(-((edges - targets.double().unsqueeze(1)) / 1.0) / 2 ** 0.5)
    return below.diff(dim=1).float() + 1e-16


def dice_and_cross_entropy(logits, classes):
    p = logits.softmax(1)[:, 1:].flatten(2)
    g = torch.stack([(classes == c).flatten(1) for c in range(1, logits.shape[1])], 1)
    dice = (2 * (p * g).sum(2) + 1e-5) / (p.sum(2) + g.sum(2) + 1e-5)
    entropy = nn.functional.cross_entropy(logits, classes, reduction="none")
    return 1 - dice.mean(1) + entropy.flatten(1).mean(1)


def losses_of(task, outputs, batch, network, slices):
    """Returns the loss of each item, by the formulas of docs/experiment.md."""
    f = nn.functional
    targets = batch["targets"]
    if not isinstance(outputs, dict):
        outputs = {"numbers": outputs}
    parts = []
    if task == "classes":
        entropy = f.cross_entropy(outputs["numbers"], targets.long(), reduction="none")
        parts.append(entropy * torch.tensor([1.0, 2.0, 3.0])[targets.long()])
    elif task == "bins":
        parts.append(f.kl_div(outputs["numbers"].log_softmax(1), soft_labels(targets),
                              reduction="none").sum(1))
    elif "numbers" in outputs:
        error = f.mse_loss if task == "mse" else f.l1_loss
        parts.append(error(outputs["numbers"].squeeze(1) * SCALE + OFFSET, targets,
                           reduction="none"))
    if "segmentation" in outputs:
        classes = torch.tensor(CLASS_OF_LABEL[task])[batch["labels"].long()]
        parts.append(dice_and_cross_entropy(outputs["segmentation"],
                                            cut_slices(classes, 1, slices)))
    if "reconstruction" in outputs:
        targets = cut_slices(batch["volumes"], 2, slices)
        parts.append(f.l1_loss(outputs["reconstruction"], targets,
                               reduction="none").flatten(1).mean(1) * 0.5)
    if task == "three":
        weighting = getattr(network, "network", network).weighting.log_variance
        parts = [part * (-s).exp() + s for part, s in zip(parts, weighting)]
    return sum(parts[1:], parts[0])


def train(network, batches, task, slices, steps):
    """The steps in plain PyTorch: mean loss, fused Adam."""
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-4, fused=True)
    losses, numbers, first_gradients = [], [], {}
    for step in range(steps):
        batch = {name: tensor[step % 4].clone() for name, tensor in batches.items()}
        optimizer.zero_grad()
        outputs = network(*inputs_of(batches, step))
        value = losses_of(task, outputs, batch, network, slices).mean()
        value.backward()
        if step == 0:
            first_gradients = {n: p.grad.clone() for n, p in parameters_of(network)}
        optimizer.step()
        losses.append(value.detach())
        said = outputs.get("numbers") if isinstance(outputs, dict) else outputs
        if said is not None:
            numbers.append(said.detach())
    return torch.stack(losses), numbers, first_gradients, optimizer


def load_start(network, start, comparison):
    """Strict but for what running means saw, which is not among the weights."""
    missing, unexpected = network.load_state_dict(start, strict=False)
    missing = [name for name in missing if ".running_" not in name and ".num_batches" not in name]
    if missing or unexpected:
        comparison.wrong += 1
        print(f"WRONG names: Gyrus lacks {missing}, PyTorch {unexpected}")


def make_network(model, shape, task):
    axis = "xyz".index(model.get("slices", {}).get("axis", "z"))
    return gyrus_models.make(
        model, shape[0], slices=shape[1 + axis], outputs=OUTPUTS[task],
        segmentation=max(CLASS_OF_LABEL.get(task, [-1])) + 1,
        reconstruction=shape[0] if task == "three" else 0, uncertainty=task == "three")


def slices_seen(model):
    """None: the network sees the volume."""
    return model.get("slices", {}) if "resnet2d" in model or "unet2d" in model else None


def compare_case(folder, case, comparison):
    _, model, _, shape, task, steps, threads = case
    ours = {path.stem: read_safetensors(path) for path in folder.glob("*.safetensors")}
    torch.set_num_threads(threads)
    network = make_network(model, shape, task)
    load_start(network, ours["start"], comparison)
    compare_forward(network, inputs_of(ours["batches"], 0), ours["forward"], comparison)
    losses, numbers, gradients, optimizer = train(network, ours["batches"], task,
                                                  slices_seen(model), steps)
    # Backwards, so that the first that differs names the operator that does. Ours
    # are sums over the two items of a batch, which halving leaves exact.
    for name in reversed(list(gradients)):
        comparison.check(f"gradient of {name}", ours["gradients"][name] / 2, gradients[name])
    for step in range(steps):
        comparison.check(f"loss of step {step}", ours["steps"]["losses"][step] / 2, losses[step])
        if numbers:
            comparison.check(f"numbers of step {step}", ours["steps"]["numbers"][step],
                             numbers[step])
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
    _, _, text, shape, task, steps, threads = case
    run = subprocess.run([program, folder, text, TASKS[task], "x".join(map(str, shape)),
                          str(steps), str(threads)], capture_output=True, text=True, timeout=200)
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
        name, _, _, _, task, steps, threads = case
        print(f"{name}: {task}, {steps} steps, {threads} threads, "
              f"{'the same' if same else 'another'} libtorch_cpu.so: "
              f"{comparison.equal} tensors equal, {comparison.different} not")
        wrong += comparison.wrong
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
