"""Schedulers that drop when a metric stops improving, as torch and paddle have them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import isfinite
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np

from lrplot.curves.curve import Curve
from lrplot.curves.roles import Role
from lrplot.curves.staircase import Plateaus
from lrplot.curves.tracks import Tracks
from lrplot.curves.wrappers import Bounded
from lrplot.diagnostics import Fault
from lrplot.frameworks.shared.arguments import ShrinkField
from lrplot.frameworks.shared.resuming import number_at, together
from lrplot.lazy import dataclass
from lrplot.schema.annotations import CountField, MetricsField, NumberField
from lrplot.schema.fields import Inline
from lrplot.schema.resuming import Call, Checkpoint, Restored, Resuming, value_at
from lrplot.text.columns import read_column


@dataclass(frozen=True)
class Counts:
    """The best metric so far, the steps since without improvement, and what is left of a cooldown."""

    best: float | None = None
    bad: int = 0
    cooling: int = 0


NEW = Counts()


# Whether the value drops after one more value of the metric, and the counts after it.
Judge = Callable[["Plateau", Counts, float], tuple[Counts, bool]]


@dataclass(eq=False)
class Plateau:
    """The arguments by which a scheduler follows a metric.

    Args:
        metrics: the metric after each update (with `interval: epoch`, after each epoch): a list, or a CSV file
        mode: whether a lower metric (min) or a higher one (max) is better
        factor: factor of each drop, below 1
        patience: steps without improvement that are tolerated; the next one causes a drop
        threshold: the least change that counts as an improvement
        threshold_mode: whether `threshold` is a share of the best metric (rel) or an amount (abs)
        min_lr: the least value
    """

    metrics: MetricsField
    mode: Literal["min", "max"] = "min"
    factor: ShrinkField = 0.1
    patience: CountField = 10
    threshold: NumberField = 1e-4
    threshold_mode: Literal["rel", "abs"] = "rel"
    cooldown: CountField = 0
    min_lr: Annotated[NumberField, Role.CLIP] = 0.0

    def curve(
        self, length: int, first: float, least: float, judge: Judge, skip: int = 0, counts: Counts = NEW
    ) -> Curve:
        """From `first` down wherever `judge` finds a drop, by more than `least` each time.

        It follows the metric from its value `skip` on, with the `counts` that it has by then.
        """
        series = series_of(self.metrics)
        edges, levels = [], [first]
        for step, metric in enumerate(series[skip:], 1):
            counts, drops = judge(self, counts, metric)
            lowered = max(levels[-1] * self.factor, self.min_lr)
            if drops and levels[-1] - lowered > least:
                edges.append(step)
                levels.append(lowered)
        curve = Plateaus(length, np.array(edges, dtype=np.int64), np.array(levels))
        return Bounded(curve, max(len(series) - skip, 0) + 1, f"`metrics` ends after {len(series):,} values")

    def after(self, judge: Judge, steps: int) -> Counts:
        """The counts after the first N values of the metric."""
        counts = NEW
        for metric in series_of(self.metrics)[:steps]:
            counts, _ = judge(self, counts, metric)
        return counts


PlateauField = Annotated[Plateau, Inline(Plateau)]


def series_of(metrics: tuple[float, ...] | Path) -> list[float]:
    """The values of a metric, which a spec lists or which stand in a file."""
    return [*metrics] if isinstance(metrics, tuple) else read_column(metrics, None).tolist()


@dataclass(eq=False)
class Following(Resuming):
    """A scheduler that follows a metric, which belongs to the run: update s is followed by its value s.

    The current rate is lowered, so it goes on from that of the group. A state has the counts, and if it
    `saves_arguments` the old plan's arguments. `least` is the argument for the least drop, `first` the rate of the
    constructor. If the states are `one`, either brings back the other.
    """

    judge: Judge
    least: str
    first: Callable[[Call], float]
    saves_arguments: bool
    one: bool = False

    def loads(self, asked: Restored) -> Restored:
        return together(asked) if self.one else asked

    def read(self, call: Call, states: Sequence[Mapping[str, Any]], index: int) -> Any:
        given, plateau = states[0], call.arguments["plateau"]
        numbers = ("mode", "factor", "patience", "threshold", "threshold_mode", "cooldown")
        changed = {name: given[name] for name in numbers if name in given}
        low = number_at(given.get("min_lrs"), index)
        old = replace(plateau, **changed, **({} if low is None else {"min_lr": low}))
        best = given.get("best")
        known = float(best) if isinstance(best, int | float) and isfinite(best) else None
        counts = Counts(known, int(given.get("num_bad_epochs", 0)), int(given.get("cooldown_counter", 0)))
        return old, given.get(self.least, call.arguments[self.least]), counts

    def saved(self, call: Call, done: int) -> Checkpoint:
        plateau, lr = call.arguments["plateau"], value_at(call.tracks().curve, done)
        state = (plateau, call.arguments[self.least], plateau.after(self.judge, done))
        return Checkpoint(done, {**call.frame.beside, "lr": lr, "initial_lr": self.first(call)}, state)

    def resumed(self, call: Call, checkpoint: Checkpoint, restored: Restored, length: int) -> Tracks:
        if restored.last_epoch:
            raise Fault("TypeError: ReduceLROnPlateau.__init__() got an unexpected keyword argument 'last_epoch'")
        plateau, least, counts = call.arguments["plateau"], call.arguments[self.least], NEW
        if isinstance(checkpoint.state, tuple) and restored.scheduler:
            old, old_least, counts = checkpoint.state
            if self.saves_arguments:
                plateau, least = replace(old, metrics=plateau.metrics), old_least
        first = checkpoint.group["lr"] if restored.optimizer else self.first(call)
        return Tracks(plateau.curve(length, first, least, self.judge, checkpoint.done, counts))
