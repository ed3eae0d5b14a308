"""Parameters of forms: what they measure, and the numbers that they may be."""

from __future__ import annotations

from math import inf
from typing import Any, Literal

from lrplot.analysis.inference.numbers import cost, plain, shortest, simplest
from lrplot.lazy import dataclass

FARTHEST = 1e9  # an update that no parameter lies beyond


class Updates(int):
    """A number of updates in a spec."""


@dataclass(frozen=True)
class Parameter:
    """A parameter of a form.

    Args:
        name: its name
        kind: `value` is a learning rate, `share` one as a share of the peak, `updates` a time or duration
        low: the least value
        high: the largest
        neutral: the value that it has in a shorter form without it
    """

    name: str
    kind: Literal["value", "share", "updates", "number"]
    low: float = 0.0
    high: float = inf
    neutral: float = 0.0

    def candidates(self, low: float, high: float, center: float, peak: float) -> list[float]:
        """Numbers in an interval that are short to write, the shortest first; `peak` is what shares are of."""
        low, high = max(low, self.low), min(high, self.high)
        if self.kind == "updates":
            return simplest(low, high, center, whole=True)
        found = dict.fromkeys(simplest(low, high, center))
        if self.kind == "share" and peak > 0:
            found |= dict.fromkeys(each / peak for each in simplest(low * peak, high * peak, center * peak))
        return sorted(found, key=lambda each: self.price(each, peak))

    def price(self, value: float, peak: float) -> float:
        """The digits that a value is written with."""
        if self.kind == "share":
            return min(cost(shortest(100 * value)), cost(shortest(value * peak)))
        return cost(value)

    def written(self, value: float) -> Any:
        """A value as a spec has it."""
        return Updates(round(value)) if self.kind == "updates" else plain(value)


def duration(name: str) -> Parameter:
    """A parameter that is a number of updates, at least 1."""
    return Parameter(name, "updates", 1, FARTHEST)


def number(name: str, low: float, high: float, neutral: float = 0.0) -> Parameter:
    """A parameter that is a plain number."""
    return Parameter(name, "number", low, high, neutral)
