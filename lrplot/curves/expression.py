"""Arithmetic given as text, evaluated on arrays by walking its syntax tree.

Only numbers, the given names, operators and the functions below exist. Nothing reaches Python's
`eval`, attributes, calls or built-ins.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np

from lrplot.curves.shapes import Floats
from lrplot.diagnostics import Fault
from lrplot.wording import did_you_mean

LONGEST = 2_000
DEEPEST = 60

_CONSTANTS = {"pi": np.pi, "e": np.e}
_BINARY: dict[type[ast.operator], Callable[..., Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.FloorDiv: np.floor_divide,
    ast.Mod: np.mod,
    ast.Pow: np.power,
}
_UNARY: dict[type[ast.unaryop], Callable[..., Any]] = {
    ast.USub: np.negative,
    ast.UAdd: np.positive,
    ast.Not: np.logical_not,
}
_COMPARE: dict[type[ast.cmpop], Callable[..., Any]] = {
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
}


def _least(*values: Any) -> Any:
    return reduce(np.minimum, values)


def _greatest(*values: Any) -> Any:
    return reduce(np.maximum, values)


_FUNCTIONS: dict[str, tuple[Callable[..., Any], int, int]] = {
    **{
        name: (getattr(np, name), 1, 1)
        for name in ("sin", "cos", "tan", "tanh", "exp", "log", "log2", "log10", "sqrt", "floor", "ceil")
    },
    "abs": (np.abs, 1, 1),
    "int": (np.trunc, 1, 1),
    "round": (np.rint, 1, 1),
    "pow": (np.power, 2, 2),
    "min": (_least, 1, 20),
    "max": (_greatest, 1, 20),
    "where": (np.where, 3, 3),
}


@dataclass(eq=False)
class Program:
    """A checked expression over the names it may use."""

    text: str
    tree: ast.expr

    def __call__(self, names: Mapping[str, Floats | float]) -> Floats:
        """Evaluate with each name bound to a number or an array; the result is float64."""
        with np.errstate(all="ignore"):
            return np.asarray(_evaluate(self.tree, names), dtype=np.float64)


def compile_expression(text: str, names: tuple[str, ...]) -> Program:
    """Check an expression over `names`; `Fault` if it contains anything that is not allowed."""
    if len(text) > LONGEST:
        raise _fault(f"is longer than {LONGEST:,} characters")
    try:
        with catch_warnings():
            simplefilter("ignore")  # Python warns about some valid syntax, such as `1if t else 0`
            tree = _Unqualified().visit(ast.parse(text.strip(), mode="eval")).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise _fault("is not an arithmetic expression") from None
    _check(tree, names, 0)
    return Program(text, tree)


# Names that a framework's function may use for its argument; all mean the same.
ARGUMENT = ("epoch", "step", "x", "t", "count", "iteration")
_LAMBDA = re.compile(r"\s*lambda\s+([A-Za-z_]\w*)\s*:(.*)", re.DOTALL)


@dataclass(eq=False)
class OneArgument:
    """A function of one argument, such as torch's `lr_lambda`."""

    program: Program
    names: tuple[str, ...]

    def __call__(self, x: Floats) -> Floats:
        """float64 values at `x`, of the same shape."""
        return np.broadcast_to(self.program(dict.fromkeys(self.names, x)), x.shape).copy()


def compile_function(text: str) -> OneArgument:
    """Check a function of one argument: an expression, with or without `lambda epoch:` before it."""
    found = _LAMBDA.fullmatch(text)
    names = (found[1],) if found else ARGUMENT
    return OneArgument(compile_expression(found[2] if found else text, names), names)


class _Unqualified(ast.NodeTransformer):
    """`math.cos` and `np.cos` read as `cos`."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:  # the name is ast's
        if isinstance(node.value, ast.Name) and node.value.id in ("math", "np", "numpy"):
            return ast.copy_location(ast.Name(node.attr, ast.Load()), node)
        return node


def _fault(message: str, help: str | None = None) -> Fault:
    return Fault(f"the expression {message}", field="value", help=help, code="bad-expression")


def _check(node: ast.AST, names: tuple[str, ...], depth: int) -> None:
    if depth > DEEPEST:
        raise _fault("is nested too deeply")
    for child in _parts(node, names):
        _check(child, names, depth + 1)


def _parts(node: ast.AST, names: tuple[str, ...]) -> list[ast.expr]:
    """The operands of a node; `Fault` if the node is not allowed."""
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            _finite(value)
            return []
        case ast.Name(id=name):
            if name in names or name in _CONSTANTS:
                return []
            raise _fault(f"has an unknown name `{name}`", did_you_mean(name, (*names, *_CONSTANTS)))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return [left, right]
        case ast.UnaryOp(op=unary, operand=operand) if type(unary) in _UNARY:
            return [operand]
        case ast.BoolOp(values=values):
            return values
        case ast.Compare(left=left, ops=ops, comparators=others) if all(type(op) in _COMPARE for op in ops):
            return [left, *others]
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return [test, body, orelse]
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            _check_call(name, len(arguments))
            return arguments
    raise _fault(
        f"may not contain {_shown(node)}",
        f"numbers, {', '.join(names)}, + - * / // % **, comparisons, `a if c else b` and " + ", ".join(_FUNCTIONS),
    )


def _shown(node: ast.AST) -> str:
    try:
        return f"`{ast.unparse(node)[:60]}`"
    except RecursionError:
        raise _fault("is nested too deeply") from None


def _finite(value: float) -> None:
    try:
        if np.isfinite(float(value)):
            return
    except OverflowError:
        pass
    raise _fault("has a number too large for float64")


def _check_call(name: str, count: int) -> None:
    if name not in _FUNCTIONS:
        raise _fault(f"calls an unknown function `{name}`", did_you_mean(name, _FUNCTIONS))
    _, least, most = _FUNCTIONS[name]
    if not least <= count <= most:
        raise _fault(f"calls `{name}` with {count} arguments: it takes {least if least == most else 'at least one'}")


def _evaluate(node: ast.expr, names: Mapping[str, Floats | float]) -> Any:
    match node:
        case ast.Constant(value=value):
            return np.float64(value)  # type: ignore[arg-type]  # `_parts` lets only int and float through
        case ast.Name(id=name):
            return np.asarray(names.get(name, _CONSTANTS.get(name)), dtype=np.float64)
        case ast.BinOp(left=left, op=op, right=right):
            return _BINARY[type(op)](_evaluate(left, names), _evaluate(right, names))
        case ast.UnaryOp(op=unary, operand=operand):
            return _numbers(_UNARY[type(unary)](_evaluate(operand, names)))
        case ast.BoolOp(op=logical, values=values):
            combine = np.logical_and if isinstance(logical, ast.And) else np.logical_or
            return _numbers(reduce(combine, [_evaluate(value, names) for value in values]))
        case ast.Compare(left=left, ops=ops, comparators=others):
            sides = [_evaluate(side, names) for side in (left, *others)]
            pairs = zip(ops, sides, sides[1:], strict=False)
            return _numbers(reduce(np.logical_and, [_COMPARE[type(op)](a, b) for op, a, b in pairs]))
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return np.where(*(_evaluate(part, names) for part in (test, body, orelse)))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _FUNCTIONS[name][0](*(_evaluate(argument, names) for argument in arguments))
    raise AssertionError(f"unchecked node {node!r}")


def _numbers(value: Any) -> Any:
    """Truth values as 1 and 0, for arithmetic."""
    return np.asarray(value, dtype=np.float64)
