"""Stages: curves that take over from each other at given steps."""

from __future__ import annotations

from dataclasses import replace

from lrplot.curves.curve import Curve, Segment
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.wrappers import Lasting, Wrapper
from lrplot.lazy import dataclass


@dataclass(eq=False)
class Stage:
    """A phase from step `start` on, along a curve from its step `lead` on.

    `role` is the phase's role; None leaves it to the curve.
    """

    name: str
    start: int
    curve: Curve
    lead: int = 0
    role: Role | None = None


def staged(length: int, *stages: Stage) -> Sequence:
    """Stages one after the other; a stage that ends before it begins is left out."""
    phases: list[Phase] = []
    stops = [*(stage.start for stage in stages[1:]), max(length, stages[-1].start + 1)]
    for stage, stop in zip(stages, stops, strict=True):
        if stop > stage.start:
            phases.append(Phase(stage.name, Lasting(stop - stage.start, stage.curve, stage.lead), stage.role))
    return Sequence(length, tuple(phases), open=True)


@dataclass(eq=False)
class Settled(Wrapper):
    """A curve whose end value holds afterwards: by its own formula, or in the phase that follows it."""

    @property
    def past(self) -> Role | None:
        return Role.HOLD

    def part(self, curve: Curve, start: int) -> Curve:
        return curve

    def segments(self) -> tuple[Segment, ...]:
        *others, last = super().segments()
        return (*others, replace(last, past=Role.HOLD))
