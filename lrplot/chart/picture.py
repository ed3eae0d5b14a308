"""Pictures as data: areas of lines over a common axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lrplot.analysis.comparison import Gap
from lrplot.analysis.outline import outline
from lrplot.chart.axis import Axis, unit_axis, value_axis
from lrplot.chart.names import distinct
from lrplot.chart.panels import panels_of
from lrplot.engine.extremes import Columns, columns
from lrplot.runs.run import Run

MOST_MARKS = 8
FAN = 6  # most lines with a color of their own


@dataclass(frozen=True)
class Line:
    """A curve: its label, its values, and the length of a step on the axis.

    `rank` is the place in the palette: the index of the run among several, or that of the
    group in a single run, whose own line is 0. `minor` lines are groups of one of several
    runs: they look like their run, but fainter, and are not in the legend.
    """

    label: str
    columns: Columns
    scale: float
    rank: int
    minor: bool = False


@dataclass(frozen=True)
class Area:
    """The lines of one parameter, with the axis that holds them."""

    parameter: str
    lines: tuple[Line, ...]
    axis: Axis


@dataclass(frozen=True)
class Mark:
    """A segment, from `start` to `stop` on the axis."""

    name: str
    start: float
    stop: float


@dataclass(frozen=True)
class Picture:
    """Areas above each other over `x`; `other` is the same axis in a second unit.

    `ranks` is the number of ranks among the lines. If `fan` is set, they are groups of one
    run, too many for a palette.
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
    """A picture of one run, or of several in one chart.

    `unit` is steps, epochs, samples, tokens or fraction; None is the unit of all runs if they share it,
    otherwise steps. `pixels` is the resolution across. A `Fault` if a run cannot be converted to `unit`.
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
    """A picture of several runs in one chart; of two, with the second less the first below."""
    picture = picture_of(runs, unit, log, pixels)
    if len(runs) != 2:
        return picture
    gap = Gap.between(runs[0], runs[1], unit)
    cut = columns(gap, 0, gap.length, pixels)
    line = Line("difference", cut, scale_of(runs[0], unit), 1)
    area = Area("difference", (line,), value_axis([cut], False, 3))
    return replace(picture, areas=(picture.areas[0], area, *picture.areas[1:]))


def grid_of(runs: Sequence[Run], unit: str, log: bool, pixels: int) -> list[Picture]:
    """A picture of each run, all on the same axes."""
    pictures = [picture_of([run], unit, log, pixels) for run in runs]
    lines: dict[str, list[Columns]] = {}
    for area in (area for picture in pictures for area in picture.areas):
        lines.setdefault(area.parameter, []).extend(line.columns for line in area.lines)
    axes = {name: value_axis(cuts, log and name == "lr", 6 if name == "lr" else 3) for name, cuts in lines.items()}
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
    """The length of one update on an axis in `unit`."""
    if unit == "fraction":
        return 1 / run.steps
    if unit == run.timebase.unit:
        return float(run.timebase.amount) / run.steps
    return float(run.per_step(unit))


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
    return tuple(_area(name, group, log) for name, group in lines.items())


def _area(parameter: str, lines: Sequence[Line], log: bool) -> Area:
    main = parameter == "lr"
    axis = value_axis([line.columns for line in lines], log and main, 6 if main else 3)
    return Area(parameter, tuple(lines), axis)


def _other_unit(run: Run, unit: str) -> str | None:
    """The unit of a second axis: tokens or epochs beside updates, updates beside any other; None if it adds nothing."""
    choices = ("tokens", "epochs") if unit in ("steps", "fraction") else ("steps",)
    rates = run.timebase.rates
    if unit == "epochs" and rates.per_step("epochs") == 1:
        return None
    units = (choice for choice in choices if rates.has(choice))
    return next((other for other in units if other == "steps" or rates.per_step(other) != 1), None)


def _marks(run: Run, scale: float) -> tuple[Mark, ...]:
    rows = outline(run.tracks["lr"].curve, run.steps)
    if not 1 < len(rows) <= MOST_MARKS:
        return ()
    return tuple(Mark(row.name, row.start * scale, row.stop * scale) for row in rows)
