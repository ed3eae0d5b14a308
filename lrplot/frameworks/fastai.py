"""fastai: fastai.callback.schedule.

A schedule is a function of the position in a fit, from 0 to 1, which is set before each batch. The value at update k
is that before batch k: at the position e/n_epoch plus the share of epoch e that is over. Past its end a fit has the
end values. Positions in combined schedules are float32, as in fastai.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import field, replace
from functools import partial
from math import pi
from typing import Annotated, Any

import numpy as np

from lrplot.curves.curve import Curve, Origin, direction
from lrplot.curves.exceptions import COMPLEX, FLOAT_DIVISION, WHOLE_DIVISION
from lrplot.curves.formulas import Formula
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.shapes import Floats
from lrplot.curves.tracks import Tracks, in_sequence
from lrplot.curves.wrappers import Lasting
from lrplot.frameworks.shared.arguments import FloorField, PeakField, StartField
from lrplot.frameworks.shared.children import own
from lrplot.frameworks.shared.errors import require
from lrplot.frameworks.shared.framework import Framework
from lrplot.frameworks.shared.shares import Share
from lrplot.lazy import dataclass
from lrplot.schema.annotations import NonNegativeField, NumberField, NumbersField, OptionalNumber
from lrplot.schema.fields import Example
from lrplot.schema.frame import Frame
from lrplot.schema.recipe import RecipesField
from lrplot.schema.types import Count, Fresh

FRAMEWORK = Framework(
    name="fastai",
    distribution="fastai",
    version="2.8.12",
    modules=("fastai.callback.schedule", "fastai.callback.all", "fastai.*"),
    left_out=("optimizer", "wd", "cbs", "reset_opt"),
    glossary={
        "n_epoch": "epochs of the fit; those of the run if absent",
        "div_final": "the peak is this many times the last value",
        "moms": "momentum at the start, at the peak and at the end",
        "start_epoch": "only 0, the start of a run",
        "start": "first value",
        "end": "last value",
    },
)
scheduler = FRAMEWORK.scheduler

EpochsField = Annotated[int | None, Count(), Role.HORIZON]
OptionalPeakField = Annotated[OptionalNumber, Role.PEAK]
StartEpochField = Annotated[int, Fresh("0")]


@dataclass(eq=False)
class Fit:
    """A fit of `epochs` epochs of `batches` batches."""

    batches: int
    epochs: int

    @classmethod
    def of(cls, frame: Frame, epochs: int | None = None) -> Fit:
        """The fit of a run; one epoch if the batches of an epoch are not known, which changes only the rounding."""
        if not frame.timebase.rates.has("epochs"):
            return cls(frame.length, 1)
        return cls(frame.epoch(), frame.epochs if epochs is None else epochs)

    @property
    def total(self) -> int:
        """All batches."""
        return self.batches * self.epochs

    def positions(self, k: Floats) -> Floats:
        """The position before each batch."""
        k = np.minimum(k, self.total)
        return np.floor(k / self.batches) / self.epochs + k % self.batches * (1.0 / self.total)

    def first(self, position: Any) -> int:
        """The first batch that is at a position or past it."""
        return bisect_left(range(self.total), position, key=lambda k: np.float32(self.positions(np.array([k]))[0]))

    def curve(self, length: int, schedule: Schedule) -> Sequence:
        """The schedule over the batches."""
        parts = schedule.parts
        starts = [self.first(part.edge) for part in parts]
        stops = [*starts[1:], max(self.total, length, starts[-1] + 1)]
        phases = []
        for part, start, stop in zip(parts, starts, stops, strict=True):
            if stop > start:
                over = self.total if part is parts[-1] else None
                function = partial(self._values, part.function)
                turns = () if part.monotone else None
                formula = Formula(stop, function, turns, over=over, meant=part.direction, held=over is not None)
                phases.append(Phase(part.name, Lasting(stop - start, formula, start), origin=part.origin))
        return Sequence(length, tuple(phases), open=True)

    def _values(self, function: Share, k: Floats) -> Floats:
        return function(self.positions(k))


@dataclass(eq=False)
class Schedule:
    """A function of the position, from the position `edge` on."""

    name: str
    function: Share
    origin: Origin | None = None
    edge: Any = 0.0  # a float32 if it is one of several
    monotone: bool = True

    @property
    def parts(self) -> tuple[Schedule, ...]:
        """The schedules that it consists of, as functions of the position in the whole."""
        return (self,)

    @property
    def direction(self) -> Role:
        """The role of a curve from its first value to its last one."""
        first, last = self.function(np.array([self.edge, 1.0], dtype=np.float64)).tolist()
        return direction(first, last)


@dataclass(eq=False)
class Combined(Schedule):
    """Schedules one after the other, each a function of its own position."""

    members: tuple[Schedule, ...] = ()

    @property
    def parts(self) -> tuple[Schedule, ...]:
        return self.members


def combined(name: str, shares: tuple[float, ...], schedules: tuple[Schedule, ...], field: str) -> Combined:
    """Schedules one after the other, each over its share of the fit."""
    require(sum(shares) == 1.0, field, "AssertionError: assert sum(pcts) == 1.", "give shares whose sum is 1")
    require(min(shares) >= 0, field, "AssertionError: assert torch.all(pcts >= 0)", "give shares of 0 or more")
    limits = np.cumsum(np.array([0, *shares], dtype=np.float32), dtype=np.float64).astype(np.float32)
    members = tuple(
        replace(each, function=partial(_within, begin, end, each.function), edge=begin)
        for each, begin, end in zip(schedules, limits, limits[1:], strict=False)
    )
    function = partial(_combined, limits, tuple(each.function for each in members))
    return Combined(name, function, monotone=False, members=members)


@np.errstate(all="ignore")
def _within(begin: np.float32, end: np.float32, function: Share, position: Floats) -> Floats:
    """A function of the share done of the way between two positions."""
    share = ((position.astype(np.float32) - begin) / (end - begin)).astype(np.float64)
    return function(np.where(share < 1, share, 1.0))  # NaN if the two are equal, at the end of a fit


def _combined(limits: Any, functions: tuple[Share, ...], position: Floats) -> Floats:
    part = np.searchsorted(limits, position.astype(np.float32), side="right") - 1
    part = np.clip(part, 0, len(functions) - 1)
    return np.asarray(np.select([part == i for i in range(len(functions))], [each(position) for each in functions]))


def combined_cosines(share: float, start: float, middle: float, end: float, field: str) -> Combined:
    """Half a cosine to a value in the middle, and half a cosine to the end."""
    rise, fall = partial(_cosine, start, middle), partial(_cosine, middle, end)
    return combined("cosine", (share, 1 - share), (Schedule("cosine", rise), Schedule("cosine", fall)), field)


@dataclass(eq=False)
class Positioned(Tracks):
    """The tracks of a schedule that others may contain."""

    schedule: Schedule = field(kw_only=True)


def _positioned(frame: Frame, schedule: Schedule) -> Positioned:
    return Positioned(Fit.of(frame).curve(frame.length, schedule), schedule=schedule)


@scheduler()
def SchedLin(frame: Frame, start: StartField, end: FloorField) -> Tracks:
    """A straight line over the whole fit.

    Formula: start + p·(end − start) at position p
    Source: fastai/callback/schedule.py, SchedLin
    """
    return _positioned(frame, Schedule("linear", partial(_line, start, end)))


def _line(start: float, end: float, p: Floats) -> Floats:
    return np.asarray(start + p * (end - start))


@scheduler()
def SchedCos(frame: Frame, start: StartField, end: FloorField) -> Tracks:
    """Half a cosine over the whole fit.

    Formula: start + (1 + cos(π·(1 − p)))·(end − start)/2 at position p
    Source: fastai/callback/schedule.py, SchedCos
    """
    return _positioned(frame, Schedule("cosine", partial(_cosine, start, end)))


def _cosine(start: float, end: float, p: Floats) -> Floats:
    return np.asarray(start + (1 + np.cos(pi * (1 - p))) * (end - start) / 2)


@scheduler()
def SchedNo(frame: Frame, start: StartField, end: NumberField) -> Tracks:
    """One value.

    Formula: start
    Source: fastai/callback/schedule.py, SchedNo

    Args:
        start: the value
        end: not used
    """
    return _positioned(frame, Schedule("constant", partial(_line, start, start)))


@scheduler()
def SchedExp(frame: Frame, start: StartField, end: FloorField) -> Tracks:
    """A geometric change over the whole fit.

    Formula: start·(end/start)^p at position p
    Source: fastai/callback/schedule.py, SchedExp
    """
    return _positioned(frame, Schedule("exponential", _exponential(start, end)))


def _exponential(start: float, end: float) -> Share:
    require(start != 0, "start", FLOAT_DIVISION, "give a value above 0")
    require(end / start >= 0, "end", COMPLEX, "give both the same sign")
    return partial(_geometric, start, end / start)


def _geometric(start: float, ratio: float, p: Floats) -> Floats:
    return np.asarray(start * np.power(ratio, p))


@scheduler()
def SchedPoly(frame: Frame, start: StartField, end: FloorField, power: NonNegativeField) -> Tracks:
    """A power of the position over the whole fit.

    Formula: start + (end − start)·p^power at position p
    Source: fastai/callback/schedule.py, SchedPoly

    Args:
        power: exponent
    """
    return _positioned(frame, Schedule("polynomial", partial(_polynomial, start, end, power)))


def _polynomial(start: float, end: float, power: float, p: Floats) -> Floats:
    return np.asarray(start + (end - start) * np.power(p, power))


@scheduler()
def combine_scheds(
    frame: Frame,
    pcts: Annotated[NumbersField, Example("[1]")],
    scheds: Annotated[RecipesField, Example("[{use: fastai.SchedCos, start: 1e-3, end: 0}]")],
) -> Tracks:
    """Schedules one after the other, each over its share of the fit.

    Formula: scheds[i] at the position ((p − begin)/pcts[i]), begin being the sum of the shares before
    Source: fastai/callback/schedule.py, combine_scheds

    Args:
        pcts: shares of the fit, whose sum is 1
        scheds: fastai's own, such as `{use: fastai.SchedCos, start: 1e-3, end: 0}`
    """
    require(len(scheds) >= len(pcts) > 0, "scheds", "IndexError: list index out of range", "give one for each share")
    parts = [
        replace(own(each, frame, "fastai", "combine_scheds", Positioned).schedule, origin=each.use(frame))
        for each in scheds
    ]
    return _positioned(frame, combined("combined", pcts, tuple(parts), "pcts"))


@scheduler()
def combined_cos(frame: Frame, pct: NumberField, start: StartField, middle: PeakField, end: FloorField) -> Tracks:
    """Half a cosine to a value in the middle, and half a cosine to the end.

    Formula: SchedCos(start, middle) up to the position pct, then SchedCos(middle, end)
    Source: fastai/callback/schedule.py, combined_cos

    Args:
        pct: position of the middle value
        middle: the value there
    """
    return _positioned(frame, combined_cosines(pct, start, middle, end, "pct"))


def _base(frame: Frame, given: float | None) -> float:
    return frame.base_value() if given is None else given


def _one_cycle(
    frame: Frame, fit: Fit, length: int, peak: float, div: float, div_final: float, share: float, moms: NumbersField
) -> Tracks:
    """A rise and a fall of the learning rate, with the momentum moving the other way."""
    error = f"TypeError: combined_cos() takes 4 positional arguments but {1 + len(moms)} were given"
    require(len(moms) == 3, "moms", error, "give three values")
    rate = combined_cosines(share, peak / div, peak, peak / div_final, "pct_start")
    start, middle, end = moms
    momentum = combined_cosines(share, start, middle, end, "pct_start")
    return Tracks(fit.curve(length, rate), {"momentum": fit.curve(length, momentum)})


@scheduler()
def fit_one_cycle(
    frame: Frame,
    n_epoch: EpochsField = None,
    lr_max: OptionalPeakField = None,
    div: NumberField = 25.0,
    div_final: NumberField = 1e5,
    pct_start: NumberField = 0.25,
    moms: NumbersField = (0.95, 0.85, 0.95),
    start_epoch: StartEpochField = 0,
) -> Tracks:
    """1cycle: half a cosine up and half a cosine down, with the momentum moving the other way.

    Formula: SchedCos(lr_max/div, lr_max) up to the position pct_start, then SchedCos(lr_max, lr_max/div_final)
    Source: fastai/callback/schedule.py, Learner.fit_one_cycle; Smith and Topin 2017 (arXiv:1708.07120)

    Args:
        lr_max: the peak; the learning rate if absent
        div: the peak is this many times the first value
        pct_start: share of the fit that rises
    """
    return _one_cycle(
        frame, Fit.of(frame, n_epoch), frame.length, _base(frame, lr_max), div, div_final, pct_start, moms
    )


@scheduler()
def fit_flat_cos(
    frame: Frame,
    n_epoch: EpochsField = None,
    lr: OptionalPeakField = None,
    div_final: NumberField = 1e5,
    pct_start: NumberField = 0.75,
    start_epoch: StartEpochField = 0,
) -> Tracks:
    """One value, then half a cosine down.

    Formula: lr up to the position pct_start, then SchedCos(lr, lr/div_final)
    Source: fastai/callback/schedule.py, Learner.fit_flat_cos

    Args:
        lr: the first value; the learning rate if absent
        pct_start: share of the fit that is constant
    """
    base = _base(frame, lr)
    schedule = combined_cosines(pct_start, base, base, base / div_final, "pct_start")
    return Tracks(Fit.of(frame, n_epoch).curve(frame.length, schedule))


@scheduler()
def fit_sgdr(
    frame: Frame,
    n_cycles: Annotated[int, Count(), Role.CYCLE_COUNT, Example("2")],
    cycle_len: Annotated[int, Count(), Example("3")],
    lr_max: OptionalPeakField = None,
    cycle_mult: Annotated[int, Count(), Role.GROWTH] = 2,
    start_epoch: StartEpochField = 0,
) -> Tracks:
    """Warm restarts: half cosines to 0, each some times as long as the one before.

    Formula: SchedCos(lr_max, 0) in each cycle, of cycle_len·cycle_mult^i epochs
    Source: fastai/callback/schedule.py, Learner.fit_sgdr; Loshchilov and Hutter 2017 (arXiv:1608.03983)

    Args:
        n_cycles: number of cycles
        cycle_len: epochs of the first cycle
        lr_max: value at the start of each cycle; the learning rate if absent
        cycle_mult: growth of the cycles, above 1
    """
    require(cycle_mult != 1, "cycle_mult", WHOLE_DIVISION, "give at least 2")
    base = _base(frame, lr_max)
    epochs = cycle_len * (cycle_mult**n_cycles - 1) // (cycle_mult - 1)
    shares = tuple(cycle_len * cycle_mult**i / epochs for i in range(n_cycles))
    falls = tuple(Schedule("cosine", partial(_cosine, base, 0.0)) for _ in shares)
    fit = Fit(frame.epoch(), epochs)
    return Tracks(fit.curve(frame.length, combined("cosine", shares, falls, "n_cycles")))


@scheduler()
def fine_tune(
    frame: Frame,
    epochs: Annotated[int, Count()],
    base_lr: PeakField = 2e-3,
    freeze_epochs: Annotated[int, Count(at_least=0)] = 1,
    lr_mult: NumberField = 100,
    pct_start: NumberField = 0.3,
    div: NumberField = 5.0,
    div_final: NumberField = 1e5,
    moms: NumbersField = (0.95, 0.85, 0.95),
) -> Tracks:
    """Two 1cycles, with the first layers frozen and with all of them; the values are those of the last group.

    Formula: fit_one_cycle(freeze_epochs, base_lr, pct_start=0.99), then fit_one_cycle(epochs, base_lr/2)
    Source: fastai/callback/schedule.py, Learner.fine_tune

    Args:
        epochs: epochs of the second cycle
        base_lr: peak of the first cycle; that of the second one is half of it
        freeze_epochs: epochs of the first cycle
        lr_mult: the last group's peak is this many times the first group's in the second cycle
        pct_start: share of the second cycle that rises
        div: the peak is this many times the first value in the second cycle
    """
    batches = frame.epoch()
    fits = Fit(batches, freeze_epochs), Fit(batches, epochs)
    frozen = _one_cycle(frame, fits[0], fits[0].total, base_lr, 25.0, div_final, 0.99, moms)
    whole = _one_cycle(frame, fits[1], fits[1].total, base_lr / 2, div, div_final, pct_start, moms)
    phases = [(Phase(name, each.curve), each) for name, each in (("frozen", frozen), ("unfrozen", whole))]
    return in_sequence(frame.length, phases if freeze_epochs else phases[1:], open=True)


@scheduler()
def LRFinder(
    frame: Frame,
    start_lr: StartField = 1e-7,
    end_lr: PeakField = 10,
    num_it: Annotated[int, Count(at_least=None), Role.HORIZON] = 100,
) -> Curve:
    """A geometric rise, as for a search of the learning rate; it does not show whether the loss ends it earlier.

    Formula: start_lr·(end_lr/start_lr)^(k/num_it)
    Source: fastai/callback/schedule.py, LRFinder; Smith 2017 (arXiv:1506.01186)

    Args:
        start_lr: first value
        end_lr: value one batch after the last
        num_it: batches, at least 6
    """
    fit = Fit(max(num_it, 6), 1)
    return fit.curve(frame.length, Schedule("exponential", _exponential(start_lr, end_lr)))
