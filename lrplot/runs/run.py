"""A validated run: its length, and a curve for every parameter that is set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from fractions import Fraction
from pathlib import Path
from typing import Any

from lrplot.curves.curve import Curve, Origin
from lrplot.diagnostics import Diagnostic, Fault, Span
from lrplot.lazy import dataclass
from lrplot.runs.log import Points
from lrplot.runs.timebase import Timebase
from lrplot.text.tree import Node


@dataclass(frozen=True)
class Track:
    """One parameter's curve over the whole run, its base value, the place of its schedule and the recipe it came from.

    `base` is None if the schedule is absolute. `unused` is the place of a base value that the schedule ignores.
    `scale` is the share of its recipe's values that a layer has.
    """

    curve: Curve
    base: float | None
    span: Span
    origin: Origin | None = field(default=None, compare=False)
    unused: Span | None = field(default=None, compare=False)
    scale: float = 1.0


def parameter_of(track: str) -> str:
    """The parameter of a track, by its name: `lr` of `lr/head`."""
    return track.partition("/")[0]


def group_of(track: str) -> str:
    """The parameter group of a track, by its name: `head` of `lr/head`; empty for the run's own."""
    return track.partition("/")[2]


@dataclass(frozen=True)
class Setting:
    """A value that a spec gives at its top level, and its place."""

    value: Any
    span: Span


@dataclass(frozen=True)
class Reading:
    """The format by which a training program's config, or a log, was read.

    `format` is the program's name and `title` what its config is called. The rules are those of `version`;
    empty if they never changed. `derivation` says how the run's length follows, a line for each step.
    `remarks` are oddities of the config at their places, such as a key that is ignored. `scales_loss` is whether the
    loss is scaled, as for fp16, and `logged_every` the updates from one logged one to the next; None if the config does
    not tell. `keys` are the paths of the config's keys, by the places of their values.
    """

    format: str
    title: str
    version: str
    derivation: tuple[str, ...]
    remarks: tuple[Diagnostic, ...]
    scales_loss: bool | None = None
    logged_every: int | None = None
    keys: Mapping[Span, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def description(self) -> str:
        """The format in words, and the version whose rules were used."""
        return self.title + (f" by the rules of {self.format} {self.version}" if self.version else "")


@dataclass(frozen=True)
class Nominal:
    """The length of a run that is not known: `double` is the same run, of twice the nominal length.

    `asks` are the diagnostics that ask for the length.
    """

    double: Run
    asks: tuple[Diagnostic, ...]


@dataclass(frozen=True)
class Run:
    """A spec that was read: its tracks are named `lr`, `momentum` …, `lr/GROUP`, in the CSV's order.

    `settings` holds the numbers and words of the spec's top level, and `accept` the findings of
    `lrplot check` that it accepts, each with the reason. `reading` is None unless it was the config
    of a training program, or a log. `nominal` is None unless the length is not known, and `points` are the rows of
    a log; None if the run is planned. `tree` is the spec that it was built from, whose paths are relative to `folder`;
    None if it was built from no spec.
    """

    name: str
    source: str | None
    timebase: Timebase
    tracks: Mapping[str, Track]
    settings: Mapping[str, Setting] = field(default_factory=dict, compare=False, repr=False)
    accept: Mapping[str, Setting] = field(default_factory=dict, compare=False, repr=False)
    reading: Reading | None = None
    nominal: Nominal | None = field(default=None, compare=False, repr=False)
    points: Points | None = field(default=None, compare=False, repr=False)
    tree: Node | None = field(default=None, compare=False, repr=False)
    folder: Path = field(default=Path(), compare=False, repr=False)

    @property
    def lr(self) -> Track:
        """The track of the learning rate."""
        return self.tracks["lr"]

    @property
    def steps(self) -> int:
        """Updates in the run."""
        return self.timebase.steps

    @property
    def may_skip(self) -> bool:
        """Whether updates may be skipped after an overflow: unless a config says that the loss is not scaled."""
        return self.reading is None or self.reading.scales_loss is not False

    def per_step(self, unit: str) -> Fraction:
        """The amount of `unit` in one update, or a `Fault` that names the run and the missing key."""
        try:
            return self.timebase.rates.per_step(unit)
        except Fault as fault:
            raise Fault(f"{self.name}: {fault.message}", help=fault.help, code=fault.code) from None
