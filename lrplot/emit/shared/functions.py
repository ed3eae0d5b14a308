"""A run as plain functions of the update, one for each track: their text, and the values of that text."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from math import log
from textwrap import fill

import numpy as np

from lrplot.curves.shapes import Floats
from lrplot.curves.steps import Steps
from lrplot.diagnostics import Fault
from lrplot.emit.shared.equality import Comparison, Equality
from lrplot.emit.shared.forms import Form, Level, Stairs, Text, over, parsed
from lrplot.emit.shared.pieces import Piece, pieces_of
from lrplot.engine.evaluate import raw_values
from lrplot.lazy import dataclass
from lrplot.runs.run import Run, Track, group_of, parameter_of

NAMES = {"lr": "learning_rate"}  # of parameters, in functions
EXPORT = "export its values: `lrplot export`"
SAME = 4e-16  # relative difference of a track that is another one times a constant
WIDTH = 100


@dataclass(frozen=True)
class Function:
    """A track as a function: its pieces and the value past the run, or `factor` times another function."""

    name: str
    track: str
    pieces: Sequence[Piece]
    end: float
    of: str = ""
    factor: float = 1.0

    def values(self, t: Steps) -> Floats:
        """float64 values of the printed expressions, as Python computes them."""
        values = np.full(t.shape, self.end)
        for piece in self.pieces:
            here = (t >= piece.start) & (t < piece.stop)
            if here.any():
                values[here] = piece.form.values(t[here] - piece.start)
        return values * self.factor


def functions_of(
    run: Run, comparison: Comparison, *, single: bool = False, names: Mapping[str, str] | None = None
) -> list[Function]:
    """A function for each track of a run, in its order; a `Fault` at the place of one that has no formula.

    If `single`, the expressions are those that keep their digits in float32. `names` are the functions' by track.
    """
    found: list[Function] = []
    names = names or function_names(run.tracks)
    for track_name, track in run.tracks.items():
        scaled = next((each for each in (_times(run, comparison, track, other) for other in found) if each), None)
        if scaled:
            other, factor = scaled
            found.append(Function(names[track_name], track_name, other.pieces, other.end, other.name, factor))
            continue
        pieces = pieces_of(track.curve, run.steps, listing=True)
        if pieces is None:
            message = f"`{track_name}` has no formula in closed form, and too many values to list them"
            raise Fault(message, code="no-equivalent", help=EXPORT).at(track.span)
        if single:
            pieces = [Piece(p.start, p.stop, _in_single(p.form), p.name, p.origin) for p in pieces]
        end = float(track.curve.limit(run.steps))
        found.append(Function(names[track_name], track_name, pieces, end if np.isfinite(end) else _last(track, run)))
    return found


def compared(run: Run, comparison: Comparison, functions: Sequence[Function]) -> Equality:
    """The difference of functions from a run; a `Fault` if one is not the same schedule."""
    equality = comparison.whole({each.track: each.values for each in functions})
    if not equality.holds:
        message = f"the formula of `{equality.track}` {equality.difference}"
        raise Fault(message, code="no-equivalent", help=EXPORT).at(run.tracks[equality.track].span)
    return equality


def _last(track: Track, run: Run) -> float:
    return float(raw_values(track.curve, np.array([run.steps - 1], dtype=np.int64))[0])


def _times(run: Run, comparison: Comparison, track: Track, other: Function) -> tuple[Function, float] | None:
    """Another function and the constant that makes it a track; None if there is none."""
    if other.of:
        return None
    ours = raw_values(track.curve, comparison.sample)
    theirs = raw_values(run.tracks[other.track].curve, comparison.sample)
    top = int(np.argmax(np.abs(theirs)))
    if not theirs[top] or not ours[top]:
        return None
    factor = float(ours[top] / theirs[top])
    if float(np.ptp(theirs)) == 0:  # any two constants
        return None
    short = float(f"{factor:.12g}")
    if abs(short - factor) <= SAME * factor:
        factor = short
    same = np.all(np.abs(ours - factor * theirs) <= SAME * np.abs(ours[top]))
    return (other, factor) if same else None


def function_names(tracks: Iterable[str], known: Mapping[str, str] = NAMES) -> dict[str, str]:
    """An identifier for each track: `learning_rate`, `learning_rate_head`; `known` are those of parameters."""
    names: dict[str, str] = {}
    for track in tracks:
        parameter, group = parameter_of(track), group_of(track)
        name = known.get(parameter, parameter) + (f"_{identifier(group)}" if group else "")
        numbered, number = name, 2
        while numbered in names.values():
            numbered, number = f"{name}_{number}", number + 1
        names[track] = numbered
    return names


def identifier(text: str) -> str:
    """A text as part of an ASCII identifier."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"\W+", "_", plain).strip("_").lower() or "group"


