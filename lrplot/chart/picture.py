"""Pictures as data: areas of lines over a common axis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np

from lrplot.analysis.comparison import Gap, pairs
from lrplot.analysis.outline import OutlineRow, outline
from lrplot.chart.axis import Scale, value_scale
from lrplot.chart.names import distinct
from lrplot.chart.panels import constants, panels_of
from lrplot.chart.path import Path, path_of
from lrplot.chart.units import length_of_step, shared_unit
from lrplot.curves.curve import Curve
from lrplot.curves.logged import Logged
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import NO_STEPS
from lrplot.diagnostics import Fault
from lrplot.display import Shown
from lrplot.engine.evaluate import evaluate_at
from lrplot.engine.extremes import SAMPLED, columns
from lrplot.runs.run import Run, group_of, parameter_of
from lrplot.wording import amount, learning_rate

MOST_MARKS = 8
DIFFERENCE = -1  # the rank of a line that is not of one run
FAN = 6  # most lines with a color of their own
FEW_UPDATES = 100  # of a run; in a longer one, a segment of a single update is not marked
ROUNDING = 1e-12  # of the largest value: curves that differ by less are drawn as one


@dataclass(frozen=True)
class Line:
    """A curve: its label, its corners on the axis and their values.

    `rank` is the place in the palette: the index of the run among several, or that of the
    group in a single run, whose own line is 0. `minor` lines are groups of one of several
    runs: they look like their run, but fainter, and are not in the legend. `same` is the label of an
    earlier line that has the same values. `joints` are places at which a group's own phases begin.
    If `sampled`, values between those that are drawn may lie outside of the line. A `dotted` one is logged: only
    its corners are known, and they are drawn as dots.
    """

    label: str
    x: Floats
    values: Floats
    rank: int
    minor: bool = False
    same: str = ""
    joints: tuple[tuple[float, float], ...] = ()
    sampled: bool = False
    dotted: bool = False


@dataclass(frozen=True)
class Area:
    """The lines of one parameter, with the range that holds them; `note` is a remark in the area."""

    parameter: str
    label: str
    lines: tuple[Line, ...]
    y: Scale
    note: str = ""


@dataclass(frozen=True)
class Mark:
    """A segment, from `start` to `stop` on the axis; `length` is its length in words."""

    name: str
    start: float
    stop: float
    length: str = field(default="", compare=False)


@dataclass(frozen=True)
class Picture(Shown):
    """Areas above each other over `x`; `other` is the same axis in a second unit.

    `ranks` is the number of ranks among the lines. `ordered` lines are variants in the order of a number, and
    those of a `fan` groups of one run, too many for a palette. `remarks` stand below the title, and `description`
    is the picture in words.
    """

    title: str
    remarks: tuple[str, ...]
    ranks: int
    fan: bool
    ordered: bool
    areas: tuple[Area, ...] = field(repr=False)
    x: Scale
    x_label: str
    other: Scale | None
    other_label: str
    marks: tuple[Mark, ...]
    description: str


def picture_of(
    runs: Sequence[Run],
    unit: str | None,
    log: bool,
    pixels: int,
    title: str | None = None,
    *,
    normalize: bool = False,
    spans: Sequence[tuple[int, int]] | None = None,
    order: Sequence[Fraction] | None = None,
) -> Picture:
    """A picture of one run, or of several in one chart.

    `unit` is steps, epochs, samples, tokens or fraction; None is the unit of all runs if they share it,
    otherwise steps. `pixels` is the resolution across. `normalize` draws learning rates as shares of the highest
    one of their run. `spans` are the steps of each run that are drawn, from the first up to the one after the last;
    a run without any is left out. `order` are numbers by which the runs are ordered. A `Fault` if a run cannot be
    converted to `unit`, or if no step or no logged value is drawn.
    """
    unit = unit or shared_unit(runs)
    scales = [length_of_step(run, unit) for run in runs]
    spans = [(0, run.steps) for run in runs] if spans is None else spans
    if not any(start < stop for start, stop in spans):
        start, stop = spans[0]
        raise Fault(f"there are no steps from {start:,} up to {stop:,}")
    ranks = list(range(len(runs))) if order is None else [sorted(order).index(number) for number in order]
    windows = [
        _Window(run, name, scale, rank, *span)
        for run, name, scale, rank, span in zip(
            runs, distinct([run.name for run in runs]), scales, ranks, spans, strict=True
        )
        if span[0] < span[1]
    ]
    single = windows[0] if len(runs) == 1 else None
    areas = _areas(windows, bool(single), log, normalize, pixels)
    if not areas:
        raise Fault(f"no value is logged from step {windows[0].start:,} up to {windows[0].stop:,}")
    remarks = _remarks(runs[0]) if single else ()
    if any(line.sampled for area in areas for line in area.lines):
        remarks += (f"drawn from a sample of {SAMPLED:,} updates",)
    other = _other_unit(runs[0], unit) if single else None
    starts, stops = zip(*((window.start * window.scale, window.stop * window.scale) for window in windows), strict=True)
    return Picture(
        title=_title(runs) if title is None else title,
        remarks=remarks,
        ranks=1 + max(line.rank for area in areas for line in area.lines),
        fan=bool(single) and any(len(area.lines) > FAN for area in areas),
        ordered=order is not None,
        areas=areas,
        x=Scale(min(starts), max(stops)),
        x_label="fraction of the run" if unit == "fraction" else unit,
        other=single.scale_in(other) if single and other else None,
        other_label=other or "",
        marks=tuple(_marks(single, unit)) if single else (),
        description=_description(runs),
    )


def compared(runs: Sequence[Run], unit: str, log: bool, pixels: int) -> Picture:
    """A picture of several runs in one chart; of two, with the second less the first below."""
    picture = picture_of(runs, unit, log, pixels)
    if len(runs) != 2:
        return picture
    path = _gap(runs[0], runs[1], unit, pixels)
    dotted = any(run.points for run in runs)
    if not len(path.steps):
        return picture
    line = Line("difference", path.steps * length_of_step(runs[0], unit), path.values, DIFFERENCE, dotted=dotted)
    first, second = distinct([run.name for run in runs])
    area = Area("difference", "difference", (line,), value_scale([path.values], False), f"{second} − {first}")
    return replace(picture, areas=(picture.areas[0], area, *picture.areas[1:]))


def _gap(first: Run, other: Run, unit: str, pixels: int) -> Path:
    """The second run's learning rate minus that of the first; of a log at logged steps only."""
    if not (first.points or other.points):
        gap = Gap.between(first, other, unit)
        return path_of(gap, 0, gap.length, pixels)
    parts = list(pairs(first, other, "lr", unit))
    steps = np.concatenate([own for own, _ in parts]) if parts else NO_STEPS
    others = np.concatenate([theirs for _, theirs in parts]) if parts else NO_STEPS
    return Path(steps.astype(np.float64), evaluate_at(other.lr.curve, others) - evaluate_at(first.lr.curve, steps))


