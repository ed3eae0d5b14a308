"""What holds for every schedule, whatever it is made of."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import numpy as np
from support import check_turning_points

import lrplot
from lrplot import SpecError
from lrplot.curves.curve import Curve
from lrplot.curves.shapes import Floats
from lrplot.engine import evaluate as engine
from lrplot.engine.evaluate import evaluate_at, raw_values

SMALL_BLOCK = 97


def loaded(spec: dict[str, Any]) -> lrplot.Schedule | None:
    """The schedule, or None for a spec that is refused as it should be: with a place and in words."""
    schedule, wrong = attempted(spec)
    assert not wrong, (wrong, spec)
    return schedule


def attempted(spec: dict[str, Any]) -> tuple[lrplot.Schedule | None, str]:
    """The schedule, None if it was refused, and what is wrong with the refusal."""
    try:
        return lrplot.load(spec), ""
    except SpecError as error:
        placed = all(each.span and each.span.source.name == "<mapping>" for each in error.diagnostics)
        told = bool(error.diagnostics) and all(each.code and each.message for each in error.diagnostics)
        return None, "" if placed and told else repr(error.diagnostics)


def check(schedule: lrplot.Schedule, start: int, stop: int, rounding: float = 0.0) -> None:
    """All laws, for every track; `start` and `stop` are a window in the run.

    `rounding` is how far, as a share of the peak, a curve may move the other way between its turning points.
    """
    whole = schedule.evaluate()
    window = schedule.evaluate(start, stop)
    for name, track in schedule.run.tracks.items():
        values = whole[name]
        assert np.isfinite(values).all(), name
        _same(raw_values(track.curve, np.arange(schedule.steps)), values, "at once")
        _same(window[name], values[start:stop], "window")
        _check_blocks(track.curve, values)
        _check_single_steps(schedule, name, values)
        for a, b in ((0, schedule.steps), (start, stop)):
            check_turning_points(track.curve, a, b, rounding)


def _same(one: Floats, other: Floats, what: str) -> None:
    """Bit for bit, the signs of zeros included."""
    assert one.shape == other.shape
    differ = np.flatnonzero(one.view(np.int64) != other.view(np.int64))
    assert not len(differ), f"{what}: step {differ[0]} is {one[differ[0]]!r}, not {other[differ[0]]!r}"


def _check_blocks(curve: Curve, values: Floats) -> None:
    with patch.object(engine, "BLOCK", SMALL_BLOCK):
        _same(engine.evaluate(curve, 0, len(values)), values, "in blocks")
    backwards = np.arange(len(values))[::-1].copy()
    _same(evaluate_at(curve, backwards)[::-1].copy(), values, "backwards")


def _check_single_steps(schedule: lrplot.Schedule, name: str, values: Floats) -> None:
    for step in sorted({0, len(values) // 3, len(values) - 1}):
        _same(schedule.at(step)[name].reshape(1), values[step : step + 1], f"step {step} alone")
