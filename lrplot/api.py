"""The Python API: load a spec, call it like a function."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from lrplot.curves.steps import FARTHEST
from lrplot.diagnostics import Diagnostic, NotFinite, Source, SpecError
from lrplot.engine.evaluate import evaluate, evaluate_at
from lrplot.engine.extremes import check_finite
from lrplot.runs.run import Run, Track
from lrplot.spec.compile import compile_run
from lrplot.spec.overrides import override
from lrplot.spec.source import read_source
from lrplot.text.objects import read_mapping
from lrplot.text.tree import Mapping as Branches
from lrplot.text.tree import Node
from lrplot.text.yaml import read_yaml


class Schedule:
    """A learning-rate schedule over a run, as the optimizer will see it.

    Step `s` is the value the optimizer uses for its `s`-th update, counted from 0.

    >>> schedule = load({"steps": 1000, "lr": 1e-3, "schedule": "cosine"})
    >>> schedule.steps, schedule.tracks
    (1000, ('lr',))
    >>> schedule(500)
    0.0005
    >>> schedule.evaluate(start=998)["lr"]
    array([9.86957193e-09, 2.46739907e-09])
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        for name, track in run.tracks.items():
            try:
                check_finite(track.curve, run.steps)
            except NotFinite as error:
                raise _not_finite(name, track, error) from None

    def __repr__(self) -> str:
        return f"<lrplot.Schedule {self.name!r}: {self.steps:,} steps, {', '.join(self.tracks)}>"

    @property
    def name(self) -> str:
        """The run's name, as the spec gives it."""
        return self.run.name

    @property
    def steps(self) -> int:
        """Updates in the run: steps 0 … steps − 1."""
        return self.run.steps

    @property
    def tracks(self) -> tuple[str, ...]:
        """The names of the tracks in the CSV's order: `lr` first, then further parameters and `lr/GROUP`."""
        return tuple(self.run.tracks)

    @overload
    def __call__(self, step: int) -> float: ...

    @overload
    def __call__(self, step: NDArray[np.integer[Any]]) -> NDArray[np.float64]: ...

    def __call__(self, step: int | NDArray[np.integer[Any]]) -> float | NDArray[np.float64]:
        """The learning rate at a step (a float), or at each of an integer array (float64, same shape).

        Past the run's end the end value holds; a framework's scheduler continues as it does there.
        `TypeError` if a step is not an integer, `ValueError` for a negative step.
        """
        values = self.at(step)["lr"]
        return float(values) if values.ndim == 0 else values

    def at(self, steps: int | NDArray[np.integer[Any]]) -> dict[str, NDArray[np.float64]]:
        """Every track's float64 values at a step or an integer array of steps, of the same shape."""
        array = np.asarray(min(steps, FARTHEST) if type(steps) is int else steps)
        if not np.issubdtype(array.dtype, np.integer):
            raise TypeError(f"steps are integers, not {array.dtype}")
        if array.size and array.min() < 0:
            raise ValueError(f"steps count from 0, got {array.min()}")
        if array.dtype == np.uint64:
            array = np.minimum(array, np.uint64(FARTHEST))
        flat = np.minimum(array.astype(np.int64), FARTHEST).ravel()
        return {
            name: self._guarded(name, track, lambda curve: evaluate_at(curve, flat)).reshape(array.shape)
            for name, track in self.run.tracks.items()
        }

    def evaluate(self, start: int = 0, stop: int | None = None) -> dict[str, NDArray[np.float64]]:
        """Every track's float64 values at steps start … stop − 1, to the run's end by default."""
        stop = self.steps if stop is None else stop
        if start < 0 or stop < start:
            raise ValueError(f"steps {start} … {stop} are not a range from 0 up")
        return {
            name: self._guarded(name, track, lambda curve: evaluate(curve, start, stop))
            for name, track in self.run.tracks.items()
        }

    @property
    def lr(self) -> NDArray[np.float64]:
        """The whole learning-rate curve, float64 of shape (steps,)."""
        return self._guarded("lr", self.run.tracks["lr"], lambda curve: evaluate(curve, 0, self.steps))

    def factor(self, step: int) -> float:
        """The learning rate at a step as a multiple of the base `lr`.

        This is what torch's `LambdaLR` wants. Without a base `lr` it is the rate itself,
        for an optimizer whose own is 1. `ZeroDivisionError` where the base is 0.
        """
        base = self.run.tracks["lr"].base
        return self(step) / (1.0 if base is None else base)

    def _guarded(self, name: str, track: Track, compute: Any) -> NDArray[np.float64]:
        try:
            values: NDArray[np.float64] = compute(track.curve)
        except NotFinite as error:
            raise _not_finite(name, track, error) from None
        return values


