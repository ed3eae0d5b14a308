"""Warmups that fall, decays that climb, and cycles between two values in the wrong order."""

from __future__ import annotations

from collections.abc import Iterator
from math import isclose

from lrplot.analysis.checks.rule import Finding, rule
from lrplot.analysis.checks.scheduler import Scheduler, leads_to
from lrplot.analysis.checks.survey import VISIBLE, Survey
from lrplot.curves.roles import Role
from lrplot.wording import learning_rate


@rule("warning")
def upside_down(survey: Survey) -> Iterator[Finding]:
    """A warmup falls, a decay climbs, or the minimum of a cycle is above its maximum.

    Why: two values are in the wrong order. Often the end of the decay is an absolute value above the learning rate of
        the run or of one group, which then ends at many times what was asked for.
    Cure: let the warmup lead to the larger value, and the decay to the smaller one; `to: 10%` is relative to `lr`.
    Source: keras-team/keras#18747
    """
    for each in survey.schedulers:
        segments = [part for part in each.segments if part.start < min(part.stop, survey.steps)]
        floor, peak = each.value(Role.FLOOR), each.value(Role.PEAK)
        cycles = any(part.role is Role.CYCLES for part in segments)
        if cycles and isinstance(floor, int | float) and isinstance(peak, int | float) and floor > peak:
            names = f"`{each.origin.field(Role.FLOOR)}` {learning_rate(floor)} is above "
            names += f"`{each.origin.field(Role.PEAK)}` {learning_rate(peak)}"
            yield Finding(f"{names}: the cycles are upside down", each.place(Role.FLOOR, Role.PEAK), "exchange the two")
        for part in segments:
            if part.role not in (Role.WARMUP, Role.RISE):
                continue
            first, last = part.curve.limit(0), leads_to(part)
            if part.role is Role.WARMUP and last < (1 - VISIBLE) * first:
                yield Finding(
                    f"the warmup of `{each.name}` falls from {learning_rate(first)} to {learning_rate(last)}",
                    each.place(Role.PEAK, Role.START, Role.WARMUP, Role.HORIZON),
                    "let it start below the value that it leads to",
                )
            elif part.role is Role.RISE and _climbs(survey, each, first, last):
                yield Finding(
                    f"the decay of `{each.name}` climbs from {learning_rate(first)} to {learning_rate(last)}",
                    each.place(Role.FLOOR),
                    f"`{each.origin.field(Role.FLOOR)}` is where it ends: give it a value below {learning_rate(first)}",
                )


def _climbs(survey: Survey, each: Scheduler, first: float, last: float) -> bool:
    """Whether a decay leads up to its end value; a run that falls back after it is one cycle made of parts."""
    floor = each.value(Role.FLOOR)
    if not isinstance(floor, int | float) or last <= first * (1 + VISIBLE):
        return False
    if survey.curve.limit(survey.steps) <= first * (1 + VISIBLE):
        return False
    if not each.native:
        return isclose(last, floor, rel_tol=VISIBLE)
    # A native decay whose two ends are given rises on purpose, as does one that leads up to the base.
    rises = each.place(Role.START) != each.place()
    base = 1.0 if each.together else survey.track.base
    return not rises and base is not None and last > base * (1 + VISIBLE)
