"""Gyrus' networks in plain PyTorch, for those who open its weights elsewhere.

    trained = gyrus_models.load("runs/age/checkpoints/T1w/r0-f0")
    ages = trained.predict(volumes)

needs `pip install torch safetensors` and reads model.json and weights.safetensors
in that folder: the network is made from the first, and `predict` applies the scale
and offset of its output. `trained.network` is the torch.nn.Module, `trained.spec`
what model.json says. By hand it is

    from safetensors.torch import load_file
    network = gyrus_models.ResNet(axes=3, depth=18)
    network.load_state_dict(load_file("weights.safetensors"))
    ages = spec["number"]["scale"] * network.eval()(volumes) + spec["number"]["offset"]

Names, shapes and operations are those of Gyrus, so the same input gives the
same bits in the same build of PyTorch. `make` takes the `model` part of a
checkpoint as a dictionary. Volumes are [items, channels, x, y, z], float32,
as the recipe prepares them; the result of a network is [items, outputs], before
scale and offset. Where images are asked for, with `segmentation` and
`reconstruction` channels, it is a dictionary of those and of "numbers". Words
are those of the experiment file, or the names of gyrus/v1/spec.proto's values.
"""

import json
from collections import OrderedDict
from pathlib import Path

import torch
from torch import nn

CONV = {2: nn.Conv2d, 3: nn.Conv3d}
INSTANCE_NORM = {2: nn.InstanceNorm2d, 3: nn.InstanceNorm3d}
BATCH_NORM = {2: nn.BatchNorm2d, 3: nn.BatchNorm3d}
TRANSPOSED_CONV = {2: nn.ConvTranspose2d, 3: nn.ConvTranspose3d}
MAX_POOL = {2: nn.MaxPool2d, 3: nn.MaxPool3d}
AVERAGE_POOL = {2: nn.AdaptiveAvgPool2d, 3: nn.AdaptiveAvgPool3d}
BLOCKS = {10: [1, 1, 1, 1], 18: [2, 2, 2, 2], 34: [3, 4, 6, 3], 50: [3, 4, 6, 3]}


def word(value, words):
    """`value` as the experiment file writes it: NORM_BATCH is `batch`."""
    found = [w for w in words if value == w or str(value).endswith("_" + w.upper())]
    if not found:
        raise ValueError(f"{value!r} is none of {', '.join(words)}")
    return found[0]


class PadShortcut(nn.Module):
    """Every stride-th voxel, then channels of zeros."""

    def __init__(self, outputs, stride):
        super().__init__()
        self.outputs, self.stride = outputs, stride

    def forward(self, x):
        step = slice(None, None, self.stride)
        x = x[(slice(None), slice(None)) + (step,) * (x.dim() - 2)]
        return nn.functional.pad(x, [0, 0] * (x.dim() - 2) + [0, self.outputs - x.shape[1]])


