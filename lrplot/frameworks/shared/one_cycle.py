"""The 1cycle of torch and paddle."""

from __future__ import annotations

from collections.abc import Iterator
from math import floor
from typing import Literal

from lrplot.curves.curve import Curve, Flat
from lrplot.curves.exceptions import FLOAT_DIVISION
from lrplot.curves.formulas import cosine, line
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.wrappers import Bounded
from lrplot.frameworks.shared.errors import require
from lrplot.lazy import dataclass

AnnealStrategy = Literal["cos", "linear"]


def check(total: int, pct_start: float, div_factor: float, final_div_factor: float) -> None:
    """The checks of torch's constructor, which mmengine's has too."""
    require(total > 0, "total_steps", f"ValueError: Expected positive integer total_steps, but got {total}")
    error = f"ValueError: Expected float between 0 and 1 pct_start, but got {pct_start:g}"
    require(0 <= pct_start <= 1, "pct_start", error)
    for field, factor in (("div_factor", div_factor), ("final_div_factor", final_div_factor)):
        require(factor != 0, field, FLOAT_DIVISION, "give a factor above 0")


@dataclass(eq=False)
class OneCycle:
    """A cycle of `total` steps, of which `share` rise; with `three_phase` it falls to its start, then to its end."""

    total: int
    share: float
    strategy: AnnealStrategy
    three_phase: bool

    def curve(self, length: int, start: float, peak: float, end: float) -> Curve:
        """Ramps from level to level; the last one continues past its end.

        Source: torch/optim/lr_scheduler.py, OneCycleLR.get_lr
        """
        levels = [start, peak, start, end] if self.three_phase else [start, peak, end]
        return Sequence(length, tuple(self._phases(length, levels)), open=True)

    def _phases(self, length: int, levels: list[float]) -> Iterator[Phase]:
        ramp, names = (cosine if self.strategy == "cos" else line), ("rise", "fall", "end")
        begin, start = 0.0, 0  # where a ramp begins, and the first step on it
        for i, (end, first, last) in enumerate(zip(self._ends, levels, levels[1:], strict=False)):
            stop = max(floor(end) + 1, start)
            final = i == len(levels) - 2
            if final or stop > start:
                steps = max(length - start, stop - start, 1) if final else stop - start
                curve: Curve = Bounded(Flat(steps, first), 0, FLOAT_DIVISION)
                if end != begin:
                    curve = ramp(steps, first, last, end - begin, start - begin)
                yield Phase(names[i], curve)
            begin, start = end, stop

    @property
    def _ends(self) -> list[float]:
        """The end of each ramp: times that need not be whole."""
        middle = [2 * self.share * self.total - 2] if self.three_phase else []
        return [self.share * self.total - 1, *middle, float(self.total - 1)]
