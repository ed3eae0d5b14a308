"""Parts of timm's schedulers: the clock, the warmup, and cycles whose number is computed by a logarithm."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable
from functools import partial
from math import isclose, nan
from typing import Annotated, Any

import numpy as np

from lrplot.curves.anneals import Anneal
from lrplot.curves.clocks import Stepped
from lrplot.curves.curve import Curve, Flat, Segment, direction
from lrplot.curves.expression import OneArgument, compile_function
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.shapes import COSINE, LINEAR, SQRT, Floats, Way, power_ramp
from lrplot.curves.shapes import Share as Remaining
from lrplot.curves.steps import FARTHEST, MOST_LISTED, NO_STEPS, Steps, both_sides, each_once
from lrplot.curves.wrappers import Lasting
from lrplot.diagnostics import Fault
from lrplot.frameworks.shared.arguments import (
    FloorField,
    GrowthField,
    IntegerHorizonField,
    IntegerWarmupField,
    ShrinkField,
    StartField,
)
from lrplot.lazy import dataclass
from lrplot.schema.annotations import FlagField, IntegerField, NumberField
from lrplot.schema.fields import Inline
from lrplot.schema.frame import Frame
from lrplot.schema.types import Many, Number

FAR = FARTHEST >> 1  # the end of a stage that never ends

# The share of the peak that is left, from `math` or `numpy`, the time in a cycle, and the cycle's length.
# Python's floats (`math`) raise wherever timm does; `numpy` is for arrays.
Share = Callable[[Any, Any, Any], Any]


def _done(k: float, xp: Any, t: Any, span: Any) -> Any:
    """t^k as a share of span^k."""
    power, whole = t**k, span**k
    if xp is math:
        return power / whole
    return np.where(np.isfinite(power) & np.isfinite(whole), power / whole, nan)  # Python's powers raise there


def cosine_share(k: float, xp: Any, t: Any, span: Any) -> Any:
    """Half a cosine, in time to the power k."""
    return 0.5 * (1 + xp.cos(xp.pi * _done(k, xp, t, span)))


def tanh_share(start: float, stop: float, xp: Any, t: Any, span: Any) -> Any:
    """The hyperbolic tangent between two of its arguments, upside down."""
    u = t / span
    return 0.5 * (1 - xp.tanh(start * (1 - u) + stop * u))


def poly_share(k: float, power: float, xp: Any, t: Any, span: Any) -> Any:
    """A power of what is left, in time to the power k."""
    left = 1 - _done(k, xp, t, span)
    if xp is math or k == 1:
        return left**power
    # Where little is left, the last bit of numpy's t^k, not always that of `math`, would show.
    share = np.asarray(left**power)
    for i in np.flatnonzero(left < 1e-4).tolist():
        share[i] = _or_nan(poly_share, k, power, math, float(t[i]), float(span[i]))
    return share


def _or_nan(function: Callable[..., Any], *arguments: Any) -> float:
    """A number computed by Python's floats; NaN where they raise or the result is complex."""
    try:
        return float(function(*arguments))
    except (ArithmeticError, ValueError, TypeError):
        return nan


