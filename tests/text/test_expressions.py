"""Expressions in Python's syntax: what is parsed, and that Python's warnings are kept back."""

import ast
import warnings

import pytest

from lrplot.text.expressions import parse_expression


def test_how_an_expression_is_written_gives_no_warning():
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        tree = parse_expression("3or 4")
    assert (ast.unparse(tree), seen) == ("3 or 4", [])


def test_what_is_no_expression_is_refused():
    with pytest.raises(SyntaxError):
        parse_expression("a = 1")
