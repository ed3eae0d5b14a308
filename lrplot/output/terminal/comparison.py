"""Runs side by side in the terminal: panels on one scale, and a table of numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from lrplot.analysis.comparison import Comparison, Difference
from lrplot.analysis.resume import Resumption
from lrplot.analysis.summary import Summary
from lrplot.chart.axis import Axis, named_axis, value_axis
from lrplot.chart.names import distinct
from lrplot.chart.numbers import rate
from lrplot.chart.picture import scale_of
from lrplot.engine.extremes import Columns, columns
from lrplot.output.terminal.canvas import Canvas, draw
from lrplot.output.terminal.columns import align
from lrplot.output.terminal.look import Look, wrap
from lrplot.output.terminal.style import paint, unpainted
from lrplot.output.text import cells, cut, printable
from lrplot.runs.run import Run

PANEL = 36  # columns a panel takes at least where it stands beside another
GAP = 2
LONGEST_NAME = 24


def format_comparison(found: Comparison, look: Look) -> str:
    """The whole page: panels, numbers, and how the others differ from the first."""
    names = distinct([printable(run.name) for run in found.runs])
    sections = [_panels(found, names, look), _tables(found, names, look), _remarks(found, names, look)]
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def _panels(found: Comparison, names: Sequence[str], look: Look) -> list[str]:
    """Panels side by side, all to one scale; under each other where there is no room."""
    beside = max(1, min(len(names), (look.width + GAP) // (PANEL + GAP)))
    beside = -(-len(names) // -(-len(names) // beside))  # rows of equal length
    width = (look.width + GAP) // beside - GAP
    painter = _Painter.of(found, width, look)
    panels = [painter.panel(run, name) for run, name in zip(found.runs, names, strict=True)]
    lines: list[str] = []
    for start in range(0, len(panels), beside):
        row = panels[start : start + beside]
        lines += [""] * bool(lines)
        lines += [(" " * GAP).join(_filled(part, width) for part in parts).rstrip() for parts in zip(*row, strict=True)]
    return lines


def _filled(text: str, width: int) -> str:
    """The text with blanks up to `width` columns, not counting its colours."""
    return text + " " * max(width - cells(unpainted(text)), 0)


@dataclass(frozen=True)
class _Painter:
    """Draws panels of one size on common axes."""

    y: Axis
    total: float
    unit: str
    canvas: Canvas
    margin: int

    @classmethod
    def of(cls, found: Comparison, width: int, look: Look) -> _Painter:
        unit = found.align
        total = max(run.steps * scale_of(run, unit) for run in found.runs)
        height = max(8, min(width // 6, 12))
        y = value_axis([columns(run.tracks["lr"].curve, 0, run.steps, 64) for run in found.runs], look.log, height // 2)
        margin = max(map(len, y.labels)) + 1
        return cls(y, total, unit, Canvas(max(width - margin - 2, 10), height, look.glyphs, look.colour), margin)

    def panel(self, run: Run, name: str) -> list[str]:
        """A run's name over its chart."""
        share = run.steps * scale_of(run, self.unit) / self.total
        pixels = max(round(self.canvas.pixels * share), 1)
        series = _padded(columns(run.tracks["lr"].curve, 0, run.steps, pixels), pixels, self.canvas.pixels)
        x = named_axis(self.total, self.unit, self.canvas.width // 12)
        title = cut(name, self.margin + 2 + self.canvas.width)
        return [paint(title, "bold", self.canvas.colour), *draw([series], self.y, x, [], self.canvas, self.margin)]


def _padded(found: Columns, pixels: int, whole: int) -> Columns:
    """Columns stretched over `pixels`, and nothing over the rest of `whole`."""
    index = np.arange(pixels) * len(found.lows) // pixels

    def filled(values: Any) -> Any:
        return np.concatenate([values[index], np.full(whole - pixels, np.nan)])

    return Columns(found.edges, *(filled(each) for each in (found.lows, found.highs, found.firsts, found.lasts)))


_FIGURES: dict[str, Callable[[Summary], str]] = {
    "updates": lambda summary: f"{summary.steps:,}",
    "first": lambda summary: rate(summary.first),
    "peak": lambda summary: rate(summary.peak),
    "peak at": lambda summary: f"{summary.peak_step:,}",
    "last": lambda summary: rate(summary.last),
    "warmup": lambda summary: f"{summary.peak_step:,}",
    "above half the peak": lambda summary: f"{summary.above_half:.1%}",
    "mass (mean / peak)": lambda summary: f"{summary.mass:.3f}",
    "falls from": lambda summary: "never" if summary.cooldown is None else f"{summary.cooldown:,}",
    "largest jump": lambda summary: _at(rate(summary.jump), summary.jump_step) if summary.jump else "0",
}
_DIFFERENCES: dict[str, Callable[[Difference], str]] = {
    "off the first by": lambda each: _at(rate(each.largest), each.largest_step) if each.largest else "0",
    "of the value": lambda each: _at(f"{each.relative:.2%}", each.relative_step) if each.relative else "0",
    "parts from it at": lambda each: "never" if each.parts is None else f"{each.parts:,}",
}


def _at(text: str, step: int) -> str:
    return f"{text} at {step:,}"


def _tables(found: Comparison, names: Sequence[str], look: Look) -> list[str]:
    """The numbers, a column a run; in several tables where one is too wide."""
    rows = [["", *(cut(name, LONGEST_NAME) for name in names)]]
    rows += [[label, *map(tell, found.summaries)] for label, tell in _FIGURES.items()]
    for label, tell in _DIFFERENCES.items():
        rows.append([label, "", *(tell(each[0]) for each in found.differences)])
    lines: list[str] = []
    for table in _fitting(rows, look.width - 1):
        told = [row for row in table if row is table[0] or any(row[1:])]  # the first differs from nothing
        head, *body = (f" {line}" for line in align(told, right=range(1, len(table[0]))))
        lines += [""] * bool(lines)
        lines += [paint(head, "dim", look.colour), *body]
    return lines


def _fitting(rows: Sequence[Sequence[str]], width: int) -> Iterator[list[list[str]]]:
    """The rows cut into tables of as many columns as fit, each with the labels."""
    widths = [max(cells(row[i]) for row in rows) for i in range(len(rows[0]))]
    chosen: list[int] = []
    for column in range(1, len(widths)):
        if chosen and widths[0] + sum(widths[i] + GAP for i in [*chosen, column]) > width:
            yield [[row[0], *(row[i] for i in chosen)] for row in rows]
            chosen = []
        chosen.append(column)
    yield [[row[0], *(row[i] for i in chosen)] for row in rows]


def _remarks(found: Comparison, names: Sequence[str], look: Look) -> list[str]:
    """What the table cannot say: further tracks, tracks of one run only, lengths."""
    remarks = []
    for name, missing, differences in zip(names[1:], found.missing, found.differences, strict=True):
        others = [f"{each.track} by up to {rate(each.largest)}" for each in differences[1:] if each.parts is not None]
        if others:
            remarks.append(f"{name} differs from the first in {', '.join(others)} too")
        if missing:
            remarks.append(f"{name} and the first do not both have {', '.join(missing)}")
        if any(each.sampled for each in differences):
            remarks.append(f"{name} was compared at {differences[0].compared:,} places")
    if found.align == "steps" and len({run.steps for run in found.runs}) > 1:
        remarks.append("runs of different length: compared as far as both go")
    return [line for each in remarks for line in wrap(each.split(" "), look.width - 1, " ")]


def format_resumption(found: Resumption, look: Look) -> str:
    """What happens to the learning rate where the run is resumed."""
    change = f", {found.resumed / found.planned:.4g} times as high" if found.planned else ""
    parts = [f"at {found.at:,} the plan has {rate(found.planned)}", f"the resumed run {rate(found.resumed)}{change}"]
    parts.append("and it rises again" if found.rises else "and it does not rise again")
    return "\n".join(wrap(", ".join(parts).split(" "), look.width - 1, " ")) + "\n"


def comparison_data(found: Comparison) -> dict[str, Any]:
    """A comparison, for JSON."""
    return {
        "align": found.align,
        "runs": [
            {"name": run.name, **asdict(summary), "warmup": summary.peak_step}
            for run, summary in zip(found.runs, found.summaries, strict=True)
        ],
        "differences": [
            {"name": run.name, "missing": list(missing), "tracks": [asdict(each) for each in differences]}
            for run, missing, differences in zip(found.runs[1:], found.missing, found.differences, strict=True)
        ],
    }
