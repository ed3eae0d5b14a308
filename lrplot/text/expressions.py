"""Expressions in Python's syntax to syntax trees."""

from __future__ import annotations

import ast
import warnings


def parse_expression(text: str) -> ast.expr:
    """The syntax tree of an expression; `SyntaxError` and others of `ast.parse` if it is none.

    Python's warnings about how it is written, such as `1if`, are for its author and not printed.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text, mode="eval").body
