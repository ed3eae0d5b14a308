"""The work that it takes to evaluate a curve: limits in steps count for less where a curve is made of many."""

from __future__ import annotations

import ast
from dataclasses import fields, is_dataclass
from typing import Any

from lrplot.curves.curve import Curve
from lrplot.curves.sequence import Sequence


def work_of(part: Any) -> int:
    """The number of curves and operations of expressions in a curve that are evaluated for each step.

    Of the phases of a sequence, the one with the largest number counts.
    """
    match part:
        case Sequence(phases=phases):
            return 1 + max(work_of(phase.curve) for phase in phases)
        case ast.AST():
            return sum(isinstance(node, ast.expr) for node in ast.walk(part))
        case tuple():
            return sum(map(work_of, part))
    if not is_dataclass(part):
        return 0
    inner = [getattr(part, field.name) for field in fields(part) if field.compare]  # without the origin
    return isinstance(part, Curve) + sum(map(work_of, inner))
