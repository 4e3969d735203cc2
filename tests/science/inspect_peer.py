"""gyrus inspect against nibabel, on files that break readers.

Every file of the shared edge folder and of nibabel's own test data is either
refused with its reason, or written equal to nibabel's canonical float32 voxels
and affine. What Gyrus says it takes, it must take.

    inspect_peer.py PROGRAM [FILE...]    PROGRAM is bin/gyrus
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

SKIPPED = 77

try:
    import nibabel
    import numpy
except ImportError as error:
    print(f"skipped: {error}; deploy/peers.sh installs nibabel")
    sys.exit(SKIPPED)

TAKEN_TYPES = {"uint8", "int16", "int32", "float32", "float64", "int8", "uint16", "uint32",
               "int64", "uint64"}
EXIT_DATA = 3


def shared_data():
    default = Path(__file__).resolve().parents[3] / "shared" / "data"
    return Path(os.environ.get("GYRUS_SHARED_DATA", default))


def all_files():
    own = Path(nibabel.__file__).parent / "tests" / "data"
    edge = shared_data() / "edge"
    if not own.is_dir():
        print("skipped: this nibabel came without its test data")
        sys.exit(SKIPPED)
    if not edge.is_dir():
        print(f"without the shared edge files: no {edge}")
    folders = [folder for folder in (edge, own) if folder.is_dir()]
    return [file for folder in folders for file in sorted(folder.iterdir()) if file.is_file()]


def as_gyrus_takes(file):
    """nibabel's canonical image, or None where Gyrus promises to refuse."""
    try:
        image = nibabel.load(file)
    except Exception:  # nibabel raises its own and those of whatever it tried
        return None
    if type(image) is not nibabel.Nifti1Image:
        return None
    header = image.header
    three = image.ndim == 3 or (image.ndim == 4 and image.shape[3] == 1)
    oriented = header["sform_code"] > 0 or header["qform_code"] > 0
    if not three or not oriented or header.get_data_dtype().name not in TAKEN_TYPES:
        return None
    if not numpy.isfinite(image.get_fdata()).all():
        return None
    if image.ndim == 4:
        image = nibabel.funcs.squeeze_image(image)
    return nibabel.as_closest_canonical(image)


def difference(ours, theirs):
    """Returns the first difference, or an empty string."""
    if nibabel.aff2axcodes(ours.affine) != ("R", "A", "S"):
        return "not RAS"
    if ours.get_data_dtype() != numpy.float32:
        return f"written as {ours.get_data_dtype()}"
    if ours.shape != theirs.shape:
        return f"shape {ours.shape}, not {theirs.shape}"
    # Ours went through a header's float32.
    if not numpy.allclose(ours.affine, theirs.affine, rtol=2e-7, atol=2e-6):
        return f"affine\n{ours.affine}\nnot\n{theirs.affine}"
    voxels = ours.get_fdata(dtype=numpy.float32)
    expected = theirs.get_fdata(dtype=numpy.float32)
    different = int((voxels != expected).sum())
    return f"{different} voxels differ" if different else ""


def check(program, file, out):
    """(verdict, error): verdict for the log, error where the promise is broken."""
    run = subprocess.run(
        [program, "inspect", str(file), "--json", "--write", str(out)],
        capture_output=True, text=True, timeout=60)
    expected = as_gyrus_takes(file)
    if run.returncode == 0:
        if expected is None:
            return "read", "was to be refused"
        return "read", difference(nibabel.load(out), expected)
    if run.returncode != EXIT_DATA:
        return "failed", f"exit code {run.returncode}: {run.stderr}"
    reason = json.loads(run.stdout)["files"][0]["error"]
    verdict = "refused: " + reason.removeprefix(f"{file}: ")
    if expected is not None:
        return verdict, "was to be read"
    if not reason.startswith(f"{file}: ") or f"{file}" not in run.stderr:
        return verdict, "the message does not name the file"
    return verdict, ""


def main():
    program = sys.argv[1]
    files = [Path(name) for name in sys.argv[2:]] or all_files()
    errors = 0
    read = 0
    for file in files:
        with tempfile.TemporaryDirectory() as folder:
            verdict, error = check(program, file, Path(folder) / "out.nii")
        read += verdict == "read"
        errors += bool(error)
        print(f"{'WRONG ' if error else ''}{file.name}: {verdict}{' -- ' if error else ''}{error}")
    print(f"{len(files)} files, {read} read, {errors} wrong")
    return 1 if errors or read == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
