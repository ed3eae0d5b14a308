"""Runs side by side: panels on one scale, and a table of numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from math import isfinite
from typing import Any

from lrplot.analysis.comparison import Comparison, Difference
from lrplot.analysis.summary import Summary
from lrplot.chart.names import distinct
from lrplot.chart.units import length_of_step
from lrplot.engine.extremes import SAMPLED
from lrplot.output.terminal.charts import WIDEST, Chart, Line, Painter
from lrplot.output.terminal.columns import divided, fitted
from lrplot.output.terminal.look import Look, wrap
from lrplot.output.terminal.style import paint, unpainted
from lrplot.output.terminal.time_axis import TimeAxis
from lrplot.output.text import printable
from lrplot.wording import amount, cells, learning_rate, several

PANEL = 36  # fewest columns of a panel that has another beside it
GAP = 2
LONGEST_NAME = 24


def format_comparison(comparison: Comparison, look: Look) -> str:
    """The page of a comparison: panels, numbers, differences from the first run."""
    names = names_of(comparison, look.text)
    parts = (_panels, _tables, _remarks)
    sections = [part(comparison, names, look) for part in parts]
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def names_of(comparison: Comparison, shown: Callable[[str], str] = printable) -> list[str]:
    """Distinct names of the runs, as they are shown."""
    return distinct([shown(run.name) for run in comparison.runs])


def _panels(comparison: Comparison, names: Sequence[str], look: Look) -> list[str]:
    """Panels on one scale, side by side if there is room."""
    beside = max(1, min(len(names), (look.width + GAP) // (PANEL + GAP)))
    beside = -(-len(names) // -(-len(names) // beside))  # rows of equal length
    width = min((look.width + GAP) // beside - GAP, WIDEST)
    scales = [length_of_step(run, comparison.align) for run in comparison.runs]
    total = max(run.steps * scale for run, scale in zip(comparison.runs, scales, strict=True))
    axis = TimeAxis.of(0.0, total, comparison.align)
    charts = [
        Chart(name, [Line.of(name, run.lr.curve, 0, run.steps, scale)], axis)
        for run, name, scale in zip(comparison.runs, names, scales, strict=True)
    ]
    painter = Painter.of(charts, max(8, min(width // 6, 12)), width, look, look.log)
    panels = [painter.paint(chart) for chart in charts]
    lines: list[str] = []
    for start in range(0, len(panels), beside):
        row = panels[start : start + beside]
        lines += [""] * bool(lines)
        lines += [(" " * GAP).join(_filled(part, width) for part in parts).rstrip() for parts in zip(*row, strict=True)]
    return lines


def _filled(text: str, width: int) -> str:
    """The text with spaces up to `width` columns, its colors not counted."""
    return text + " " * max(width - cells(unpainted(text)), 0)


def _at(text: str, step: int) -> str:
    return f"{text} at {step:,}"


def _about(text: str, summary: Summary) -> str:
    """A figure, marked if it is taken from a sample."""
    return f"about {text}" if summary.mean_sampled else text


_OF_EVERY_UPDATE = ("updates", "warmup", "above half the peak", "mean / peak", "decay starts")  # not known of a log
_FIGURES: dict[str, Callable[[Summary], str]] = {
    "updates": lambda summary: f"{summary.steps:,}",
    "first": lambda summary: learning_rate(summary.first),
    "peak": lambda summary: learning_rate(summary.peak),
    "peak at": lambda summary: f"{summary.peak_step:,}",
    "last": lambda summary: learning_rate(summary.last),
    "warmup": lambda summary: f"{summary.peak_step:,}",
    "above half the peak": lambda summary: _about(f"{summary.above_half:.1%}", summary),
    "mean / peak": lambda summary: _about(f"{summary.mass:.3f}", summary),
    "decay starts": lambda summary: "never" if summary.cooldown is None else f"{summary.cooldown:,}",
}


def comparison_rows(comparison: Comparison, names: Sequence[str]) -> list[list[str]]:
    """The numbers of a comparison: a row of names, then a row for each figure, with a cell for each run."""
    rows = [["", *names]]
    for label, figure in _FIGURES.items():
        known = [not (run.points and label in _OF_EVERY_UPDATE) for run in comparison.runs]
        numbers = zip(comparison.summaries, known, strict=True)
        rows.append([label, *(figure(summary) if known else "" for summary, known in numbers)])
    if any(bound is not None for bound in comparison.bounds):
        rows.append(["convex bound / linear's", *map(_bound, comparison.bounds, comparison.summaries)])
    if any(summary.abrupt for summary in comparison.summaries):
        rows.append(["largest jump", *map(_largest_jump, comparison.summaries)])
    columns = [_difference_cells(comparison, gaps[0]) for gaps in comparison.differences]
    labels = ("largest difference", "largest relative difference", "first differs at")
    return rows + [[label, "", *cells] for label, *cells in zip(labels, *columns, strict=True)]


def _bound(bound: float | None, summary: Summary) -> str:
    return "" if bound is None else _about(f"{bound:.3f}", summary)


def _largest_jump(summary: Summary) -> str:
    if not summary.abrupt:
        return "none"
    return _about(f"{learning_rate(summary.jump)} at {summary.jump_step:,}", summary)


def _difference_cells(comparison: Comparison, gap: Difference) -> tuple[str, str, str]:
    """The largest differences and the first place of one; below rounding there is none."""
    if gap.parts is None:
        size = "rounding" if gap.largest else "0"
        return size, size, "never"
    largest, relative, first = (place_of(comparison, step) for step in (gap.largest_step, gap.relative_step, gap.parts))
    return f"{learning_rate(gap.largest)} at {largest}", f"{gap.relative:.2%} at {relative}", first


def place_of(comparison: Comparison, step: int) -> str:
    """A step of the first run in the unit of the alignment."""
    first, unit = comparison.runs[0], comparison.align
    if unit == "steps":
        return f"{step:,}"
    if unit == "fraction":
        return f"{100 * step / first.steps:.4g}%"
    return f"{amount(float(step * first.per_step(unit)))} {unit}"


def format_excess(comparison: Comparison, tolerance: float) -> str:
    """Why the runs are not equal within a tolerance, a share of the first run's peak; empty if they are."""
    names = names_of(comparison)
    for name, missing, gaps in zip(names[1:], comparison.missing, comparison.differences, strict=True):
        if missing:
            return f"{name} and {names[0]} have different tracks: {', '.join(missing)}\n"
        for gap in gaps:
            if gap.share > tolerance:
                place = place_of(comparison, gap.largest_step)
                peak = f"{learning_rate(gap.share)} of the peak" if isfinite(gap.share) else "and the peak is 0"
                size = f"{learning_rate(gap.largest)} at {place}, {peak}"
                differs = f"{name} differs from {names[0]} in {gap.track} by {size}"
                return f"{differs}: more than the tolerance of {learning_rate(tolerance)}\n"
    return "" if comparison.within(tolerance) else "the runs differ in length\n"


