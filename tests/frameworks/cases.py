"""Reference cases: a spec, and what the real framework gave for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import lrplot
from lrplot.engine.evaluate import raw_values
from lrplot.frameworks import find
from lrplot.spec.compile import compile_run
from lrplot.text.objects import read_mapping

REFERENCES = Path(__file__).parent / "references"
PRECISE, ACCUMULATING = 1e-12, 1e-9  # of the peak


@dataclass(frozen=True)
class Case:
    """A spec and the framework's values from update 0 on, up to where it `raises` (step and error)."""

    spec: dict[str, Any]
    values: dict[str, list[float]]
    raises: tuple[int, str] | None = None

    @property
    def use(self) -> str:
        """The scheduler."""
        return str(self.spec["schedule"]["use"])

    @property
    def tolerance(self) -> float:
        """How far the values may be off, as a share of the peak."""
        return ACCUMULATING if accumulates(self.spec["schedule"]) else PRECISE

    def line(self) -> str:
        """The case as a line of a reference file."""
        return json.dumps([self.spec, self.values, self.raises], separators=(",", ":"))


def accumulates(schedule: Any) -> bool:
    """Whether the framework accumulates rounding in a schedule, or in one inside it."""
    if isinstance(schedule, list):
        return any(map(accumulates, schedule))
    if not isinstance(schedule, dict):
        return False
    return ("use" in schedule and find(schedule["use"]).accumulates) or any(map(accumulates, schedule.values()))


def read(path: Path) -> tuple[dict[str, Any], list[Case]]:
    """A reference file's header and cases."""
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    return json.loads(header), [
        Case(spec, values, tuple(raises) if raises else None) for spec, values, raises in map(json.loads, lines)
    ]


def deviation(case: Case) -> float:
    """The largest deviation of our values from the framework's, as a share of the peak.

    `AssertionError` where the two do not agree on what there is to compare.
    """
    raises_at = case.raises[0] if case.raises else None
    within = raises_at is not None and raises_at < case.spec.get("steps", np.inf)
    if within:
        told(lambda: lrplot.load(case.spec), raises_at)
    count = len(case.values.get("lr", ()))
    if not count:
        return 0.0
    ours = raw(case.spec, count) if within else lrplot.load(case.spec).evaluate(0, count)
    assert case.values.keys() <= ours.keys(), f"tracks {sorted(ours)}, not {sorted(case.values)}"
    worst = 0.0
    for name, expected in case.values.items():
        theirs = np.array(expected)
        worst = max(worst, float(np.max(np.abs(ours[name] - theirs)) / (np.max(np.abs(theirs)) or 1.0)))
    if raises_at is not None and not within:
        told(lambda: lrplot.load(case.spec).evaluate(raises_at, raises_at + 1), raises_at)
    return worst


def raw(spec: dict[str, Any], count: int) -> dict[str, Any]:
    """Every track's values up to where the framework raises, of a spec that is refused for it."""
    run = compile_run(read_mapping(spec), "case", Path())
    return {name: raw_values(track.curve, np.arange(count)) for name, track in run.tracks.items()}


def told(call: Callable[[], Any], step: int | None) -> None:
    """Check that a call fails for what happens at `step`; at 0 that may be told in other words."""
    try:
        call()
    except lrplot.SpecError as error:
        message = str(error)
    else:
        raise AssertionError(f"nothing raised at update {step}, where the framework does")
    if step and f"update {step:,}:" not in message:
        raise AssertionError(message)
