"""The horizontal axis of a chart: ticks with labels in columns of text."""

from __future__ import annotations

from lrplot.chart.ticks import even_ticks, nice_ticks
from lrplot.lazy import dataclass
from lrplot.wording import amount

APART = 12  # columns of text for each tick
GAP = 2  # fewest spaces between two labels


@dataclass(eq=False)
class TimeAxis:
    """A part of a run, from `low` to `high` in `unit`."""

    low: float
    high: float
    unit: str

    @classmethod
    def of(cls, low: float, high: float, unit: str) -> TimeAxis:
        """An axis whose ends are products of steps and their length, without the rounding errors of the products."""
        return cls(float(f"{low:.12g}"), float(f"{high:.12g}"), unit)

    @property
    def name(self) -> str:
        """The name of the unit, which stands before the labels."""
        return "run" if self.unit == "fraction" else self.unit

    def label(self, value: float) -> str:
        """A time as text."""
        return f"{100 * value:.4g}%" if self.unit == "fraction" else amount(value)

    @property
    def overhang(self) -> int:
        """Columns that the last label needs to the right of its tick."""
        return len(self.label(self.high)) // 2

    def labels(self, width: int) -> dict[int, str]:
        """The labels by the columns of their ticks in a chart of `width` columns; none touches another."""
        for most in range(max(width // APART, 2), 1, -1):
            labels = {self._cell(tick, width): self.label(tick) for tick in self._ticks(most)}
            if not _touching(labels):
                return labels
        return {self._cell(tick, width): self.label(tick) for tick in (self.low, self.high)}

    def _cell(self, value: float, width: int) -> int:
        return min(int((value - self.low) / (self.high - self.low) * width), width - 1)

    def _ticks(self, most: int) -> list[float]:
        if self.low == 0:
            return even_ticks(self.high, most, parts=self.unit == "fraction")
        room = 0.6 * (self.high - self.low) / most
        inner = nice_ticks(self.low, self.high, most)
        return [self.low, *(tick for tick in inner if self.low + room < tick < self.high - room), self.high]


def _touching(labels: dict[int, str]) -> bool:
    end = None
    for cell, label in labels.items():
        start = cell - len(label) // 2
        if end is not None and start < end + GAP:
            return True
        end = start + len(label)
    return False


def label_line(labels: dict[int, str], name: str, margin: int, width: int) -> str:
    """The unit's name, and labels under their ticks, in `width` columns, of which `margin` precede the chart."""
    line = list(f"{name:>{margin - 2}}".ljust(width))
    free = margin - 1
    for cell, label in labels.items():
        start = max(min(margin + cell - len(label) // 2, width - len(label)), free)
        if start + len(label) > width:
            break
        line[start : start + len(label)] = label
        free = start + len(label) + 1
    return "".join(line).rstrip()
