"""Arithmetic given as text, evaluated on arrays by walking its syntax tree.

Only numbers, the given names, operators and the functions of `arithmetic` exist. Nothing reaches Python's
`eval`, attributes, calls or built-ins.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from functools import partial, reduce
from typing import Any

import numpy as np

from lrplot.curves.arithmetic import (
    EXCEPTIONS,
    FLOAT,
    FUNCTIONS,
    WHOLE,
    Operation,
    Value,
    both,
    combine,
    compared,
    converted,
    divide,
    either,
    inverted,
    power,
    quotient,
    same,
    selected,
)
from lrplot.curves.exceptions import FLOAT_MODULO, FLOOR_DIVISION, MODULO, WHOLE_DIVISION
from lrplot.curves.shapes import Floats
from lrplot.diagnostics import Fault
from lrplot.lazy import dataclass
from lrplot.wording import did_you_mean, nearest

LONGEST = 2_000
DEEPEST = 60

_CONSTANTS = {"pi": np.pi, "e": np.e}
_BINARY: dict[type[ast.operator], Operation] = {
    ast.Add: partial(combine, np.add),
    ast.Sub: partial(combine, np.subtract),
    ast.Mult: partial(combine, np.multiply),
    ast.Div: divide,
    ast.FloorDiv: partial(quotient, np.floor_divide, WHOLE_DIVISION, FLOOR_DIVISION),
    ast.Mod: partial(quotient, np.mod, MODULO, FLOAT_MODULO),
    ast.Pow: power,
}
_UNARY: dict[type[ast.unaryop], Operation] = {
    ast.USub: partial(same, np.negative),
    ast.UAdd: partial(same, np.positive),
    ast.Not: inverted,
}
_COMPARE: dict[type[ast.cmpop], Callable[..., Any]] = {
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
}


@dataclass(eq=False)
class Program:
    """A checked expression over the names it may use."""

    text: str
    tree: ast.expr

    def __call__(self, names: Mapping[str, Floats | float]) -> Floats:
        """float64 numbers, with each name bound to a number or an array; what Python raises for is computed on."""
        return np.asarray(self.value({name: Value(numbers) for name, numbers in names.items()}).numbers)

    def value(self, names: Mapping[str, Value]) -> Value:
        """The numbers, and where Python raises an exception."""
        with np.errstate(all="ignore"):
            return _evaluate(self.tree, names)

    @property
    def names(self) -> set[str]:
        """The names in it that are no constants."""
        functions = {node.func for node in ast.walk(self.tree) if isinstance(node, ast.Call)}
        found = {node.id for node in ast.walk(self.tree) if isinstance(node, ast.Name) and node not in functions}
        return found - {*_CONSTANTS}


def compile_expression(text: str, names: tuple[str, ...]) -> Program:
    """Check an expression over `names`; `Fault` if it contains anything that is not allowed."""
    if len(text) > LONGEST:
        raise _fault(f"is longer than {LONGEST:,} characters")
    try:
        tree = _Qualified().visit(ast.parse(_spaced(text.strip()), mode="eval")).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        help = "write what it returns, as one expression: such as `0.95 ** epoch`, or `a if c else b`"
        is_statement = re.match(r"\s*(def|return|import|from|for|if|lambda)\b", text)
        raise _fault("is not an arithmetic expression", help if is_statement else None) from None
    _check(tree, names, 0)
    return Program(text, tree)


# A number that a word follows directly: Python warns about such valid text as `1if t else 0`.
_RUN_ON = (
    r"((?<!\w)(?:0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|\d[\d_]*\.?[\d_]*(?:[eE][+-]?[\d_]+)?[jJ]?)"
    r"|(?<!\d)\.\d[\d_]*(?:[eE][+-]?[\d_]+)?[jJ]?)(?=and|else|for|if|in|is|not|or)"
)


def _spaced(text: str) -> str:
    """The text, written so that Python reads it without a warning; the filters of `warnings` are not for one thread."""
    if "\\" in text:
        raise _fault("may not contain a backslash")
    return re.sub(_RUN_ON, r"\1 ", text)


# Names that a framework's function may use for its argument; all mean the same.
ARGUMENT = ("epoch", "step", "x", "t", "count", "iteration")
_LAMBDA = r"(?s)\s*lambda\s+([A-Za-z_]\w*)\s*:(.*)"


@dataclass(eq=False)
class OneArgument:
    """A function of one argument, such as torch's `lr_lambda`, as Python computes it; `whole` if that is an integer."""

    program: Program
    names: tuple[str, ...]
    whole: bool = True

    def __call__(self, x: Floats) -> Floats:
        """float64 values at `x`, of the same shape; NaN where Python raises an exception."""
        value = self._value(x)
        values = np.broadcast_to(np.asarray(value.numbers, dtype=np.float64), x.shape).copy()
        values[np.broadcast_to(value.error, x.shape) != 0] = np.nan
        return values

    def failure(self, x: float) -> str | None:
        """The exception that Python raises at `x`; None if there is none."""
        return EXCEPTIONS[int(self._value(np.float64(x)).error)] or None

    def _value(self, x: Any) -> Value:
        argument = Value(x, WHOLE if self.whole else FLOAT)
        return converted(self.program.value(dict.fromkeys(self.names, argument)))


