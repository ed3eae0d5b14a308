"""The outline of a schedule in short."""

from __future__ import annotations

import lrplot
from lrplot.curves.roles import Role


def outline(schedule: lrplot.Schedule, track: str = "lr") -> list[tuple[str, int, int]]:
    """Role, start and planned stop of the segments that begin within the run."""
    segments = schedule.run.tracks[track].curve.segments()
    return [(each.role.value, each.start, each.stop) for each in segments if each.start < schedule.steps]


def segments(schedule: lrplot.Schedule) -> list[tuple[Role, int, int, Role | None]]:
    """Role, start, planned stop and role past its end of every segment."""
    return [(each.role, each.start, each.stop, each.past) for each in schedule.run.tracks["lr"].curve.segments()]
