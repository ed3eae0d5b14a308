"""Forms: the formulas of the pieces of a run, as data and as the text of an expression.

The text is an expression of Python over the update `t` within the piece, with the functions of `math`. It is what
functions print, and what the printed values are verified by. Emitters read the data to find a scheduler of their own.
"""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from lrplot.curves.expression import OneArgument, compile_expression
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import Steps
from lrplot.diagnostics import Fault
from lrplot.lazy import dataclass

MOST_CONDITIONS = 24  # pieces of one expression


class Form(ABC):
    """A formula of the local time t ≥ 0."""

    @property
    @abstractmethod
    def text(self) -> str:
        """The expression, over `t`."""

    def values(self, t: Steps) -> Floats:
        """float64 values of the text at steps `t`, as Python computes them: NaN where it would raise an exception."""
        return OneArgument(compile_expression(self.text, ("t",)), ("t",))(t.astype(np.float64))

    @property
    def readable(self) -> bool:
        """Whether lrplot reads the expression: it is neither too long nor nested too deeply."""
        try:
            compile_expression(self.text, ("t",))
        except Fault:
            return False
        return True

    def shifted(self, lead: int) -> Form:
        """The form from its step `lead` on."""
        return Text(over(self.text, f"(t + {lead})")) if lead else self

    def scaled(self, factor: float) -> Form:
        """The form times a constant."""
        return Text(f"{factor!r} * ({self.text})")

    def clipped(self, low: float) -> Form:
        """The form, never below `low`."""
        return Text(f"max({self.text}, {low!r})")


@dataclass(frozen=True)
class Text(Form):
    """Any expression."""

    expression: str

    @property
    def text(self) -> str:
        return self.expression


@dataclass(frozen=True)
class Level(Form):
    """One value."""

    value: float

    @property
    def text(self) -> str:
        return repr(self.value)

    def shifted(self, lead: int) -> Form:
        return self

    def scaled(self, factor: float) -> Form:
        return Level(factor * self.value)

    def clipped(self, low: float) -> Form:
        return Level(max(self.value, low))


@dataclass(frozen=True)
class Ramp(Form):
    """From `first` to `last` in `span` updates along a shape, without its first `lead` updates.

    The shares done, by u = (t + lead)/span: linear u; cosine (1 − cos πu)/2; sqrt √u; rise u^p; fall 1 − (1 − u)^p;
    rex (1 − d)·u/(1 − d·u); geometric first·(last/first)^u; log ln(t + 1)/ln span. `parameter` is p or d.
    """

    first: float
    last: float
    span: int | float
    shape: str = "linear"
    parameter: float = 1.0
    lead: int | float = 0

    @property
    def text(self) -> str:
        gone = f"(t + {self.lead})" if self.lead else "t"
        u, v = f"{gone} / {self.span}", f"({self.span - self.lead} - t) / {self.span}"
        p = repr(self.parameter)
        if self.shape == "geometric":
            return f"{self.first!r} * {self.last / self.first!r} ** ({u})"
        done, left = {
            "linear": (u, v),
            "cosine": (f"(1 - cos(pi * {gone} / {self.span})) / 2", f"(1 + cos(pi * {gone} / {self.span})) / 2"),
            "log": (f"log({gone} + 1) / log({self.span})", f"(1 - log({gone} + 1) / log({self.span}))"),
            "sqrt": (f"sqrt({u})", f"(1 - sqrt({u}))"),
            "rise": (f"({u}) ** {p}", f"(1 - ({u}) ** {p})"),
            "fall": (f"(1 - ({v}) ** {p})", f"({v}) ** {p}"),
            "rex": (
                f"{1 - self.parameter!r} * ({u}) / (1 - {p} * ({u}))",
                f"({v}) / ({1 - self.parameter!r} + {p} * ({v}))",
            ),
        }[self.shape]
        near, far, share = (
            (self.first, self.last, done) if abs(self.first) <= abs(self.last) else (self.last, self.first, left)
        )
        return f"{far!r} * {share}" if near == 0 else f"{near!r} + {far - near!r} * {share}"

    def shifted(self, lead: int) -> Form:
        if self.shape == "cosine" and self.lead + lead >= self.span:  # the wave goes back to where it began
            back = replace(self, first=self.last, last=self.first, lead=self.lead - self.span)
            return back.shifted(lead)
        return replace(self, lead=self.lead + lead)

    def scaled(self, factor: float) -> Form:
        return replace(self, first=factor * self.first, last=factor * self.last)

    def clipped(self, low: float) -> Form:
        return self if min(self.first, self.last) >= low else super().clipped(low)


@dataclass(frozen=True)
class Exponential(Form):
    """first·γ^(t/every); with `staircase`, first·γ^⌊t/every⌋."""

    first: float
    gamma: float
    every: int = 1
    staircase: bool = False

    @property
    def text(self) -> str:
        exponent = "t" if self.every == 1 else f"(t {'//' if self.staircase else '/'} {self.every})"
        return f"{self.first!r} * {self.gamma!r} ** {exponent}"

    def scaled(self, factor: float) -> Form:
        return replace(self, first=factor * self.first)


