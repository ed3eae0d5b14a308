"""Keras: keras.optimizers.schedules, also part of tf.keras.

The value at update k is the optimizer's `learning_rate` while its `iterations` is k, before it is incremented.
Keras computes in its float type, float32 by default; these are the values of float64. The backends torch and jax
take a floor in float32 even then.
Numbers are read as floats. Keras itself computes in whole numbers if the initial learning rate is one: with `0` or
`1` instead of `0.0` or `1.0` it truncates the other arguments too, and often stays at 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import pairwise
from math import ceil, inf
from typing import Annotated, Any

import numpy as np

from lrplot.curves.curve import Curve, Flat
from lrplot.curves.exceptions import INDEX
from lrplot.curves.formulas import Formula, line
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.shapes import Floats
from lrplot.curves.staircase import Plateaus
from lrplot.curves.steps import FARTHEST, ascending
from lrplot.diagnostics import Fault
from lrplot.frameworks.shared.arguments import METRIC, FloorField, GrowthField, ShrinkField, StartField
from lrplot.frameworks.shared.formulas import inverse_time
from lrplot.frameworks.shared.framework import Framework
from lrplot.frameworks.shared.restarting import Restarting, powers
from lrplot.frameworks.shared.resuming import InOptimizer
from lrplot.lazy import dataclass
from lrplot.schema.annotations import FlagField, NumberField, NumbersField, OptionalNumber, TextField
from lrplot.schema.fields import Example, Inline
from lrplot.schema.frame import Frame

FRAMEWORK = Framework(
    name="keras",
    distribution="keras",
    version="3.15.1",
    aliases=("tensorflow", "tf"),
    resuming=InOptimizer(),
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
        "initial_learning_rate": "the first value; in Keras itself write `1.0`, not `1`",
        "staircase": "hold in between, and drop at once every decay_steps",
        "alpha": "the least value, as a share of the value from which the decay starts",
        "name": "ignored",
    },
    undetermined={
        "ReduceLROnPlateau": METRIC,
        "LearningRateScheduler": "it calls a function of your own: write that as `kind: expression`",
    },
)
scheduler = FRAMEWORK.scheduler


def _check_above_zero(field: str, value: float) -> None:
    if value <= 0:
        message = f"ValueError: Argument `{field}` must be > 0. Received: {field}={value:g}"
        raise Fault(message, field=field, help="give a number above 0")


def _floor(x: Floats) -> Floats:
    """The floor of a number rounded to float32: Keras rounds here whatever its float type."""
    return np.floor(x.astype(np.float32)).astype(np.float64)


Values = Callable[[float, float, Floats], Floats]


@dataclass(eq=False)
class Decay:
    """A decay without end over k/decay_steps, the time in units of `decay_steps`."""

    initial_learning_rate: StartField
    decay_steps: NumberField
    decay_rate: NumberField
    staircase: FlagField = False

    def curve(self, frame: Frame, values: Values) -> Curve:
        """`values` of the initial learning rate, the decay rate and the time."""
        _check_above_zero("decay_steps", self.decay_steps)
        role = Role.STAIRS if self.staircase else None
        return Formula(frame.length, partial(self._values, values), None if self.decay_rate < 0 else (), meant=role)

    @np.errstate(all="ignore")
    def _values(self, values: Values, k: Floats) -> Floats:
        time = k / self.decay_steps
        return values(self.initial_learning_rate, self.decay_rate, _floor(time) if self.staircase else time)


@scheduler()
def ExponentialDecay(
    frame: Frame, decay: Annotated[Decay, Inline(Decay)], name: TextField = "ExponentialDecay"
) -> Curve:
    """An exponential decay without end.

    Formula: initial_learning_rate·decay_rate^(k/decay_steps); with `staircase` ⌊k/decay_steps⌋
    Source: keras/src/optimizers/schedules/learning_rate_schedule.py, ExponentialDecay

    Args:
        decay_steps: steps in which it falls by decay_rate, above 0
        decay_rate: factor of each decay_steps
    """
    return decay.curve(frame, _exponential)


def _exponential(initial: float, rate: float, time: Floats) -> Floats:
    return np.asarray(initial * np.power(rate, time))


@scheduler()
def InverseTimeDecay(
    frame: Frame, decay: Annotated[Decay, Inline(Decay)], name: TextField = "InverseTimeDecay"
) -> Curve:
    """A decay with the inverse of the time, without end.

    Formula: initial_learning_rate/(1 + decay_rate·k/decay_steps); with `staircase` ⌊k/decay_steps⌋
    Source: keras/src/optimizers/schedules/learning_rate_schedule.py, InverseTimeDecay

    Args:
        decay_steps: the unit of time in steps, above 0
        decay_rate: the amount that each unit of time adds to the divisor
    """
    return decay.curve(frame, inverse_time)


@scheduler()
def PiecewiseConstantDecay(
    frame: Frame,
    boundaries: Annotated[NumbersField, Role.MILESTONES, Example("[1000]")],
    values: Annotated[NumbersField, Example("[0.1, 0.01]")],
    name: TextField = "PiecewiseConstant",
) -> Curve:
    """Constant values, each up to its boundary; the step at a boundary still has the value before it.

    Formula: values[i] for boundaries[i − 1] < k ≤ boundaries[i]
    Source: keras/src/optimizers/schedules/learning_rate_schedule.py, PiecewiseConstantDecay

    Args:
        boundaries: the last step of each value except the last one, ascending; fractions are truncated
        values: the values, one more than boundaries
    """
    if len(boundaries) != len(values) - 1:
        message = (
            "ValueError: The length of boundaries should be 1 less than the length of values. "
            f"Received: boundaries of length {len(boundaries)}, and values of length {len(values)}."
        )
        raise Fault(message, field="values", help="give one value more than boundaries")
    if not boundaries:
        raise Fault(INDEX, field="boundaries", help="give at least one boundary")
    lasts = [int(min(max(each, -FARTHEST), FARTHEST)) for each in boundaries]
    edges = ascending(np.array(lasts, dtype=np.int64)) + 1
    levels = np.zeros(len(edges) + 1)
    # A sum over ranges: they overlap or leave gaps if the boundaries do not ascend.
    starts = np.append(edges[0] - 1, edges)
    spans = [(-inf, lasts[0]), (lasts[-1], inf), *pairwise(lasts)]
    for (low, high), value in zip(spans, (values[0], values[-1], *values[1:-1]), strict=True):
        levels[(starts > low) & (starts <= high)] += value
    return Plateaus(frame.length, edges, levels)


@scheduler()
def PolynomialDecay(
    frame: Frame,
    initial_learning_rate: StartField,
    decay_steps: Annotated[NumberField, Role.HORIZON],
    end_learning_rate: FloorField = 0.0001,
    power: NumberField = 1.0,
    cycle: FlagField = False,
    name: TextField = "PolynomialDecay",
) -> Curve:
    """A polynomial decay to the end value, which then holds; with `cycle` the decay starts over.

    Formula: end + (initial − end)·(1 − min(k, T)/T)^power; with `cycle` the horizon T is
        decay_steps·⌈k/decay_steps⌉, so each cycle starts from a lower value
    Source: keras/src/optimizers/schedules/learning_rate_schedule.py, PolynomialDecay

    Args:
        decay_steps: steps to the end value, above 0
        end_learning_rate: the end value, not a share; the learning rate rises to it from a smaller initial value
        power: exponent
        cycle: start over instead of holding the end value
    """
    _check_above_zero("decay_steps", decay_steps)
    function = partial(_polynomial, initial_learning_rate, decay_steps, end_learning_rate, power, cycle)
    if cycle:
        number = partial(_polynomial_cycle, decay_steps)
        return Restarting(frame.length, function, meant=Role.CYCLES, number=number)
    return Formula(frame.length, function, over=_whole(decay_steps), held=True)


@np.errstate(all="ignore")
def _polynomial(initial: float, steps: float, end: float, power: float, cycle: bool, k: Floats) -> Floats:
    p = k / (steps * _polynomial_cycle(steps, k)) if cycle else np.minimum(k, steps) / steps
    return np.asarray((initial - end) * np.power(1 - p, power) + end)


def _polynomial_cycle(steps: float, k: Floats) -> Floats:
    """The number of the cycle, counted from 1."""
    return np.where(k == 0, 1.0, np.ceil(k / steps))


@scheduler()
def CosineDecay(
    frame: Frame,
    initial_learning_rate: StartField,
    decay_steps: Annotated[NumberField, Role.DECAY],
    alpha: NumberField = 0.0,
    name: TextField = "CosineDecay",
    warmup_target: Annotated[OptionalNumber, Role.PEAK] = None,
    warmup_steps: Annotated[NumberField, Role.WARMUP] = 0,
) -> Curve:
    """Half a cosine, after a linear warmup if `warmup_target` is given; then the end value holds.

    Formula: peak·((1 − alpha)·(1 + cos(π·min(k − w, decay_steps)/decay_steps))/2 + alpha), where peak is
        warmup_target and w is warmup_steps; without a target, peak is the initial learning rate and w is 0
    Source: keras/src/optimizers/schedules/learning_rate_schedule.py, CosineDecay; Loshchilov & Hutter 2017
        (arXiv:1608.03983)

    Args:
        initial_learning_rate: the first value, of the warmup if there is one; in Keras itself write `0.0`, not `0`
        decay_steps: steps in the cosine alone, without those of the warmup, above 0
        warmup_target: the peak; if absent there is no warmup, and warmup_steps is ignored
        warmup_steps: steps in the warmup
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
        Phase("cosine", Formula(stop - begin, decay, over=stop - begin, held=True)),
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


