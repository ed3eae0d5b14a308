"""A rise whose end was not logged."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from lrplot.analysis.inference.bodies import FIELD
from lrplot.analysis.inference.evidence import Evidence
from lrplot.analysis.inference.forms import Form, Spec, value_of
from lrplot.analysis.inference.numbers import plain, share, shortest
from lrplot.analysis.inference.parameters import Parameter
from lrplot.analysis.inference.plan import PEAK, START, Rise, ramp
from lrplot.curves.shapes import Floats
from lrplot.lazy import dataclass


@dataclass(frozen=True, eq=False)
class Climb(Form):
    """A warmup as long as the run, in steps: where it would end is not known, only its slope."""

    length: int
    rise: Rise

    @property
    def name(self) -> str:  # type: ignore[override]
        """The kind."""
        return "warmup"

    @property
    def price(self) -> float:  # type: ignore[override]
        """A digit for each field."""
        return FIELD * (self.rise.start + self.rise.skip_zero + (self.rise.shape != "linear"))

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:  # type: ignore[override]
        """The value at the run's end, and at its start."""
        return (PEAK, *[START] * self.rise.start)

    def values(self, theta: Floats, steps: Floats) -> Floats:
        start = theta[1] if self.rise.start else 0.0
        return np.asarray(theta[0] * ramp(self.rise, steps, self.length, start))

    def starts(self, evidence: Evidence) -> list[Floats]:
        values = evidence.values
        if evidence.peak <= 0 or values[-1] < evidence.peak - evidence.tolerance[-1]:
            return []
        scale = self.length / max(evidence.last, 1)
        first = max(float(values[0] / evidence.peak), 1e-6)
        return [np.array([evidence.peak * scale, first][: len(self.parameters)])]

    def spec(self, theta: Floats, evidence: Evidence) -> Spec:
        peak = float(theta[0])
        fields: Spec = {"kind": "warmup"}
        if self.rise.start:
            fields["from"] = share(float(theta[1]), peak, evidence.relative)
        if self.rise.shape != "linear":
            fields["shape"] = self.rise.shape
        if self.rise.skip_zero:
            fields["skip_zero"] = True
        return {"steps": self.length, "lr": plain(shortest(peak)), "schedule": value_of(fields)}

    def slope(self, theta: Floats) -> float:
        """The growth in one update at the start."""
        first, second = self.values(theta, np.array([0.0, 1.0])).tolist()
        return float(second - first)
