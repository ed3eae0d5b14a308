"""References in HyperPyYAML: `!ref <a>` stands for another value of the same file, `!ref <a> * 2` for a computation."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import field, replace
from operator import add, floordiv, mod, mul, sub, truediv

from lrplot.lazy import dataclass
from lrplot.text.expressions import parse_expression
from lrplot.text.tree import DEEPEST, Listing, Mapping, Node, Scalar
from lrplot.trainers.shared.config import inside

TAGS = ("!ref", "!copy")
REFERENCE = re.compile(r"<([^<>]*)>")
LONGEST = 1 << 12  # characters of a text
MOST_BITS = 1 << 10  # of a whole number
HIGHEST = 64  # exponent
OPERATORS: dict[type[ast.operator], Callable[..., float]] = {
    ast.Add: add,
    ast.Sub: sub,
    ast.Mult: mul,
    ast.Div: truediv,
    ast.FloorDiv: floordiv,
    ast.Mod: mod,
    ast.Pow: pow,
}


def referenced(root: Mapping) -> Mapping:
    """A config with the values that its references to single values stand for.

    A reference to nothing, or to itself, is computed: it has no value in the file.
    """
    result = _References(root).tree(root)
    assert isinstance(result, Mapping)
    return result


@dataclass
class _References:
    root: Mapping
    known: dict[str, Node | None] = field(default_factory=dict)
    depth: int = 0

    def tree(self, node: Node) -> Node:
        """A node with its references resolved."""
        if isinstance(node, Mapping):
            return replace(node, entries=tuple(replace(each, value=self.tree(each.value)) for each in node.entries))
        if isinstance(node, Listing):
            return replace(node, items=tuple(map(self.tree, node.items)))
        return self.meaning(node) if node.tag in TAGS else node

    def meaning(self, node: Scalar) -> Node:
        """The value that a reference stands for."""
        text = node.text.strip()
        if match := REFERENCE.fullmatch(text):
            value = self.value(match[1])
            if isinstance(value, Scalar):
                return value
            return _unknown(node) if value is None else node
        if len(text) > LONGEST or any(not isinstance(self.value(name), Scalar) for name in REFERENCE.findall(text)):
            return _unknown(node)
        filled = REFERENCE.sub(lambda match: str(getattr(self.value(match[1]), "text", "")), text)
        try:
            return replace(node, text=repr(_computed(parse_expression(filled))), tag="")
        except (ValueError, TypeError, SyntaxError, ArithmeticError, RecursionError, MemoryError):
            return replace(node, text=filled[:LONGEST], quoted=True, tag="")

    def value(self, name: str) -> Node | None:
        """The value of a name such as `a` or `a[b]`; None if it has none."""
        if name not in self.known:
            self.known[name] = None  # as long as it is under way
            node = inside(self.root, (part.rstrip("]") for part in name.split("[")))
            if isinstance(node, Scalar) and node.tag in TAGS:
                self.depth += 1
                node = self.meaning(node) if self.depth < DEEPEST else None
                self.depth -= 1
            self.known[name] = None if isinstance(node, Scalar) and node.computed else node
        return self.known[name]


def _unknown(node: Scalar) -> Scalar:
    return replace(node, text=f"{node.tag} {node.text}", computed=True, tag="")


def _computed(node: ast.expr) -> float:
    """The value of an expression of numbers."""
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_computed(operand)
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in OPERATORS:
            a, b = _computed(left), _computed(right)
            if isinstance(operator, ast.Pow) and abs(b) > HIGHEST:
                raise ValueError(b)
            result = OPERATORS[type(operator)](a, b)
            if isinstance(result, complex) or (isinstance(result, int) and result.bit_length() > MOST_BITS):
                raise ValueError(result)
            return result
    raise ValueError(node)
