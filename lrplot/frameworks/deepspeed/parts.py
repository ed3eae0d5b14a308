"""The parts of DeepSpeed's schedules: a cycle with its decay, and a warmup."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import ceil, floor, log

import numpy as np

from lrplot.curves.curve import Curve, Flat
from lrplot.curves.formulas import Formula
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.shapes import Floats
from lrplot.curves.wrappers import Bounded
from lrplot.diagnostics import Fault


@dataclass(frozen=True)
class Cycle:
    """A rise of `first` steps and a fall of `second`, in stairs where there are any, and the decay after them."""

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
        """The first update of the decay: the cycle's end and, if that is not whole, an update after it."""
        return ceil(self.total) + 1

    def learning_rate(self, length: int, low: float, high: float, rate: float) -> Curve:
        """From `low` to `high` and back, then falling from `low`."""
        decay: Curve = Flat(length, low)
        if rate != 0 and self.decay_step_size != 0:
            decay = self._divided(length, low, rate)
        return self._phases(length, partial(self._between, low, high), (), decay)

    def momentum(self, length: int, low: float, high: float, rate: float) -> Curve:
        """`low` at the first update; from `high` to `low` and back, then growing from `high`."""
        decay: Curve = Flat(length, high)
        if rate != 0 and self.decay_step_size != 0:
            decay = Formula(length, partial(self._multiplied, high, rate))
        return self._phases(length, partial(self._first_low, low, high), (1.0,), decay)

    def _phases(self, length: int, value: partial[Floats], turns: tuple[float, ...], decay: Curve) -> Curve:
        top = min(ceil(self.first), self.decays_at)
        phases = [Phase("rise", Formula(top, value, turns))]
        if top < self.decays_at:
            end = self.total - top  # where it turns once more, if that is not whole
            phases.append(Phase("fall", Formula(self.decays_at - top, partial(_later, value, top), (end,))))
        name = "hold" if isinstance(decay, Flat) else "decay"
        return Sequence(length, (*phases, Phase(name, decay)), open=True)

    def _between(self, low: float, high: float, k: Floats) -> Floats:
        return np.asarray(low + (high - low) * self._scale(k))

    def _first_low(self, low: float, high: float, k: Floats) -> Floats:
        return np.where(k == 0, low, high - (high - low) * self._scale(k))

    def _scale(self, k: Floats) -> Floats:
        """Height in the cycle; which side of the peak a step is on, rounding decides."""
        ratio = self.first / self.total
        x = 1.0 + k / self.total - np.floor(1 + k / self.total)
        rises = x <= ratio
        scale = np.where(rises, x / ratio, (x - 1) / (ratio - 1) if ratio != 1 else 0.0)
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

    def _divided(self, length: int, value: float, rate: float) -> Curve:
        """value/(1 + rate·interval); a negative rate leads to a pole, and to an error if a step falls on it."""
        pole = self.total - self.decay_step_size / rate - self.decays_at
        curve = Formula(length, partial(self._quotient, value, rate), (pole,))
        if not 0 <= pole + 1 < 2**53:
            return curve
        near = np.arange(max(floor(pole) - 1, 0), floor(pole) + 3)
        zeros = near[1 + rate * self._interval(near.astype(np.float64)) == 0]
        return Bounded(curve, int(zeros[0]), "ZeroDivisionError: float division by zero") if len(zeros) else curve


def _later(function: partial[Floats], start: int, t: Floats) -> Floats:
    return function(t + start)


@dataclass(frozen=True)
class Warmup:
    """A warmup of `steps` steps, the first of which is the second update's."""

    steps: int
    linear: bool

    @classmethod
    def of(cls, steps: int, shape: str) -> Warmup:
        """The warmup that the arguments ask for."""
        if steps <= 0:
            message = f"ValueError: warmup_num_steps must be a positive integer, got {steps}"
            raise Fault(message, field="warmup_num_steps", help="at least 1")
        return cls(max(2, steps), shape == "linear")

    @property
    def stop(self) -> int:
        """The first update after it."""
        return self.steps + 1

    def phase(self, low: float, rise: float) -> Phase:
        """From `low`, higher by `rise` at its end."""
        return Phase("warmup", Formula(self.stop, partial(self.values, low, rise)), Role.WARMUP)

    def values(self, low: float, rise: float, k: Floats) -> Floats:
        """Values at updates k."""
        i = np.maximum(k - 1, 0)
        share = i / self.steps if self.linear else 1.0 / log(self.steps) * np.log(i + 1)
        return np.asarray(low + rise * share)