def load(spec: str | os.PathLike[str] | Mapping[str, Any], overrides: Iterable[str] = (), format: str = "") -> Schedule:
    """Load a spec: a path, `-` (standard input), a preset's name, or a mapping as YAML would hold it.

    It may also be the config of a training program, in YAML, JSON or TOML, a shell script, a model card or
    `training_args.bin`, which is recognised by its keys. `format` names the program if they are not certain, and a
    version whose rules hold: `"transformers@4.46"`. `overrides` are settings such as `"lr=3e-4"` or
    `"schedule.to=10%"`; for a config, of its own keys or of facts that it leaves open, such as
    `"dataset_size=52002"`. Raises `SpecError`, with a diagnostic for every fault.

    >>> load({"steps": 90, "lr": 0.1, "schedule": {"kind": "step", "every": 30}})(45)
    0.010000000000000002
    """
    overrides = (overrides,) if isinstance(overrides, str) else tuple(overrides)
    if isinstance(spec, Mapping):
        tree, folder, stem, spec_like = read_mapping(spec), Path(), "schedule", True
    else:
        source, folder, stem = read_source(spec)
        tree, spec_like = _read(source)
    if format or is_config(tree) or not spec_like:
        from lrplot.spec.configs import translate  # which no spec needs

        if translated := translate(tree, overrides, folder, format, spec_like):
            spec_tree, reading = translated
            return Schedule(replace(compile_run(spec_tree, stem, folder), reading=reading))
    if overrides:
        tree = override(tree, overrides)
    return Schedule(compile_run(tree, stem, folder))


def _read(source: Source) -> tuple[Node, bool]:
    """The tree of a text by its file's suffix, or of bytes; and whether it can be a spec, not only a config."""
    suffix = os.path.splitext(source.name)[1].lower()
    if source.content:
        from lrplot.text.pickles import read_pickle  # each reader is loaded only if it is needed

        return read_pickle(source), False
    if suffix == ".toml":
        from lrplot.text.toml import read_toml

        return read_toml(source), True
    if suffix == ".json":
        from lrplot.text.json import read_json

        return read_json(source), True
    if suffix in (".sh", ".bash", ".slurm", ".sbatch") or source.text.startswith("#!"):
        from lrplot.text.flags import read_shell

        return read_shell(source), False
    if suffix in (".md", ".markdown"):
        from lrplot.text.markdown import read_markdown

        return read_markdown(source), False
    return read_yaml(source), True


def is_config(tree: Node) -> bool:
    """Whether a tree may be the config of a training program: it lacks what every spec has."""
    return isinstance(tree, Branches) and tree.get("schedule") is None


def _not_finite(name: str, track: Track, error: NotFinite) -> SpecError:
    if reason := track.curve.failure(error.step):
        message = f"the scheduler raises at update {error.step:,}: {reason}"
        return SpecError(Diagnostic("would-raise", message, track.span, "end the run before, or give it more steps"))
    message = error.message(f"`{name}`")
    return SpecError(Diagnostic("not-finite", message, track.span, "keep every value within float64's range"))


def check(spec: str | os.PathLike[str] | Mapping[str, Any], overrides: Iterable[str] = ()) -> list[Diagnostic]:
    """The findings for a spec in the order of its text; `SpecError` if it cannot be used."""
    from lrplot.analysis.checks.findings import findings, load_findings  # which no other function needs

    try:
        run = load(spec, overrides).run
    except SpecError as error:
        return load_findings(error)
    return findings(run)