def _rounded_cycle(arguments: Mapping[str, Any]) -> str:
    """The number of a cycle that grows, rounded down: 85 of 150 horizons with 1.5, 10 with 1.1, none with 2, 3 or 4."""
    if float(arguments["t_mul"]).is_integer():
        return ""
    return "a restart may come one update later, with the least value in place of the peak"


@scheduler(float32=_rounded_cycle)
def CosineDecayRestarts(
    frame: Frame,
    initial_learning_rate: StartField,
    first_decay_steps: Annotated[NumberField, Role.PERIOD],
    t_mul: GrowthField = 2.0,
    m_mul: ShrinkField = 1.0,
    alpha: NumberField = 0.0,
    name: TextField = "SGDRDecay",
) -> Curve:
    """Half cosines one after the other, without end.

    Keras rounds to float32 to find the cycle: very long cycles may begin some steps early.

    Formula: initial_learning_rate·((1 − alpha)·m_mul^i·(1 + cos πu)/2 + alpha), where u goes 0 → 1 in cycle i of
        first_decay_steps·t_mul^i steps
    Float32: if t_mul is not whole, a cycle may begin one step later
    Source: keras/src/optimizers/schedules/learning_rate_schedule.py, CosineDecayRestarts; Loshchilov & Hutter 2017
        (arXiv:1608.03983)

    Args:
        first_decay_steps: steps in the first cycle, above 0
        t_mul: each cycle is this many times as long as the one before
        m_mul: each cycle is this many times as high as the one before
        alpha: the least value, as a share of the initial learning rate; m_mul does not change it
    """
    _check_above_zero("first_decay_steps", first_decay_steps)
    function = partial(_restarts, initial_learning_rate, first_decay_steps, t_mul, m_mul, alpha)
    number = partial(_cycle, first_decay_steps, t_mul)
    return Restarting(frame.length, function, meant=Role.CYCLES, number=number)


@np.errstate(all="ignore")
def _restarts(initial: float, first: float, mult: float, m_mul: float, alpha: float, k: Floats) -> Floats:
    passed, cycle = k / first, _cycle(first, mult, k)
    u = passed - cycle
    if mult != 1:
        length = powers(mult, cycle)
        u = (passed - (1 - length) / (1 - mult)) / length
    fall = 0.5 * powers(m_mul, cycle) * (1 + np.cos(np.pi * u))
    return np.asarray(initial * ((1 - alpha) * fall + alpha))


def _cycle(first: float, mult: float, k: Floats) -> Floats:
    """The number of the cycle, counted from 0; NaN past the end of cycles that get shorter."""
    passed = k / first
    return _floor(passed if mult == 1 else np.log(1 - passed * (1 - mult)) / np.log(mult))
