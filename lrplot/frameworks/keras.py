"""Keras: keras.optimizers.schedules, which tf.keras shares.

The value at update k is the optimizer's `learning_rate` while its `iterations` is k, before it is counted up.
Keras computes in its float type, float32 unless set otherwise: these are the values of float64. With its backends
torch and jax a floor is taken in float32 even then.
Numbers are read as floats. Keras computes in whole numbers where the initial learning rate is one: with `0` or
`1` in place of `0.0` or `1.0` it truncates the other arguments too, and often stays at 0.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from math import ceil, inf, pow
from typing import Annotated

import numpy as np

from lrplot.curves.curve import Curve, Flat
from lrplot.curves.formulas import Formula, line
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.shapes import Floats
from lrplot.curves.staircase import Plateaus
from lrplot.curves.steps import FARTHEST, ascending, each_once
from lrplot.diagnostics import Fault
from lrplot.frameworks.shared.framework import Framework
from lrplot.schema.annotations import FlagField, NumberField, NumbersField, OptionalNumber, TextField
from lrplot.schema.frame import Frame

FRAMEWORK = Framework(
    name="keras",
    distribution="keras",
    version="3.15.1",
    modules=(
        "keras.optimizers.schedules",
        "keras.schedules",
        "keras.callbacks",
        "keras.api.optimizers.schedules",
        "keras.src.optimizers.schedules*",
        "tf.keras.optimizers.schedules",
        "tf.keras.callbacks",
        "tf.optimizers.schedules",
        "tf_keras.optimizers.schedules",
        "tensorflow.keras.optimizers.schedules",
        "tensorflow.keras.callbacks",
        "tensorflow.optimizers.schedules",
    ),
    glossary={
        "initial_learning_rate": "value at first; in Keras itself write `1.0`, not `1`",
        "decay_steps": "steps that the decay takes, above 0",
        "decay_rate": "how much each decay_steps bring",
        "staircase": "hold in between, and drop every decay_steps at once",
        "alpha": "the least value, as a share of where the decay starts",
        "name": "taken, and of no effect",
    },
    undetermined={
        "ReduceLROnPlateau": "it follows a metric: show the values of a past run by `kind: table`",
        "LearningRateScheduler": "it calls a function of yours: write that as `kind: expression`",
    },
)
scheduler = FRAMEWORK.scheduler

MOST_CYCLES = 1000  # whose beginnings are kept as turning points
EXACT = 1 << 23  # steps up to which rounding to float32 moves no cycle


def _check_above_zero(field: str, value: float) -> None:
    if value <= 0:
        message = f"ValueError: Argument `{field}` must be > 0. Received: {field}={value:g}"
        raise Fault(message, field=field, help="give a number above 0")


def _passed(decay_steps: float, staircase: bool, k: Floats) -> Floats:
    p = k / decay_steps
    return _floor(p) if staircase else np.asarray(p)


def _floor(x: Floats) -> Floats:
    """The floor of a number rounded to float32: Keras rounds there whatever its float type."""
    return np.floor(x.astype(np.float32)).astype(np.float64)


@scheduler()
def ExponentialDecay(
    frame: Frame,
    initial_learning_rate: NumberField,
    decay_steps: NumberField,
    decay_rate: NumberField,
    staircase: FlagField = False,
    name: TextField = "ExponentialDecay",
) -> Curve:
    """An exponential decay without end.

    Formula: initial_learning_rate·decay_rate^(k/decay_steps), of which `staircase` takes ⌊k/decay_steps⌋
    Source: keras/src/optimizers/schedules/learning_rate_schedule.py, ExponentialDecay

    Args:
        decay_steps: steps in which it falls by decay_rate, above 0
        decay_rate: factor of each decay_steps
    """
    _check_above_zero("decay_steps", decay_steps)
    function = partial(_exponential, initial_learning_rate, decay_steps, decay_rate, staircase)
    return Formula(frame.length, function, turns=None if decay_rate < 0 else ())


@np.errstate(all="ignore")
def _exponential(initial: float, steps: float, rate: float, staircase: bool, k: Floats) -> Floats:
    return np.asarray(initial * np.power(rate, _passed(steps, staircase, k)))


@scheduler()
def InverseTimeDecay(
    frame: Frame,
    initial_learning_rate: NumberField,
    decay_steps: NumberField,
    decay_rate: NumberField,
    staircase: FlagField = False,
    name: TextField = "InverseTimeDecay",
) -> Curve:
    """A decay by one over the time, without end.

    Formula: initial_learning_rate/(1 + decay_rate·k/decay_steps), of which `staircase` takes ⌊k/decay_steps⌋
    Source: keras/src/optimizers/schedules/learning_rate_schedule.py, InverseTimeDecay

    Args:
        decay_steps: the unit that the time is counted in, in steps, above 0
        decay_rate: what each unit of time adds to the divisor
    """
    _check_above_zero("decay_steps", decay_steps)
    function = partial(_inverse_time, initial_learning_rate, decay_steps, decay_rate, staircase)
    return Formula(frame.length, function, turns=None if decay_rate < 0 else ())


@np.errstate(all="ignore")
def _inverse_time(initial: float, steps: float, rate: float, staircase: bool, k: Floats) -> Floats:
    return np.asarray(initial / (1 + rate * _passed(steps, staircase, k)))


@scheduler()
def PiecewiseConstantDecay(
    frame: Frame,
    boundaries: Annotated[NumbersField, Role.MILESTONES],
    values: NumbersField,
    name: TextField = "PiecewiseConstant",
) -> Curve:
    """Constant values, each up to its boundary; the step at a boundary still has the value before.

    Formula: values[i] for boundaries[i − 1] < k ≤ boundaries[i]
    Source: keras/src/optimizers/schedules/learning_rate_schedule.py, PiecewiseConstantDecay

    Args:
        boundaries: the last step of each value but the last one, ascending; fractions are cut off
        values: the values, one more than boundaries
    """
    if len(boundaries) != len(values) - 1:
        message = (
            "ValueError: The length of boundaries should be 1 less than the length of values. "
            f"Received: boundaries of length {len(boundaries)}, and values of length {len(values)}."
        )
        raise Fault(message, field="values", help="one value more than boundaries")
    if not boundaries:
        raise Fault("IndexError: list index out of range", field="boundaries", help="give at least one boundary")
    lasts = [int(min(max(each, -FARTHEST), FARTHEST)) for each in boundaries]
    edges = ascending(np.array(lasts, dtype=np.int64)) + 1
    levels = np.zeros(len(edges) + 1)
    # A sum over ranges, which overlap or leave gaps where the boundaries do not ascend.
    starts = np.append(edges[0] - 1, edges)
    spans = [(-inf, lasts[0]), (lasts[-1], inf), *pairwise(lasts)]
    for (low, high), value in zip(spans, (values[0], values[-1], *values[1:-1]), strict=True):
        levels[(starts > low) & (starts <= high)] += value
    return Plateaus(frame.length, edges, levels)


@scheduler()
def PolynomialDecay(
    frame: Frame,
    initial_learning_rate: NumberField,
    decay_steps: Annotated[NumberField, Role.HORIZON],
    end_learning_rate: Annotated[NumberField, Role.FLOOR] = 0.0001,
    power: NumberField = 1.0,
    cycle: FlagField = False,
    name: TextField = "PolynomialDecay",
) -> Curve:
    """A polynomial decay to the end value, which it keeps, or leaves again with `cycle`.

    Formula: end + (initial − end)·(1 − min(k, T)/T)^power; with `cycle` the horizon T is
        decay_steps·⌈k/decay_steps⌉, so that it starts over, each time from lower down
    Source: keras/src/optimizers/schedules/learning_rate_schedule.py, PolynomialDecay

    Args:
        decay_steps: steps to the end value, above 0
        end_learning_rate: the end value, not a share: a smaller initial value climbs to it
        power: exponent
        cycle: start over instead of keeping the end value
    """
    _check_above_zero("decay_steps", decay_steps)
    function = partial(_polynomial, initial_learning_rate, decay_steps, end_learning_rate, power, cycle)
    if not cycle:
        return Formula(frame.length, function)
    if not decay_steps.is_integer():
        return Formula(frame.length, function, turns=None)
    return Formula(frame.length, function, turns=(0.0, 1.0), period=decay_steps)


@np.errstate(all="ignore")
def _polynomial(initial: float, steps: float, end: float, power: float, cycle: bool, k: Floats) -> Floats:
    p = np.minimum(k, steps) / steps
    if cycle:
        p = k / (steps * np.where(k == 0, 1.0, np.ceil(k / steps)))
    return np.asarray((initial - end) * np.power(1 - p, power) + end)


@scheduler()
def CosineDecay(
    frame: Frame,
    initial_learning_rate: NumberField,
    decay_steps: Annotated[NumberField, Role.DECAY],
    alpha: NumberField = 0.0,
    name: TextField = "CosineDecay",
    warmup_target: OptionalNumber = None,
    warmup_steps: Annotated[NumberField, Role.WARMUP] = 0,
) -> Curve:
    """Half a cosine, after a linear warmup if `warmup_target` is given; then it stays.

    Formula: peak·((1 − alpha)·(1 + cos(π·min(k − w, decay_steps)/decay_steps))/2 + alpha), where peak is
        warmup_target and w warmup_steps, or without a target the initial learning rate and 0
    Source: keras/src/optimizers/schedules/learning_rate_schedule.py, CosineDecay; Loshchilov & Hutter 2017
        (arXiv:1608.03983)

    Args:
        initial_learning_rate: where the warmup starts, or else the decay; in Keras itself write `0.0`, not `0`
        decay_steps: steps of the cosine alone, those of the warmup not among them
        warmup_target: the peak; without it there is no warmup, whatever warmup_steps says
        warmup_steps: steps of the warmup
    """
    _check_above_zero("decay_steps", decay_steps)
    peak, warmup = initial_learning_rate, 0.0
    if warmup_target is not None:
        peak, warmup = warmup_target, warmup_steps
    begin = _whole(warmup)
    stop = max(_whole(decay_steps + warmup), begin)
    decay = partial(_cosine, peak, decay_steps, alpha, begin - warmup)
    final = float(decay(np.array([float(stop - begin)]))[0])
    phases = (
        Phase("warmup", line(begin, initial_learning_rate, peak, warmup), Role.WARMUP),
        Phase("cosine", Formula(stop - begin, decay)),
        Phase("hold", Flat(max(frame.length - stop, 1), final)),
    )
    return Sequence(frame.length, tuple(phase for phase in phases if phase.curve.length), open=True)


def _whole(time: float) -> int:
    """The first step at or after a time."""
    return max(ceil(min(time, FARTHEST)), 0)


@np.errstate(all="ignore")
def _cosine(peak: float, steps: float, alpha: float, lead: float, t: Floats) -> Floats:
    fall = 0.5 * (1 + np.cos(np.pi * (np.minimum(t + lead, steps) / steps)))
    return np.asarray(peak * ((1 - alpha) * fall + alpha))


@scheduler()
def CosineDecayRestarts(
    frame: Frame,
    initial_learning_rate: NumberField,
    first_decay_steps: Annotated[NumberField, Role.PERIOD],
    t_mul: Annotated[NumberField, Role.GROWTH] = 2.0,
    m_mul: NumberField = 1.0,
    alpha: NumberField = 0.0,
    name: TextField = "SGDRDecay",
) -> Curve:
    """Half cosines, each starting over, without end.

    Keras rounds to float32 when it looks for the cycle: very long ones may begin some steps early.

    Formula: initial_learning_rate·((1 − alpha)·m_mul^i·(1 + cos πu)/2 + alpha), u of the way through cycle i, which
        lasts first_decay_steps·t_mul^i
    Source: keras/src/optimizers/schedules/learning_rate_schedule.py, CosineDecayRestarts; Loshchilov & Hutter 2017
        (arXiv:1608.03983)

    Args:
        first_decay_steps: steps of the first cycle, above 0
        t_mul: each cycle is this many times as long as the one before
        m_mul: and this many times as high
        alpha: the least value, as a share of the initial learning rate; m_mul leaves it alone
    """
    _check_above_zero("first_decay_steps", first_decay_steps)
    cycles = _equal_cycles if t_mul == 1 else partial(_growing_cycles, t_mul)
    function = partial(_restarts, initial_learning_rate, first_decay_steps, cycles, m_mul, alpha)
    if t_mul == 1 and m_mul >= 0 and first_decay_steps.is_integer() and frame.length <= EXACT:
        return Formula(frame.length, function, (0.0,), first_decay_steps)
    return Formula(frame.length, function, _beginnings(frame.length, first_decay_steps, t_mul, cycles))


Cycles = Callable[[Floats], tuple[Floats, Floats]]  # from k/first_decay_steps to the cycle and the share of it


@np.errstate(all="ignore")
def _restarts(initial: float, first: float, cycles: Cycles, m_mul: float, alpha: float, k: Floats) -> Floats:
    cycle, u = cycles(k / first)
    fall = 0.5 * _powers(m_mul, cycle) * (1 + np.cos(np.pi * u))
    return np.asarray(initial * ((1 - alpha) * fall + alpha))


def _equal_cycles(passed: Floats) -> tuple[Floats, Floats]:
    cycle = _floor(passed)
    return cycle, passed - cycle


def _growing_cycles(mult: float, passed: Floats) -> tuple[Floats, Floats]:
    cycle = _floor(np.log(1 - passed * (1 - mult)) / np.log(mult))
    length = _powers(mult, cycle)
    return cycle, (passed - (1 - length) / (1 - mult)) / length


def _powers(base: float, exponents: Floats) -> Floats:
    """Powers to the few different exponents there are, rounded as Keras's: numpy's may differ in the last bit."""
    different, where = each_once(exponents)
    return np.array([_power(base, each) for each in different.tolist()])[where]


def _power(base: float, exponent: float) -> float:
    try:
        return pow(base, exponent)
    except (OverflowError, ValueError):  # where it is infinite or NaN
        return float(np.power(base, exponent))


def _beginnings(length: int, first: float, mult: float, cycles: Cycles) -> tuple[float, ...] | None:
    """The steps at which cycles begin, rounding included; None where they are too many, or get shorter."""
    found: list[float] = []
    begin, span = 0.0, first
    while mult >= 1 and begin <= 1.001 * length + 2:
        if len(found) == MOST_CYCLES:
            return None
        around = range(max(int(begin * (1 - 1e-6)) - 2, 0), int(begin) + 3)
        found.append(around[0] + bisect_left(around, float(len(found)), key=partial(_cycle, cycles, first)))
        begin, span = begin + span, span * mult
    return tuple(found) or None


@np.errstate(all="ignore")
def _cycle(cycles: Cycles, first: float, k: int) -> float:
    return float(cycles(np.array([k / first]))[0][0])
