"""Logs in the terminal."""

import numpy as np
from support import log_of, points

import lrplot
from lrplot.analysis.comparison import compare
from lrplot.output.terminal.charts import Line
from lrplot.output.terminal.comparison import comparison_rows, remarks
from lrplot.output.terminal.glyphs import ASCII
from lrplot.output.terminal.look import Look
from lrplot.output.terminal.page import format_page
from lrplot.output.terminal.time_axis import TimeAxis
from lrplot.runs.logged import runs_of

LOOK = Look(60, ASCII, False, False)


def test_pixels_without_a_logged_value_are_empty():
    (run,) = runs_of(log_of(points([0, 1, 50, 99], [1.0, 3.0, 2.0, 1.0])))
    line = Line.of("run", run.lr.curve, 0, 100)
    pixels = line.pixels(TimeAxis(0, 100, "steps"), 10)
    assert np.flatnonzero(~np.isnan(pixels.highs)).tolist() == [0, 5, 9]
    assert (pixels.lows[0], pixels.highs[0], pixels.firsts[0], pixels.lasts[0]) == (1, 3, 1, 3)


def test_the_page_of_a_log_has_no_phases():
    (run,) = runs_of(log_of(points([10, 20, 40], [0.5, 1.0, 0.125])))
    page = format_page(run, LOOK)
    assert page.startswith("run" + " " * 51 + "3 rows\n read as a table\n")
    assert page.endswith(" 3 rows from update 10 to 40\n\n first 0.5 - peak 1 at 20 - last 0.125\n")
    assert "phase" not in page


def test_a_comparison_leaves_out_what_a_log_does_not_know():
    plan = lrplot.load({"name": "plan", "steps": 100, "lr": 1, "schedule": "linear"}).run
    (run,) = runs_of(log_of(points([0, 50], [1.0, 0.5])))
    found = compare([plan, run])
    rows = {label: cells for label, *cells in comparison_rows(found, ["plan", "run"])}
    assert rows["mean / peak"] == ["0.505", ""]
    assert rows["last"] == ["0.01", "0.5"]
    assert remarks(found, ["plan", "run"]) == ["run was compared at 2 logged steps"]
