"""Phases of native specs that follow a program's formula between whole updates."""

from __future__ import annotations

from math import cos, pi
from typing import Any

from lrplot.text.tree import Node

Phase = dict[str, Any]
Place = float | Node


def warmup(first: Place, last: Place, updates: Place) -> Phase:
    """A straight rise in `updates`; the update after them has `last`."""
    return {"kind": "warmup", "from": first, "to": last, "for": updates}


def constant(value: Place, updates: Place | None = None) -> Phase:
    """One value; for the rest of the run if `updates` is None."""
    return {"kind": "constant", "value": value, "for": "rest" if updates is None else updates}


def line(first: float, last: float, begin: float, end: float, start: int, stop: int, kind: str = "linear") -> Phase:
    """The updates from `start` to `stop` on the straight line from `first` at time `begin` to `last` at `end`."""
    slope = (last - first) / (end - begin)
    ends = [value if at == edge else first + slope * (at - begin)
            for at, edge, value in ((start, begin, first), (stop, end, last))]
    return {"kind": kind, "from": ends[0], "to": ends[1], "for": stop - start}


def wave(first: float, last: float, begin: float, end: float, start: int, stop: int) -> Phase:
    """The updates from `start` to `stop` on the half cosine from `first` at time `begin` to `last` at `end`."""
    if (start, stop) == (begin, end):
        return {"kind": "cosine", "from": first, "to": last, "for": stop - start}
    formula = f"{last!r} + {(first - last) / 2!r} * (1 + cos(pi * (t + {start - begin!r}) / {end - begin!r}))"
    return {"kind": "expression", "value": formula, "for": stop - start}


def wave_at(first: float, last: float, share: float) -> float:
    """The value of a half cosine after a share of it."""
    return last + (first - last) / 2 * (1 + cos(pi * share))


def listed(*phases: Phase) -> list[Phase]:
    """Phases one after the other, without those of no updates."""
    return [each for each in phases if each["for"] == "rest" or each["for"] != 0]
