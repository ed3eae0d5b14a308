"""The parts of DeepSpeed's schedules: a cycle with its decay, and a warmup."""

from __future__ import annotations

from functools import partial
from math import ceil, floor, log

import numpy as np

from lrplot.curves.curve import Curve, Flat, direction
from lrplot.curves.exceptions import FLOAT_DIVISION
from lrplot.curves.formulas import Formula, until
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.shapes import Floats
from lrplot.curves.wrappers import Bounded, Lasting
from lrplot.diagnostics import Fault
from lrplot.frameworks.shared.arguments import IntegerWarmupField
from lrplot.frameworks.shared.triangles import triangle
from lrplot.lazy import dataclass
from lrplot.schema.annotations import FreshField, TextField


@dataclass(eq=False)
class Cycle:
    """A rise of `first` steps and a fall of `second`, in stairs if their numbers are above 0, and a decay after it."""

    first: float
    second: float
    first_stairs: int
    second_stairs: int
    decay_step_size: float

    @property
    def total(self) -> float:
        """Steps in the cycle."""
        return self.first + self.second

    @property
    def decays_at(self) -> int:
        """The first update of the decay: the second one at or after the cycle's end."""
        return ceil(self.total) + 1

    def learning_rate(self, length: int, low: float, high: float, rate: float) -> Curve:
        """From `low` to `high` and back, then a decay from `low`."""
        after = self._divided(low, rate) if self._decays(rate) else low
        return self._phases(length, (low, high), partial(self._between, low, high), after)

    def momentum(self, length: int, low: float, high: float, rate: float) -> Curve:
        """`low` at the first update; from `high` to `low` and back, then growth from `high`."""
        after = Formula(1, partial(self._multiplied, high, rate)) if self._decays(rate) else high
        return self._phases(length, (high, low), partial(self._first_low, low, high), after, 1.0)

    def _decays(self, rate: float) -> bool:
        return rate != 0 and self.decay_step_size != 0

    def _phases(
        self, length: int, ends: tuple[float, float], value: partial[Floats], after: Curve | float, *turns: float
    ) -> Curve:
        """The cycle from one end to the other and back, and after it a curve or one value."""
        first, last = ends
        top, stop = ceil(self.first), self.decays_at
        rise = Phase("rise", Formula(top, value, turns, meant=direction(first, last)))
        turns = (self.total, stop)  # a cycle that ends within a step begins to rise again
        if isinstance(after, float):
            over = self.total if self.total == stop - 1 else stop
            ended = partial(until, stop, value, after)
            fall: Curve = Formula(1, ended, turns, over=over, meant=direction(last, first), held=True)
            return Sequence(length, (rise, Phase("fall", Lasting(1, fall, top))), open=True)
        fall = Lasting(stop - top, Formula(1, value, turns, meant=direction(last, first)), top)
        return Sequence(length, (rise, Phase("fall", fall), Phase("decay", after)), open=True)

    def _between(self, low: float, high: float, k: Floats) -> Floats:
        return np.asarray(low + (high - low) * self._scale(k))

    def _first_low(self, low: float, high: float, k: Floats) -> Floats:
        return np.where(k == 0, low, high - (high - low) * self._scale(k))

    def _scale(self, k: Floats) -> Floats:
        """Height in the cycle, 0 to 1; rounding decides on which side of the peak a step is."""
        rises, scale = triangle(self.first, self.total, k)
        stairs = np.where(rises, self.first_stairs, self.second_stairs)
        here = k % self.total
        fallen = (self.total - here) * stairs / (self.second or 1.0)
        position = np.where(here <= self.first, here * stairs / self.first, fallen)
        return np.where(stairs > 0, np.floor(position) / np.maximum(stairs, 1), scale)

    def _interval(self, t: Floats) -> Floats:
        return np.asarray((t + (self.decays_at - 1) - self.total + 1) / self.decay_step_size)

    def _multiplied(self, value: float, rate: float, t: Floats) -> Floats:
        return np.asarray(value * (1 + rate * self._interval(t)))

    def _quotient(self, value: float, rate: float, t: Floats) -> Floats:
        return np.asarray(value / (1 + rate * self._interval(t)))

    def _divided(self, value: float, rate: float) -> Curve:
        """value/(1 + rate·interval); a negative rate gives it a pole, and a step at the pole is an error."""
        pole = self.total - self.decay_step_size / rate - self.decays_at
        curve = Formula(1, partial(self._quotient, value, rate), (pole,))
        if not 0 <= pole + 1 < 2**53:
            return curve
        near = np.arange(max(floor(pole) - 1, 0), floor(pole) + 3)
        zeros = near[1 + rate * self._interval(near.astype(np.float64)) == 0]
        return Bounded(curve, int(zeros[0]), FLOAT_DIVISION) if len(zeros) else curve


@dataclass(eq=False)
class Warmup:
    """The arguments of a warmup, which begins at the second update.

    Args:
        warmup_num_steps: steps of the warmup; 1 counts as 2
        warmup_type: shape of the warmup, `log` or `linear`; any other word means log
        last_batch_iteration: only -1, the start of a run
    """

    warmup_num_steps: IntegerWarmupField = 1000
    warmup_type: TextField = "log"
    last_batch_iteration: FreshField = -1

    @property
    def steps(self) -> int:
        """Its length in steps."""
        if self.warmup_num_steps <= 0:
            message = f"ValueError: warmup_num_steps must be a positive integer, got {self.warmup_num_steps}"
            raise Fault(message, field="warmup_num_steps", help="give at least 1 step")
        return max(2, self.warmup_num_steps)

    def phases(self, low: float, rise: float) -> tuple[Phase, Phase]:
        """The first update, at `low`, and the warmup from `low` to `low` + `rise`."""
        return self.after(Flat(1, low + rise * 0.0), Formula(self.steps, partial(self.values, low, rise)))

    def after(self, first: Curve, warmup: Curve) -> tuple[Phase, Phase]:
        """The first update, and the warmup after it."""
        return Phase("start", first), Phase("warmup", warmup, Role.WARMUP)

    def values(self, low: float, rise: float, t: Floats) -> Floats:
        """Values at steps t of the warmup, and where it ends."""
        share = t / self.steps if self.warmup_type == "linear" else 1.0 / log(self.steps) * np.log(t + 1)
        return np.asarray(low + rise * np.where(t > self.steps - 1, 1.0, share))