class Block(nn.Module):
    """Basic block, or a bottleneck with the stride in its middle convolution."""

    def __init__(self, axes, inputs, width, stride, bottleneck, make_norm, bias, shortcut,
                 shortcut_bias):
        super().__init__()
        outputs = width * (4 if bottleneck else 1)
        # (kernel, outputs, stride) of each convolution.
        shapes = ([(1, width, 1), (3, width, stride), (1, outputs, 1)] if bottleneck
                  else [(3, width, stride), (3, width, 1)])
        channels = inputs
        for i, (kernel, features, step) in enumerate(shapes, 1):
            conv = CONV[axes](channels, features, kernel, step, padding=kernel // 2, bias=bias)
            setattr(self, f"conv{i}", conv)
            setattr(self, f"bn{i}", make_norm(features))
            if i < len(shapes):
                setattr(self, f"relu{i}", nn.ReLU(inplace=True))
            channels = features
        self.convs = len(shapes)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = (PadShortcut(outputs, stride) if shortcut == "pad" else nn.Sequential(
                CONV[axes](inputs, outputs, 1, stride, bias=bias or shortcut_bias),
                make_norm(outputs)))
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        y = x
        for i in range(1, self.convs + 1):
            y = getattr(self, f"bn{i}")(getattr(self, f"conv{i}")(y))
            if i < self.convs:
                y = getattr(self, f"relu{i}")(y)
        y += x if self.downsample is None else self.downsample(x)
        return self.relu(y)


class Level(nn.Module):
    """One step back: up, what the encoder had beside it, convolutions."""

    def __init__(self, axes, inputs, beside, outputs, stride, kernel, convs, bias, up_bias, affine,
                 nonlin):
        super().__init__()
        self.up = TRANSPOSED_CONV[axes](inputs, outputs, stride, stride, bias=up_bias)
        self.convs = convs
        channels = outputs + beside
        for i in range(convs):
            self.add_module(str(i), nn.Sequential(OrderedDict(
                conv=CONV[axes](channels, outputs, kernel, padding=kernel // 2, bias=bias),
                norm=INSTANCE_NORM[axes](outputs, affine=affine), nonlin=nonlin())))
            channels = outputs

    def forward(self, x, beside):
        x = self.up(x)
        if beside is not None:
            x = torch.cat([x, beside], 1)
        for i in range(self.convs):
            x = getattr(self, str(i))(x)
        return x


class Images(nn.Module):
    """The base of networks with a decoder: heads on its last map."""

    def add_image_heads(self, axes, features, segmentation, reconstruction, bias):
        for name, channels in [("segmentation", segmentation), ("reconstruction", reconstruction)]:
            if channels:
                setattr(self, name, CONV[axes](features, channels, 1, bias=bias))

    def outputs(self, pooled, skips):
        """`skips`: of each level, deepest first; before them what is deepest."""
        if not hasattr(self, "decoder"):
            return self.fc(pooled) if hasattr(self, "fc") else pooled
        x = skips[0]
        for level, skip in zip(self.decoder, skips[1:]):
            x = level(x, skip)
        outputs = {"numbers": self.fc(pooled)} if hasattr(self, "fc") else {}
        for name in ("segmentation", "reconstruction"):
            if hasattr(self, name):
                outputs[name] = getattr(self, name)(x)
        return outputs


class ResNet(Images):
    """A network of volumes (axes 3) or of slices (axes 2), with torchvision's names."""

    def __init__(self, axes, channels=1, outputs=1, depth=18, norm="instance", width=64,
                 affine=None, bias=False, stem=None, shortcut="conv", shortcut_bias=False,
                 multi_scale=False, film=None, segmentation=0, reconstruction=0, head=True):
        super().__init__()
        film = {"columns": film} if isinstance(film, list) else film or {}
        self.film_stages = film.get("stages", [2, 3]) if film else []
        stem = {"kernel": 3 if axes == 3 else 7, "stride": 2, "pool": True, "repeat": 0,
                "adapter": 0, **(stem or {})}
        norm, shortcut = word(norm, ["instance", "batch"]), word(shortcut, ["conv", "pad"])
        affine = (norm == "batch") if affine is None else affine
        make_norm = lambda features: {"instance": INSTANCE_NORM, "batch": BATCH_NORM}[norm][axes](
            features, affine=affine)
        self.repeat = stem["repeat"] // channels
        channels = stem["repeat"] or channels
        self.adapter = None
        if stem["adapter"]:
            self.adapter = CONV[axes](channels, stem["adapter"], 1)
            channels = stem["adapter"]
        kernel = stem["kernel"]
        self.conv1 = CONV[axes](channels, width, kernel, stem["stride"], padding=kernel // 2,
                                bias=bias)
        self.bn1 = make_norm(width)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = MAX_POOL[axes](3, stride=2, padding=1) if stem["pool"] else None
        inputs = width
        for stage, blocks in enumerate(BLOCKS[depth]):
            layer = []
            for block in range(blocks):
                stride = 2 if stage > 0 and block == 0 else 1
                layer.append(Block(axes, inputs, width << stage, stride, depth == 50, make_norm,
                                   bias, shortcut, shortcut_bias))
                inputs = (width << stage) * (4 if depth == 50 else 1)
            setattr(self, f"layer{stage + 1}", nn.Sequential(*layer))
            if stage + 1 in self.film_stages:
                setattr(self, f"film{stage + 1}", nn.Linear(len(film["columns"]), 2 * inputs))
        self.avgpool = AVERAGE_POOL[axes](1)
        self.multi_scale = multi_scale
        self.features = inputs
        if head and outputs:
            self.fc = nn.Linear(inputs * 7 // 4 if multi_scale else inputs, outputs)
        if segmentation or reconstruction:
            self.add_decoder(axes, channels, width, inputs)
            self.add_image_heads(axes, self.last, segmentation, reconstruction, bias=axes == 3)

    def add_decoder(self, axes, channels, width, deepest):
        first = deepest // 8  # Of the first stage's output.
        # Channels beside each level and after it, stride and kernel.
        levels = [(first * 4, 2, 3), (first * 2, 2, 3), (first, 2, 3)]
        levels += ([(width, 2, 3), (None, 2, 3)] if axes == 3
                   else [(width, 1, 7), (channels, 4, 1)])
        self.decoder = nn.ModuleList()
        inputs = deepest
        for beside, stride, kernel in levels:
            outputs = width // 2 if beside is None else beside
            self.decoder.append(Level(axes, inputs, beside or 0, outputs, stride, kernel,
                                      convs=2 if axes == 3 else 1, bias=axes == 2, up_bias=False,
                                      affine=axes == 2, nonlin=nn.ReLU))
            inputs = outputs
        self.last = inputs
        if axes == 2:
            self.decoder_pool = MAX_POOL[axes](3, stride=2, padding=1)

    def film(self, x, stage, covariates):
        a, b = getattr(self, f"film{stage}")(covariates).chunk(2, 1)
        over = (slice(None), slice(None)) + (None,) * (x.dim() - 2)
        return x * (1 + a[over]) + b[over]

    def forward(self, x, covariates=None):
        if self.repeat > 1:
            x = x.repeat(1, self.repeat, *[1] * (x.dim() - 2))
        if self.adapter is not None:
            x = self.adapter(x)
        whole = x
        stem = x = self.relu(self.bn1(self.conv1(x)))
        if self.maxpool is not None:
            x = self.maxpool(x)
        stages = []
        for stage in range(1, 5):
            x = getattr(self, f"layer{stage}")(x)
            if stage in self.film_stages:
                x = self.film(x, stage, covariates)
            stages.append(x)
        pooled = [self.avgpool(s).flatten(1) for s in (stages[1:] if self.multi_scale else [x])]
        x = torch.cat(pooled, 1) if self.multi_scale else pooled[0]
        last = ([self.decoder_pool(stem), whole] if hasattr(self, "decoder_pool")
                else [stem, None])
        return self.outputs(x, stages[::-1] + last)


def slices_of(volumes, axis="z", first=0, count=0):
    """[items, channels, x, y, z] to [items * slices, channels, ...] and the number of slices."""
    dim = 2 + "xyz".index(axis)
    count = count or volumes.shape[dim] - first
    slices = volumes.narrow(dim, first, count).movedim(dim, 1)
    return slices.flatten(0, 1).contiguous(), count


class OfSlices(nn.Module):
    """A network of slices, and the mean or the lower median of its outputs."""

    def __init__(self, network, axis="z", first=0, count=0, aggregate="mean"):
        super().__init__()
        self.network = network
        self.slices = {"axis": axis, "first": first, "count": count}
        self.aggregate = word(aggregate, ["mean", "median"])

    def forward(self, volumes):
        slices, count = slices_of(volumes, **self.slices)
        outputs = self.network(slices)
        if not isinstance(outputs, dict):
            return self.of_items(outputs, volumes.shape[0])
        dim = 2 + "xyz".index(self.slices["axis"])
        return {name: self.of_items(x, volumes.shape[0]) if name == "numbers"
                else x.unflatten(0, (volumes.shape[0], count)).movedim(1, dim)
                for name, x in outputs.items()}

    def of_items(self, values, items):
        values = values.unflatten(0, (items, -1))
        return values.median(1).values if self.aggregate == "median" else values.mean(1)

    # The names are those of the network alone.
    def load_state_dict(self, state, **options):
        return self.network.load_state_dict(state, **options)

    def state_dict(self, **options):
        return self.network.state_dict(**options)


class SliceLstm(nn.Module):
    """2D-ResNet on each slice, means of neighbours, BiLSTM, one linear layer."""

    def __init__(self, slices, channels=1, outputs=1, backbone=None, pool=4, hidden=64, axis="z",
                 first=0, count=0):
        super().__init__()
        self.backbone = ResNet(2, channels, head=False, **(backbone or {}))
        self.lstm = nn.LSTM(self.backbone.features, hidden, bidirectional=True, batch_first=True)
        self.pool = pool
        self.slices = {"axis": axis, "first": first, "count": count}
        self.fc = nn.Linear(2 * hidden * ((count or slices - first) // pool), outputs)

    def forward(self, volumes):
        slices, count = slices_of(volumes, **self.slices)
        x = self.backbone(slices).unflatten(0, (volumes.shape[0], count))
        windows = count // self.pool
        x = x[:, :windows * self.pool].unflatten(1, (windows, self.pool)).mean(2)
        return self.fc(self.lstm(x)[0].flatten(1))


class UNet(Images):
    """nnU-Net's plain U-Net; numbers are read off its pooled last stage."""

    def __init__(self, axes, channels=1, outputs=1, features=None, convs_per_stage=2,
                 decoder_bias=True, segmentation=0, reconstruction=0):
        super().__init__()
        last = 320 if axes == 3 else 480
        features = features or [32, 64, 128, 256, last, last]
        stages = []
        for stage, width in enumerate(features):
            convs = []
            for i in range(convs_per_stage):
                stride = 2 if stage > 0 and i == 0 else 1
                convs.append(nn.Sequential(OrderedDict(
                    conv=CONV[axes](channels, width, 3, stride, padding=1),
                    norm=INSTANCE_NORM[axes](width, affine=True),
                    nonlin=nn.LeakyReLU(0.01, inplace=True))))
                channels = width
            stages.append(nn.Sequential(*convs))
        self.encoder = nn.Sequential(*stages)
        self.avgpool = AVERAGE_POOL[axes](1)
        if outputs:
            self.fc = nn.Linear(channels, outputs)
        if segmentation or reconstruction:
            self.decoder = nn.ModuleList()
            for beside in features[-2::-1]:
                self.decoder.append(Level(axes, channels, beside, beside, 2, 3, convs_per_stage,
                                          bias=True, up_bias=decoder_bias, affine=True,
                                          nonlin=lambda: nn.LeakyReLU(0.01)))
                channels = beside
            self.add_image_heads(axes, channels, segmentation, reconstruction, decoder_bias)

    def forward(self, x):
        stages = []
        for stage in self.encoder:
            x = stage(x)
            stages.append(x)
        return self.outputs(self.avgpool(x).flatten(1), stages[::-1])


class Sfcn(nn.Module):
    """Simple fully convolutional network, with its authors' names."""

    def __init__(self, channels=1, outputs=1, features=None, dropout=0.5):
        super().__init__()
        features = features or [32, 64, 128, 256, 256, 64]
        self.feature_extractor = nn.Sequential()
        last = len(features) - 1
        for i, width in enumerate(features):
            kernel = 3 if i < last else 1
            layers = [nn.Conv3d(channels, width, kernel, padding=kernel // 2),
                      nn.BatchNorm3d(width)]
            if i < last:
                layers.append(nn.MaxPool3d(2, stride=2))
            layers.append(nn.ReLU(inplace=True))
            self.feature_extractor.add_module(f"conv_{i}", nn.Sequential(*layers))
            channels = width
        self.classifier = nn.Sequential(OrderedDict([
            ("average_pool", nn.AdaptiveAvgPool3d(1)),
            ("dropout", nn.Dropout(dropout)),
            (f"conv_{last + 1}", nn.Conv3d(channels, outputs, 1))]))

    def forward(self, x):
        return self.classifier(self.feature_extractor(x)).flatten(1)


class Weighting(nn.Module):
    """The parameters of uncertainty weighting: one number for each output."""

    def __init__(self, outputs):
        super().__init__()
        self.log_variance = nn.Parameter(torch.zeros(outputs))


def make(model, channels, slices=0, outputs=1, segmentation=0, reconstruction=0, uncertainty=False):
    """The network of a `model`: {"resnet3d": {...}} as the experiment file has it,
    and "slices" where it is of slices; `slices`: how many a volume has.
    `segmentation`: its classes and the background; `reconstruction`: channels."""
    model = dict(model)
    cut = dict(model.pop("slices", {}))
    if "from" in cut:
        cut["first"] = cut.pop("from")
    if cut.get("count") == "all":
        cut["count"] = 0
    (name, options), = model.items()
    images = {"segmentation": segmentation, "reconstruction": reconstruction}
    networks = {"resnet": ResNet, "unet": UNet}
    if name in ("resnet3d", "unet3d"):
        network = networks[name[:-2]](3, channels, outputs, **options, **images)
    elif name in ("resnet2d", "unet2d"):
        network = OfSlices(networks[name[:-2]](2, channels, outputs, **options, **images), **cut)
    elif name == "sfcn":
        network = Sfcn(channels, outputs, **options)
    elif name == "slice_lstm":
        network = SliceLstm(slices, channels, outputs, **options, **cut)
    else:
        raise ValueError(f"no network is called {name}")
    if uncertainty:
        outputs = sum(n > 0 for n in (outputs, segmentation, reconstruction))
        (network.network if name.endswith("2d") else network).weighting = Weighting(outputs)
    return network


class Trained:
    """A network with its weights, and what model.json says of it."""

    def __init__(self, network, spec):
        self.network, self.spec = network, spec

    def predict(self, volumes, *covariates):
        """Of numbers, [items] in the unit of the target; of classes, [items, classes]
        probabilities. `covariates`, [items, columns] as the manifest has them, are
        needed where spec["covariates"] names some."""
        scaled = [(given - torch.tensor([c["mean"] for c in self.spec["covariates"]]))
                  / torch.tensor([c["sd"] for c in self.spec["covariates"]])
                  for given in covariates]
        with torch.no_grad():
            outputs = self.network(volumes, *scaled)
        return self.of_outputs(outputs["numbers"] if isinstance(outputs, dict) else outputs)

    def of_outputs(self, outputs):
        """What the outputs of the network stand for."""
        if "classes" in self.spec:
            return outputs.softmax(1)
        number = self.spec["number"]
        if "bins" not in number:
            return number["scale"] * outputs[:, 0] + number["offset"]
        width = (number["to"] - number["from"]) / number["bins"]
        centres = number["from"] + width * (torch.arange(number["bins"]) + 0.5)
        return outputs.softmax(1) @ centres


def load(folder):
    """The network that Gyrus trained: model.json and weights.safetensors in `folder`,
    checkpoints/ARM/rR-fF of a run. In evaluation mode."""
    from safetensors.torch import load_file

    folder = Path(folder)
    spec = json.loads((folder / "model.json").read_text())
    network = make(spec["model"], len(spec["channels"]), slices=spec.get("slices", 0),
                   outputs=spec["outputs"], segmentation=len(spec.get("segmentation", [])),
                   reconstruction=spec.get("reconstruction", 0), uncertainty=spec["uncertainty"])
    missing, unexpected = network.load_state_dict(load_file(folder / spec["weights"]),
                                                  strict=False)
    # PyTorch counts batches; Gyrus has no use for that number.
    missing = [name for name in missing if not name.endswith("num_batches_tracked")]
    if missing or unexpected:
        raise ValueError(f"{folder}: the weights lack {missing} and have {unexpected} besides")
    return Trained(network.eval(), spec)
