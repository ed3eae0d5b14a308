"""The specs that explain the points, the simplest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property, partial
from itertools import product
from math import inf
from typing import Any

import numpy as np

from lrplot.analysis.inference import bodies
from lrplot.analysis.inference.bodies import FIELD
from lrplot.analysis.inference.chain import chain_of
from lrplot.analysis.inference.climb import Climb
from lrplot.analysis.inference.cycles import Mode, Noam, OneCycle, Restarts, Triangles, Wave
from lrplot.analysis.inference.ends import ends_of
from lrplot.analysis.inference.epochs import Miss, epochs_of
from lrplot.analysis.inference.evidence import Evidence
from lrplot.analysis.inference.forms import Form, Spec, length_price
from lrplot.analysis.inference.numbers import simplest
from lrplot.analysis.inference.parameters import Updates
from lrplot.analysis.inference.plan import Plan, Rise
from lrplot.analysis.inference.result import Open
from lrplot.analysis.inference.settle import best_fit, is_determined, problem_of, settle
from lrplot.analysis.inference.solver import Fit
from lrplot.analysis.inference.stairs import Levels, are_repeated, epoch_of, levels_of, staircases
from lrplot.analysis.inference.verify import Verdict, verify
from lrplot.curves.shapes import Floats
from lrplot.lazy import dataclass
from lrplot.text.objects import Literal

ROUGHLY = 3.0  # tolerances that the most general form may miss by: its many parameters are hard to fit
NEAR = 0.02  # of the peak: what a form misses by, at most, whose warmup only ends an update later
WIDE = 3  # times as many numbers are kept if there is no answer else
ROUNDS = 4  # times that points which a spec misses join the sample
TIED = 1.0  # digits by which a spec may be longer and still be named
LENGTHY = 14.0  # digits
FEW_DIGITS = 5.0  # of a schedule of whole epochs: with more, the run may end within an epoch
LATER = 0.75  # digits that the less usual offset counts as
FURTHER = 1.1  # times the last update: a run that may end at a short number before
FEW = 4  # points: fewer do not show a decay to a floor
HELD = 4  # levels that a schedule by epochs must have, at least
OFFSETS = (0, -1)
BODIES = (
    bodies.CONSTANT,
    bodies.LINEAR,
    bodies.COSINE,
    bodies.EXPONENTIAL,
    bodies.INVERSE_SQRT,
    bodies.SQRT,
    bodies.POLYNOMIAL,
    bodies.INVERSE_TIME,
    bodies.REX_HALF,
    bodies.REX,
    bodies.POWER_LAW,
)
SHAPES = ("linear", "cosine", "exponential", "polynomial", "sqrt")
MODES: tuple[Mode, ...] = ("triangular", "triangular2", "exp_range")
BOTH = (False, True)
FROM_FIT = "no two rows of an epoch: it is the epoch with which the schedule fits"


@dataclass(frozen=True, eq=False)
class Answer:
    """A spec that explains every point, its price in digits, and the form that it came from, None for levels."""

    name: str
    spec: Spec
    price: float
    offset: int
    verdict: Verdict
    form: Form | None = None
    theta: Floats | None = None
    open: tuple[Open, ...] = ()


class Search:
    """The forms that were tried on the points of a log; steps that are `one_based` count from 1."""

    def __init__(self, evidence: Evidence, one_based: bool = False) -> None:
        self.evidence = evidence
        self.prices = dict(zip(OFFSETS, (LATER, 0.0) if one_based else (0.0, LATER), strict=True))
        self.sample = evidence.sampled()
        self.answers: list[Answer] = []
        self.misses: list[Miss] = []

    def run(self) -> list[Answer]:
        """All answers of the simplest stage that has any, the shortest first."""
        if self.evidence.peak <= 0:
            self.nothing()
            return self.answers
        stages = (
            self.simple,
            self.plateaus,
            self.cycles,
            self.drops,
            self.begun,
            self.epochs,
            self.clocks,
            self.phases,
        )
        self._stages(self.levels, *stages)
        return sorted(self.answers, key=lambda each: each.price)

    def _stages(self, *stages: Callable[[], None]) -> None:
        for stage in stages:
            known = len(self.answers)
            stage()
            if stage == self.levels:
                enough = self.certain and not self.lengthy
            else:
                enough = len(self.answers) > known or not self.lengthy or stage == self.epochs
            if self.answers and enough:
                return

    def nothing(self) -> None:
        """A learning rate of 0 throughout."""
        spec: Spec = {"steps": self.evidence.length, "lr": 0, "schedule": "constant"}
        self._add(Answer("constant", spec, 1.0, self.offsets[0] if self.offsets else 0, _NONE))

    @property
    def offsets(self) -> list[int]:
        """Offsets at which no point comes before update 0."""
        return [offset for offset in OFFSETS if self.evidence.steps[0] + offset >= 0]

    @property
    def certain(self) -> bool:
        """Whether the values can hardly be anything but levels: three or more, with wide gaps between them."""
        levels = levels_of(self.evidence)
        return len(levels) > 2 and bool((levels.low[:-1] - levels.high[1:] > 10 * self.evidence.tolerance.max()).all())

    @property
    def lengthy(self) -> bool:
        """Whether the answers are so long that a schedule of more parts may be a shorter one."""
        return self._shortest > LENGTHY

    @property
    def _shortest(self) -> float:
        """The digits of the shortest answer."""
        return min((each.price for each in self.answers), default=inf)

    def levels(self) -> None:
        """Levels with drops between them, after a warmup."""
        self._staircases(repeated=True)

    def drops(self) -> None:
        """Regular drops, few of whose levels were logged more than once."""
        self._staircases(repeated=False)

    def _staircases(self, repeated: bool) -> None:
        top = self._top(self.evidence)
        for offset in self.offsets:
            whole = self.evidence.shifted(offset)
            levels = levels_of(whole.at(np.arange(top, len(whole))))
            if are_repeated(levels) != repeated:
                continue
            rises = self._warmups_before(whole, levels) if top else [({}, 0.0)]
            for stairs, (rise, price) in product(staircases(levels), rises):
                fields = {"kind": stairs.fields["kind"], **rise, **stairs.fields}
                base = {} if "values" in fields and not rise else {"lr": stairs.peak}
                spec: Spec = {"steps": whole.length, **base, "schedule": fields}
                self._add(Answer(stairs.name, spec, stairs.price + price, offset, _NONE, open=stairs.open))

    def _warmups_before(self, whole: Evidence, levels: Levels) -> list[tuple[Spec, float]]:
        """The warmups that the points before the first drop may have, and their prices."""
        inner = Search(whole.at(whole.steps <= levels.last[0]))
        inner.variants(Plan(bodies.CONSTANT), (0,))
        return [
            ({"warmup": each.spec["schedule"]["warmup"]}, each.price)
            for each in inner.answers
            if isinstance(each.spec["schedule"], dict)
        ]

    def _add(self, answer: Answer) -> None:
        """Add an answer if it explains every point."""
        verdict = verify(answer.spec, self.evidence.shifted(answer.offset))
        if verdict is not None and verdict.exact:
            price = answer.price + self.prices[answer.offset]
            self.answers.append(replace(answer, price=price, verdict=verdict))

    def simple(self) -> None:
        """A warmup and a body, or a single cycle."""
        if self.sample.rises_again:
            return
        for body in BODIES:
            self.variants(Plan(body), self.offsets)
        top = self._top(self.sample)
        if top == len(self.sample) - 1 and top:
            self.climbs()
        elif top:
            self.each([Noam()])
            self.each(OneCycle(linear, torch, final) for linear, torch, final in product(BOTH, BOTH, BOTH))

    def climbs(self) -> None:
        """A rise without an end."""
        for shape, offset in product(SHAPES, self.offsets):
            rises = ((False, False), (False, True), (True, False))
            for (start, skip), length in product(rises, self._lengths(offset)):
                if shape != "exponential" or start:
                    self.consider(Climb(length, Rise(shape, skip, start)), self.sample.shifted(offset))

    def _lengths(self, offset: int) -> list[int]:
        """The run's length: as the log states, or just past the last point or at the next short number."""
        whole = self.evidence.shifted(offset)
        if whole.stated:
            return [whole.stated]
        short = simplest(whole.last + 1, FURTHER * whole.last, whole.last + 1, whole=True)[:1]
        return list(dict.fromkeys([*map(int, short), whole.length]))

    def plateaus(self) -> None:
        """A plateau before the body, or a least value, of which there are two points."""
        if self.sample.rises_again:
            return
        highest = self.sample.values >= self.sample.peak - 2 * self.sample.tolerance
        for body in BODIES[1:] if np.count_nonzero(highest) > 1 else ():
            self.variants(Plan(body, hold=True), self.offsets)
        for body in BODIES[1:] if self.sample.tail < len(self.sample) - 1 else ():
            self.variants(Plan(body, clip=True), self.offsets)

    def cycles(self) -> None:
        """A rise after a fall, or more of them."""
        if not self.sample.rises_again:
            return
        rises = BOTH if self._top(self.sample) else (False,)
        self.each(Wave(rise, floor) for rise in rises for floor in BOTH)
        flags = sorted(product(BOTH, BOTH, BOTH), key=sum)
        self.each(Restarts(rise, *each) for rise in rises for each in flags)
        for down in BOTH:
            if not (down and self.answers):
                self.each(Triangles(floor, mode, down) for mode in MODES for floor in BOTH)
        if not self.answers:
            self.each(Wave(floor=floor, hidden=True) for floor in BOTH)

    def each(self, forms: Any) -> None:
        """Consider forms with every offset."""
        for form in forms:
            if self.fits(form):
                for offset in self.offsets:
                    self.consider(form, self.sample.shifted(offset))

    def epochs(self) -> None:
        """Any of the simpler schedules, if it only moves once an epoch."""
        for offset in self.offsets:
            whole = self.evidence.shifted(offset)
            levels = levels_of(whole)
            rows, changes = len(whole) - int(levels.rows.max()), len(levels) - 1  # the most rows may be of a plateau
            if len(levels) >= HELD and changes <= rows / 1.2:
                self._held(whole, levels)
        if self.answers or self.sample.rises_again:  # few points of a cycle fit many epochs
            return
        for size, offset, form in epochs_of(self.sample, self.misses, self.offsets):
            inner = Search(replace(self.evidence.shifted(offset), offset=0, held=size))
            inner._stages(inner.simple, partial(inner.like, form))
            self._add_by_epochs(inner, offset, dict, (Open("steps_per_epoch", None, None, FROM_FIT),))
            if self.answers:
                return

    def like(self, form: Form) -> None:
        """A plateau or a least value like that of a form, if it has one."""
        if isinstance(form, Plan) and (form.hold or form.clip):
            self.variants(Plan(form.body, hold=form.hold, clip=form.clip), self.offsets)

    def _held(self, whole: Evidence, levels: Levels) -> None:
        bounds = epoch_of(levels, int(np.diff(whole.steps).max()))
        if bounds is None:
            return
        left = (Open("steps_per_epoch", *bounds, "updates in an epoch"),) if bounds[0] < bounds[1] else ()
        for every in simplest(*bounds, sum(bounds) / 2, whole=True)[:2]:
            size = int(every)
            epochs, rows = np.unique(whole.steps // size, return_index=True)
            inner = Search(replace(whole.at(rows), steps=epochs, offset=0, stated=whole.stated // size))
            inner._stages(inner.simple, inner.plateaus, inner.cycles)
            self._add_by_epochs(inner, whole.offset, partial(_by_epochs, every=size), left)
            if self._shortest > FEW_DIGITS:
                self._by_updates(whole, size, left)

    def _by_updates(self, whole: Evidence, size: int, left: tuple[Open, ...]) -> None:
        """The simpler schedules whose values are held for an epoch, but whose times are updates."""
        inner = Search(replace(whole, offset=0, held=size))
        inner._stages(inner.simple, inner.plateaus, inner.cycles)
        self._add_by_epochs(inner, whole.offset, lambda spec: spec, left)

    def _add_by_epochs(
        self, inner: Search, offset: int, written: Callable[[Spec], Spec], left: tuple[Open, ...]
    ) -> None:
        for each in inner.answers:
            if each.offset == 0:
                spec, name = written(each.spec), f"{each.name} by epochs"
                self._add(replace(each, name=name, spec=spec, offset=offset, form=None, open=left))

    def begun(self) -> None:
        """A warmup that has only the first point, which is as high as any after it."""
        if self.sample.rises_again or self._top(self.sample) or len(self.sample) < FEW:
            return
        for body in BODIES[1:]:
            self.variants(Plan(body), self.offsets, [Rise()])

    def clocks(self) -> None:
        """A body whose clock starts with the run, not after the warmup."""
        if self._top(self.sample) == 0:
            return
        rise = self.rises[0]
        assert rise is not None
        for body, start, floor, offset in product(BODIES[1:3], BOTH, BOTH, self.offsets):
            plan = Plan(body, replace(rise, start=start), floor=floor, clock="product")
            self.consider(plan, self.sample.shifted(offset))
            if body is bodies.COSINE and rise.shape == "linear":
                self.consider(replace(plan, clock="switch"), self.sample.shifted(offset))

    def phases(self) -> None:
        """Phases of any shape, one after the other."""
        for offset in self.offsets:
            chain = chain_of(self.sample.shifted(offset))
            if chain is not None:
                for length in self._lengths(offset):
                    self.consider(replace(chain, length=length), self.sample.shifted(offset))

    def variants(self, plan: Plan, offsets: Any, rises: Sequence[Rise | None] = ()) -> None:
        """A plan with every warmup and floor that the points may have, if the most general one fits.

        The most general warmups are `rises`, or those that the first points show.
        """
        if plan.price + 1 + plan.body.digits > self._shortest + TIED:  # the peak has a digit
            return
        floors = BOTH if plan.body.horizon and not plan.clip else (False,)
        for rise in rises or self.rises:
            most = replace(plan, rise=rise, hidden=rise is None, floor=floors[-1], loose=True)
            alike = plan.body.scaled or self._is_short(plan)  # many parameters fit alike: fewer are easier to find
            plainer = [replace(most, hidden=False, floor=False)] if alike else []
            known = len(self.misses)
            warmups = _warmups(rise) if any(map(self.fits, [*plainer, most])) else []
            near = min((each.largest for each in self.misses[known:]), default=inf) <= NEAR * self.sample.peak
            later = replace(rise, start=False, skip_zero=True) if rise and near else None
            if later and self.fits(replace(most, rise=later)):
                warmups.append((later, False))
            for offset, floor, (warmup, hidden) in product(offsets, floors, warmups):
                variant = replace(plan, rise=warmup, hidden=hidden, floor=floor)
                self.consider(variant, self.sample.shifted(offset))
                for end in self._ends(variant, offset) if floor and alike else ():
                    price = length_price(end, self.evidence)
                    self.consider(replace(variant, end=end, end_price=price), self.sample.shifted(offset))

    def _is_short(self, plan: Plan) -> bool:
        """Whether a decay after a plateau has so few points that they show its floor only if its end is known."""
        values = self.sample.values
        return plan.hold and len(values) - 1 - np.flatnonzero(values >= self.sample.peak)[-1] < FEW

    def _ends(self, plan: Plan, offset: int) -> list[int]:
        """The updates at which a body to a floor may end that goes on after the last point."""
        return list(dict.fromkeys([*self._lengths(offset), *ends_of(plan, self.sample.shifted(offset))]))

    def _top(self, evidence: Evidence) -> int:
        """The number of the first point with the highest value."""
        return int(np.argmax(evidence.values >= evidence.values.max() - evidence.tolerance))

    @cached_property
    def rises(self) -> list[Rise | None]:
        """The most general warmup of the first shape that the first rising points may have; None if none rise."""
        top = self._top(self.sample)
        if top == 0:
            return [None]
        for shape in SHAPES:
            if top <= 3 or self._rises(Rise(shape, start=True), top):
                return [Rise(shape, start=True)]
        return [Rise(start=True)]

    def _rises(self, rise: Rise, top: int) -> bool:
        """Whether the points before the peak are those of a warmup."""
        part = self.sample.at(np.arange(top + 1))
        part = replace(part, tolerance=np.where(np.arange(top + 1) < top, part.tolerance, part.peak))
        fit = best_fit(Plan(bodies.CONSTANT, rise, loose=True), part)
        return fit is not None and fit.fits

    def fits(self, form: Form) -> bool:
        """Whether a form may explain the sample, whatever its numbers: roughly, and each point as badly as any."""
        even = replace(self.sample, tolerance=np.full(len(self.sample), self.sample.tolerance.max()))
        fit = best_fit(form, even)
        if fit is None:
            return False
        self._remember(form, fit)
        return fit.worst <= ROUGHLY

    def _remember(self, form: Form, fit: Fit) -> None:
        differences = problem_of(form, self.sample).residuals(fit.theta) * self.sample.tolerance
        self.misses.append(Miss(float(np.abs(differences).max()), form, fit.theta))

    def consider(self, form: Form, sample: Evidence) -> None:
        """Add the answer that a form gives, if it explains every point."""
        for _ in range(ROUNDS):
            fit = best_fit(form, sample)
            if fit is None or not fit.fits or not is_determined(form, fit.theta, sample):
                return
            whole = self.evidence.shifted(sample.offset)
            misses = []
            found = settle(form, fit, sample, self._most(sample.offset))
            for settled in found or ([] if self.answers else settle(form, fit, sample, wide=WIDE)):
                spec = _held_for(form.spec(settled.theta, whole), whole.held)
                verdict = verify(spec, whole)
                if verdict is not None and verdict.exact:
                    price = settled.price + self.prices[sample.offset]
                    answer = Answer(form.name, spec, price, sample.offset, verdict, form, settled.theta)
                    self.answers.append(answer)
                    return
                if verdict is not None and not np.isin(whole.steps[verdict.beyond], sample.steps).any():
                    misses.append(verdict.beyond[np.argsort(-verdict.differences[verdict.beyond])[:16]])
            if not misses:
                return
            self.sample = self.evidence.sampled(np.concatenate([*misses, self._rows()]))
            sample = self.sample.shifted(sample.offset)

    def _most(self, offset: int) -> float:
        """Digits beyond which an answer is longer than those that are named."""
        return self._shortest + TIED + FIELD - self.prices[offset]

    def _rows(self) -> Floats:
        return np.searchsorted(self.evidence.steps, self.sample.steps).astype(np.float64)


_NONE = Verdict(np.empty(0), np.empty(0, dtype=np.int64))


def _held_for(spec: Spec, held: int) -> Spec:
    """A spec whose values are those of the first update of each epoch of `held` updates."""
    return spec if held == 1 else {"steps": spec["steps"], "steps_per_epoch": held, "interval": "epoch", **spec}


def _by_epochs(spec: Spec, every: int) -> Spec:
    """A spec in epochs as one whose schedule is read at the start of each epoch."""
    fields = {"epochs": spec["steps"], "steps_per_epoch": every, "interval": "epoch"}
    return {**fields, **{key: in_epochs(value) for key, value in spec.items() if key != "steps"}}


def in_epochs(value: Any) -> Any:
    """A part of a spec, its durations in epochs."""
    if isinstance(value, dict):
        return {key: in_epochs(item) for key, item in value.items()}
    if isinstance(value, list):
        return [in_epochs(item) for item in value]
    return Literal(f"{int(value)} epochs") if isinstance(value, Updates) else value


def _warmups(rise: Rise | None) -> list[tuple[Rise | None, bool]]:
    """The warmups that a general one stands for, and whether they are hidden."""
    if rise is None:
        return [(None, False), (None, True)]
    return [(replace(rise, start=False), False), *[(rise, False)] * rise.start]
