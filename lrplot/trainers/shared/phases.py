"""Phases of native specs that follow a program's formula between whole updates."""

from __future__ import annotations

from typing import Any

from lrplot.text.tree import Node
from lrplot.trainers.shared.config import Config

Phase = dict[str, Any]


def warmup(first: float, last: float, updates: int) -> Phase:
    """A straight rise in `updates`; the update after them has `last`."""
    return {"kind": "warmup", "from": first, "to": last, "for": updates}


def constant(value: float, updates: int | None = None) -> Phase:
    """One value; for the rest of the run if `updates` is None."""
    return {"kind": "constant", "value": value, "for": "rest" if updates is None else updates}


SHAPES = {
    "linear": "{left}",
    "cosine": "(1 + cos(pi * {done})) / 2",
    "sqrt": "1 - sqrt({done})",
    "exponential": "2 * 0.5 ** {done} - 1",
}


def fall(kind: str, first: float, last: float, begin: float, end: float, start: int, stop: int) -> Phase:
    """The updates from `start` to `stop` of a decay from `first` at time `begin` to `last` at time `end`."""
    if stop <= start:
        return {"kind": kind, "for": 0}
    if (start, stop) == (begin, end) and kind != "exponential":
        return {"kind": kind, "from": first, "to": last, "for": stop - start}
    if kind == "linear" and stop <= end:  # beyond it, the line may lead below 0
        return rise(first, last, begin, end, start, stop) | {"kind": kind}
    done = f"((t + {start - begin!r}) / {end - begin!r})"
    share = SHAPES[kind].format(done=done, left=f"(1 - {done})")
    return {"kind": "expression", "value": f"{last!r} + {first - last!r} * ({share})", "for": stop - start}


def rise(first: float, last: float, begin: float, end: float, start: int, stop: int) -> Phase:
    """The updates from `start` to `stop` on the straight line from `first` at time `begin` to `last` at time `end`."""
    if stop <= start:
        return {"kind": "warmup", "for": 0}
    slope = (last - first) / (end - begin)
    begun = first if start == begin else first + slope * (start - begin)
    return warmup(begun, last if stop == end else first + slope * (stop - begin), stop - start)


def listed(config: Config, steps: int, *phases: tuple[Phase, str]) -> list[Node]:
    """Phases of a run of `steps` updates, each at the place of a key, without those that have no updates in it."""
    found, start = [], 0
    for phase, path in phases:
        if phase["for"] == 0 or start >= steps:
            continue
        found.append(config.at(phase, path))
        start = steps if phase["for"] == "rest" else start + phase["for"]
    return found
