"""Periodic schedules."""

from __future__ import annotations

from typing import Annotated, Literal

from lrplot.curves.curve import Curve
from lrplot.curves.cycles import Restarts, Triangles
from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.kinds import kind
from lrplot.schema.annotations import PeriodField, PositiveField, ValueField
from lrplot.schema.frame import Frame
from lrplot.schema.quantities import START, percent
from lrplot.schema.types import Duration, Number


@kind(decaying=True)
def cosine_restarts(
    frame: Frame,
    period: Annotated[PeriodField, Role.PERIOD],
    from_: Annotated[ValueField, Role.START] = START,
    to: Annotated[ValueField, Role.FLOOR] = 0.0,
    mult: Annotated[PositiveField, Role.GROWTH] = 1.0,
    decay: Annotated[PositiveField, Role.SHRINK] = 1.0,
) -> Curve:
    """Cosine anneals with warm restarts (SGDR).

    Good for: runs that may stop at the end of any cycle
    Cost: each restart raises the loss for a while; two more hyperparameters; a run that stops within a cycle has not
        decayed
    Recipe: sgdr_cifar10
    Formula: to + (from·decay^i − to)·(1 + cos(π·k/Tᵢ))/2, k updates into cycle i of Tᵢ = period·mult^i
    Source: Loshchilov & Hutter 2017, SGDR (arXiv:1608.03983), eq. 5; torch CosineAnnealingWarmRestarts
    Also: sgdr, warm_restarts, hard_restarts

    Args:
        period: length of the first cycle
        from_: peak of the first cycle
        to: the value that each cycle falls to
        mult: each cycle is this many times as long as the one before; below 1 they get shorter, and `to` holds once one
            would be shorter than one update
        decay: each peak is this many times the one before
    """
    curve = Restarts(frame.length, from_, to, period, mult, decay)
    if mult != 1:
        _ = curve.cycles  # too many cycles are a fault of the spec, reported now
    return curve


@kind()
def cyclic(
    frame: Frame,
    up: PeriodField,
    min: Annotated[ValueField, Role.FLOOR] = 0.0,
    max: Annotated[ValueField, Role.PEAK] = percent(100),
    down: Annotated[int | None, Duration()] = None,
    mode: Literal["triangular", "triangular2", "exp_range"] = "triangular",
    gamma: Annotated[float | None, Number(above=0), Role.SHRINK] = None,
) -> Curve:
    """Triangles between two values (CLR).

    Good for: SGD, if a range test gave an interval of learning rates rather than one
    Cost: two values and a length to choose; it never decays for good unless the triangles shrink
    Recipe: clr_triangular2
    Formula: min + (max − min)·s·c, where s rises 0 → 1 in `up` updates and falls back in `down`; c is 1
        (triangular), ½^cycle (triangular2) or gamma^t (exp_range)
    Source: Smith 2017 (arXiv:1506.01186), sec. 3.2; torch CyclicLR
    Also: clr, triangular

    Args:
        up: updates from `min` to `max`
        min: value at the start of each cycle
        max: value at the first peak
        down: updates from `max` back to `min`; the same as `up` if absent
        mode: how the cycles shrink
        gamma: factor per update of exp_range
    """
    if (gamma is not None) != (mode == "exp_range"):
        if gamma is None:
            raise Fault("`mode: exp_range` needs `gamma`", code="missing-field", help="add `gamma: 0.9999`")
        raise Fault("`gamma` has no effect without `mode: exp_range`", field="gamma", code="conflict")
    fall = up if down is None else down
    return Triangles(frame.length, min, max, up, fall, mode == "triangular2", gamma or 1.0)