@dataclass(eq=False)
class Cycles(Curve):
    """Cycle i falls from base·decay^i to `low` in period·mul^i steps; after `most` cycles `low` holds.

    If `eager` is set, timm computes the peak past the last cycle too, which may raise. If `steady` is
    set, the curve is monotone within a cycle.
    """

    length: int
    base: float
    low: float
    period: int
    mul: float
    decay: float
    most: int
    share: Share
    eager: bool = True
    steady: bool = True

    @property
    def over(self) -> int:
        """The first step after the last cycle."""
        return self.start_of(self.most)

    @property
    def role(self) -> Role:
        return Role.CYCLES if self.most > 1 else direction(self.base, self.low)

    @property
    def past(self) -> Role:
        return Role.HOLD

    def segments(self) -> tuple[Segment, ...]:
        return (Segment(self.role, 0, self.over, self, past=self.past),)

    def cycle_at(self, t: int) -> int:
        """The number of the cycle at a step, as timm computes it; may raise."""
        if self.mul == 1:
            return t // self.period
        return math.floor(math.log(1 - t / self.period * (1 - self.mul), self.mul))

    def start_of(self, cycle: int) -> int:
        """The first step that is in this cycle or a later one, or at which timm raises."""
        if cycle <= 0 or self.mul == 1:
            return min(max(cycle, 0) * self.period, FAR)
        return bisect_left(range(FAR), cycle, key=self._cycle_or_beyond)

    def _cycle_or_beyond(self, t: int) -> int:
        try:
            return self.cycle_at(t)
        except (ArithmeticError, ValueError):
            return FARTHEST

    def _cycles(self, t: Steps) -> Floats:
        """The numbers of the cycles; NaN if timm raises."""
        if self.mul == 1:
            return (t // self.period).astype(np.float64)
        if self.mul <= 0:
            return np.full(t.shape, nan)
        place = np.log(1 - t / self.period * (1 - self.mul)) / math.log(self.mul)
        cycles = np.floor(np.where(np.isfinite(place), place, nan))
        # The result depends on the last bit here, in which numpy's logarithm may differ from that of `math`.
        close = np.abs(place - np.rint(place)) < 1e-9 * (1 + np.abs(place))
        for i in np.flatnonzero(close).tolist():
            cycles[i] = _or_nan(self.cycle_at, int(t[i]))
        return cycles

    def _growth(self, cycles: Floats) -> Floats:
        """mul^cycle, exact to the last bit of `math`: the time in a cycle is a difference of such numbers."""
        numbers, places = each_once(cycles)
        return np.array([_or_nan(pow, self.mul, number) for number in numbers.tolist()])[places]

    def values(self, t: Steps) -> Floats:
        cycles = self._cycles(t)
        if self.mul == 1:
            return self._mixed(cycles, t - cycles * self.period, np.full(t.shape, float(self.period)))
        growth = self._growth(cycles)
        return self._mixed(cycles, t - (1 - growth) / (1 - self.mul) * self.period, growth * self.period)

    def _mixed(self, cycles: Floats, t: Floats, span: Floats) -> Floats:
        """The values at times `t` within cycles of length `span`."""
        within = cycles < self.most
        factor = np.power(self.decay, cycles if self.eager else np.where(within, cycles, 0))
        values = self.low + (self.base * factor - self.low) * self.share(np, t, span)
        return np.where(np.isnan(cycles) | np.isinf(factor), nan, np.where(within, values, self.low))

    def exactly(self, t: int) -> float:
        """The value at one step in Python's floats; raises if timm does."""
        cycle = self.cycle_at(t)
        factor = self.decay**cycle if self.eager or cycle < self.most else nan
        if cycle >= self.most:
            return self.low
        growth = self.mul**cycle
        start = cycle * self.period if self.mul == 1 else (1 - growth) / (1 - self.mul) * self.period
        share = self.share(math, float(t - start), growth * self.period)
        if isinstance(share, complex):
            raise RuntimeError("the learning rate is a complex number")  # as the optimizer does
        return float(self.low + (self.base * factor - self.low) * share)

    def failure(self, t: int) -> str | None:
        try:
            self.exactly(t)
        except (ArithmeticError, ValueError, TypeError, RuntimeError) as error:
            return f"{type(error).__name__}: {error}"
        return None

    def limit(self, t: int) -> float:
        before, now = self._cycles(np.array([max(t - 1, 0), t], dtype=np.int64))
        if before == now:
            return super().limit(t)
        span = self._growth(np.array([before])) * self.period
        return float(self._mixed(np.array([before]), span, span)[0])

    def turning_points(self, start: int, stop: int) -> Steps | None:
        first, last = self._cycles(np.array([start, stop - 1], dtype=np.int64)).tolist()
        if not self.steady or not math.isfinite(first + last):
            return None
        numbers = [*range(int(first) + 1, min(int(last), self.most) + 1)]
        if len(numbers) > MOST_LISTED:
            return None
        edges = np.array([self.start_of(number) for number in numbers], dtype=np.int64)
        return both_sides(edges, start, stop) if numbers else NO_STEPS


NoiseField = Annotated[tuple[float, ...], Many(Number(), single=True)] | None


@dataclass(eq=False)
class Stage:
    """A stage of a scheduler's curve: its name, its first step in the time of that curve, and its role."""

    name: str
    begin: int
    role: Role | None = None


@dataclass(eq=False)
class Common:
    """The arguments of timm's base class: a warmup, and a clock that counts updates or epochs."""

    warmup_t: IntegerWarmupField = 0
    warmup_lr_init: StartField = 0.0
    t_in_epochs: FlagField = True
    noise_range_t: NoiseField = None
    noise_pct: NumberField = 0.67
    noise_std: NumberField = 1.0
    noise_seed: IntegerField = 42
    initialize: FlagField = True

    def __post_init__(self) -> None:
        """Refuse what no spec determines."""
        if self.noise_range_t is not None:
            raise Fault("noise is random", field="noise_range_t", help="leave it out", code="undetermined")
        if not self.initialize:
            raise Fault("KeyError: 'initial_lr missing from param_groups[0]'", field="initialize", help="leave it out")

    def curve(self, frame: Frame, prefix: bool, main: Curve, *stages: Stage, aim: float | None = None) -> Curve:
        """The warmup to `aim` (the learning rate if None), then the stages of `main`.

        With `prefix` the warmup delays `main`; otherwise it hides its beginning.
        """
        every = _epoch(frame) if self.t_in_epochs else 1
        length, delay = frame.epochs if self.t_in_epochs else frame.length, self.warmup_t if prefix else 0
        phases = self._begin(main, frame.base_value(), frame.base_value() if aim is None else aim, delay)
        start = phases[0].curve.length if phases else 0
        ends = [stage.begin + delay for stage in stages[1:]]
        for stage, stop in zip(stages, [*ends, max(length, start + 1)], strict=True):
            if stop > start or stage is stages[-1]:
                part = Lasting(max(stop - start, 1), main, start - delay)
                phases.append(Phase(stage.name, part, stage.role))
                start = stop
        curve = Sequence(length, tuple(phases), open=True)
        if every == 1:
            return curve
        offset = frame.clock_offset("count updates: `t_in_epochs: false`")
        return Stepped(frame.clock_length, curve, every, offset=offset)

    def _begin(self, main: Curve, base: float, aim: float, delay: int) -> list[Phase]:
        """The warmup; without one, the constructor's value if it differs from the first value of `main`."""
        if self.warmup_t > 0:
            return [Phase("warmup", Anneal(self.warmup_t, self.warmup_lr_init, aim, LINEAR), Role.WARMUP)]
        value = self.warmup_lr_init if self.warmup_t else base
        with np.errstate(all="ignore"):
            begins = float(main.values(np.array([-delay], dtype=np.int64))[0])
        return [] if isclose(begins, value, rel_tol=1e-13) else [Phase("initial", Flat(1, value))]


def _epoch(frame: Frame) -> int:
    try:
        return frame.epoch()
    except Fault as fault:
        fault.help = f"{fault.help}; or `t_in_epochs: false` (create_scheduler_v2: `step_on_epochs: false`)"
        raise


@dataclass(eq=False)
class Cycling:
    """The arguments of schedulers with cycles."""

    t_initial: IntegerHorizonField
    lr_min: FloorField = 0.0
    cycle_mul: GrowthField = 1.0
    cycle_decay: ShrinkField = 1.0
    cycle_limit: Annotated[IntegerField, Role.CYCLE_COUNT] = 1
    warmup_prefix: FlagField = False

    def cycles(self, frame: Frame, share: Share, eager: bool = True, steady: bool = True) -> Cycles:
        """The cycles, each one falling by `share`."""
        assured(self.t_initial > 0, "t_initial > 0")
        assured(self.lr_min >= 0, "lr_min >= 0")
        times = self.t_initial, self.cycle_mul, self.cycle_decay, self.cycle_limit
        return Cycles(frame.length, frame.base_value(), self.lr_min, *times, share, eager, steady)

    def curve(self, frame: Frame, common: Common, name: str, cycles: Cycles, aim: float | None = None) -> Curve:
        """The warmup, the cycles, and the floor after them."""
        stages = Stage(name, 0), Stage("hold", cycles.over)
        return common.curve(frame, self.warmup_prefix, cycles, *stages, aim=aim)


CommonField = Annotated[Common, Inline(Common)]
CyclingField = Annotated[Cycling, Inline(Cycling)]


def assured(holds: bool, said: str) -> None:
    """An assertion of timm's about the argument that its text begins with; timm's own message is empty."""
    if not holds:
        raise Fault(f"AssertionError: {said}", field=said.split()[0])


def step_drops(base: float, rate: float, every: float, t: Floats) -> Floats:
    """base·rate^⌊t/every⌋."""
    return np.asarray(base * np.power(rate, t // every))


def power_failure(rate: float, every: float, t: int) -> str | None:
    """The exception at a step; one is raised if `every` is 0 or the power is too large for a Python float."""
    try:
        rate ** (t // every)
    except ArithmeticError as error:
        return f"{type(error).__name__}: {error}"
    return None


DECAYS = ("linear", "1-sqrt", "cosine", "power", "exp")


def require(holds: bool, field: str, value: float | str, rule: str) -> None:
    """A check that WSDLRScheduler makes."""
    if not holds:
        raise Fault(f"ValueError: Invalid {field} ({value}), {rule}.", field=field)


def decay_remaining(decay_fn: str, power: float, ratio: float) -> Remaining:
    """The share that the decay leaves."""
    shapes = {"linear": LINEAR, "1-sqrt": SQRT, "cosine": COSINE, "power": power_ramp(power)}
    if decay_fn in shapes:
        return shapes[decay_fn].remaining
    if decay_fn == "exp":
        return partial(_exponential, ratio)
    require(not decay_fn.isidentifier(), "decay_fn", decay_fn, f"must be one of {DECAYS} or a callable")
    return partial(_called, compile_function(decay_fn, whole=False))


def _exponential(ratio: float, way: Way) -> Floats:
    return np.asarray((np.power(ratio, way.u) - ratio) / (1 - ratio))


def _called(function: OneArgument, way: Way) -> Floats:
    return np.where(way.gone == 0, 1.0, function(way.u))  # it is not called before the decay


def stable_level(base: float, low: float, scale: float, power: float, t: Floats) -> Floats:
    """base·(1 + t/scale)^−power, at least `low`."""
    return np.maximum(base * np.power(1 + t / scale, -power), low)


def stable_decay(
    stable: Callable[[Floats], Floats], low: float, remaining: Remaining, total: int, decay: int, t: Floats
) -> Floats:
    """The stable phase up to total − decay, then what the decay leaves of it above `low`."""
    gone, left = (np.clip(each, 0, decay) for each in (t - (total - decay), total - t))
    return np.asarray(low + (stable(t) - low) * remaining(Way(gone, left, decay)))
