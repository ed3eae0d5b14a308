"""Schedules whose values the user gives: points, a table, a formula."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np

from lrplot.curves.computed import Computed
from lrplot.curves.curve import Curve
from lrplot.curves.expression import compile_expression
from lrplot.curves.points import Interpolation, Listed
from lrplot.curves.roles import Role
from lrplot.curves.shapes import COSINE, LINEAR
from lrplot.curves.staircase import Plateaus
from lrplot.diagnostics import Fault
from lrplot.kinds import kind
from lrplot.schema.annotations import FileField, TableField, TextField
from lrplot.schema.fields import Example
from lrplot.schema.frame import Frame
from lrplot.schema.modifiers import since_start
from lrplot.schema.types import Text

NAMES = ("t", "n", "u", "base", "epoch")  # of an expression


@kind(decaying=True)
def points(frame: Frame, at: TableField, interpolation: Literal["linear", "step", "cosine", "log"] = "linear") -> Curve:
    """A curve through given points, constant before the first and after the last.

    Good for: shapes that no kind has, or that a paper only draws
    Cost: every point is a hyperparameter; points in updates do not follow a change of the length
    Recipe: points
    Formula: between two points a straight line, a step at the later one, half a cosine, or a straight line in
        log(value)
    Source: numpy.interp; ignite PiecewiseLinear
    Also: piecewise_linear, interpolation

    Args:
        at: the points, as time since the phase's start, a `warmup` of its own included: value
        interpolation: shape between two points
    """
    if not at:
        raise Fault("`points` needs at least one point", field="at", help="write `at: {0: 1e-3, 100%: 0}`")
    steps = np.array(sorted(at), dtype=np.int64)
    knots = np.array([at[step] for step in steps.tolist()])
    if interpolation == "step":
        return since_start(frame, Plateaus(frame.length, steps[1:], knots))
    if interpolation == "log" and np.any(knots <= 0):
        raise Fault("`interpolation: log` needs values above 0", field="at")
    shape = {"linear": LINEAR, "cosine": COSINE}.get(interpolation)
    return since_start(frame, Interpolation(frame.length, steps, knots, shape))


@kind()
def table(
    frame: Frame, file: Annotated[FileField, Role.HORIZON], column: Annotated[str | None, Text()] = None
) -> Curve:
    """A column of a CSV file, one row per step; the last row holds.

    Good for: exactly the values of another program
    Cost: one row per update: a change of the length needs a new file
    Recipe: table
    Formula: row t
    Source: the user's own file
    Also: csv, logged

    Args:
        file: a CSV or TSV file with a header, relative to the spec's folder
        column: its column; `lr`, or the only one besides `step`, if absent
    """
    from lrplot.text.columns import read_column  # with the csv module, only where a table is read

    return Listed(frame.length, read_column(file, column))


@kind()
def expression(frame: Frame, value: Annotated[TextField, Example("base * (1 - u)")]) -> Curve:
    """Arithmetic over the update count.

    Good for: formulas that no kind has, such as those of another code base
    Cost: `check` and `convert` know its values but not its phases
    Recipe: efficientnet_b0
    Formula: value, over t (updates so far), n (updates in all), u = t/n, epoch (whole epochs passed) and base (`lr`)
    Source: the user's own formula
    Also: lambda, formula, custom

    Args:
        value: numbers, t, n, u, epoch, base, pi, e; + - * / // % **; comparisons, `a if c else b`; sin cos tan tanh exp
            log log2 log10 sqrt floor ceil abs min max where
    """
    program = compile_expression(value, NAMES)
    names = program.names
    if not names and float(program({})) < 0:
        raise Fault(f"`value` must not be negative, it is `{value}`", field="value")
    try:
        base = frame.base_value() if "base" in names else None
        epoch = frame.epoch() if "epoch" in names else None
    except Fault as fault:
        fault.field = "value"
        raise
    return Computed(frame.length, program, base, epoch)
