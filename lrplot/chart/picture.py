"""What a picture shows, whoever draws it: panels of lines over a common axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lrplot.analysis.comparison import Gap
from lrplot.analysis.outline import outline
from lrplot.chart.axis import Axis, unit_axis, value_axis
from lrplot.chart.names import distinct
from lrplot.chart.panels import panels_of
from lrplot.diagnostics import Fault
from lrplot.engine.extremes import Columns, columns
from lrplot.runs.run import Run

MOST_PHASES = 8
FAN = 6  # lines that a palette can tell apart


@dataclass(frozen=True)
class Line:
    """One curve: its label, its values, and how long a step is on the axis.

    `rank` tells lines apart for the palette: the run's place among several, or the
    group's within one, whose own line is 0. `minor` lines are the groups of one of
    several runs; they look like their run, but fainter, and have no label of their own.
    """

    label: str
    columns: Columns
    scale: float
    rank: int
    minor: bool = False


@dataclass(frozen=True)
class Area:
    """One parameter's lines, with the axis that holds them."""

    parameter: str
    lines: tuple[Line, ...]
    axis: Axis


@dataclass(frozen=True)
class Mark:
    """A phase, from `start` to `stop` on the axis."""

    name: str
    start: float
    stop: float


@dataclass(frozen=True)
class Picture:
    """Areas above each other over `x`; `other` is the same axis in a second unit.

    `ranks` is how many different looks its lines take; in a `fan` they are the groups of
    one run, too many for a palette.
    """

    title: str
    ranks: int
    fan: bool
    areas: tuple[Area, ...]
    x: Axis
    x_label: str
    other: Axis | None
    other_label: str
    marks: tuple[Mark, ...]


def picture_of(runs: Sequence[Run], unit: str | None, log: bool, pixels: int, title: str | None = None) -> Picture:
    """The picture of one run or of several laid over each other.

    `unit` is steps, epochs, samples, tokens or fraction; by default the runs' own if they share it, else steps.
    `pixels` is the resolution across. A `Fault` where a run cannot be told in `unit`.
    """
    shared = {run.timebase.unit for run in runs}
    unit = unit or (shared.pop() if len(shared) == 1 else "steps")
    scales = [scale_of(run, unit) for run in runs]
    total = max(run.steps * scale for run, scale in zip(runs, scales, strict=True))
    areas = _areas(runs, scales, log, pixels)
    other = _other_unit(runs[0], unit) if len(runs) == 1 else None
    return Picture(
        ranks=1 + max(line.rank for area in areas for line in area.lines),
        fan=len(runs) == 1 and any(len(area.lines) > FAN for area in areas),
        title=(runs[0].name if len(runs) == 1 else "") if title is None else title,
        areas=areas,
        x=unit_axis(total, 6, parts=unit == "fraction"),
        x_label="fraction of the run" if unit == "fraction" else unit,
        other=unit_axis(runs[0].steps * scale_of(runs[0], other), 6) if other else None,
        other_label=other or "",
        marks=_marks(runs[0], scales[0]) if len(runs) == 1 else (),
    )


def compared(runs: Sequence[Run], unit: str, log: bool, pixels: int) -> Picture:
    """Runs laid over each other; of two, how far the second lies from the first below them."""
    picture = picture_of(runs, unit, log, pixels)
    if len(runs) != 2:
        return picture
    gap = Gap.between(runs[0], runs[1], unit)
    cut = columns(gap, 0, gap.length, pixels)
    line = Line("difference", cut, scale_of(runs[0], unit), 1)
    area = Area("difference", (line,), value_axis([cut], False, 3))
    return replace(picture, areas=(picture.areas[0], area, *picture.areas[1:]))


def grid_of(runs: Sequence[Run], unit: str, log: bool, pixels: int) -> list[Picture]:
    """A picture each, all on the same axes."""
    pictures = [picture_of([run], unit, log, pixels) for run in runs]
    lines: dict[str, list[Columns]] = {}
    for area in (area for picture in pictures for area in picture.areas):
        lines.setdefault(area.parameter, []).extend(line.columns for line in area.lines)
    axes = {name: value_axis(each, log and name == "lr", 6 if name == "lr" else 3) for name, each in lines.items()}
    longest = max(pictures, key=lambda picture: picture.x.high)
    return [
        replace(
            picture,
            x=longest.x,
            other=None,
            areas=tuple(replace(area, axis=axes[area.parameter]) for area in picture.areas),
        )
        for picture in pictures
    ]


def scale_of(run: Run, unit: str) -> float:
    """What one update is worth on an axis in `unit`."""
    if unit == "fraction":
        return 1 / run.steps
    if unit == run.timebase.unit:
        return float(run.timebase.amount) / run.steps
    try:
        return float(run.timebase.rates.per_step(unit))
    except Fault as fault:
        raise Fault(f"{run.name}: {fault.message}", help=fault.help, code=fault.code) from None


def _areas(runs: Sequence[Run], scales: Sequence[float], log: bool, pixels: int) -> tuple[Area, ...]:
    lines: dict[str, list[Line]] = {}
    names = distinct([run.name for run in runs])
    for index, (run, scale) in enumerate(zip(runs, scales, strict=True)):
        for panel in panels_of(run):
            for rank, (track, curve) in enumerate(panel.curves.items()):
                group = track.partition("/")[2]
                cut = columns(curve, 0, run.steps, pixels)
                if len(runs) == 1:
                    line = Line(group or "base", cut, scale, rank)
                else:
                    line = Line(names[index], cut, scale, index, minor=bool(group))
                lines.setdefault(panel.parameter, []).append(line)
    return tuple(_area(name, each, log) for name, each in lines.items())


def _area(parameter: str, lines: Sequence[Line], log: bool) -> Area:
    main = parameter == "lr"
    axis = value_axis([line.columns for line in lines], log and main, 6 if main else 3)
    return Area(parameter, tuple(lines), axis)


def _other_unit(run: Run, unit: str) -> str | None:
    """A second unit that tells more: tokens or epochs beside updates, updates beside anything else."""
    choices = ("tokens", "epochs") if unit in ("steps", "fraction") else ("steps",)
    rates = run.timebase.rates
    if unit == "epochs" and rates.per_step("epochs") == 1:
        return None
    return next(
        (each for each in choices if rates.knows(each) and (each == "steps" or rates.per_step(each) != 1)), None
    )


def _marks(run: Run, scale: float) -> tuple[Mark, ...]:
    rows = outline(run.tracks["lr"].curve, run.steps)
    if not 1 < len(rows) <= MOST_PHASES:
        return ()
    return tuple(Mark(row.name, row.start * scale, row.stop * scale) for row in rows)
