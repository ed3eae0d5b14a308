"""Schedulers that drop when a metric stops improving, as torch and paddle have them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import numpy as np

from lrplot.curves.curve import Curve
from lrplot.curves.roles import Role
from lrplot.curves.staircase import Plateaus
from lrplot.curves.wrappers import Bounded
from lrplot.frameworks.shared.arguments import ShrinkField
from lrplot.schema.annotations import CountField, MetricsField, NumberField
from lrplot.schema.fields import Inline
from lrplot.text.columns import read_column


@dataclass(eq=False)
class Plateau:
    """How a scheduler follows a metric.

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
        self, length: int, first: float, least: float, drops: Callable[[Plateau, list[float]], Iterator[int]]
    ) -> Curve:
        """From `first` down at the steps that `drops` finds in the metric, by more than `least` each time."""
        series = series_of(self.metrics)
        edges, levels = [], [first]
        for step in drops(self, series):
            lowered = max(levels[-1] * self.factor, self.min_lr)
            if levels[-1] - lowered > least:
                edges.append(step)
                levels.append(lowered)
        curve = Plateaus(length, np.array(edges, dtype=np.int64), np.array(levels))
        return Bounded(curve, len(series) + 1, f"`metrics` ends after {len(series):,} values")


PlateauField = Annotated[Plateau, Inline(Plateau)]


def series_of(metrics: tuple[float, ...] | Path) -> list[float]:
    """The values of a metric, which a spec lists or which stand in a file."""
    return [*metrics] if isinstance(metrics, tuple) else read_column(metrics, None).tolist()
