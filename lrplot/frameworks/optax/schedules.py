"""optax: the schedules of optax.schedules.

The value at update k is the schedule called with the count k, which starts from 0.
JAX computes in float32 by default; these are the values of float64 (`jax_enable_x64`), not compiled. Compiled code
rounds differently: a staircase may fall one step late, a power that is not whole may be NaN from its decay's end on.
All values are absolute: the spec's own `lr` is not used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import accumulate
from typing import Annotated, Any, Literal

import numpy as np

from lrplot.curves.curve import Curve, Flat
from lrplot.curves.exceptions import FLOAT_DIVISION, INDEX
from lrplot.curves.roles import Role
from lrplot.curves.staircase import Plateaus
from lrplot.diagnostics import Fault
from lrplot.frameworks.optax.pieces import check_scales, cosine_decay, exponential, interpolated, levels, polynomial
from lrplot.frameworks.shared.arguments import (
    METRIC,
    FloorField,
    HandoversField,
    IntegerHorizonField,
    IntegerWarmupField,
    PeakField,
    StartField,
)
from lrplot.frameworks.shared.framework import Framework
from lrplot.frameworks.shared.joined import Piece, joined, pieces_of
from lrplot.frameworks.shared.resuming import InOptimizer
from lrplot.lazy import dataclass
from lrplot.schema.annotations import FlagField, IntegerField, NumberField, OptionalNumber
from lrplot.schema.fields import Example, Inline
from lrplot.schema.frame import Frame
from lrplot.schema.recipe import RecipesField
from lrplot.schema.types import Count, Many, Number, Record, Table

FRAMEWORK = Framework(
    name="optax",
    distribution="optax",
    version="0.2.8",
    aliases=("jax", "flax"),
    resuming=InOptimizer(),
    modules=("optax.schedules", "optax.*"),
    glossary={
        "init_value": "the first value",
        "end_value": "the last value",
        "peak_value": "the greatest value",
        "warmup_steps": "steps from init_value to peak_value",
        "transition_steps": "steps in the transition; if not above 0, init_value holds",
        "transition_begin": "steps before the transition begins; a number below 0 is taken as 0",
        "power": "exponent",
        "exponent": "exponent of the half cosine",
        "decay_rate": "factor of each transition_steps",
        "staircase": "hold in between, and drop at once every transition_steps",
        "boundaries_and_scales": "factors of the value, by step",
        "pct_start": "share of the steps spent rising",
        "div_factor": "the peak is this many times the first value",
        "final_div_factor": "the first value is this many times the last",
    },
    undetermined={"reduce_on_plateau": METRIC},
)
scheduler = FRAMEWORK.scheduler

OptionalScales = Annotated[Mapping[int, float] | None, Table(Count(at_least=None), Number())]


@scheduler()
def constant_schedule(frame: Frame, value: NumberField) -> Curve:
    """One value.

    Formula: value
    Source: optax/schedules/_schedule.py, constant_schedule

    Args:
        value: the value
    """
    return Flat(frame.length, value)


@dataclass(eq=False)
class Transition:
    """A transition between two values, constant before and after."""

    init_value: StartField
    end_value: FloorField
    transition_steps: Annotated[IntegerField, Role.DECAY]
    transition_begin: Annotated[IntegerField, Role.DELAY] = 0

    def curve(self, name: str, power: float, length: int) -> Curve:
        """The values along a polynomial. A rise is a warmup: `join_schedules` has no other schedule for it."""
        first, last = self.init_value, self.end_value
        role = Role.WARMUP if last > first else None
        return polynomial(name, first, last, power, self.transition_steps, self.transition_begin, length, role)


@scheduler()
def linear_schedule(frame: Frame, transition: Annotated[Transition, Inline(Transition)]) -> Curve:
    """A straight line between two values, constant before and after.

    Formula: end + (init − end)·(1 − u), where u goes 0 → 1 in transition_steps from transition_begin on
    Source: optax/schedules/_schedule.py, linear_schedule
    """
    return transition.curve("linear", 1.0, frame.length)


def _fraction(arguments: Mapping[str, Any]) -> str:
    """A power that is not whole: of a base that rounding moves below 0, it is NaN (half of 120 horizons)."""
    if float(arguments["power"]).is_integer():
        return ""
    return "a `power` that is not whole is NaN from `transition_steps` on, for about half of all `transition_steps`"


def _floored(arguments: Mapping[str, Any]) -> str:
    """An exponent that is rounded down: where it should be whole, rounding may move it below (1 in 10 horizons)."""
    return "a drop may come one update later, for about one in ten `transition_steps`" if arguments["staircase"] else ""


@scheduler(float32=_fraction)
def polynomial_schedule(
    frame: Frame, transition: Annotated[Transition, Inline(Transition)], power: NumberField
) -> Curve:
    """A polynomial transition between two values, constant before and after.

    Formula: end + (init − end)·(1 − u)^power, where u goes 0 → 1 in transition_steps from transition_begin on
    Float32: a power that is not whole is NaN from the end on, for about half of all transition_steps
    Source: optax/schedules/_schedule.py, polynomial_schedule
    """
    return transition.curve("polynomial", power, frame.length)


@dataclass(eq=False)
class Exponential:
    """An exponential decay, without end unless `end_value` stops it."""

    transition_steps: IntegerField
    decay_rate: NumberField
    transition_begin: Annotated[IntegerField, Role.DELAY] = 0
    staircase: FlagField = False
    end_value: Annotated[OptionalNumber, Role.CLIP] = None

    def curve(self, first: float, length: int) -> Curve:
        """The values, of which the first is `first`."""
        steps, begin = self.transition_steps, self.transition_begin
        return exponential(first, steps, self.decay_rate, begin, self.staircase, self.end_value, length)


@scheduler(float32=_floored)
def exponential_decay(
    frame: Frame, init_value: StartField, decay: Annotated[Exponential, Inline(Exponential)]
) -> Curve:
    """An exponential decay, without end unless `end_value` stops it.

    Formula: init·decay_rate^((k − transition_begin)/transition_steps); with `staircase` the floor of the exponent
    Float32: a drop of a staircase may come one step later
    Source: optax/schedules/_schedule.py, exponential_decay

    Args:
        transition_steps: steps in which it falls by decay_rate; if not above 0, init_value holds
        decay_rate: factor of each transition_steps; 0 keeps init_value
        end_value: the least value if decay_rate is below 1, otherwise the greatest
    """
    return decay.curve(init_value, frame.length)


@scheduler()
def cosine_decay_schedule(
    frame: Frame,
    init_value: StartField,
    decay_steps: IntegerHorizonField,
    alpha: NumberField = 0.0,
    exponent: NumberField = 1.0,
) -> Curve:
    """Half a cosine to a power; then the end value holds.

    Formula: init·((1 − alpha)·((1 + cos(π·min(k, decay_steps)/decay_steps))/2)^exponent + alpha)
    Source: optax/schedules/_schedule.py, cosine_decay_schedule; Loshchilov & Hutter 2017 (arXiv:1608.03983)

    Args:
        decay_steps: steps in the decay, above 0
        alpha: the last value as a share of the first
    """
    return cosine_decay(init_value, decay_steps, alpha, exponent, frame.length)


@scheduler()
def piecewise_constant_schedule(
    frame: Frame, init_value: StartField, boundaries_and_scales: OptionalScales = None
) -> Curve:
    """A value that is multiplied by a factor at each boundary.

    Formula: init·(product of the scales of the boundaries at or before k)
    Source: optax/schedules/_schedule.py, piecewise_constant_schedule
    """
    scales = boundaries_and_scales or {}
    check_scales("piecewise_constant_schedule", scales, "boundaries_and_scales")
    return Plateaus(frame.length, np.array(sorted(scales), dtype=np.int64), levels(init_value, scales))


@scheduler()
def piecewise_interpolate_schedule(
    frame: Frame,
    interpolate_type: Literal["linear", "cosine"],
    init_value: StartField,
    boundaries_and_scales: OptionalScales = None,
) -> Curve:
    """A transition through values at boundaries, each a multiple of the one before; constant after the last.

    Formula: through init at 0 and init·scale₁·…·scaleᵢ at boundary i, by lines or half cosines
    Source: optax/schedules/_schedule.py, piecewise_interpolate_schedule

    Args:
        interpolate_type: the shape of the way from one value to the next
    """
    return interpolated(interpolate_type, init_value, boundaries_and_scales or {}, frame.length, {})


@dataclass(eq=False)
class OneCycle:
    """The arguments of a onecycle schedule.

    Args:
        transition_steps: steps in the cycle, above 0
    """

    transition_steps: IntegerHorizonField
    peak_value: PeakField
    pct_start: NumberField = 0.3
    div_factor: NumberField = 25.0
    final_div_factor: NumberField = 1e4

    def curve(self, shape: str, falls: Mapping[int, tuple[float, str]], length: int) -> Curve:
        """A rise to the peak, then falls: factor and name by the step that ends each."""
        # If boundaries fall together the later one counts, as in optax's own dictionary.
        phases = {int(self.pct_start * self.transition_steps): (self.div_factor, "rise"), **falls}
        scales = {step: scale for step, (scale, _) in phases.items()}
        names = {step: name for step, (_, name) in phases.items()}
        return interpolated(shape, self.peak_value / self.div_factor, scales, length, names, "div_factor")

    def check(self, *divisors: float) -> None:
        """Raise a `Fault` if the cycle has no steps or a divisor is 0."""
        if self.transition_steps <= 0:  # optax has the same words for a cosine cycle
            message = "ValueError: A linear onecycle schedule was set with a non-positive `transition_steps`"
            raise Fault(message, field="transition_steps", help="give steps above 0")
        if 0 in divisors:
            field = "final_div_factor" if self.div_factor else "div_factor"
            raise Fault(FLOAT_DIVISION, field=field, help="give a factor above 0")


@scheduler()
def linear_onecycle_schedule(
    frame: Frame, cycle: Annotated[OneCycle, Inline(OneCycle)], pct_final: NumberField = 0.85
) -> Curve:
    """A rise, a fall back to the first value, and a last fall, by straight lines.

    Formula: peak/div_factor → peak at ⌊pct_start·T⌋ → peak/div_factor at ⌊pct_final·T⌋ →
        peak/div_factor/final_div_factor at T = transition_steps
    Source: optax/schedules/_schedule.py, linear_onecycle_schedule; Smith & Topin 2018 (arXiv:1708.07120)

    Args:
        pct_final: share of the steps up to the return to the first value
    """
    cycle.check(cycle.div_factor, cycle.final_div_factor)
    back = int(pct_final * cycle.transition_steps)
    falls = {back: (1.0 / cycle.div_factor, "fall"), cycle.transition_steps: (1.0 / cycle.final_div_factor, "end")}
    return cycle.curve("linear", falls, frame.length)


@scheduler()
def cosine_onecycle_schedule(frame: Frame, cycle: Annotated[OneCycle, Inline(OneCycle)]) -> Curve:
    """One rise and one fall, by half cosines.

    Formula: peak/div_factor → peak at ⌊pct_start·T⌋ → peak/div_factor/final_div_factor at T = transition_steps
    Source: optax/schedules/_schedule.py, cosine_onecycle_schedule; Smith & Topin 2018 (arXiv:1708.07120)
    """
    divisor = cycle.div_factor * cycle.final_div_factor
    cycle.check(cycle.div_factor, cycle.final_div_factor, divisor)
    return cycle.curve("cosine", {cycle.transition_steps: (1.0 / divisor, "fall")}, frame.length)


@dataclass(eq=False)
class Warmup:
    """A linear warmup."""

    init_value: StartField
    peak_value: PeakField
    warmup_steps: IntegerWarmupField

    def ramp(self, length: int) -> Curve:
        """A line to the peak, which then holds."""
        first, last = self.init_value, self.peak_value
        return polynomial("warmup", first, last, 1.0, self.warmup_steps, 0, length, Role.WARMUP)

    def before(self, name: str, curve: Callable[[int], Curve], length: int) -> Curve:
        """The warmup, then a piece in its own time."""
        return joined([self.warmup_steps], [Piece("warmup", self.ramp), Piece(name, curve)], length)


@scheduler()
def warmup_constant_schedule(frame: Frame, warmup: Annotated[Warmup, Inline(Warmup)]) -> Curve:
    """A linear warmup to a value that holds.

    Formula: peak + (init − peak)·(1 − min(k, warmup_steps)/warmup_steps); init if warmup_steps is not above 0
    Source: optax/schedules/_schedule.py, warmup_constant_schedule

    Args:
        peak_value: the value that holds
    """
    return warmup.ramp(frame.length)


@dataclass(eq=False)
class Cycle(Warmup):
    """The arguments of `warmup_cosine_decay_schedule`.

    Args:
        init_value: the first value
        peak_value: the value after the warmup
        warmup_steps: steps in the warmup
        decay_steps: all steps, including those of the warmup
        end_value: the last value
        exponent: exponent of the half cosine
    """

    decay_steps: IntegerHorizonField
    end_value: FloorField = 0.0
    exponent: NumberField = 1.0

    def curve(self, length: int) -> Curve:
        """The warmup, and the cosine after it."""
        alpha = 0.0 if self.peak_value == 0 else self.end_value / self.peak_value
        decay = partial(cosine_decay, self.peak_value, self.decay_steps - self.warmup_steps, alpha, self.exponent)
        return self.before("cosine", decay, length)


@scheduler()
def warmup_cosine_decay_schedule(frame: Frame, cycle: Annotated[Cycle, Inline(Cycle)]) -> Curve:
    """A linear warmup, then half a cosine to a power; then the end value holds.

    Formula: init → peak in warmup_steps, then end + (peak − end)·((1 + cos πu)/2)^exponent, where u goes 0 → 1
        in decay_steps − warmup_steps
    Source: optax/schedules/_schedule.py, warmup_cosine_decay_schedule; Loshchilov & Hutter 2017 (arXiv:1608.03983)
    """
    return cycle.curve(frame.length)


@scheduler(float32=_floored)
def warmup_exponential_decay_schedule(
    frame: Frame, warmup: Annotated[Warmup, Inline(Warmup)], decay: Annotated[Exponential, Inline(Exponential)]
) -> Curve:
    """A linear warmup, then an exponential decay, without end unless `end_value` stops it.

    Formula: init → peak in warmup_steps, then peak·decay_rate^((k − warmup_steps − transition_begin)/transition_steps)
    Float32: a drop of a staircase may come one step later
    Source: optax/schedules/_schedule.py, warmup_exponential_decay_schedule

    Args:
        transition_steps: steps in which it falls by decay_rate; if not above 0, peak_value holds
        decay_rate: factor of each transition_steps; 0 keeps peak_value
        transition_begin: steps after the warmup before the decay begins
        end_value: the least value of the decay if decay_rate is below 1, otherwise the greatest
    """
    return warmup.before("exponential", partial(decay.curve, warmup.peak_value), frame.length)


@scheduler()
def sgdr_schedule(frame: Frame, cosine_kwargs: Annotated[tuple[Cycle, ...], Many(Record(Cycle))]) -> Curve:
    """Warm restarts: cycles of a warmup and a cosine, each with its own decay_steps; the last end value holds.

    Formula: warmup_cosine_decay_schedule(**cosine_kwargs[i]), starting after the decay_steps of all cycles before it
    Source: optax/schedules/_schedule.py, sgdr_schedule; Loshchilov & Hutter 2017 (arXiv:1608.03983)

    Args:
        cosine_kwargs: the arguments of `warmup_cosine_decay_schedule` for each cycle
    """
    if not cosine_kwargs:
        raise Fault(INDEX, field="cosine_kwargs", help="give at least one cycle")
    starts = list(accumulate(cycle.decay_steps for cycle in cosine_kwargs))[:-1]
    return joined(starts, [Piece("cycle", cycle.curve) for cycle in cosine_kwargs], frame.length)


@scheduler()
def join_schedules(
    frame: Frame,
    schedules: Annotated[
        RecipesField,
        Example("[{use: optax.constant_schedule, value: 0.1}, {use: optax.constant_schedule, value: 0.01}]"),
    ],
    boundaries: HandoversField,
) -> Curve:
    """Schedules one after the other, each counting from its boundary.

    Formula: schedules[i](k − boundaries[i − 1]), for the last i whose boundary is at or before k
    Source: optax/schedules/_join.py, join_schedules

    Args:
        schedules: optax's own, such as `{use: optax.constant_schedule, value: 0.1}`
        boundaries: the first step of each schedule except the first; a schedule without a boundary is never reached
    """
    if not schedules:
        raise Fault(INDEX, field="schedules", help="give at least one schedule")
    pieces = pieces_of(schedules, boundaries, frame, FRAMEWORK.name)
    for recipe in schedules[len(pieces) :]:
        recipe.build(frame)  # never reached, but it can be wrong
    return joined(boundaries, pieces, frame.length)
