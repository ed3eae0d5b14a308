"""Logs of runs: values at steps, each with its line and its printed digits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lrplot.diagnostics import Fault
from lrplot.display import Shown
from lrplot.lazy import dataclass

LogUnit = Literal["updates", "batches", "epochs", "samples", "tokens", "rows"]  # rows: numbered, without steps


@dataclass(frozen=True, eq=False)
class Values:
    """The logged values of one parameter, float64 of shape (rows,).

    `values` is NaN in rows that do not have the parameter. `slack` is half a unit of the last printed digit, and 0 for
    values that were printed in full: the value that the run used is within it.
    """

    values: NDArray[np.float64]
    slack: NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class Points:
    """The rows of one run in a log, in ascending order of their steps, one row per step.

    Args:
        steps: the step of each row as it was logged, int64 of shape (rows,)
        lines: the line of each row in the file, counted from 1; 0 if the file has no lines
        tracks: the values of each parameter, named `lr`, `lr/GROUP`, `momentum` …; `lr` is always there
        epochs: the epoch of each row as it was logged, NaN if the row has none; None if no row has one
        losses: the loss of each row, likewise
        resumed: the rows at which the run went on from a checkpoint; of rows that were logged twice, the later stays
        repeated: rows left out because an equal one, or a later one after a checkpoint, stands for them
    """

    steps: NDArray[np.int64]
    lines: NDArray[np.int64]
    tracks: Mapping[str, Values]
    epochs: NDArray[np.float64] | None = None
    losses: NDArray[np.float64] | None = None
    resumed: tuple[int, ...] = ()
    repeated: int = 0

    def __repr__(self) -> str:
        """The rows in a few words."""
        return f"<lrplot.Points: {len(self)} rows, steps {self.steps[0]} … {self.steps[-1]}, {', '.join(self.tracks)}>"

    @property
    def lr(self) -> Values:
        """The values of the learning rate."""
        return self.tracks["lr"]

    def __len__(self) -> int:
        return len(self.steps)


@dataclass(frozen=True, eq=False)
class Log(Shown):
    """A log of one run, or of several that were appended to one another.

    Args:
        name: the stem of the file
        source: the file as its reader called it
        format: the name of its format
        title: the format in words
        unit: what a step counts
        runs: the runs in the order of the file, at least one; the last is the one that is judged
        stated: facts of the run that the log states, named as the facts of a config: `steps`, `epochs` …
    """

    name: str
    source: str
    format: str
    title: str
    unit: LogUnit
    runs: tuple[Points, ...]
    stated: Mapping[str, int] = field(default_factory=dict)

    @property
    def points(self) -> Points:
        """The rows of the last run."""
        return self.runs[-1]

    @property
    def losses(self) -> NDArray[np.float64]:
        """The losses of the last run, NaN in rows that have none; a `Fault` if no row has one."""
        if self.points.losses is None:
            raise Fault(f"{self.name}: the log has no losses", help="name their column: `--columns loss=NAME`")
        return self.points.losses