@dataclass(frozen=True)
class Law(Form):
    """first·(1 + t/scale)^−exponent."""

    first: float
    scale: float
    exponent: float

    @property
    def text(self) -> str:
        growth = f"(1 + t / {plain(self.scale)})"
        if self.exponent == 0.5:
            return f"{self.first!r} / sqrt({growth})"
        return f"{self.first!r} / {growth}" + ("" if self.exponent == 1 else f" ** {plain(self.exponent)}")

    def scaled(self, factor: float) -> Form:
        return replace(self, first=factor * self.first)


@dataclass(frozen=True)
class Waves(Form):
    """Half cosines from first·decay^i to `last`, each of `period` updates."""

    first: float
    last: float
    period: int
    decay: float = 1.0

    @property
    def text(self) -> str:
        share = f"(1 + cos(pi * (t % {self.period}) / {self.period})) / 2"
        peak = repr(self.first) if self.decay == 1 else f"{self.first!r} * {self.decay!r} ** (t // {self.period})"
        if self.last == 0:
            return f"{peak} * {share}"
        height = f"({peak} - {self.last!r})" if self.decay != 1 else repr(self.first - self.last)
        return f"{self.last!r} + {height} * {share}"

    def scaled(self, factor: float) -> Form:
        return replace(self, first=factor * self.first, last=factor * self.last)


@dataclass(frozen=True)
class Triangle(Form):
    """low + (high − low)·s·scale, where s rises 0 → 1 in `up` updates and falls back in `down`.

    The scale is ½^cycle if `halving`, else gamma^t.
    """

    low: float
    high: float
    up: int
    down: int
    halving: bool = False
    gamma: float = 1.0

    @property
    def text(self) -> str:
        period = self.up + self.down
        local = f"(t % {period})"
        rise, fall = f"{local} / {self.up}", f"({period} - {local}) / {self.down}"
        share = f"({rise})" if not self.down else f"({fall})" if not self.up else f"min({rise}, {fall})"
        height = f"{self.high - self.low!r} * {share}"
        if self.halving:
            height += f" * 0.5 ** (t // {period})"
        elif self.gamma != 1:
            height += f" * {self.gamma!r} ** t"
        return height if self.low == 0 else f"{self.low!r} + {height}"

    def scaled(self, factor: float) -> Form:
        return replace(self, low=factor * self.low, high=factor * self.high)


@dataclass(frozen=True)
class Stairs(Form):
    """The value `levels[i]` from step `edges[i − 1]` on, as a list to search."""

    edges: tuple[int, ...]
    levels: tuple[float, ...]

    @property
    def text(self) -> str:
        return joined([(edge, repr(value)) for edge, value in zip((*self.edges, 0), self.levels, strict=True)])

    def values(self, t: Steps) -> Floats:
        found = np.searchsorted(np.array(self.edges, dtype=np.int64), t, side="right")
        return np.asarray(np.array(self.levels)[found], dtype=np.float64)

    @property
    def readable(self) -> bool:
        return True

    def shifted(self, lead: int) -> Stairs:
        first = sum(edge <= lead for edge in self.edges)
        return Stairs(tuple(edge - lead for edge in self.edges[first:]), self.levels[first:])

    def scaled(self, factor: float) -> Form:
        return replace(self, levels=tuple(factor * value for value in self.levels))

    def clipped(self, low: float) -> Form:
        return replace(self, levels=tuple(max(value, low) for value in self.levels))

    def cut(self, length: int) -> Stairs:
        """The stairs within the first `length` steps."""
        kept = sum(edge < length for edge in self.edges)
        return Stairs(self.edges[:kept], self.levels[: kept + 1])


def plain(value: float) -> str:
    """A number as Python writes it, a whole one without its `.0`."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))


def joined(parts: Sequence[tuple[int, str]]) -> str:
    """Expressions one after the other, each up to its step, the last one without end, as one conditional expression."""
    *others, (_, text) = parts
    for stop, each in reversed(others):
        text = f"({each} if t < {stop} else {text})"
    return text


class _Named(ast.NodeTransformer):
    """Names replaced by expressions."""

    def __init__(self, names: Mapping[str, ast.expr]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.AST:  # the name is ast's
        return self.names.get(node.id, node)


def parsed(text: str) -> ast.expr:
    """The syntax tree of an expression."""
    return ast.parse(text, mode="eval").body


def over(text: str, time: str) -> str:
    """An expression over `t` with another expression in place of `t`."""
    return named(parsed(text), {"t": time})


def named(tree: ast.expr, names: Mapping[str, str]) -> str:
    """The text of an expression whose names are replaced by others' text, without needless parentheses."""
    found = _Named({name: parsed(text) for name, text in names.items()}).visit(tree)
    return ast.unparse(ast.fix_missing_locations(_Summed().visit(found)))


class _Summed(ast.NodeTransformer):
    """Sums with two whole constants, such as t − 500 + 20, as sums with one."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        outer = _term(node)
        inner = _term(node.left)
        if outer is None or inner is None:
            return node
        assert isinstance(node.left, ast.BinOp)
        total = inner + outer
        if total == 0:
            return node.left.left
        return ast.BinOp(node.left.left, ast.Add() if total > 0 else ast.Sub(), ast.Constant(abs(total)))


def _term(node: ast.expr) -> int | None:
    """The whole number that is added to, or with a minus subtracted from, the left side of a sum; None if it is not."""
    match node:
        case ast.BinOp(op=ast.Add(), right=ast.Constant(value=int() as value)):
            return value
        case ast.BinOp(op=ast.Sub(), right=ast.Constant(value=int() as value)):
            return -value
    return None
