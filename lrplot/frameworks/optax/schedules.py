"""optax: the schedules of optax.schedules.

The value at update k is the schedule called with the count k, which starts from 0.
JAX computes in float32 unless set otherwise: these are the values of float64 (`jax_enable_x64`), not compiled.
Compiled, rounding differs: a staircase may fall one step late, a power below 1 be NaN at the end of its decay.
All values are absolute: the spec's own `lr` is not used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from typing import Annotated, Literal

import numpy as np

from lrplot.curves.curve import Curve, Flat
from lrplot.curves.roles import Role
from lrplot.curves.staircase import Plateaus
from lrplot.diagnostics import Fault
from lrplot.frameworks.optax.pieces import (
    Piece,
    check_scales,
    cosine_decay,
    exponential,
    interpolated,
    joined,
    levels,
    polynomial,
)
from lrplot.frameworks.shared.framework import Framework
from lrplot.schema.annotations import FlagField, IntegerField, IntegersField, NumberField, OptionalNumber
from lrplot.schema.frame import Frame
from lrplot.schema.recipe import Recipe, RecipesField
from lrplot.schema.types import Count, Many, Number, Record, Table

FRAMEWORK = Framework(
    name="optax",
    distribution="optax",
    version="0.2.8",
    modules=("optax.schedules", "optax.*"),
    glossary={
        "init_value": "value at first",
        "end_value": "value at the end",
        "peak_value": "the greatest value",
        "warmup_steps": "steps from init_value to peak_value",
        "transition_steps": "steps that the transition takes; without any, init_value stays",
        "transition_begin": "steps before the transition begins; below 0 counts as 0",
        "power": "exponent",
        "exponent": "exponent of the half cosine",
        "decay_rate": "factor of each transition_steps",
        "staircase": "hold in between, and drop every transition_steps at once",
        "boundaries_and_scales": "what the value is multiplied by, by step",
        "pct_start": "share of the steps spent rising",
        "div_factor": "the peak is this many times the first value",
        "final_div_factor": "the first value is this many times the last",
    },
    undetermined={"reduce_on_plateau": "it follows a metric: show the values of a past run by `kind: table`"},
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


@scheduler()
def linear_schedule(
    frame: Frame,
    init_value: NumberField,
    end_value: Annotated[NumberField, Role.FLOOR],
    transition_steps: Annotated[IntegerField, Role.DECAY],
    transition_begin: Annotated[IntegerField, Role.DELAY] = 0,
) -> Curve:
    """A straight line between two values, level before and after.

    Formula: end + (init − end)·(1 − u), where u climbs 0 → 1 in transition_steps from transition_begin on
    Source: optax/schedules/_schedule.py, linear_schedule
    """
    return polynomial("linear", init_value, end_value, 1.0, transition_steps, transition_begin, frame.length)


@scheduler()
def polynomial_schedule(
    frame: Frame,
    init_value: NumberField,
    end_value: Annotated[NumberField, Role.FLOOR],
    power: NumberField,
    transition_steps: Annotated[IntegerField, Role.DECAY],
    transition_begin: Annotated[IntegerField, Role.DELAY] = 0,
) -> Curve:
    """A polynomial way between two values, level before and after.

    Formula: end + (init − end)·(1 − u)^power, where u climbs 0 → 1 in transition_steps from transition_begin on
    Source: optax/schedules/_schedule.py, polynomial_schedule
    """
    return polynomial("polynomial", init_value, end_value, power, transition_steps, transition_begin, frame.length)


@scheduler()
def exponential_decay(
    frame: Frame,
    init_value: NumberField,
    transition_steps: IntegerField,
    decay_rate: NumberField,
    transition_begin: IntegerField = 0,
    staircase: FlagField = False,
    end_value: OptionalNumber = None,
) -> Curve:
    """An exponential decay, without end unless `end_value` stops it.

    Formula: init·decay_rate^((k − transition_begin)/transition_steps), of which `staircase` takes the floor
    Source: optax/schedules/_schedule.py, exponential_decay

    Args:
        transition_steps: steps in which it falls by decay_rate; 0 or less keeps init_value
        decay_rate: factor of each transition_steps; 0 keeps init_value
        end_value: the least value where decay_rate is below 1, otherwise the greatest
    """
    return exponential(init_value, transition_steps, decay_rate, transition_begin, staircase, end_value, frame.length)


@scheduler()
def cosine_decay_schedule(
    frame: Frame,
    init_value: NumberField,
    decay_steps: Annotated[IntegerField, Role.HORIZON],
    alpha: NumberField = 0.0,
    exponent: NumberField = 1.0,
) -> Curve:
    """Half a cosine, to a power; then it stays.

    Formula: init·((1 − alpha)·((1 + cos(π·min(k, decay_steps)/decay_steps))/2)^exponent + alpha)
    Source: optax/schedules/_schedule.py, cosine_decay_schedule; Loshchilov & Hutter 2017 (arXiv:1608.03983)

    Args:
        decay_steps: steps of the decay, above 0
        alpha: the last value as a share of the first
    """
    return cosine_decay(init_value, decay_steps, alpha, exponent, frame.length)


@scheduler()
def piecewise_constant_schedule(
    frame: Frame, init_value: NumberField, boundaries_and_scales: OptionalScales = None
) -> Curve:
    """A value that is multiplied by a factor at each boundary.

    Formula: init·(scales of the boundaries at or before k)
    Source: optax/schedules/_schedule.py, piecewise_constant_schedule
    """
    scales = boundaries_and_scales or {}
    check_scales("piecewise_constant_schedule", scales, "boundaries_and_scales")
    return Plateaus(frame.length, np.array(sorted(scales), dtype=np.int64), levels(init_value, scales))


@scheduler()
def piecewise_interpolate_schedule(
    frame: Frame,
    interpolate_type: Literal["linear", "cosine"],
    init_value: NumberField,
    boundaries_and_scales: OptionalScales = None,
) -> Curve:
    """A way through values at boundaries, each a multiple of the one before; level after the last.

    Formula: through init at 0 and init·scale₁·…·scaleᵢ at boundary i, by lines or half cosines
    Source: optax/schedules/_schedule.py, piecewise_interpolate_schedule

    Args:
        interpolate_type: how to pass from one to the next
    """
    return interpolated(interpolate_type, init_value, boundaries_and_scales or {}, frame.length, {})


@scheduler()
def linear_onecycle_schedule(
    frame: Frame,
    transition_steps: Annotated[IntegerField, Role.HORIZON],
    peak_value: Annotated[NumberField, Role.PEAK],
    pct_start: NumberField = 0.3,
    pct_final: NumberField = 0.85,
    div_factor: NumberField = 25.0,
    final_div_factor: NumberField = 1e4,
) -> Curve:
    """One rise, one fall back, and a last fall, by straight lines.

    Formula: peak/div_factor → peak at ⌊pct_start·T⌋ → peak/div_factor at ⌊pct_final·T⌋ →
        peak/div_factor/final_div_factor at T = transition_steps
    Source: optax/schedules/_schedule.py, linear_onecycle_schedule; Smith & Topin 2018 (arXiv:1708.07120)

    Args:
        transition_steps: steps in the cycle, above 0
        pct_final: share of the steps after which it is back at the first value
    """
    _check_cycle(transition_steps, div_factor, final_div_factor)
    rise, fall = int(pct_start * transition_steps), int(pct_final * transition_steps)
    # Of boundaries that fall together the later one counts, as in optax's own dictionary.
    scales = {rise: div_factor, fall: 1.0 / div_factor, transition_steps: 1.0 / final_div_factor}
    names = {rise: "rise", fall: "fall", transition_steps: "end"}
    return interpolated("linear", peak_value / div_factor, scales, frame.length, names, "div_factor")


@scheduler()
def cosine_onecycle_schedule(
    frame: Frame,
    transition_steps: Annotated[IntegerField, Role.HORIZON],
    peak_value: Annotated[NumberField, Role.PEAK],
    pct_start: NumberField = 0.3,
    div_factor: NumberField = 25.0,
    final_div_factor: NumberField = 1e4,
) -> Curve:
    """One rise and one fall, by half cosines.

    Formula: peak/div_factor → peak at ⌊pct_start·T⌋ → peak/div_factor/final_div_factor at T = transition_steps
    Source: optax/schedules/_schedule.py, cosine_onecycle_schedule; Smith & Topin 2018 (arXiv:1708.07120)

    Args:
        transition_steps: steps in the cycle, above 0
    """
    _check_cycle(transition_steps, div_factor, final_div_factor, div_factor * final_div_factor)
    rise = int(pct_start * transition_steps)
    scales = {rise: div_factor, transition_steps: 1.0 / (div_factor * final_div_factor)}
    names = {rise: "rise", transition_steps: "fall"}
    return interpolated("cosine", peak_value / div_factor, scales, frame.length, names, "div_factor")


def _check_cycle(steps: int, *divisors: float) -> None:
    if steps <= 0:  # told by the same words for a cosine cycle
        message = "ValueError: A linear onecycle schedule was set with a non-positive `transition_steps`"
        raise Fault(message, field="transition_steps", help="give steps above 0")
    if 0 in divisors:
        field = "final_div_factor" if divisors[0] else "div_factor"
        raise Fault("ZeroDivisionError: float division by zero", field=field, help="give a factor above 0")


@scheduler()
def warmup_constant_schedule(
    frame: Frame,
    init_value: NumberField,
    peak_value: Annotated[NumberField, Role.PEAK],
    warmup_steps: Annotated[IntegerField, Role.WARMUP],
) -> Curve:
    """A linear warmup to a value that stays.

    Formula: peak + (init − peak)·(1 − min(k, warmup_steps)/warmup_steps); without steps init_value stays
    Source: optax/schedules/_schedule.py, warmup_constant_schedule

    Args:
        peak_value: the value that stays
    """
    return _warmup(init_value, peak_value, warmup_steps)(frame.length)


def _warmup(first: float, peak: float, steps: int) -> Piece:
    return partial(polynomial, "warmup", first, peak, 1.0, steps, 0)


@scheduler()
def warmup_cosine_decay_schedule(
    frame: Frame,
    init_value: NumberField,
    peak_value: Annotated[NumberField, Role.PEAK],
    warmup_steps: Annotated[IntegerField, Role.WARMUP],
    decay_steps: Annotated[IntegerField, Role.HORIZON],
    end_value: Annotated[NumberField, Role.FLOOR] = 0.0,
    exponent: NumberField = 1.0,
) -> Curve:
    """A linear warmup, then half a cosine to a power; then it stays.

    Formula: init → peak in warmup_steps, then end + (peak − end)·((1 + cos πu)/2)^exponent, where u climbs 0 → 1
        in decay_steps − warmup_steps
    Source: optax/schedules/_schedule.py, warmup_cosine_decay_schedule; Loshchilov & Hutter 2017 (arXiv:1608.03983)

    Args:
        decay_steps: steps in all, those of the warmup among them
    """
    cycle = Cycle(init_value, peak_value, warmup_steps, decay_steps, end_value, exponent)
    return cycle.curve(frame.length)


@dataclass(frozen=True)
class Cycle:
    """A warmup and a cosine, by the arguments of `warmup_cosine_decay_schedule`.

    Args:
        init_value: value at first
        peak_value: value after the warmup
        warmup_steps: steps of the warmup
        decay_steps: steps in all
        end_value: value at the end
        exponent: exponent of the half cosine
    """

    init_value: NumberField
    peak_value: NumberField
    warmup_steps: IntegerField
    decay_steps: IntegerField
    end_value: NumberField = 0.0
    exponent: NumberField = 1.0

    def curve(self, length: int) -> Curve:
        """Its values over a stretch."""
        alpha = 0.0 if self.peak_value == 0 else self.end_value / self.peak_value
        decay = partial(cosine_decay, self.peak_value, self.decay_steps - self.warmup_steps, alpha, self.exponent)
        warmup = _warmup(self.init_value, self.peak_value, self.warmup_steps)
        return joined([self.warmup_steps], [("warmup", warmup), ("cosine", decay)], length)


@scheduler()
def warmup_exponential_decay_schedule(
    frame: Frame,
    init_value: NumberField,
    peak_value: Annotated[NumberField, Role.PEAK],
    warmup_steps: Annotated[IntegerField, Role.WARMUP],
    transition_steps: IntegerField,
    decay_rate: NumberField,
    transition_begin: IntegerField = 0,
    staircase: FlagField = False,
    end_value: OptionalNumber = None,
) -> Curve:
    """A linear warmup, then an exponential decay, without end unless `end_value` stops it.

    Formula: init → peak in warmup_steps, then peak·decay_rate^((k − warmup_steps − transition_begin)/transition_steps)
    Source: optax/schedules/_schedule.py, warmup_exponential_decay_schedule

    Args:
        transition_steps: steps in which it falls by decay_rate; 0 or less keeps peak_value
        decay_rate: factor of each transition_steps; 0 keeps peak_value
        transition_begin: steps after the warmup before the decay begins
        end_value: the least value of the decay where decay_rate is below 1, otherwise the greatest
    """
    decay = partial(exponential, peak_value, transition_steps, decay_rate, transition_begin, staircase, end_value)
    warmup = _warmup(init_value, peak_value, warmup_steps)
    return joined([warmup_steps], [("warmup", warmup), ("exponential", decay)], frame.length)


@scheduler()
def sgdr_schedule(frame: Frame, cosine_kwargs: Annotated[tuple[Cycle, ...], Many(Record(Cycle))]) -> Curve:
    """Warm restarts: cycles of a warmup and a cosine, each lasting its own decay_steps; the last one stays.

    Formula: warmup_cosine_decay_schedule(**cosine_kwargs[i]), each from where the decay_steps before it end
    Source: optax/schedules/_schedule.py, sgdr_schedule; Loshchilov & Hutter 2017 (arXiv:1608.03983)

    Args:
        cosine_kwargs: arguments of `warmup_cosine_decay_schedule` for each cycle
    """
    if not cosine_kwargs:
        raise Fault("IndexError: list index out of range", field="cosine_kwargs", help="give at least one cycle")
    starts = list(accumulate(cycle.decay_steps for cycle in cosine_kwargs))[:-1]
    return joined(starts, [("cycle", cycle.curve) for cycle in cosine_kwargs], frame.length)


@scheduler()
def join_schedules(
    frame: Frame, schedules: RecipesField, boundaries: Annotated[IntegersField, Role.HANDOVERS]
) -> Curve:
    """Schedules one after the other, each counting from its boundary.

    Formula: schedules[i](k − boundaries[i − 1]), of the last i whose boundary has come
    Source: optax/schedules/_join.py, join_schedules

    Args:
        schedules: optax's own, such as `{use: optax.constant_schedule, value: 0.1}`
        boundaries: the first step of each schedule but the first; a schedule without one is never reached
    """
    if not schedules:
        raise Fault("IndexError: list index out of range", field="schedules", help="give at least one schedule")
    for recipe in schedules:
        if recipe.framework != FRAMEWORK.name:
            raise Fault(f"join_schedules takes optax's own schedules, not `{recipe.name}`", field="schedules")
    reached = len(boundaries) + 1
    for recipe in schedules[reached:]:
        recipe.build(frame)  # never reached, and yet it can be wrong
    pieces = [
        (recipe.title, partial(_built, recipe, frame, max(boundary, 0)))
        for recipe, boundary in zip(schedules, (0, *boundaries), strict=False)
    ]
    return joined(boundaries, pieces, frame.length)


def _built(recipe: Recipe, frame: Frame, begin: int, length: int) -> Curve:
    """A schedule that fills so many steps from `begin` on."""
    return recipe.build(frame.part(begin, length, None))
