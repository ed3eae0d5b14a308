"""The causes that are looked for, and those that explain a log."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lrplot.analysis.agreement.cause import LEAST, Case, Cause, Finder
from lrplot.analysis.agreement.clocks import clock, late, restarted
from lrplot.analysis.agreement.conventions import Convention
from lrplot.analysis.agreement.lengths import horizon, rises, warmup
from lrplot.analysis.agreement.levels import constant, scaled

MOST_NAMED = 3
FINDERS: Sequence[Finder] = (constant, clock, scaled, horizon, warmup, restarted, late, rises)


def causes_of(case: Case) -> list[Cause]:
    """The causes that explain all rows, the simplest first, three at most; none if too few rows differ to tell."""
    found: dict[str, Cause] = {}
    if any(_almost(case, convention) for convention in case.evidence.conventions):
        return []
    for finder in FINDERS:
        for cause in finder(case):
            found.setdefault(cause.code, cause)
    if "log-rises" in found:  # which says more than the length of the schedule
        found.pop("log-horizon", None)
    return [*found.values()][:MOST_NAMED]


def _almost(case: Case, convention: Convention) -> bool:
    """Whether all rows but very few follow the plan by a convention."""
    evidence, values = case.evidence, case.plan.values
    for part in (evidence.part(evidence.sample), evidence):
        if np.count_nonzero(part.differences(values, convention) > part.allowed) >= LEAST:
            return False
    return True
