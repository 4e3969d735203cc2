#!/usr/bin/env python3
"""Clang's analyses of every source: warnings with thread safety, headers that
compile alone, clang-tidy. Called by deploy/lint.sh.

  lint.py BUILD [--tidy-seconds N | --long] [--jobs N]

BUILD is a configured build folder of preset `lint`. What has passed once is not
looked at again while neither it nor a header of ours that it includes changes:
stamps in ${XDG_CACHE_HOME:-~/.cache}/gyrus/lint hold the digests of both, so
another checkout finds them too. Headers of libraries count by the compiler's
version.

clang-tidy takes 5 to 20 s a file. Without --long it looks only at files that one of
the last 30 commits changed, those of the newest first. After N seconds (default 240)
it starts no further file, and says how many it left out. With --long it looks at
every file.
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache"))
STAMPS = CACHE / "gyrus" / "lint"
WARNINGS = ["-Wall", "-Wextra", "-Wthread-safety", "-Werror"]


class Digests:
    """SHA-256 of files, each read once."""

    def __init__(self):
        self._known = {}

    def __getitem__(self, path):
        if path not in self._known:
            try:
                content = (ROOT / path).read_bytes()
            except OSError:
                content = b"missing"
            self._known[path] = hashlib.sha256(content).hexdigest()
        return self._known[path]


class Stamps:
    """Which versions of a source have passed a check: for each, the digests of
    the source and of all that it included."""

    KEPT = 8  # Versions of a source.

    def __init__(self, check, salt, digests):
        self._folder = STAMPS / check
        self._salt = salt
        self._digests = digests

    def _file(self, source):
        name = hashlib.sha256(source.encode()).hexdigest()
        return self._folder / name[:2] / name[2:]

    def _versions(self, source):
        try:
            return json.loads(self._file(source).read_text())
        except (OSError, ValueError):
            return []

    def passed(self, source):
        return any(
            version["salt"] == self._salt
            and all(self._digests[path] == digest for path, digest in version["files"].items())
            for version in self._versions(source)
        )

    def add(self, source, files):
        files = {path: self._digests[path] for path in sorted(files | {source})}
        versions = [{"salt": self._salt, "files": files}] + self._versions(source)
        path = self._file(source)
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as out:
            json.dump(versions[: self.KEPT], out)
        os.replace(out.name, path)


class Source:
    def __init__(self, path, flags, folder):
        self.path = path  # Relative to the root.
        self.flags = flags  # Of the compiler, without input and output.
        self.folder = folder  # Where it is compiled.


def own(path):
    """The path relative to the root; None for what is not in the checkout."""
    try:
        relative = pathlib.Path(os.path.realpath(path)).relative_to(ROOT)
    except ValueError:
        return None
    return None if relative.parts[0] == "build" else str(relative)


def read_commands(build):
    sources = []
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = own(pathlib.Path(entry["directory"]) / entry["file"])
        if path is None or not path.endswith(".cc"):
            continue
        words = shlex.split(entry["command"])
        start = next(i for i, word in enumerate(words) if word.endswith("clang++"))
        flags, skip = [], False
        for word in words[start + 1 :]:
            if skip:
                skip = False
            elif word in ("-o", "-c", "-MF", "-MT"):
                skip = word != "-c"
            elif word != "-MD" and not word.endswith(".cc"):
                flags.append(word)
        sources.append(Source(path, flags, entry["directory"]))
    return sources


def first_include(path):
    for line in (ROOT / path).read_text().splitlines():
        if line.startswith("#include"):
            return line.split('"')[1] if '"' in line else None
    return None


def add_headers(sources):
    """Each header that no source includes first is compiled alone."""
    proven = {first_include(source.path) for source in sources}
    by_folder = {}
    for source in sources:
        by_folder.setdefault(os.path.dirname(source.path), source)
    listed = subprocess.run(
        ["git", "ls-files", "*.h"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()
    alone = []
    for header in listed:
        folder = os.path.dirname(header)
        while folder and folder not in by_folder:
            folder = os.path.dirname(folder)
        if header in proven or folder not in by_folder:
            continue
        like = by_folder[folder]
        alone.append(Source(header, like.flags, like.folder))
    return sources + alone


def dependencies(rule):
    text = rule.replace("\\\n", " ")
    paths = text.split(":", 1)[1].split() if ":" in text else []
    return {path for path in map(own, paths) if path is not None}


def compile_source(source):
    """Returns the files of ours that were read, and what the compiler said."""
    with tempfile.NamedTemporaryFile(suffix=".d") as rule:
        command = ["clang++", *source.flags, *WARNINGS, "-Wno-sign-compare"]
        command += ["-Wno-missing-field-initializers", "-fsyntax-only", "-MD", "-MF", rule.name]
        if source.path.endswith(".h"):
            command += ["-Wno-pragma-once-outside-header", "-x", "c++"]
        done = subprocess.run(
            command + [str(ROOT / source.path)], cwd=source.folder, capture_output=True, text=True
        )
        files = dependencies(pathlib.Path(rule.name).read_text())
    return files, (done.stderr or "failed") if done.returncode else ""


def tidy_source(source, build):
    done = subprocess.run(
        ["clang-tidy", "--quiet", "-p", str(build), str(ROOT / source.path)],
        cwd=ROOT, capture_output=True, text=True,
    )
    files, _ = compile_source(source)
    return files, done.stdout if done.returncode else ""


def run(check, sources, stamps, examine, jobs, seconds=None):
    """Examines what has no stamp; returns whether all of it passed."""
    waiting = [source for source in sources if not stamps.passed(source.path)]
    deadline = time.monotonic() + seconds if seconds is not None else None
    started, left, failed = time.monotonic(), 0, []
    lock = threading.Lock()

    def work(source):
        nonlocal left
        if deadline is not None and time.monotonic() > deadline:
            with lock:
                left += 1
            return
        files, said = examine(source)
        if said:
            with lock:
                failed.append(source.path)
                print(f"{said.rstrip()}\nlint: {check} failed on {source.path}", flush=True)
        else:
            stamps.add(source.path, files)

    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        list(pool.map(work, waiting))
    print(
        f"lint: {check}: {len(sources)} files, {len(sources) - len(waiting)} passed before, "
        f"{len(waiting) - left} looked at in {time.monotonic() - started:.0f} s, {left} left out, "
        f"{len(failed)} failed", flush=True,
    )
    return not failed


def changed_lately(sources):
    """The sources that the last 30 commits changed, those of the newest commit first."""
    log = subprocess.run(
        ["git", "log", "-30", "--name-only", "--format="], cwd=ROOT, capture_output=True, text=True
    ).stdout.split()
    rank = {}
    for path in log:
        rank.setdefault(path, len(rank))
    return sorted(
        (source for source in sources if source.path in rank), key=lambda s: rank[s.path]
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--tidy-seconds", type=float, default=240)
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    build = arguments.build.resolve()
    version = subprocess.run(["clang++", "--version"], capture_output=True, text=True).stdout
    digests = Digests()
    compiled = read_commands(build)
    everything = add_headers(compiled)
    passed = run("compile", everything, Stamps("compile", version + str(WARNINGS), digests),
                 compile_source, arguments.jobs)
    rules = version + (ROOT / ".clang-tidy").read_text()
    tidied = compiled if arguments.long else changed_lately(compiled)
    passed &= run("tidy", tidied, Stamps("tidy", rules, digests),
                  lambda source: tidy_source(source, build), arguments.jobs,
                  None if arguments.long else arguments.tidy_seconds)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
