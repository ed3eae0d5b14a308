"""Curves that Hugging Face's schedules are made of, shared by transformers and diffusers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from math import inf, pi

import numpy as np

from lrplot.curves.anneals import Anneal
from lrplot.curves.curve import Curve, Flat
from lrplot.curves.formulas import Formula
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.shapes import LINEAR, Floats
from lrplot.curves.wrappers import Bounded
from lrplot.schema.frame import Frame

DIVISION = "ZeroDivisionError: division by zero"
FLOAT_DIVISION = "ZeroDivisionError: float division by zero"
ZERO_POWER = "ZeroDivisionError: 0.0 cannot be raised to a negative power"
Share = Callable[[Floats], Floats]


def in_turn(frame: Frame, *phases: Phase) -> Sequence:
    """Phases one after the other, without those of no length; the last one goes on for ever."""
    *early, last = phases
    return Sequence(frame.length, (*(each for each in early if each.curve.length), last), open=True)


def warmed_up(frame: Frame, steps: int, *phases: Phase, peak: float | None = None) -> Sequence:
    """Phases after a line of so many steps from 0 to the learning rate, or to `peak`."""
    ramp = Anneal(steps, 0.0, frame.base_value() if peak is None else peak, LINEAR)
    return in_turn(frame, Phase("warmup", ramp, Role.WARMUP), *phases)


def constant(name: str, value: float) -> Phase:
    """One value for ever."""
    return Phase(name, Flat(1, value))


def waves(base: float, low: float, cycles: float, span: int, lead: int = 0) -> Curve:
    """Cosine waves between `base` and its share `low`, `cycles` of them in `span` steps, begun `lead` steps in."""
    function = partial(_between, base, low, float(span), lead, partial(wave, cycles))
    return Formula(span, function, *turning(span, 2 * cycles, lead))


def wave(cycles: float, u: Floats) -> Floats:
    """`cycles` waves of a cosine as u goes from 0 to 1, from 1 down to 0."""
    return np.asarray(0.5 * (1.0 + np.cos(pi * cycles * 2.0 * u)))


def turning(span: int, times: float, lead: int = 0) -> tuple[tuple[float, ...] | None, float | None]:
    """A formula's turns and period, where it turns `times` times in `span` steps, and `lead` before its start."""
    every = span / abs(times) if times else inf
    if every < 1:
        return None, None  # more often than there are steps
    return ((), None) if every == inf else ((-lead % every,), every)


def restarts(base: float, cycles: float, span: int) -> Formula:
    """`cycles` half cosines in `span` steps, each from `base` to 0."""
    turns, period = turning(span, cycles)
    if turns:
        turns = (-1.0, 0.0, 1.0)  # rounding can put a restart a step off
    return Formula(span, partial(_restarts, base, cycles, float(span)), turns, period)


def _restarts(base: float, cycles: float, span: float, t: Floats) -> Floats:
    # The remainder of a float decides on which side of a restart a step falls: this is the framework's order.
    return np.asarray(base * (0.5 * (1.0 + np.cos(pi * ((cycles * (t / span)) % 1.0)))))


def polynomial(base: float, end: float, power: float, span: int) -> list[Phase]:
    """A polynomial decay in `span` steps, whose formula still holds at the next one, and what comes after it."""
    if span == 0:
        return [Phase("polynomial", Bounded(Flat(1, base), 0, DIVISION))]
    if span < 0:
        return [constant("end", end)]
    fall = Formula(span + 1, partial(_polynomial, base, end, power, float(span)))
    if power < 0:
        return [Phase("polynomial", Bounded(fall, span, ZERO_POWER))]
    return [Phase("polynomial", fall), constant("end", end)]


def _polynomial(base: float, end: float, power: float, span: float, t: Floats) -> Floats:
    return np.asarray((base - end) * np.power(1 - t / span, power) + end)


def between(name: str, base: float, low: float, steps: int, share: Share, lead: int = 0, times: float = 0.0) -> Phase:
    """`share` of the way from `base`·`low` to `base`, without its first `lead` steps; it turns `times` times."""
    function = partial(_between, base, low, float(max(1, steps)), lead, share)
    return Phase(name, Formula(max(steps - lead, 0), function, *turning(steps, times, lead)))


def _between(base: float, low: float, span: float, lead: int, share: Share, t: Floats) -> Floats:
    return np.asarray(base * np.maximum(0.0, share((t + lead) / span) * (1.0 - low) + low))


def _done(u: Floats) -> Floats:
    return u


def _cosine_done(u: Floats) -> Floats:
    return np.asarray(0.5 * (1.0 - np.cos(pi * u)))


def _root_done(u: Floats) -> Floats:
    return np.asarray(1.0 - np.sqrt(1.0 - u))


def _left(u: Floats) -> Floats:
    return 1.0 - u


def _root_left(u: Floats) -> Floats:
    return np.asarray(1.0 - np.sqrt(u))


UP: Mapping[str, Share] = {"linear": _done, "cosine": _cosine_done, "1-sqrt": _root_done}
DOWN: Mapping[str, Share] = {"linear": _left, "1-sqrt": _root_left}  # the cosine's is `wave`
