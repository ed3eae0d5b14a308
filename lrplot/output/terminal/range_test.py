"""The page of an LR range test: the curve, the marks of the rules, the interval that they span."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Any

import numpy as np

from lrplot.analysis.range_test import RangeTest
from lrplot.chart.sweep import diverges, shown_of
from lrplot.curves.logged import Logged
from lrplot.curves.points import Interpolation
from lrplot.curves.shapes import LINEAR, Floats
from lrplot.curves.steps import Steps
from lrplot.output.terminal.charts import WIDEST, Chart, Line, arrange, paint_together
from lrplot.output.terminal.columns import align
from lrplot.output.terminal.look import Look, wrap
from lrplot.output.terminal.style import paint
from lrplot.output.terminal.time_axis import TimeAxis
from lrplot.wording import cells, learning_rate, several

PLACES = 1 << 20  # on the axis: learning rates that are nearer to each other are drawn as one

MEANINGS = {
    "valley": ("fastai", "about halfway down the longest descent"),
    "slide": ("fastai", "where the slope, seen from the end, settles"),
    "steepest": ("pytorch-lr-finder", "where the loss falls fastest"),
    "minimum / 10": ("fastai", "a tenth of where the loss is lowest"),
}


@dataclass(eq=False)
class RateAxis(TimeAxis):
    """A logarithmic axis of learning rates from `least` on, `decades` long; its places are whole numbers."""

    least: float = 1.0
    decades: float = 1.0

    @classmethod
    def between(cls, low: float, high: float) -> RateAxis:
        """The axis of some learning rates."""
        return cls(0.0, float(PLACES), "lr", low, log10(high / low))

    def at(self, rates: Floats) -> Steps:
        """The places of learning rates."""
        return np.rint(np.log10(rates / self.least) / self.decades * (PLACES - 1)).astype(np.int64)

    def label(self, value: float) -> str:
        """The learning rate at a place as text."""
        return learning_rate(self.least * 10 ** (value / PLACES * self.decades), 2)

    def _ticks(self, most: int) -> list[float]:
        first, last = log10(self.least), log10(self.least) + self.decades
        powers = range(ceil(first - 1e-9), floor(last + 1e-9) + 1)
        stride = -(-len(powers) // most)
        ticks = [(power - first) / self.decades * PLACES for power in powers[::stride]]
        return ticks if len(ticks) > 1 else [self.low, self.high]


def format_range_test(test: RangeTest, look: Look) -> str:
    """The page of a range test."""
    sections = [_heading(test, look), _chart(test, look), _table(test, look), _remarks(test, look)]
    return "\n\n".join("\n".join(lines) for lines in sections) + "\n"


def _heading(test: RangeTest, look: Look) -> list[str]:
    width = min(look.width, WIDEST)
    rows = several(len(test.rates), "row")
    name = look.cut(test.name, width - len(rows) - 2)
    title = paint(name, "bold", look.color) + " " * (width - cells(name) - len(rows)) + rows
    judged = "the losses as logged" if test.smoothing == "none" else f"the losses smoothed as {test.smoothing} does"
    text = f"LR range test; the rules judge {judged}"
    return [title, *(paint(line, "dim", look.color) for line in wrap(text.split(" "), look.width, " "))]


def _chart(test: RangeTest, look: Look) -> list[str]:
    shown = shown_of(test)
    axis = RateAxis.between(*shown.ends)
    curve, places = axis.at(shown.smooth_rates), axis.at(shown.rates)
    kept = np.append(True, np.diff(curve) > 0)
    lines = [
        Line.of(shown.smooth, Interpolation(PLACES, curve[kept], shown.smooth_losses[kept], LINEAR), 0, int(curve[-1])),
        Line.of("as logged", Logged(PLACES, places, shown.losses), 0, PLACES),
    ]
    drawn, legend = arrange(lines, len(lines))
    edges = [float(axis.at(np.array([rate]))[0]) / PLACES for rate in test.marks.values() if rate is not None]
    chart = Chart("loss", drawn, axis, edges, legend)
    return paint_together([(chart, max(8, min(look.width // 6, 16)))], look)[0]


def _table(test: RangeTest, look: Look) -> list[str]:
    rows = rule_rows(test)
    for kept in (5, 4, 3):  # in a narrow terminal the last columns are left out
        lines = align([row[:kept] for row in rows], right=(1, 2))
        if max(map(cells, lines)) < look.width:
            break
    head, *body = (f" {line}" for line in lines)
    return [paint(head, "dim", look.color), *body]


def rule_rows(test: RangeTest) -> list[list[str]]:
    """A head, and a row for each rule: its learning rate, the loss there, its program and its meaning."""
    rows = [["rule", "learning rate", "loss", "of", ""]]
    for name, rate in test.marks.items():
        program, meaning = MEANINGS[name]
        numbers = ["none", ""] if rate is None else [learning_rate(rate), learning_rate(test.loss_at(rate))]
        rows.append([name, *numbers, program, meaning])
    return rows


def _remarks(test: RangeTest, look: Look) -> list[str]:
    return [line for text in remarks(test) for line in wrap(look.text(text).split(" "), look.width - 1, " ")]


def remarks(test: RangeTest) -> list[str]:
    """Where the loss diverges, the interval that the rules span, and what they are worth."""
    low, high = test.interval
    span = f"the rules span {learning_rate(low)} to {learning_rate(high)}"
    return [
        diverges(test),
        f"{span}, a factor of {learning_rate(high / low, 2)}",
        "no one of them is the answer: each marks another feature of one short run, noise moves each by a factor of 2 "
        "or 3, and the run itself has a warmup and a decay that the sweep lacks. Try several rates in the interval, "
        "none near where the loss diverges",
        *test.remarks,
    ]


def range_test_data(test: RangeTest) -> dict[str, Any]:
    """A range test as data for JSON."""
    return {
        "name": test.name,
        "rows": len(test.rates),
        "smoothing": test.smoothing,
        "window": [float(test.rates[test.start]), float(test.rates[test.stop - 1])],
        "valley": test.valley,
        "slide": test.slide,
        "steepest": test.steepest,
        "minimum_10": test.minimum_10,
        "diverges_at": test.diverges_at,
        "interval": list(test.interval),
        "remarks": list(test.remarks),
    }