def grid_of(runs: Sequence[Run], unit: str, log: bool, pixels: int) -> list[Picture]:
    """A picture of each run, all on the same axes."""
    pictures = [picture_of([run], unit, log, pixels) for run in runs]
    values: dict[str, list[Floats]] = {}
    for area in (area for picture in pictures for area in picture.areas):
        values.setdefault(area.parameter, []).extend(line.values for line in area.lines)
    scales = {name: value_scale(parts, log and name == "lr") for name, parts in values.items()}
    x = Scale(0.0, max(picture.x.high for picture in pictures))
    return [
        replace(
            picture,
            x=x,
            other=None,
            areas=tuple(replace(area, y=scales[area.parameter]) for area in picture.areas),
        )
        for picture in pictures
    ]


@dataclass(frozen=True)
class _Window:
    """Steps start … stop − 1 of a run under a name and a rank; an update is `scale` long on the axis."""

    run: Run
    name: str
    scale: float
    rank: int
    start: int
    stop: int

    def path(self, curve: Curve, pixels: int) -> Path:
        return path_of(curve, self.start, self.stop, pixels)

    def scale_in(self, unit: str) -> Scale:
        """The window in another unit."""
        scale = length_of_step(self.run, unit)
        return Scale(self.start * scale, self.stop * scale)

    def rows(self, curve: Curve) -> list[OutlineRow]:
        """The segments that begin or end in the window, cut to it."""
        rows = (
            replace(row, start=max(row.start, self.start), stop=min(row.stop, self.stop))
            for row in outline(curve, self.run.steps)
        )
        return [row for row in rows if row.start < row.stop]


def _areas(windows: Sequence[_Window], single: bool, log: bool, normalize: bool, pixels: int) -> tuple[Area, ...]:
    lines: dict[str, list[Line]] = {}
    for window in windows:
        for panel in panels_of(window.run):
            peak = _peak(panel.curves, window.run.steps) if normalize and panel.parameter == "lr" else 1.0
            beginnings = {row.start for row in window.rows(next(iter(panel.curves.values())))}
            for rank, (track, curve) in enumerate(panel.curves.items()):
                group = group_of(track)
                path = window.path(curve, pixels)
                if not len(path.steps):  # nothing is logged in the window
                    continue
                line = Line(
                    label=(group or "base") if single else window.name,
                    x=path.steps * window.scale,
                    values=path.values / peak,
                    rank=rank if single else window.rank,
                    minor=bool(group) and not single,
                    sampled=path.sampled,
                    dotted=isinstance(curve, Logged),
                )
                if group and single:
                    line = replace(line, joints=tuple(_joints(window, curve, beginnings, peak)))
                earlier = lines.setdefault(panel.parameter, [])
                earlier.append(replace(line, same="" if line.minor else _same(line, earlier)))
    return tuple(_area(name, group, log, normalize) for name, group in lines.items())


