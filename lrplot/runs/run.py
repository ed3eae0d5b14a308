"""A validated run: its length, and a curve for every parameter that is set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lrplot.curves.curve import Curve, Origin
from lrplot.diagnostics import Span
from lrplot.runs.timebase import Timebase


@dataclass(frozen=True)
class Track:
    """One parameter's curve over the whole run, where its schedule stands in the spec, and the recipe it came from."""

    curve: Curve
    base: float | None
    span: Span
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Setting:
    """A value that a spec gives at its top level, and where it stands."""

    value: Any
    span: Span


@dataclass(frozen=True)
class Run:
    """What a spec says: tracks are named `lr`, `momentum` …, `lr/GROUP`, in the CSV's order.

    `settings` holds the numbers and words given at the top level; `accept` the reason why each
    finding of `lrplot check` that it names is meant.
    """

    name: str
    source: str | None
    timebase: Timebase
    tracks: Mapping[str, Track]
    settings: Mapping[str, Setting] = field(default_factory=dict, compare=False, repr=False)
    accept: Mapping[str, Setting] = field(default_factory=dict, compare=False, repr=False)

    @property
    def steps(self) -> int:
        """Updates in the run."""
        return self.timebase.steps
