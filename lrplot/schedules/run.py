"""A validated run: its length, and a curve for every parameter that is set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lrplot.diagnostics import Span
from lrplot.frozen import field, frozen
from lrplot.schedules.curve import Curve
from lrplot.schedules.fields import Recipe
from lrplot.schedules.timebase import Timebase


@frozen
class Track:
    """One parameter's curve over the whole run, and where its schedule stands in the spec."""

    curve: Curve
    base: float | None
    span: Span
    recipe: Recipe | None = field(default=None, compare=False)


@frozen
class Setting:
    """A value that a spec gives at its top level, and where it stands."""

    value: Any
    span: Span


@frozen
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
