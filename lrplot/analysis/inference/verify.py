"""A spec against the points, by lrplot's own engine."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lrplot.analysis.inference.evidence import Evidence
from lrplot.analysis.inference.forms import Spec
from lrplot.curves.shapes import Floats
from lrplot.diagnostics import Fault, NotFinite, SpecError
from lrplot.engine.evaluate import evaluate_at
from lrplot.lazy import dataclass
from lrplot.spec.compile import compile_run
from lrplot.text.objects import read_mapping


@dataclass(frozen=True, eq=False)
class Verdict:
    """The differences of a spec from the points, and those that exceed the tolerance, by their numbers."""

    differences: Floats
    beyond: NDArray[np.int64]

    @property
    def exact(self) -> bool:
        """Whether every point is within its tolerance."""
        return not len(self.beyond)


def verify(spec: Spec, evidence: Evidence, track: str = "lr") -> Verdict | None:
    """The values of a spec at every point beside those that were logged; None if it is no valid spec."""
    try:
        run = compile_run(read_mapping(spec, "<inferred>"), "inferred", Path())
        values = evaluate_at(run.tracks[track].curve, evidence.steps)
    except (SpecError, Fault, NotFinite):
        return None
    differences = np.abs(values - evidence.values)
    return Verdict(differences, np.flatnonzero(differences > evidence.tolerance))
