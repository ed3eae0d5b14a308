"""Arithmetic written as text: what it computes, and all that it refuses."""

import math
import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from lrplot.curves.expression import compile_expression
from lrplot.diagnostics import Fault

NAMES = ("t", "n", "u")
T = np.arange(8.0)


def values(text):
    with np.errstate(all="ignore"):
        found = compile_expression(text, NAMES)({"t": T, "n": 8.0, "u": T / 8})
    assert found.dtype == np.float64
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3 - 4 / 8", 6.5),
        ("(1 + 2) * 3", 9),
        ("2 ** 3 ** 2", 512),
        ("-2 ** 2", -4),
        ("2 ** -1", 0.5),
        ("7 // 2 + 7 % 4", 6),
        ("-7 // 2", -4),
        ("-7 % 4", 1),
        ("7.5 % -2", -0.5),
        ("1_000 + 1e-3", 1000.001),
        ("0x10", 16),
        (".5", 0.5),
        ("+3 - -3", 6),
        ("10 / 4", 2.5),
        ("2 * pi", 2 * math.pi),
        ("e", math.e),
        ("n", 8),
        ("9007199254740993 - 9007199254740992", 0),  # both are 2^53 as float64
    ],
)
def test_arithmetic_of_numbers(text, expected):
    assert float(values(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("t", lambda t: t),
        ("t * t - n / 2 + u", lambda t: t * t - 4 + t / 8),
        ("t // 3 + t % 3", lambda t: t // 3 + t % 3),
        ("2 ** -t", lambda t: 2.0**-t),
        ("1 if t < 4 else 2", lambda t: 1 if t < 4 else 2),
        ("1 if t else 2", lambda t: 1 if t else 2),
        ("1 if t < 2 else 2 if t < 4 else 3", lambda t: 1 if t < 2 else 2 if t < 4 else 3),
        ("2 <= t < 5", lambda t: 2 <= t < 5),
        ("1 < t != 3 <= 5", lambda t: 1 < t != 3 <= 5),
        ("(t > 1) * 3 + t", lambda t: (t > 1) * 3 + t),
        ("t == 3", lambda t: t == 3),
        ("t >= 3", lambda t: t >= 3),
        ("t > 2 and t < 5", lambda t: 2 < t < 5),
        ("t < 2 or t > 5 or t == 3", lambda t: t < 2 or t > 5 or t == 3),
        ("not t", lambda t: not t),
        ("not (t > 2) and t > 0", lambda t: t in (1, 2)),
        ("-(t > 2)", lambda t: -(t > 2)),
        ("(1 / t) if t > 0 else 0", lambda t: 1 / t if t > 0 else 0),
        ("min(t, 3)", lambda t: min(t, 3)),
        ("max(t, 3, u, 5)", lambda t: max(t, 3, 5)),
        ("min(t)", lambda t: t),
        ("where(t < 3, t, -t)", lambda t: t if t < 3 else -t),
        ("abs(t - 4)", lambda t: abs(t - 4)),
        ("max(0, 1 - abs((t % 4) / 2 - 1))", lambda t: max(0, 1 - abs((t % 4) / 2 - 1))),
        ("0.5 * (1 + cos(pi * u))", lambda t: 0.5 * (1 + math.cos(math.pi * t / 8))),
        ("(t + 1) ** -0.5 * min(1, (t + 1) / 4)", lambda t: (t + 1) ** -0.5 * min(1, (t + 1) / 4)),
    ],
)
def test_arithmetic_of_arrays(text, expected):
    assert_allclose(values(text), [expected(t) for t in T.tolist()], rtol=1e-12)


@pytest.mark.parametrize(
    "name", ["sin", "cos", "tan", "tanh", "exp", "log", "log2", "log10", "sqrt", "floor", "ceil", "abs"]
)
def test_functions_are_numpys(name):
    assert_array_equal(values(f"{name}(t + 0.5)"), getattr(np, name)(T + 0.5))


@pytest.mark.parametrize("text", ["1 / t", "log(t - 1)", "0 / 0", "exp(1000)", "t ** 1e300", "(-8) ** 0.5"])
def test_what_is_not_finite_comes_back_so(text):
    assert not np.isfinite(values(text)).all()


def test_a_tower_of_powers_overflows():
    assert values("9**9**9**9") == np.inf  # as Python's integers it would take for ever


@pytest.mark.parametrize(
    "text",
    [
        "t.real", "t.__class__", "().__class__.__bases__", "t[0]", "t[:2]", "[t]", "(t, t)", "{t}", "{t: t}", "{}",
        "'t'", "b't'", "f'{t}'", "...", "None", "True", "t if True else n", "1j", "lambda: t", "lambda t: t",
        "[t for t in t]", "(x for x in t)", "{x for x in t}", "{x: x for x in t}", "(t := 1)", "*t", "min(*t)",
        "max(t, key=n)", "min(**t)", "sin(x=t)", "t & 1", "t | 1", "t ^ 1", "~t", "t << 1", "t >> 1", "t @ t",
        "t is n", "t is not n", "t in n", "t not in n", "sin(t)(t)", "(sin)(t).real", "sin.real(t)", "await t",
        "yield t", "t = 1", "t; t", "import os", "print t", "t +", "", "   ", "#", "t t", "1 2", "1..2", "0777", "t?",
        "\0", "t\0", "t\n+ 1", "`t`", "$t", "t!", "@t",
    ],
)  # fmt: skip
def test_everything_else_is_refused(text):
    with pytest.raises(Fault, match=r"^the expression (may not contain|is not an arithmetic expression)") as caught:
        compile_expression(text, NAMES)
    assert (caught.value.code, caught.value.field) == ("bad-expression", "value")


@pytest.mark.parametrize(
    ("text", "match", "help"),
    [
        ("x", "has an unknown name `x`", None),
        ("nn", "has an unknown name `nn`", "did you mean `n`?"),
        ("t()", "calls an unknown function `t`", None),
        ("__builtins__", "has an unknown name `__builtins__`", None),
        ("sin", "has an unknown name `sin`", None),
        ("base", "has an unknown name `base`", None),
        ("__import__('os').system('true')", "may not contain", None),
        ("__import__(t)", "calls an unknown function `__import__`", None),
        ("eval(t)", "calls an unknown function `eval`", None),
        ("sqr(t)", "calls an unknown function `sqr`", "did you mean `sqrt`?"),
        ("sin()", "calls `sin` with 0 arguments: it takes 1", None),
        ("sin(t, t)", "calls `sin` with 2 arguments: it takes 1", None),
        ("max()", "calls `max` with 0 arguments: it takes at least one", None),
        ("where(t, 1)", "calls `where` with 2 arguments: it takes 3", None),
        ("1e400", "number too large for float64", None),
        ("9" * 400, "number too large for float64", None),
        ("1" + "0" * 1998, "number too large for float64", None),
        ("t" + " " * 5000 + "+ 1", "longer than 2,000 characters", None),
        ("+".join("t" * 2500), "longer than 2,000 characters", None),
        ("-" * 100 + "t", "nested too deeply", None),
        ("+".join("t" * 100), "nested too deeply", None),
        ("sin(" * 80 + "t" + ")" * 80, "nested too deeply", None),
        ("(" * 900 + "t" + ")" * 900, "is not an arithmetic expression", None),
    ],
)
def test_refused_with_its_reason(text, match, help):
    with pytest.raises(Fault, match=match) as caught:
        compile_expression(text, NAMES)
    assert caught.value.code == "bad-expression"
    assert help is None or caught.value.help == help


def test_nesting_that_is_allowed():
    assert float(values("(" * 50 + "1" + ")" * 50)) == 1
    assert float(values("abs(" * 50 + "0 - 1" + ")" * 50)) == 1
    assert float(values("+".join("1" * 61))) == 61


def test_an_expression_may_be_2000_characters_long():
    text = "t" + " " * 1998 + "\t"
    assert len(text) == 2000
    assert values(text).tolist() == T.tolist()


def test_reading_a_number_beside_a_word_leaves_the_filters_of_warnings_alone():
    before = [*warnings.filters]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for text in ("1.5if t<4else-.5", "0x1f if t<4else 0b1if t else 0o7", "not.5or t", "1e0if t else.1"):
            compile_expression(text, NAMES)
        assert values("1if t<4else 2").tolist() == [1, 1, 1, 1, 2, 2, 2, 2]
    assert warnings.filters == before