def one_line(text: str) -> str:
    """A text in ASCII on one line, for a comment."""
    plain = text.replace("×", "x").encode("ascii", "backslashreplace").decode()
    return re.sub(r"[\x00-\x1f\x7f]+", " ", plain).replace('"""', "'''").replace("\\", "/").strip()


@dataclass(frozen=True)
class Dialect:
    """A way to write functions: the `prefix` of functions on arrays, empty for Python's own on numbers.

    `step` is the argument, `array` makes an array of it, and `looked_up` is the value of stairs.
    """

    prefix: str = ""
    step: str = "step"
    array: str = ""
    looked_up: str = "{levels}[bisect_right({edges}, {local})]"


PYTHON = Dialect()
_BUILT_IN = {"abs", "min", "max", "round", "int", "pow"}
_ARRAY = {"min": "minimum", "max": "maximum", "int": "trunc", "pow": "power"}


def expression(text: str, dialect: Dialect = PYTHON) -> str:
    """An expression in the words of a dialect."""
    return ast.unparse(ast.fix_missing_locations(_Written(dialect).visit(parsed(text))))


class _Written(ast.NodeTransformer):
    """Functions under the names of a dialect, and conditions as it has them."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    def visit_Call(self, node: ast.Call) -> ast.AST:
        assert isinstance(node.func, ast.Name | ast.Attribute)
        name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        name = name.removeprefix("np.")
        arguments: list[ast.expr] = [self.visit(each) for each in node.args]
        if not self.dialect.prefix:
            return _plain_call(name, arguments)
        name = _ARRAY.get(name, name)
        while len(arguments) > 2 and name in ("minimum", "maximum"):
            first, second, *rest = arguments
            arguments = [ast.Call(ast.Name(self.dialect.prefix + name), [first, second], []), *rest]
        if len(arguments) == 1 and name in ("minimum", "maximum"):
            return arguments[0]
        return ast.Call(ast.Name(self.dialect.prefix + name), arguments, [])

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        test, body, other = (self.visit(each) for each in (node.test, node.body, node.orelse))
        if not self.dialect.prefix:
            return ast.IfExp(test, body, other)
        return ast.Call(ast.Name(f"{self.dialect.prefix}where"), [test, body, other], [])


def _plain_call(name: str, arguments: list[ast.expr]) -> ast.expr:
    """A call in Python's own words, for those functions of numpy that Python has under other names."""
    match name, arguments:
        case "where", [test, body, other]:
            return ast.IfExp(test, body, other)
        case "power", [base, exponent]:
            return ast.BinOp(base, ast.Pow(), exponent)
        case "minimum" | "maximum", _:
            return ast.Call(ast.Name(name[:3]), arguments, [])
    return ast.Call(ast.Name(name), arguments, [])


def for_arrays(functions: Sequence[Function]) -> None:
    """Raise a `Fault` if an expression has what arrays do not: `and`, `or`, `not`, and comparisons in a chain."""
    for function in functions:
        for piece in function.pieces:
            for node in ast.walk(parsed("0" if isinstance(piece.form, Stairs) else piece.form.text)):
                chained = isinstance(node, ast.Compare) and len(node.ops) > 1
                if chained or isinstance(node, ast.BoolOp | ast.Not):
                    message = "an expression with `and`, `or`, `not` or a chain of comparisons is not one of arrays"
                    raise Fault(message, code="no-equivalent", help="write it with `a if c else b`")


def _in_single(form: Form) -> Form:
    """A form whose expression keeps its digits in float32: γ^t would raise the rounding of γ to that power."""
    if isinstance(form, Level | Stairs):
        return form
    return Text(ast.unparse(ast.fix_missing_locations(_Powers().visit(parsed(form.text)))))


