"""The conditions of Robbins and Monro, decided from the formula that a schedule goes on with for ever."""

from __future__ import annotations

from bisect import bisect_left
from math import inf, isinf, log

import numpy as np

from lrplot.analysis.theory.topic import Row, Topic
from lrplot.curves.clocks import Stepped
from lrplot.curves.curve import Curve, Flat
from lrplot.curves.cycles import Restarts, Triangles
from lrplot.curves.laws import Geometric, NaturalExponential, Noam, PowerLaw
from lrplot.curves.points import Interpolation
from lrplot.curves.product import Product
from lrplot.curves.sequence import Sequence
from lrplot.curves.staircase import Plateaus
from lrplot.curves.steps import FARTHEST
from lrplot.curves.wrappers import Clip, Cut, Lasting, Scaled, Wrapper
from lrplot.lazy import dataclass

ROBBINS_MONRO = Topic(
    "Robbins–Monro",
    (Row("robbins_monro", "continued for ever", "conditions"),),
    assumes="SGD, noise of bounded variance, updates without end: Σ lr must be infinite and Σ lr² finite. That is "
    "enough for convergence, and not needed for it. Any sum over a finite run is finite: the conditions say nothing "
    "about one, nor about Adam. A schedule that ends has no answer; another has that of its formula, continued",
    source="Robbins & Monro 1951; Bottou, Curtis & Nocedal 2018, SIAM Review 60(2)",
)


@dataclass(frozen=True)
class Tail:
    """The tail of a schedule without an end: like t^−exponent; an infinite exponent is geometric decay or 0.

    `exponent` is None if the formula is not known.
    """

    exponent: float | None


@dataclass(frozen=True)
class RobbinsMonro:
    """The two conditions for a schedule that goes on for ever.

    `endless` is whether it does. The others are None if it ends, or if its formula is not known.
    """

    endless: bool
    sum_diverges: bool | None = None
    squares_converge: bool | None = None

    @property
    def both(self) -> bool | None:
        """Whether both conditions hold."""
        if self.sum_diverges is None or self.squares_converge is None:
            return None
        return self.sum_diverges and self.squares_converge


@np.errstate(all="ignore")
def robbins_monro(curve: Curve) -> RobbinsMonro:
    """The conditions for a curve: Σ t^−p is infinite up to p = 1, Σ t^−2p finite above p = 1/2."""
    tail = tail_of(curve)
    if tail is None:
        return RobbinsMonro(False)
    if tail.exponent is None:
        return RobbinsMonro(True)
    return RobbinsMonro(True, tail.exponent <= 1, tail.exponent > 0.5)


def tail_of(curve: Curve) -> Tail | None:
    """The tail of a curve; None if it ends: it leads to a value and holds it."""
    match curve:
        case Sequence():
            last = curve.phases[bisect_left(curve.starts, FARTHEST, hi=len(curve.phases)) - 1].curve  # that is reached
            ends = not curve.open and curve.starts[-1] < curve.length
            return None if ends else tail_of(last)
        case Product():
            return _product(curve)
        case Clip():
            inner = tail_of(curve.curve)
            return Tail(0.0) if inner and curve.low > 0 else inner
        case Scaled():
            return tail_of(curve.curve) if curve.factor else Tail(inf)
        case Cut() | Interpolation():  # it ends at a step
            return None
        case Stepped() | Lasting() | Wrapper():
            return tail_of(curve.curve)
        case Flat():
            return _above(curve.value)
        case Plateaus():
            return _above(float(curve.levels[-1]))
        case Geometric():
            return _growing(curve.first, curve.gamma)
        case NaturalExponential():
            return _growing(curve.first, np.exp(-curve.rate))
        case PowerLaw():
            return Tail(inf if curve.first == 0 else 0.0 if isinf(curve.scale) else curve.exponent)
        case Noam():
            return Tail(0.5 if curve.scale else inf)
        case Restarts():
            return _restarts(curve)
        case Triangles():
            floor, shrinks = curve.low, curve.halving or curve.gamma < 1
            return Tail(0.0) if floor > 0 or not shrinks else Tail(inf)
    segments = curve.segments()
    return None if not segments or segments[-1].past is not None else Tail(None)


def _above(value: float) -> Tail:
    return Tail(None if value < 0 else 0.0 if value > 0 else inf)


def _growing(first: float, factor: float) -> Tail:
    if factor < 0:
        return Tail(None)
    return Tail(inf if first == 0 or factor < 1 else 0.0 if factor == 1 else -inf)


def _restarts(curve: Restarts) -> Tail | None:
    """Restarts whose peaks shrink by g and whose lengths grow by m: their area per update is like t^(ln g/ln m)."""
    if curve.mult < 1:
        return None
    if curve.last > 0 or curve.decay == 1:
        return Tail(0.0)
    if curve.mult == 1 or curve.decay <= 0:
        return _growing(curve.first, curve.decay)
    return Tail(inf if curve.first == 0 else -log(curve.decay) / log(curve.mult))


def _product(curve: Product) -> Tail | None:
    """The exponents of the factors added; a factor that ends counts by the value that it holds."""
    tails = [tail_of(part.curve) for part in curve.parts]
    if all(tail is None for tail in tails):
        return None
    known = [
        _above(part.curve.end).exponent if tail is None else tail.exponent
        for part, tail in zip(curve.parts, tails, strict=True)
    ]
    if curve.scale == 0 or inf in known:
        return None if -inf in known else Tail(inf)
    return Tail(sum(each for each in known if each is not None)) if None not in known else Tail(None)
