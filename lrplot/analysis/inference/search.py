"""The forms that explain the points, the simplest first."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lrplot.analysis.inference import bodies
from lrplot.analysis.inference.evidence import Evidence
from lrplot.analysis.inference.forms import Form, Spec
from lrplot.analysis.inference.plan import Plan, Rise
from lrplot.analysis.inference.settle import best_fit, is_determined, problem_of, settle
from lrplot.analysis.inference.solver import Fit
from lrplot.analysis.inference.verify import Verdict, verify
from lrplot.curves.shapes import Floats

ROUNDS = 4  # times that points which a spec misses join the sample
LATER = 0.75  # digits that the offset −1 counts as
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
    bodies.REX,
    bodies.POWER_LAW,
)
SHAPES = ("linear", "cosine", "exponential", "polynomial", "sqrt")


@dataclass(frozen=True, eq=False)
class Answer:
    """A spec, its price in digits, and how it compares with every point."""

    form: Form
    theta: Floats
    evidence: Evidence
    spec: Spec
    price: float
    verdict: Verdict


class Search:
    """The forms that were tried on the points of a log."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.sample = evidence.sampled()
        self.answers: list[Answer] = []
        self.near: list[tuple[float, Form, Floats, Evidence]] = []  # fits that miss, the largest difference first

    def run(self) -> list[Answer]:
        """All answers of the simplest stage that has any, the shortest first."""
        for stage in (self.simple, self.plateaus):
            stage()
            if self.answers:
                break
        return sorted(self.answers, key=lambda each: each.price)

    @property
    def offsets(self) -> list[int]:
        """Offsets at which no point comes before update 0."""
        return [offset for offset in OFFSETS if self.evidence.steps[0] + offset >= 0]

    def simple(self) -> None:
        """A warmup and a body."""
        for body in BODIES:
            self.variants(Plan(body))

    def plateaus(self) -> None:
        """A plateau before the body, or a least value."""
        for body in BODIES[1:]:
            self.variants(Plan(body, hold=True))
        for body in BODIES[1:]:
            self.variants(Plan(body, clip=True))

    def variants(self, plan: Plan) -> None:
        """A plan with every warmup and floor that the points may have, if the most general one fits."""
        floors = (True, False) if plan.body.horizon and not plan.clip else (False,)
        for rise in self.rises:
            most = replace(plan, rise=rise, hidden=rise is None, floor=floors[0], loose=True)
            warmups = _warmups(rise) if self.fits(most) else []
            if rise and self.fits(replace(most, rise=replace(rise, start=False, skip_zero=True))):
                warmups.append((replace(rise, start=False, skip_zero=True), False))
            for offset in self.offsets:
                for floor in floors:
                    for warmup, hidden in warmups:
                        variant = replace(plan, rise=warmup, hidden=hidden, floor=floor)
                        self.consider(variant, self.sample.shifted(offset))

    @property
    def rises(self) -> list[Rise | None]:
        """The most general warmup of each shape that the first rising points may have; None if none rise."""
        values, sample = self.sample.values, self.sample
        top = int(np.argmax(values >= values.max() - sample.tolerance))
        if top == 0:
            return [None]
        rising = sample.at(np.arange(top))
        found: list[Rise | None] = []
        for shape in SHAPES:
            rise = Rise(shape, start=True)
            if len(rising) <= 3 or self._rises(rise, top):
                found.append(rise)
            if found:
                break
        return found or [Rise(start=True)]

    def _rises(self, rise: Rise, top: int) -> bool:
        """Whether the points before the peak are those of a warmup."""
        part = self.sample.at(np.arange(top + 1))
        part = replace(part, tolerance=np.where(np.arange(top + 1) < top, part.tolerance, part.peak))
        fit = best_fit(Plan(bodies.CONSTANT, rise, loose=True), part)
        return fit is not None and fit.fits

    def fits(self, form: Form) -> bool:
        """Whether a form can explain the sample, whatever its numbers."""
        fit = best_fit(form, self.sample)
        if fit is None:
            return False
        self._remember(form, fit, self.sample)
        return fit.fits

    def _remember(self, form: Form, fit: Fit, sample: Evidence) -> None:
        differences = problem_of(form, sample).residuals(fit.theta) * sample.tolerance
        self.near.append((float(np.abs(differences).max()), form, fit.theta, sample))

    def consider(self, form: Form, sample: Evidence) -> None:
        """Add the answer that a form gives, if it explains every point."""
        for _ in range(ROUNDS):
            fit = best_fit(form, sample)
            if fit is None or not fit.fits or not is_determined(form, fit.theta, sample):
                return
            settled = settle(form, fit, sample)
            if settled is None:
                return
            whole = self.evidence.shifted(sample.offset)
            spec = form.spec(settled.theta, whole)
            verdict = verify(spec, whole)
            if verdict is None:
                return
            if verdict.exact:
                price = settled.price + LATER * (sample.offset != 0)
                self.answers.append(Answer(form, settled.theta, sample, spec, price, verdict))
                return
            if np.isin(whole.steps[verdict.beyond], sample.steps).any():  # the engine differs from the form
                return
            worst = verdict.beyond[np.argsort(-verdict.differences[verdict.beyond])[:16]]
            self.sample = self.evidence.sampled(np.concatenate([worst, self._rows()]))
            sample = self.sample.shifted(sample.offset)

    def _rows(self) -> Floats:
        return np.searchsorted(self.evidence.steps, self.sample.steps).astype(np.float64)


def _warmups(rise: Rise | None) -> list[tuple[Rise | None, bool]]:
    """The warmups that a general one stands for, and whether they are hidden."""
    return [(None, False), (None, True)] if rise is None else [(replace(rise, start=False), False), (rise, False)]