def _area(parameter: str, lines: Sequence[Line], log: bool, normalize: bool) -> Area:
    main = parameter == "lr"
    label = parameter.replace("_", " ")
    if main:
        label = "share of the peak" if normalize else "learning rate"
    return Area(parameter, label, tuple(lines), value_scale([line.values for line in lines], log and main))


def _peak(curves: Mapping[str, Curve], steps: int) -> float:
    """The greatest magnitude of some curves; 1 if all are 0."""
    cuts = [columns(curve, 0, steps, 64) for curve in curves.values()]
    return max(float(np.abs(part).max()) for cut in cuts for part in (cut.lows, cut.highs)) or 1.0


def _joints(window: _Window, curve: Curve, beginnings: set[int], peak: float) -> Iterator[tuple[float, float]]:
    """Places where phases of a group begin, without those where a phase of the run begins too."""
    rows = window.rows(curve)
    starts = [row.start for row in rows if row.start not in beginnings] if len(rows) <= MOST_MARKS else []
    for start, value in zip(starts, evaluate_at(curve, np.array(starts, dtype=np.int64)).tolist(), strict=True):
        yield start * window.scale, value / peak


def _same(line: Line, earlier: Sequence[Line]) -> str:
    """The label of the first of some lines that has the same values; empty if there is none."""
    slack = ROUNDING * float(np.abs(line.values).max())
    for other in earlier:
        alike = len(other.x) == len(line.x) and np.array_equal(other.x, line.x) and not other.minor
        if alike and (np.abs(other.values / 2 - line.values / 2) <= slack).all():
            return other.same or other.label
    return ""


def _title(runs: Sequence[Run]) -> str:
    names = [run.name for run in runs]
    if len(names) == 1:
        return names[0]
    return " and ".join(distinct(names)) if len(names) == 2 else f"{len(names)} learning rate schedules"


def _remarks(run: Run) -> tuple[str, ...]:
    """Remarks below the title: an unknown length, and the parameters that hold one value, of the run and its groups."""
    values: dict[str, dict[str, float]] = {}
    for name, value in constants(run):
        parameter, group = parameter_of(name), group_of(name)
        values.setdefault(parameter.replace("_", " "), {})[group] = value
    remarks = ["the length of the run is not known"] if run.nominal else []
    for parameter, groups in values.items():
        others = [f"{group} {learning_rate(value)}" for group, value in groups.items() if group]
        base = f" {learning_rate(groups[''])}" if "" in groups else ""
        remarks.append(f"{parameter}{base}" + (f" ({', '.join(others)})" if others else ""))
    return tuple(remarks)


def _other_unit(run: Run, unit: str) -> str | None:
    """The unit of a second axis: tokens or epochs beside updates, updates beside any other; None if it adds nothing."""
    choices = ("tokens", "epochs") if unit in ("steps", "fraction") else ("steps",)
    rates = run.timebase.rates
    if unit == "epochs" and rates.per_step("epochs") == 1:
        return None
    units = (choice for choice in choices if rates.has(choice))
    return next((other for other in units if other == "steps" or rates.per_step(other) != 1), None)


def _marks(window: _Window, unit: str) -> Iterator[Mark]:
    rows = window.rows(window.run.lr.curve)
    if window.stop - window.start > FEW_UPDATES:
        rows = [row for row in rows if row.stop - row.start > 1]
    if not 1 < len(rows) <= MOST_MARKS:
        return
    for row in rows:
        start, stop = row.start * window.scale, row.stop * window.scale
        own = row.origin is not None and not row.origin.framework  # a framework's names are code
        name = row.name.replace("_", " ") if own or row.origin is None else row.name
        yield Mark(name, start, stop, _length(row.stop - row.start, window.scale, unit))


def _length(steps: int, scale: float, unit: str) -> str:
    """The length of a phase in the unit of the axis; in steps if it is less than one."""
    if unit == "fraction":
        return f"{100 * steps * scale:.2g}% of the run"
    count, unit = (steps * scale, unit) if steps * scale >= 1 else (steps, "steps")
    return f"{amount(count)} {unit.removesuffix('s') if count == 1 else unit}"


def _description(runs: Sequence[Run]) -> str:
    """A description of the picture in words, for screen readers."""
    if len(runs) > 1:
        return f"Learning rates of {len(runs)} runs over their steps: {', '.join(run.name for run in runs)}."
    (run,) = runs
    rows = outline(run.lr.curve, run.steps)
    to, length = ("up to", "the run") if run.nominal else ("up to step", f"{run.steps:,} steps")
    phases = [
        f"{row.name} from {learning_rate(row.first)} to {learning_rate(row.end)} {to} {run.timebase.place(row.stop)}"
        for row in rows[:MOST_MARKS]
    ]
    more = f"; {len(rows) - MOST_MARKS} more phases" if len(rows) > MOST_MARKS else ""
    return f"The learning rate of {run.name} over {length}: {'; '.join(phases)}{more}."