def _tables(comparison: Comparison, names: Sequence[str], look: Look) -> list[str]:
    """A table of numbers with a column for each run; several tables if one is too wide."""
    rows = comparison_rows(comparison, [look.cut(name, LONGEST_NAME) for name in names])
    lines: list[str] = []
    for table in divided(rows, look.width - 1):
        full = [row for row in table if row is table[0] or any(row[1:])]  # the first run has no differences
        head, *body = (f" {line}" for line in fitted(full, look.width - 1))
        lines += [""] * bool(lines)
        lines += [paint(head, "dim", look.color), *body]
    return lines


def _remarks(comparison: Comparison, names: Sequence[str], look: Look) -> list[str]:
    return [
        line
        for remark in remarks(comparison, names)
        for line in wrap(look.text(remark).split(" "), look.width - 1, " ")
    ]


def remarks(comparison: Comparison, names: Sequence[str]) -> list[str]:
    """Remarks below the tables: further tracks, tracks of only one run, samples, different lengths."""
    found = []
    first, *others = comparison.runs
    compared = zip(names[1:], others, comparison.missing, comparison.differences, strict=True)
    for name, run, missing, differences in compared:
        differing = [gap for gap in differences[1:] if gap.parts is not None]
        further = [f"{gap.track} by up to {learning_rate(gap.largest)}" for gap in differing]
        if further:
            found.append(f"{name} also differs from the first in {', '.join(further)}")
        for title, lacking, other in ((name, run, "the first"), ("the first", first, name)):
            if tracks := [track for track in missing if track not in lacking.tracks]:
                found.append(f"{title} lacks {', '.join(tracks)}, which {other} has")
        if run.points or first.points:
            found.append(f"{name} was compared at {several(differences[0].compared, 'logged step')}")
        elif any(gap.sampled for gap in differences):
            found.append(f"{name} was compared at a sample of {differences[0].compared:,} updates")
    for name, summary in zip(names, comparison.summaries, strict=True):
        if summary.sampled:
            found.append(f"the peak of {name} is that of a sample of {SAMPLED:,} updates")
    if not comparison.same_length:
        found.append("the runs differ in length: they are compared up to the end of the shorter one")
    return found


def comparison_data(comparison: Comparison) -> dict[str, Any]:
    """A comparison as data for JSON."""
    others = zip(comparison.runs[1:], comparison.missing, comparison.differences, strict=True)
    return {
        "align": comparison.align,
        "runs": [
            {"name": run.name, **asdict(summary), "warmup": summary.peak_step, "bound_ratio": bound}
            for run, summary, bound in zip(comparison.runs, comparison.summaries, comparison.bounds, strict=True)
        ],
        "differences": [
            {"name": run.name, "missing": list(missing), "tracks": [asdict(gap) for gap in differences]}
            for run, missing, differences in others
        ],
    }
