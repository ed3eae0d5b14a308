"""What tests share besides fixtures."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from lrplot.curves.curve import Curve
from lrplot.engine.evaluate import raw_values
from lrplot.runs.log import Log, LogUnit, Points, Values

ROOT = Path(__file__).parent.parent
CONFIGS = sorted(path for path in (ROOT / "tests" / "trainers" / "examples").iterdir() if path.is_file())
OPEN_FACTS = {  # what the format of an example config never holds
    "dinov3.yaml": ("devices=8",),
    "paddledetection.yaml": ("steps_per_epoch=500",),
    "paddleocr.yaml": ("steps_per_epoch=20",),
    "mmengine_yolov5.py": ("steps_per_epoch=100",),
    "yolov5.yaml": ("steps_per_epoch=100",),
    "yolox.py": ("batch_size=64", "steps_per_epoch=100"),
}


@dataclass(frozen=True)
class Result:
    """A command's exit code and what it printed."""

    code: int
    out: str
    err: str


Run = Callable[..., Result]


@dataclass(frozen=True)
class Scratch:
    """A git repository made for a test."""

    folder: Path

    def git(self, *words: str, folder: Path | None = None) -> str:
        """What a command of git prints."""
        person = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "protocol.file.allow=always")
        command = ["git", *person, *words]
        done = subprocess.run(command, cwd=folder or self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def write(self, files: Mapping[str, str | bytes | None]) -> Scratch:
        """Write files into the working tree; None removes one."""
        for name, content in files.items():
            path = self.folder / name
            if content is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return self

    def commit(self, files: Mapping[str, str | bytes | None]) -> str:
        """Write files and commit all that there is; the commit."""
        self.write(files).git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "a commit")
        return self.git("rev-parse", "HEAD")


def default_signals() -> None:
    """Let signals end this process, whatever its parent ignores; for `preexec_fn`."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        signal.signal(getattr(signal, name), signal.SIG_DFL)


def points(steps: Sequence[int], values: Sequence[float], **more: Any) -> Points:
    """Rows of a log that was printed in full, with the values of other tracks in `tracks`."""
    tracks = {"lr": values, **more.pop("tracks", {})}
    at = np.array(steps)
    columns = {name: Values(np.array(each, dtype=float), np.zeros(len(at))) for name, each in tracks.items()}
    return Points(at, at + 1, columns, **more)


def log_of(*runs: Points, unit: LogUnit = "updates") -> Log:
    """A log of some runs."""
    return Log("run", "run.csv", "csv", "a table", unit, runs)


def check_turning_points(curve: Curve, start: int, stop: int, rounding: float = 0.0) -> None:
    """Check that a curve is monotone between the turning points that it gives for a window, if it knows them.

    `rounding` is how far, as a share of the window's largest value, it may move the other way.
    """
    points = curve.turning_points(start, stop)
    if points is None or start == stop:
        return
    assert ((points >= start) & (points < stop)).all(), points
    assert (np.diff(points) > 0).all(), points
    values = raw_values(curve, np.arange(start, stop))
    edges = np.unique([start, *points.tolist(), stop - 1]) - start
    allowed = rounding * np.abs(values).max()
    for a, b in pairwise(edges.tolist()):
        part = values[a : b + 1]
        up, down = part - np.maximum.accumulate(part), part - np.minimum.accumulate(part)
        assert min(-up.min(), down.max()) <= allowed, (start, stop, start + a, start + b)


def values(curve, steps):
    """The values of a curve at its first steps."""
    return curve.values(np.arange(steps)).tolist()
