"""Weights of PyTorch, torchvision's layout and MONAI as Gyrus reads and writes them.

Every file that PyTorch writes here is read with the same bits, or refused with
the reason that is expected; what Gyrus writes gives the same outputs in Python.

    weights_peer.py PROGRAM     PROGRAM is weights_peer_read
"""

import collections
import hashlib
import json
import os
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

SKIPPED = 77

try:
    import monai.networks.nets
    import torch
    from torch import nn
except ImportError as error:
    print(f"skipped: {error}; deploy/peers.sh installs PyTorch and MONAI")
    sys.exit(SKIPPED)

import torch_peer
from torch_peer import gyrus_models

OTHER_BUILD_TOLERANCE = 1e-6


def write_safetensors(path, tensors):
    """By the format's description alone."""
    names = {torch.float32: "F32", torch.float64: "F64", torch.float16: "F16",
             torch.bfloat16: "BF16", torch.int64: "I64"}
    header, data = {}, b""
    for name, tensor in tensors.items():
        raw = tensor.detach().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()
        header[name] = {"dtype": names[tensor.dtype], "shape": list(tensor.shape),
                        "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


class Peer:
    def __init__(self, program, folder):
        self.program = program
        self.folder = Path(folder)
        self.files = 0
        self.tensors = 0
        self.refused = 0
        self.wrong = 0

    def fail(self, what):
        self.wrong += 1
        print(f"WRONG {what}")

    def run(self, *arguments):
        return subprocess.run([self.program, *map(str, arguments)], capture_output=True, text=True,
                              timeout=120, cwd=self.folder)

    def save(self, title, value, **options):
        path = self.folder / f"{title.replace(' ', '_')}.pt"
        torch.save(value, path, **options)
        return path

    def read(self, title, path, tensors, notes=()):
        """The file must hold these tensors, as float32, and nothing else."""
        run = self.run("print", path)
        if run.returncode:
            return self.fail(f"{title}: {run.stderr.strip()}")
        lines = [line.split("\t") for line in run.stdout.splitlines()]
        ours = {line[1]: line[2:] for line in lines if line[0] == "tensor"}
        theirs = {}
        for name, tensor in tensors.items():
            if name.endswith("num_batches_tracked"):
                continue
            raw = tensor.detach().to(torch.float32).contiguous().numpy().tobytes()
            theirs[name] = [" ".join(map(str, tensor.shape)), hashlib.sha256(raw).hexdigest()]
        for name in sorted(ours.keys() | theirs.keys()):
            if ours.get(name) != theirs.get(name):
                self.fail(f"{title}: {name} is {ours.get(name)}, PyTorch's is {theirs.get(name)}")
        said = [line[1] for line in lines if line[0] == "note"]
        for note in notes:
            if not any(note in text for text in said):
                self.fail(f"{title}: no note of {note} in {said}")
        self.files += 1
        self.tensors += len(theirs)

    def refuse(self, title, path, *reasons):
        run = self.run("print", path)
        if run.returncode != 1 or not all(reason in run.stderr for reason in reasons):
            self.fail(f"{title}: {run.returncode}, {run.stderr.strip()}, not {reasons}")
        self.refused += 1

    def convert(self, title, path):
        out = self.folder / "converted.safetensors"
        run = self.run("convert", path, out)
        if run.returncode:
            self.fail(f"{title}: {run.stderr.strip()}")
            return {}
        return torch_peer.read_safetensors(out)


def randomise(network):
    """Statistics and weights as after training, so that outputs depend on all."""
    generator = torch.Generator().manual_seed(1)
    for name, tensor in network.state_dict().items():
        if tensor.is_floating_point():
            values = torch.rand(tensor.shape, generator=generator)
            tensor.copy_(values + 0.5 if "running_var" in name or "bn" in name else values * 0.1 - 0.05)
    return network.eval()


def monai_resnet18():
    return monai.networks.nets.resnet18(n_input_channels=1, num_classes=1)


# How to make each, an input, and Gyrus' model of it. ResNet-50 has torchvision's
# names and shapes.
NETWORKS = {
    "ResNet-50": (lambda: gyrus_models.ResNet(2, channels=3, depth=50, norm="batch"),
                  (2, 3, 64, 64),
                  "resnet2d { depth: 50 norm: NORM_BATCH } slices { count: 1 }"),
    "MONAI resnet18": (monai_resnet18, (2, 1, 32, 32, 32),
                       "resnet3d { norm: NORM_BATCH shortcut_bias: true "
                       "stem { kernel: 7 stride: 1 } }"),
    "our own": (lambda: gyrus_models.ResNet(3, width=8), (2, 1, 32, 40, 28),
                "resnet3d { width: 8 }"),
}


def check_networks(peer):
    """PyTorch to Gyrus and back, through both formats."""
    for title, (make, shape, model) in NETWORKS.items():
        network, volumes = randomise(make()), torch.rand(shape)
        with torch.no_grad():
            expected = network(volumes)
        state = network.state_dict()
        files = [peer.save(title, state), peer.folder / f"{title}.safetensors"]
        write_safetensors(files[1], state)
        for path in files:
            peer.read(f"{title} in {path.suffix}", path, state)
            again = make().eval()
            again.load_state_dict(peer.convert(title, path))  # Strict: all names, all shapes.
            with torch.no_grad():
                if not torch.equal(again(volumes), expected):
                    peer.fail(f"{title} in {path.suffix}: another output after Gyrus")
        check_forward(peer, model, files, volumes, expected)
    misfit = peer.run("forward", "resnet3d { width: 8 }", peer.folder / "ResNet-50.pt",
                      "volumes.safetensors", "unused")
    if misfit.returncode != 1 or "nearest is resnet3d" not in misfit.stderr:
        peer.fail(f"ResNet-50 for our own network: {misfit.stderr}")


def check_forward(peer, model, files, volumes, expected):
    """Returns the outputs of Gyrus' network with these weights."""
    same = peer.run("version").stdout.strip() == torch.__version__.split("+")[0]
    if not same:
        print(f"outputs of Gyrus not compared: PyTorch is {torch.__version__}")
        return
    # An image is a volume of one slice.
    items = volumes if volumes.dim() == 5 else volumes.unsqueeze(4)
    write_safetensors(peer.folder / "volumes.safetensors", {"volumes": items})
    for path in files:
        run = peer.run("forward", model, path, "volumes.safetensors", "output.safetensors")
        if run.returncode:
            peer.fail(f"forward of {path.name}: {run.stderr.strip()}")
            continue
        ours = torch_peer.read_safetensors(peer.folder / "output.safetensors")["output"]
        if not torch.equal(ours, expected):
            difference = ((ours - expected).abs().max() / expected.abs().max()).item()
            print(f"outputs of {path.name} differ by {difference:.1e}")
            if difference > OTHER_BUILD_TOLERANCE:
                peer.fail(f"forward of {path.name}")
        else:
            print(f"outputs of {path.name} are equal bit for bit")


def check_variants(peer):
    """All that torch.save may write of a state dict."""
    state = gyrus_models.ResNet(3, width=8).state_dict()
    plain = dict(state)
    norm = nn.Sequential(nn.Conv3d(1, 4, 3), nn.BatchNorm3d(4))
    for protocol in (2, 3, 4, 5):
        peer.read(f"protocol {protocol}", peer.save(f"p{protocol}", state, pickle_protocol=protocol),
                  state)
        peer.read(f"parameters, protocol {protocol}",
                  peer.save(f"q{protocol}", dict(norm.named_parameters()), pickle_protocol=protocol),
                  dict(norm.named_parameters()))
    peer.read("with metadata", peer.save("metadata", norm.state_dict()), norm.state_dict(),
              ["left aside 1 num_batches_tracked"])
    peer.read("DataParallel", peer.save("ddp", nn.DataParallel(norm).state_dict()),
              norm.state_dict(), ["removed module."])
    optimizer = torch.optim.Adam(norm.parameters())
    norm(torch.rand(2, 1, 4, 4, 4)).sum().backward()
    optimizer.step()
    for key in ("state_dict", "model", "model_state_dict", "network_weights", "net"):
        checkpoint = {"epoch": 3, "loss": 0.25, "name": "größe", "best": None, "done": True,
                      "big": 1 << 40, "history": [1.0, (2, 3)],
                      "optimizer": optimizer.state_dict(), key: norm.state_dict()}
        for protocol in (2, 4):
            peer.read(f"checkpoint {key}, protocol {protocol}",
                      peer.save(f"{key}{protocol}", checkpoint, pickle_protocol=protocol),
                      norm.state_dict(), [f"under {key}", "epoch", "optimizer"])
    for dtype in (torch.float16, torch.bfloat16, torch.float64):
        other = {name: tensor.to(dtype) for name, tensor in plain.items()}
        notes = [str(dtype).split(".")[1]]
        peer.read(f"{dtype}", peer.save(f"{dtype}", other), other, notes)
        write_safetensors(peer.folder / "other.safetensors", other)
        peer.read(f"{dtype} in safetensors", peer.folder / "other.safetensors", other, notes)
    for dtype in (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool):
        other = {"table": torch.arange(12).reshape(3, 4).to(dtype)}
        peer.read(f"{dtype}", peer.save(f"{dtype}", other), other)
    odd = torch.tensor([0.0, -0.0, 1e-40, 3.4e38, float("inf"), -float("inf"), 65504.0, 6e-8, 1e-3])
    for dtype in (torch.float32, torch.float16, torch.bfloat16, torch.float64):
        peer.read(f"odd {dtype}", peer.save(f"odd {dtype}", {"a": odd.to(dtype)}),
                  {"a": odd.to(dtype)})
    base = torch.rand(4, 5, 6, 7)
    views = {"base": base, "permuted": base.permute(3, 1, 0, 2), "every second": base[::2, :, 1::2],
             "row": base[1, 2], "one": base[3, 4, 5, 6], "expanded": base[0, 0, 0].expand(3, 7),
             "transposed": base.transpose(1, 2), "none": base[:0], "scalar": torch.tensor(3.5),
             "channels last": base.to(memory_format=torch.channels_last)}
    for protocol in (2, 5):
        peer.read("views", peer.save("views", views, pickle_protocol=protocol), views)
    peer.read("OrderedDict", peer.save("ordered", collections.OrderedDict(views)), views)
    other = {"weight": nn.Parameter(torch.rand(3).double(), requires_grad=False)}
    peer.read("a parameter", peer.save("parameter", other), other)
    many = {f"tensor.{i}": torch.full((2,), float(i)) for i in range(3000)}
    peer.read("3000 tensors", peer.save("many", many), many)


class Evil:
    def __reduce__(self):
        return os.system, ("touch executed-by-weights",)


def check_refusals(peer):
    norm = nn.Sequential(nn.Conv3d(1, 4, 3), nn.BatchNorm3d(4))
    state = norm.state_dict()
    save, refuse = peer.save, peer.refuse
    refuse("evil", save("evil", {"state_dict": state, "x": Evil()}), "posix.system", "not executed")
    refuse("evil, protocol 4", save("evil4", {"x": Evil()}, pickle_protocol=4), "posix.system")
    refuse("before 1.6", save("old", state, _use_new_zipfile_serialization=False),
           "before version 1.6", "save it again")
    torch.jit.script(norm).save(str(peer.folder / "script.pt"))
    refuse("TorchScript", peer.folder / "script.pt", "TorchScript")
    refuse("a whole model", save("model", norm), "whole model", "state_dict()")
    refuse("protocol 1", save("p1", state, pickle_protocol=1), "protocol")
    refuse("sparse", save("sparse", {"a": torch.eye(3).to_sparse()}), "sparse")
    refuse("quantized", save("quantized", {"a": torch.quantize_per_tensor(
        torch.rand(3), 0.1, 0, torch.qint8)}), "quantized")
    refuse("complex", save("complex", {"a": torch.rand(3) * 1j}), "complex")
    refuse("float8", save("float8", {"a": torch.rand(3).to(torch.float8_e4m3fn)}), "not read")
    refuse("a tensor alone", save("tensor", torch.rand(3)), "a tensor, not a state dict")
    refuse("no tensors", save("numbers", {"a": 1.5, "b": [1, 2]}), "no state dict", "a, b")
    refuse("a list", save("list", list(state.values())), "a list, not a state dict")
    good = save("good", state).read_bytes()
    for cut in range(0, len(good), max(1, len(good) // 50)):
        (peer.folder / "cut.pt").write_bytes(good[:cut])
        refuse(f"cut at {cut}", peer.folder / "cut.pt", "reading weights")
    if (peer.folder / "executed-by-weights").exists():
        peer.fail("something was executed")


def main():
    torch.manual_seed(1)
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        peer = Peer(os.path.abspath(sys.argv[1]), folder)
        check_networks(peer)
        check_variants(peer)
        check_refusals(peer)
    print(f"{peer.files} files with {peer.tensors} tensors read, {peer.refused} files refused, "
          f"{peer.wrong} wrong")
    return 1 if peer.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
