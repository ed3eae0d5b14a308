"""The work that it takes to evaluate a curve: limits in steps count for less where a curve is made of many."""

from __future__ import annotations

import ast
from dataclasses import fields, is_dataclass
from typing import Any

from lrplot.curves.curve import Curve
from lrplot.curves.recurrence import Recurrence
from lrplot.curves.sequence import Sequence


def work_of(part: Any) -> int:
    """The number of curves and operations of expressions in a curve that are evaluated for each step.

    Of the phases of a sequence, the one with the largest number counts.
    """
    if isinstance(part, Sequence):
        return 1 + max(work_of(phase.curve) for phase in part.phases)
    if isinstance(part, ast.AST):
        return sum(isinstance(node, ast.expr) for node in ast.walk(part))
    return isinstance(part, Curve) + sum(map(work_of, _inside(part)))


def is_sequential(part: Any) -> bool:
    """Whether a value of a curve takes all values before it, so that no step far into a run is cheap."""
    return isinstance(part, Recurrence) or any(map(is_sequential, _inside(part)))


def _inside(part: Any) -> tuple[Any, ...]:
    """The parts of a curve, or of something in it, without the origin."""
    if isinstance(part, tuple):
        return part
    return tuple(getattr(part, field.name) for field in fields(part) if field.compare) if is_dataclass(part) else ()
