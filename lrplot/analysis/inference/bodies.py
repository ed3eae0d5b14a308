"""Schedules after their warmup, as factors of the peak."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from math import exp, log
from typing import Any

import numpy as np

from lrplot.analysis.inference.numbers import cost, shortest, simplest
from lrplot.analysis.inference.parameters import Parameter, Updates, duration, number
from lrplot.curves.shapes import Floats
from lrplot.lazy import dataclass

Fields = dict[str, Any]
POWERS_OF_TEN = (10, 100, 1000, 10_000, 100_000)
DECAYS = (0.5, 0.1, 0.01, 0.001)  # factors that may take any whole number of updates
USUAL_D = 0.5  # of REX
LEAST_GAMMA = 1e-6  # a factor of many updates, at least
FIELD = 1.0  # digits that a further field counts as


@dataclass(frozen=True, eq=False)
class Body:
    """A law of the updates since the body's start.

    Args:
        kind: the kind's name
        factor: the factor at updates `t` ≥ 0 of a body of length `n`, by its parameters; from 1 to 0 if it ends
        horizon: whether it ends
        extra: its own parameters
        guesses: a few values of these to start from, for a span of updates
        digits: the least price of these
        write: the fields that say them, and their price in digits; None if these are their names
        cooldown: whether `wsd` has it as a shape
        scaled: whether a longer body to a lower end begins alike: both are known only if the end is among the points
        stretch: by what its range is multiplied if a body that begins alike is a number of times as long; None if that
            takes other parameters of its own
        steep: whether it starts with an infinite slope
    """

    kind: str
    factor: Callable[..., Floats]
    horizon: bool = False
    extra: tuple[Parameter, ...] = ()
    guesses: Callable[[float], tuple[tuple[float, ...], ...]] = lambda span: ((),)
    digits: float = 0.0
    write: Callable[..., tuple[float, Fields]] | None = None
    cooldown: bool = False
    scaled: bool = False
    stretch: Callable[[Floats], Floats] | None = None
    steep: bool = False

    def fields(self, values: Mapping[str, float]) -> Fields:
        """The fields of its own parameters."""
        own = [values[each.name] for each in self.extra]
        if self.write is not None:
            return self.write(*own)[1]
        return {each.name: each.written(value) for each, value in zip(self.extra, own, strict=True)}


def write_rate(rate: float) -> tuple[float, Fields]:
    """A rate per update as the shortest of `gamma`, `gamma` with `every`, and `rate`."""
    gamma = shortest(exp(-rate))
    found: list[tuple[float, Fields]] = [(cost(gamma) + FIELD, {"gamma": gamma})]
    found.append((cost(shortest(rate)) + FIELD, {"rate": shortest(rate)}))
    for gamma in DECAYS if rate else ():
        times = shortest(-log(gamma) / rate)
        if 1 < times == round(times):
            found.append((cost(gamma) + 2 * FIELD + cost(times), {"gamma": gamma, "every": Updates(times)}))
    for every in POWERS_OF_TEN:
        gamma = shortest(exp(-rate * every))
        if LEAST_GAMMA <= gamma < 1:
            found.append((cost(gamma) + 2 * FIELD + 1, {"gamma": gamma, "every": every}))
    return min(found, key=lambda each: each[0])


def rates(low: float, high: float, center: float) -> list[float]:
    """Rates in an interval that are short as a rate, or as a factor of one or of many updates."""
    found = simplest(low, high, center)
    for every in (1, *POWERS_OF_TEN):
        gammas = simplest(exp(-high * every), exp(-low * every), exp(-center * every))
        found += [-log(gamma) / every for gamma in gammas if LEAST_GAMMA <= gamma < 1]
    for gamma in DECAYS if low > 0 else ():
        times = simplest(-log(gamma) / high, -log(gamma) / low, -log(gamma) / center, whole=True)
        found += [-log(gamma) / each for each in times if each > 1]
    return found


def write_d(d: float) -> tuple[float, Fields]:
    """The field `d` of REX, which is not needed for its usual value."""
    return (0.0, {}) if d == USUAL_D else (cost(d) + FIELD, {"d": d})


def _scaled(t: Floats, n: float) -> Floats:
    return np.asarray(np.minimum(np.maximum(t / n, 0.0), 1.0)) if n > 0 else np.ones_like(t)


def _cosine(t: Floats, n: float) -> Floats:
    return np.asarray(np.square(np.cos(np.pi / 2 * _scaled(t, n))))


def _linear(t: Floats, n: float) -> Floats:
    return np.asarray(1 - _scaled(t, n))


def _sqrt(t: Floats, n: float) -> Floats:
    return np.asarray(1 - np.sqrt(_scaled(t, n)))


def _polynomial(t: Floats, n: float, power: float) -> Floats:
    return np.asarray(np.power(1 - _scaled(t, n), power))


def _rex(t: Floats, n: float, d: float) -> Floats:
    u = _scaled(t, n)
    return np.asarray((1 - u) / (1 - d * u + (u == 1)))


def _inverse_sqrt(t: Floats, n: float, timescale: float) -> Floats:
    return np.asarray(1 / np.sqrt(1 + t / timescale))


def _inverse_time(t: Floats, n: float, rate: float) -> Floats:
    return np.asarray(1 / (1 + rate * t))


def _power_law(t: Floats, n: float, exponent: float, rate: float) -> Floats:
    return np.asarray(np.power(1 + rate * t, -exponent))


def _exponential(t: Floats, n: float, rate: float) -> Floats:
    return np.asarray(np.exp(-rate * t))


def _constant(t: Floats, n: float) -> Floats:
    return np.ones_like(t)


def _rates(span: float) -> tuple[tuple[float, ...], ...]:
    return tuple((factor / max(span, 1),) for factor in (0.1, 0.7, 3.0, 10.0))


def _power_laws(span: float) -> tuple[tuple[float, ...], ...]:
    return tuple((exponent, factor / max(span, 1)) for exponent in (0.5, 2.0) for factor in (0.3, 3.0, 100.0))


CONSTANT = Body("constant", _constant)
LINEAR = Body("linear", _linear, horizon=True, cooldown=True, scaled=True, stretch=np.positive)
COSINE = Body("cosine", _cosine, horizon=True, cooldown=True)
SQRT = Body("sqrt", _sqrt, horizon=True, cooldown=True, scaled=True, stretch=np.sqrt, steep=True)
POLYNOMIAL = Body(
    "polynomial",
    _polynomial,
    horizon=True,
    extra=(number("power", 0.05, 20, neutral=1.0),),
    guesses=lambda span: ((0.5,), (0.9,), (2.0,), (4.0,)),
    digits=1.0,
    cooldown=True,
)
REX = Body(
    "rex",
    _rex,
    horizon=True,
    extra=(number("d", 0, 0.9999),),
    guesses=lambda span: ((0.5,), (0.9,)),
    write=write_d,
    scaled=True,
)
REX_HALF = Body("rex", partial(_rex, d=USUAL_D), horizon=True)
RATE = number("rate", 0, 5)  # of an exponential, which may be written as a `gamma`
TIMESCALE = duration("timescale")
EXPONENTIAL = Body("exponential", _exponential, extra=(RATE,), guesses=_rates, digits=2.0, write=write_rate)
INVERSE_SQRT = Body(
    "inverse_sqrt",
    _inverse_sqrt,
    extra=(TIMESCALE,),
    guesses=lambda span: ((span / 300,), (span / 30,), (span,), (10 * span,)),
    digits=-FIELD,  # a usual one is not written
)
INVERSE_TIME = Body("inverse_time", _inverse_time, extra=(number("rate", 0, 1e3),), guesses=_rates, digits=1.0)
POWER_LAW = Body(
    "power_law",
    _power_law,
    extra=(number("exponent", 0.05, 5, neutral=1.0), number("rate", 0, 1e3)),
    guesses=_power_laws,
    digits=2.0,
)