def compile_function(text: str, *, whole: bool = True) -> OneArgument:
    """Check a function of one argument: an expression, with or without `lambda epoch:` before it."""
    found = re.fullmatch(_LAMBDA, text)
    names = (found[1],) if found else ARGUMENT
    return OneArgument(compile_expression(found[2] if found else text, names), names, whole)


class _Qualified(ast.NodeTransformer):
    """`math.cos` reads as `cos`, and `np.cos` and `numpy.cos` as numpy's own function."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:  # the name is ast's
        match node.value:
            case ast.Name(id="math"):
                name = node.attr
            case ast.Name(id="np" | "numpy"):
                name = node.attr if node.attr in _CONSTANTS else f"np.{node.attr}"
            case _:
                return node
        return ast.copy_location(ast.Name(name, ast.Load()), node)


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
        f"numbers, {', '.join(names)}, + - * / // % **, comparisons, `a if c else b` and " + ", ".join(FUNCTIONS),
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
    if name not in FUNCTIONS:
        raise _fault(f"calls an unknown function `{name}`", _functions(name))
    _, least, most = FUNCTIONS[name]
    if not least <= count <= most:
        raise _fault(f"calls `{name}` with {count} arguments: it takes {least if least == most else 'at least one'}")


def _functions(name: str) -> str:
    """The functions that there are, as the cure for one that there is not."""
    if near := nearest(name, FUNCTIONS, 1, 0.8):
        return f"did you mean `{near[0]}`?"
    points = "; `{kind: points}` interpolates" if "interp" in name else ""
    return f"the functions are {', '.join(FUNCTIONS)}{points}"


def _evaluate(node: ast.expr, names: Mapping[str, Value]) -> Value:
    match node:
        case ast.Constant(value=value):
            return Value(np.float64(value), WHOLE if isinstance(value, int) else FLOAT)  # type: ignore[arg-type]
        case ast.Name(id=name):
            return names[name] if name in names else Value(np.float64(_CONSTANTS[name]))
        case ast.BinOp(left=left, op=op, right=right):
            return _BINARY[type(op)](_evaluate(left, names), _evaluate(right, names))
        case ast.UnaryOp(op=unary, operand=operand):
            return _UNARY[type(unary)](_evaluate(operand, names))
        case ast.BoolOp(op=logical, values=values):
            return reduce(both if isinstance(logical, ast.And) else either, [_evaluate(each, names) for each in values])
        case ast.Compare(left=left, ops=ops, comparators=others):
            sides = [_evaluate(side, names) for side in others]
            return compared(_evaluate(left, names), zip((_COMPARE[type(op)] for op in ops), sides, strict=True))
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return selected(*(_evaluate(part, names) for part in (test, body, orelse)))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return FUNCTIONS[name][0](*(_evaluate(argument, names) for argument in arguments))
    raise AssertionError(f"unchecked node {node!r}")
