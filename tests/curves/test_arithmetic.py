"""Functions of one argument against Python's own evaluation of the same text."""

import math
import random
import warnings

import numpy as np
import pytest

from lrplot.curves.exceptions import OVERFLOW
from lrplot.curves.expression import compile_function

NAMES = {name: getattr(math, name) for name in ("sin", "cos", "exp", "log", "sqrt", "floor", "ceil", "tanh", "pi", "e")}
NAMES |= {"math": math, "np": np, "abs": abs, "int": int, "round": round, "min": min, "max": max, "pow": pow}
X = [*range(12), 30, 100]
CONSTANTS = ("0", "1", "2", "3", "10", "0.5", "0.95", "1e-3", "1.0", "1000", "5", "-1", "-0.5", "2.0")
BINARY = ("+", "-", "*", "/", "//", "%", "**")
CALLS = ("abs", "int", "round", "floor", "ceil", "exp", "math.log", "sqrt", "cos", "math.exp")


def grown(rng: random.Random, depth: int) -> str:
    """A random expression of `epoch`."""
    if depth == 0 or rng.random() < 0.1:
        return "epoch" if rng.random() < 0.5 else rng.choice(CONSTANTS)
    a, b, c = (grown(rng, depth - 1) for _ in range(3))
    match rng.randrange(9):
        case 0 | 1 | 2:
            return f"({a}) {rng.choice(BINARY)} ({b})"
        case 3:
            return f"({a}) {rng.choice(('and', 'or'))} ({b})"
        case 4:
            return f"({a}) if ({b}) else ({c})"
        case 5:
            return f"({a}) {rng.choice(('<', '<=', '>', '>=', '==', '!='))} ({b})"
        case 6:
            return rng.choice((f"not ({a})", f"-({a})", f"({a}) < ({b}) <= ({c})", f"({a}) or ({b}) or ({c})"))
        case 7:
            return f"{rng.choice(CALLS)}({a})"
    return f"{rng.choice(('min', 'max'))}({a}, {b})"


def pythons(text: str, x: int):
    """Python's float at x, or the exception that it raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result = eval(text, {"__builtins__": {}, **NAMES}, {"epoch": x})
            return result if isinstance(result, complex) else float(result)
        except (ArithmeticError, ValueError, TypeError, RuntimeError) as error:
            return error


def agrees(text: str, x: int) -> bool:
    """Whether the value at x is Python's; what is not a real number in Python may be any value that is not finite."""
    function = compile_function(text)
    ours, theirs = float(function(np.array([float(x)]))[0]), pythons(text, x)
    if isinstance(theirs, ArithmeticError | ValueError):
        raised = function.failure(x)
        return math.isnan(ours) and (raised or "").startswith((type(theirs).__name__, "TypeError"))
    if isinstance(theirs, complex | Exception) or not math.isfinite(theirs):
        return not math.isfinite(ours)
    return math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-12)


def small(text: str) -> bool:
    """Whether float64 has the integers of a text: towers of powers, and remainders of powers, have too many digits."""
    powers = text.count("**")
    return powers < 2 and not (powers and ("%" in text or "//" in text)) and "** (1000)" not in text


@pytest.mark.parametrize("seed", range(20))
def test_random_functions_are_computed_as_python_computes_them(seed):
    rng = random.Random(seed)
    texts = [text for text in (grown(rng, rng.randint(1, 3)) for _ in range(60)) if small(text)]
    wrong = [(text, x) for text in texts for x in X if not agrees(text, x)]
    assert not wrong


def test_integers_have_no_largest_value():
    for text in (
        "1 / 2 ** epoch",
        "min(10 ** epoch, 64) / 64",
        "0.5 if 2 ** epoch > 1e300 else 1",
    ):
        for x in (0, 5, 500, 1024, 5000):
            assert agrees(text, x), (text, x)


@pytest.mark.parametrize(
    ("text", "x", "raised"),
    [
        ("1 / epoch", 0, "ZeroDivisionError: division by zero"),
        ("min(1.0, 1 / epoch)", 0, "ZeroDivisionError: division by zero"),
        ("1.0 / epoch", 0, "ZeroDivisionError: float division by zero"),
        ("5 // epoch", 0, "ZeroDivisionError: integer division or modulo by zero"),
        ("5 % epoch", 0, "ZeroDivisionError: integer modulo by zero"),
        ("min(epoch ** -0.5, epoch * 40 ** -1.5)", 0, "ZeroDivisionError: 0.0 cannot be raised to a negative power"),
        ("1 / math.exp(200 * epoch)", 4, "OverflowError: math range error"),
        ("1 / exp(200 * epoch)", 4, "OverflowError: math range error"),
        ("2.0 ** epoch", 1024, "OverflowError: (34, 'Numerical result out of range')"),
        ("0.5 * 2 ** epoch", 1024, "OverflowError: int too large to convert to float"),
        ("2 ** epoch", 1024, "OverflowError: int too large to convert to float"),
        ("2 ** epoch / 3", 1024, "OverflowError: integer division result too large for a float"),
        ("log(epoch)", 0, "ValueError: math domain error"),
        ("sqrt(5 - epoch)", 6, "ValueError: math domain error"),
        ("floor(1e308 * 10 ** (3 - epoch))", 1, "OverflowError: cannot convert float infinity to integer"),
        ("round(1e308 * 10 * 0 if epoch == 1 else 1)", 1, "ValueError: cannot convert float NaN to integer"),
        ("min(1.0, (5 - epoch) ** 0.5)", 6, "TypeError: the value is a complex number"),
    ],
)
def test_what_python_raises(text, x, raised):
    function = compile_function(text)
    assert math.isnan(function(np.array([float(x)]))[0])
    assert (function.failure(x) or "").startswith(raised)
    assert function.failure(3) is None
    assert math.isfinite(function(np.array([3.0]))[0])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("epoch or 0.5", [0.5, 1, 2]),
        ("epoch / 10 or 1e-3", [1e-3, 0.1, 0.2]),
        ("(epoch > 1 and 0.5) or 1.0", [1, 1, 0.5]),
        ("epoch and epoch ** -0.5", [0, 1, 0.5**0.5]),
        ("not epoch or 0.5", [1, 0.5, 0.5]),
        ("epoch == 0 or 1 / epoch", [1, 1, 0.5]),
        ("0 if epoch == 0 else 1 / epoch", [0, 1, 0.5]),
        ("1 < 0 < 1 / epoch or 2", [2, 2, 2]),
        ("np.exp(-1000 * epoch) and 1 / np.exp(epoch * 1000)", [1, 0, 0]),
        ("math.pi * epoch + np.pi - numpy.pi", [0, math.pi, 2 * math.pi]),
    ],
)
def test_operands_are_what_and_and_or_give(text, expected):
    assert compile_function(text)(np.arange(3.0)).tolist() == pytest.approx(expected, rel=1e-15)


def test_functions_of_numpy_raise_nothing():
    assert compile_function("min(1.0, 1 / np.exp(200 * epoch))")(np.array([4.0])).tolist() == [0.0]
    assert compile_function("1 / exp(200 * epoch)", whole=False)(np.array([0.0])).tolist() == [1.0]


def test_a_float_argument_overflows_as_a_float():
    assert compile_function("2 ** x", whole=False).failure(1024) == OVERFLOW
