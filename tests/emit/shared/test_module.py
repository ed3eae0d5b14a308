"""The layout of code."""

import ast

from lrplot.emit.shared.module import wrapped


def test_a_short_line_stays():
    assert wrapped("    return f(a, b)") == "    return f(a, b)"


def test_a_long_call_has_an_argument_a_line():
    name = "a" * 60
    text = wrapped(f"    return outer({name}, inner({name}, [1, 2], {{3: 4}}))")
    assert text == f"    return outer(\n        {name},\n        inner({name}, [1, 2], {{3: 4}}),\n    )"
    inner = wrapped(f"x = outer(inner({name}, key={name}, other=[1, 2]), 1)")
    assert inner.splitlines()[1:3] == ["    inner(", f"        {name},"]
    assert ast.unparse(ast.parse(inner)) == f"x = outer(inner({name}, key={name}, other=[1, 2]), 1)"


def test_a_long_line_without_brackets_stays():
    assert wrapped("x" * 150) == "x" * 150
