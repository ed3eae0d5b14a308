"""The outline of a run: its segments with their updates and values."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from lrplot.curves.anneals import Ramp
from lrplot.curves.clocks import Hold
from lrplot.curves.curve import Curve, Origin, Segment
from lrplot.curves.roles import Role
from lrplot.curves.wrappers import Clip, Ended
from lrplot.engine.evaluate import evaluate_at
from lrplot.engine.extremes import columns
from lrplot.lazy import dataclass

MOST_JUMPS = 6  # updates of one segment that are listed


@dataclass(eq=False)
class OutlineRow:
    """A segment in a run: updates start … stop − 1, and its values.

    `notes` say by field what durations amount to, and at which updates the value drops or restarts.
    `first` and `end` are its values at its first update and one after its last; `low` and `high` its
    extremes in between. `planned` is its own length if the run cuts it short, otherwise
    stop − start. `reaches` is the value that an anneal leads to, and `inclusive` says whether its
    last update has that value or the one after it; None and False for any other curve.
    """

    name: str
    role: Role
    start: int
    stop: int
    planned: int
    first: float
    end: float
    low: float
    high: float
    notes: Mapping[str, str]
    reaches: float | None = None
    inclusive: bool = False
    origin: Origin | None = None


@np.errstate(all="ignore")
def outline(curve: Curve, steps: int) -> list[OutlineRow]:
    """The segments of a run's curve in order; those without an update in the run are left out.

    The updates after the last segment, which have its end value, are a row of their own.
    """
    rows: list[OutlineRow] = []
    covered = 0
    segments = curve.segments()
    for index, segment in enumerate(segments):
        # A scheduler that stops before its planned end gives way to what follows.
        stop = min([segment.stop, steps, *(after.start for after in segments[index + 1 :])])
        start = min(segment.start, steps)
        if start < stop:
            rows.append(_row(curve, segment, start, stop))
        covered = max(covered, stop)
    if covered < steps:
        rows.append(_row(curve, Segment(Role.HOLD, covered, steps, curve, "hold"), covered, steps))
    return rows


def _row(curve: Curve, segment: Segment, start: int, stop: int) -> OutlineRow:
    cut = columns(curve, start, stop, 16)
    whole = segment.curve is curve
    planned = unheld(segment.curve)
    end = curve.limit(stop) if whole else planned.limit(stop - segment.start)
    anneal = _anneal(segment.curve)
    return OutlineRow(
        name=segment.name,
        role=segment.role,
        start=start,
        stop=stop,
        planned=segment.stop - segment.start,
        first=float(cut.firsts[0]),
        end=end,
        low=float(cut.lows.min()),
        high=float(cut.highs.max()),
        notes={**segment.notes, **_jumps(curve, segment.role, start, stop)},
        reaches=end if anneal else None,
        inclusive=anneal.inclusive if anneal else False,
        origin=segment.origin,
    )


def _jumps(curve: Curve, role: Role, start: int, stop: int) -> dict[str, str]:
    """The updates at which a staircase jumps or a cycle restarts, as a note; empty if there are none or too many."""
    turns = curve.turning_points(start, stop) if role in (Role.STAIRS, Role.CYCLES) else None
    if turns is None or not len(turns := turns[turns > start]):
        return {}
    before, after = evaluate_at(curve, turns - 1), evaluate_at(curve, turns)
    if role is Role.CYCLES:
        falling = evaluate_at(curve, np.maximum(turns - 2, start)) >= before
        falls_again = evaluate_at(curve, np.minimum(turns + 1, stop - 1)) <= after
        steps, verb = turns[(after > before) & falling & falls_again], "restarts"
    else:
        steps = turns[after != before]
        verb = "drops" if (after <= before).all() else "rises" if (after >= before).all() else "jumps"
    texts = [f"{step:,}" for step in steps.tolist()]
    if len(texts) > MOST_JUMPS:
        texts = [*texts[: MOST_JUMPS - 1], f"… ({len(texts):,} in all)"]
    return {f"{verb} at": ", ".join(texts)} if texts else {}


def unheld(curve: Curve) -> Curve:
    """A curve without what only holds its values: for the rest of an epoch, or after its end."""
    while isinstance(curve, Hold | Ended):
        curve = curve.curve
    return curve


def _anneal(curve: Curve) -> Ramp | None:
    """The anneal that a segment consists of, if it goes anywhere and has a value of its own at each update."""
    while isinstance(curve, Clip | Ended):
        curve = curve.curve
    return curve if isinstance(curve, Ramp) and curve.first != curve.last else None