class _Powers(ast.NodeTransformer):
    """Powers of a constant, as exponentials."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.BinOp(left=ast.Constant(value=float() as base), op=ast.Pow()) if base > 0:
                if isinstance(node.right, ast.Constant):
                    return node
                return ast.Call(ast.Name("exp"), [ast.BinOp(ast.Constant(log(base)), ast.Mult(), node.right)], [])
        return node


def source(function: Function, dialect: Dialect = PYTHON) -> str:
    """The text of a function."""
    write = _scalar_body if not dialect.prefix else _array_body
    what = parameter_of(function.track).replace("_", " ").replace("lr", "learning rate")
    group = group_of(function.track)
    of = f", of the parameter group `{one_line(group)}`" if group else ""
    title = f'    """{what.capitalize()} at update `step`, counted from 0{of}."""'
    return "\n".join([f"def {function.name}(step):", title, *write(function, dialect)]) + "\n"


def constants(functions: Sequence[Function], *, numpy: str = "") -> list[str]:
    """The lists that functions search, as definitions; `numpy` is the call that makes an array of one."""
    lines: list[str] = []
    for function in functions:
        if function.of:
            continue
        for index, piece in enumerate(function.pieces):
            if isinstance(piece.form, Stairs):
                edges, levels = _list_names(function, index)
                for name, values in ((edges, piece.form.edges), (levels, piece.form.levels)):
                    text = f"{numpy}({[*values]!r})" if numpy else repr([*values])
                    lines.append(fill(f"{name} = {text}", WIDTH, subsequent_indent="    ", break_long_words=False))
    return lines


def _list_names(function: Function, index: int) -> tuple[str, str]:
    name = f"{function.name.upper()}_{index + 1}"
    return f"{name}_EDGES", f"{name}_VALUES"


def _expression(function: Function, index: int, dialect: Dialect) -> str:
    piece = function.pieces[index]
    local = f"({dialect.step} - {piece.start})" if piece.start else dialect.step
    if isinstance(piece.form, Stairs):
        edges, levels = _list_names(function, index)
        return dialect.looked_up.format(edges=edges, levels=levels, local=local.strip("()"))
    return over(expression(piece.form.text, dialect), local)


def _derived(function: Function, dialect: Dialect) -> list[str]:
    factor = "" if function.factor == 1 else f"{function.factor!r} * "
    return [f"    return {factor}{function.of}({dialect.step})"]


def _scalar_body(function: Function, dialect: Dialect) -> list[str]:
    if function.of:
        return _derived(function, dialect)
    lines: list[str] = []
    for index, piece in enumerate(function.pieces):
        name = f"  # {one_line(piece.name)}" if piece.name else ""
        text = _expression(function, index, dialect)
        last = index + 1 == len(function.pieces)
        if last and (piece.form == Level(function.end) or not np.isfinite(function.end)):
            return [*lines, f"    return {text}{name}"]
        lines += [f"    if {dialect.step} < {piece.stop}:{name}", f"        return {text}"]
    return [*lines, f"    return {function.end!r}"]


def _array_body(function: Function, dialect: Dialect) -> list[str]:
    if function.of:
        return _derived(function, dialect)
    parts = [(piece.stop, _expression(function, index, dialect)) for index, piece in enumerate(function.pieces)]
    if function.pieces[-1].form == Level(function.end):
        parts.pop()
    lines = [f"    {dialect.step} = {dialect.array.format(dialect.step)}"]
    if not parts:
        return [*lines, f"    return {dialect.prefix}full_like({dialect.step}, {function.end!r}, dtype=float)"]
    lines.append(f"    value = {function.end!r}")
    names = [f"  # {one_line(piece.name)}" if piece.name else "" for piece in function.pieces]
    for (stop, text), name in reversed([*zip(parts, names, strict=False)]):
        lines.append(f"    value = {dialect.prefix}where({dialect.step} < {stop}, {text}, value){name}")
    return [*lines, "    return value"]


def used(text: str) -> set[str]:
    """The functions and constants of Python's `math` in an expression."""
    names = {node.id for node in ast.walk(parsed(text)) if isinstance(node, ast.Name)}
    return names - {"t", "epoch", *_BUILT_IN}


def imports(functions: Sequence[Function], dialect: Dialect = PYTHON) -> list[str]:
    """The imports of Python's own functions and constants that the expressions use."""
    names: set[str] = set()
    searched = False
    for function in functions:
        for piece in function.pieces if not function.of else ():
            if isinstance(piece.form, Stairs):
                searched = True
                continue
            found = used(expression(piece.form.text, dialect))
            names |= found & {"pi", "e"} if dialect.prefix else found
    lines = ["from bisect import bisect_right"] if searched and not dialect.prefix else []
    return lines + ([f"from math import {', '.join(sorted(names))}"] if names else [])
