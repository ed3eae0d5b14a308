"""Steps of a log whose rows have none, by the printed epochs and what the plan says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np

from lrplot.curves.shapes import Floats
from lrplot.curves.steps import Steps
from lrplot.diagnostics import Fault, Source, Span
from lrplot.runs.log import Log
from lrplot.runs.run import Run

LEAST_DECIMALS, MOST_DECIMALS = 2, 9  # of a printed epoch; one with more is printed in full
MOST_NAMED = 3
MOST_TRIED = 10_000  # updates from one row to the next


def with_steps(run: Run, log: Log) -> Log:
    """A log whose rows are numbered, with the updates of its last run as steps; any other log as it is.

    Rows stand at every k-th update. k is that of the config, or the only one that gives the printed epochs. `Fault` if
    there is none, or several.
    """
    if log.unit != "rows":
        return log
    points, per_epoch = log.points, run.timebase.rates.steps_per_epoch
    place = Span(Source(log.source), line=int(points.lines[0]) - 1)
    help = "add `--set logging_steps=…` to a config that has it, or give the log with its steps, `trainer_state.json`"
    stated = run.reading.logged_every if run.reading else None
    if points.epochs is None or (stated is None and per_epoch is None):
        message = "the log has epochs but no steps, and the plan does not say how many updates an epoch has"
        raise Fault(message, code="no-steps", help=f"add `--set steps_per_epoch=…`; or {help}").at(place)
    half = _half(points.epochs)
    likely = [stated] if stated else _distances(int(points.steps[-1]), float(points.epochs[-1]), half, per_epoch)
    found = [
        steps
        for every in likely
        for steps in _numbered(points.steps, every)
        if steps[-1] <= run.steps and _fits(steps, points.epochs, half, per_epoch)
    ]
    if stated:
        found = found[:1]
    if len(found) != 1:
        raise Fault(f"the log has epochs but no steps, and {_which(found, stated)}", code="no-steps", help=help).at(
            place
        )
    return replace(log, unit="updates", runs=(*log.runs[:-1], replace(points, steps=found[0])))


def _which(found: list[Steps], stated: int | None) -> str:
    """The reason why the steps are not known, in words."""
    if stated:
        return f"a row at every {stated:,} updates, as the config has it, does not give the printed epochs"
    if not found:
        return "no distance of rows gives the printed epochs"
    several = ", ".join(dict.fromkeys(f"{int(steps[-1] - steps[-2]):,}" for steps in found[:MOST_NAMED]))
    more = " …" if len(found) > MOST_NAMED else ""
    return f"several distances of rows give the printed epochs: {several}{more} updates"


def _half(epochs: Floats) -> float:
    """Half a unit of the last printed digit of epochs."""
    decimals = max(len(repr(each).partition(".")[2]) for each in epochs.tolist())
    return 0.0 if decimals > MOST_DECIMALS else 0.5 * 10.0 ** -max(decimals, LEAST_DECIMALS)


def _distances(rows: int, epoch: float, half: float, per_epoch: Fraction | None) -> list[int]:
    """The numbers of updates between two rows with which the last row has its epoch."""
    assert per_epoch is not None
    low, high = ((epoch + way * half) * float(per_epoch) + way for way in (-1, 1))
    return [*range(max(int(low / rows), 1), min(int(high / max(rows - 1, 1)) + 1, MOST_TRIED))]


def _numbered(rows: Steps, every: int) -> Iterator[Steps]:
    """The updates of rows at every k-th one; or those with the first one, too, before."""
    yield rows * every
    if every > 1 and len(rows) > 1:
        yield np.maximum((rows - 1) * every, 1)


def _fits(steps: Steps, epochs: Floats, half: float, per_epoch: Fraction | None) -> bool:
    """Whether updates have the printed epochs, but for a partial update at the end of an epoch."""
    if per_epoch is not None:
        length = float(per_epoch)
        return bool((np.abs(steps / length - epochs) <= half * (1 + 1e-9) + 1 / length).all())
    return bool(((epochs - half) / steps).max() <= ((epochs + half) / steps).min())
