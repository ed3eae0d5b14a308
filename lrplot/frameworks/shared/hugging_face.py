"""The schedules that transformers and diffusers have in common, and the curves that they are made of.

Each framework registers these functions among its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from math import inf, pi
from typing import Annotated, Any

import numpy as np

from lrplot.curves.anneals import Anneal
from lrplot.curves.curve import Curve, Flat
from lrplot.curves.exceptions import DIVISION, FLOAT_DIVISION, ZERO_POWER
from lrplot.curves.formulas import Formula, until
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.shapes import LINEAR, Floats
from lrplot.curves.wrappers import Bounded, Scaled
from lrplot.diagnostics import Fault
from lrplot.frameworks.shared.arguments import FRESH, CyclesField, FloorField, HorizonField, WarmupField
from lrplot.frameworks.shared.shares import Share, waves_left
from lrplot.lazy import dataclass
from lrplot.schema.annotations import FreshField, NumberField
from lrplot.schema.fields import Inline, call_arguments, fields_of
from lrplot.schema.frame import Frame

GLOSSARY = {
    "num_warmup_steps": "steps of the warmup, from 0 to the learning rate",
    "num_training_steps": "step at which the decay ends, counted from the start of the warmup",
    "last_epoch": FRESH,
}


@dataclass(eq=False)
class Steps:
    """The lengths of a schedule with a warmup and an end."""

    num_warmup_steps: WarmupField
    num_training_steps: HorizonField
    last_epoch: FreshField = -1

    @property
    def left(self) -> int:
        """Steps from the end of the warmup to the end of the schedule; below 0 if the warmup is longer."""
        return self.num_training_steps - self.num_warmup_steps

    @property
    def span(self) -> int:
        """The same, but at least 1, for formulas that divide by it."""
        return max(1, self.left)


StepsField = Annotated[Steps, Inline(Steps)]


def get_constant_schedule(frame: Frame, last_epoch: FreshField = -1) -> Curve:
    """The learning rate itself, unchanged.

    Formula: lr
    Source: transformers/optimization.py and diffusers/optimization.py, get_constant_schedule
    """
    return Flat(frame.length, frame.base_value())


def get_constant_schedule_with_warmup(
    frame: Frame, num_warmup_steps: WarmupField, last_epoch: FreshField = -1
) -> Curve:
    """The learning rate itself, after a warmup from 0.

    Formula: lr·min(k/num_warmup_steps, 1)
    Source: transformers/optimization.py and diffusers/optimization.py, get_constant_schedule_with_warmup
    """
    return warmed_up(frame, num_warmup_steps, constant("constant", frame.base_value()))


def get_cosine_schedule_with_warmup(frame: Frame, steps: StepsField, num_cycles: CyclesField = 0.5) -> Curve:
    """Half a cosine to 0 after a warmup; past `num_training_steps` it rises again, and so on without end.

    Formula: lr·k/w up to w = num_warmup_steps, then lr·(1 + cos(2π·num_cycles·(k − w)/(T − w)))/2, T being
        num_training_steps
    Source: transformers/optimization.py and diffusers/optimization.py, get_cosine_schedule_with_warmup

    Args:
        num_cycles: waves of the cosine; with 0.5 it falls once, with 1 it is back at the top at the end
    """
    fall = waves(frame.base_value(), 0.0, num_cycles, steps.span)
    return warmed_up(frame, steps.num_warmup_steps, Phase("cosine", fall))


def get_cosine_with_hard_restarts_schedule_with_warmup(
    frame: Frame, steps: StepsField, num_cycles: CyclesField = 1
) -> Curve:
    """Half cosines to 0 after a warmup, each starting from the top; 0 from `num_training_steps` on.

    Formula: lr·k/w up to w = num_warmup_steps, then lr·(1 + cos(π·(num_cycles·(k − w)/(T − w) mod 1)))/2, T being
        num_training_steps
    Source: transformers/optimization.py and diffusers/optimization.py,
        get_cosine_with_hard_restarts_schedule_with_warmup

    Args:
        num_cycles: half cosines between the warmup and num_training_steps
    """
    falls = Phase("restarts", restarts(frame.base_value(), num_cycles, steps.span))
    return warmed_up(frame, steps.num_warmup_steps, falls, constant("end", 0.0))


def get_polynomial_decay_schedule_with_warmup(
    frame: Frame, steps: StepsField, lr_end: FloorField = 1e-7, power: NumberField = 1.0
) -> Curve:
    """A polynomial decay to `lr_end` after a warmup; `lr_end` from then on.

    Formula: lr·k/w up to w = num_warmup_steps, then lr_end + (lr − lr_end)·(1 − (k − w)/(T − w))^power, T being
        num_training_steps
    Source: transformers/optimization.py and diffusers/optimization.py, get_polynomial_decay_schedule_with_warmup

    Args:
        lr_end: value at the end, below the learning rate; not a share of it. A parameter group with a learning rate of
            its own ends at the same share of that
        power: exponent
    """
    base, default = frame.base_value(), frame.default_value()
    if not default > lr_end:
        message = f"ValueError: lr_end ({lr_end}) must be smaller than initial lr ({default})"
        raise Fault(message, field="lr_end", help="give a value less than `lr`")
    decay = polynomial(default, lr_end, power, steps.left)
    curve: Curve = warmed_up(frame, steps.num_warmup_steps, decay, peak=default)
    if not default:
        return Bounded(curve, steps.num_warmup_steps, FLOAT_DIVISION)
    return curve if base == default else Scaled(curve, base / default)


SHARED: Mapping[str, Callable[..., Curve]] = {
    "constant": get_constant_schedule,
    "constant_with_warmup": get_constant_schedule_with_warmup,
    "cosine": get_cosine_schedule_with_warmup,
    "cosine_with_restarts": get_cosine_with_hard_restarts_schedule_with_warmup,
    "polynomial": get_polynomial_decay_schedule_with_warmup,
}


def call_by_name(
    frame: Frame,
    name: str,
    function: Callable[..., Curve],
    counts: Mapping[str, int | None],
    further: Mapping[str, Any],
) -> Curve:
    """Build the schedule `function` with the `counts` that it has; `name` is its short name.

    Raises the frameworks' errors for a missing count, and for `further` arguments that are missing or unknown.
    """
    fields = {each.name: each for each in fields_of(function)}
    values = {argument: count for argument, count in counts.items() if argument in fields}
    for argument, count in values.items():
        if count is None and fields[argument].required:
            message = f"ValueError: SchedulerType.{name.upper()} requires `{argument}`, please provide that argument."
            raise Fault(message, code="missing-field", help=f"add `{argument}: {frame.length}`")
    values |= further
    at = "scheduler_specific_kwargs"
    for argument in sorted(values.keys() - fields.keys()):
        message = f"TypeError: {function.__name__}() got an unexpected keyword argument '{argument}'"
        raise Fault(message, field=at, help=f"leave `{argument}` out", code="unknown-field")
    for argument, field in fields.items():
        if argument not in values and field.required:
            message = f"TypeError: {function.__name__}() missing 1 required positional argument: '{argument}'"
            raise Fault(message, field=at, help=f"add `{argument}` to it", code="missing-field")
    complete = {field.parameter: values.get(argument, field.default) for argument, field in fields.items()}
    return function(frame, **call_arguments(function, complete))


def in_turn(frame: Frame, *phases: Phase) -> Sequence:
    """Phases one after the other, without those of length 0; the last one has no end."""
    *early, last = phases
    return Sequence(frame.length, (*(each for each in early if each.curve.length), last), open=True)


def warmed_up(frame: Frame, steps: int, *phases: Phase, peak: float | None = None) -> Sequence:
    """Phases after a linear warmup of `steps` steps from 0 to `peak`, by default the learning rate."""
    ramp = Anneal(steps, 0.0, frame.base_value() if peak is None else peak, LINEAR)
    return in_turn(frame, Phase("warmup", ramp, Role.WARMUP), *phases)


def constant(name: str, value: float) -> Phase:
    """One value without end."""
    return Phase(name, Flat(1, value))


def waves(base: float, low: float, cycles: float, span: int, lead: int = 0) -> Formula:
    """`cycles` cosine waves in `span` steps between `base` and `low`·`base`, without the first `lead` steps."""
    return between(base, low, span, partial(waves_left, cycles), lead, 2 * cycles, held=False)


def cycling(times: float) -> Role | None:
    """The role of `times` half waves: None, which leaves it to the curve, if they go one way only."""
    return Role.CYCLES if abs(times) > 1 else None


def turning(span: int, times: float, lead: int = 0) -> tuple[tuple[float, ...] | None, float | None]:
    """The turns and the period of a formula that turns `times` times in `span` steps, without the first `lead`."""
    every = span / abs(times) if times else inf
    if every < 1:
        return None, None  # more often than there are steps
    return ((), None) if every == inf else ((-lead % every,), every)


def restarts(base: float, cycles: float, span: int) -> Formula:
    """`cycles` half cosines in `span` steps, each from `base` to 0; then 0."""
    turns, period = turning(span, cycles)
    if turns:
        turns = (-1.0, 0.0, 1.0)  # rounding can move a restart by one step
    function = partial(until, span, partial(_restarts, base, cycles, float(span)), 0.0)
    return Formula(span, function, turns, period, span, Role.CYCLES, held=True)


def _restarts(base: float, cycles: float, span: float, t: Floats) -> Floats:
    # In the frameworks' order: the remainder of a float decides on which side of a restart a step is.
    return np.asarray(base * (0.5 * (1.0 + np.cos(pi * ((cycles * (t / span)) % 1.0)))))


def polynomial(base: float, end: float, power: float, span: int) -> Phase:
    """A polynomial decay in `span` steps, and `end` after it."""
    if span == 0:
        return Phase("polynomial", Bounded(Flat(1, base), 0, DIVISION))
    if span < 0:
        return constant("end", end)
    # A power of 0 gives `base` at the last step too.
    function = partial(until, span + 1, partial(_polynomial, base, end, power, float(span)), end)
    fall = Formula(span, function, over=span, held=True)
    return Phase("polynomial", Bounded(fall, span, ZERO_POWER) if power < 0 else fall)


def _polynomial(base: float, end: float, power: float, span: float, t: Floats) -> Floats:
    return np.asarray((base - end) * np.power(np.maximum(1 - t / span, 0.0), power) + end)


def between(
    base: float, low: float, steps: int, share: Share, lead: int = 0, times: float = 0.0, held: bool = True
) -> Formula:
    """base·(low + (1 − low)·share) in `steps` steps, without the first `lead`; it turns `times` times."""
    function = partial(_between, base, low, float(max(1, steps)), lead, share)
    turns, period = turning(steps, times, lead)
    left = max(steps - lead, 0)
    return Formula(left, function, turns, period, left, cycling(times), held)


def _between(base: float, low: float, span: float, lead: int, share: Share, t: Floats) -> Floats:
    return np.asarray(base * np.maximum(0.0, share((t + lead) / span) * (1.0 - low) + low))
