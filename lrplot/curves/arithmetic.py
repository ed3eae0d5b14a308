"""Python's arithmetic on arrays: the numbers, and where Python would raise an exception instead.

The numbers are those of float64. Beside them stand two codes, each one for all elements or one for each: the type
that Python would compute with, and the exception that it would raise first. Python's integers have no largest value,
its floats raise where a power overflows or something is divided by zero, and numpy's floats never raise.
Integers beyond 2^53 are rounded, as float64 rounds them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial, reduce
from typing import Any

import numpy as np

from lrplot.curves import exceptions as ex
from lrplot.lazy import dataclass

WHOLE, HUGE, FLOAT, NUMPY = range(4)  # an integer, one that is too large for float64, a float, one of numpy's

EXCEPTIONS = (
    "",
    ex.DIVISION,
    ex.FLOAT_DIVISION,
    ex.WHOLE_DIVISION,
    ex.FLOOR_DIVISION,
    ex.MODULO,
    ex.FLOAT_MODULO,
    ex.ZERO_POWER,
    ex.OVERFLOW,
    ex.RANGE,
    ex.TOO_LARGE,
    ex.QUOTIENT,
    ex.INFINITY,
    ex.NOT_A_NUMBER,
    ex.DOMAIN,
    ex.COMPLEX,
)

Codes = Any  # an int, or an int8 array
Mask = Any  # a bool, or a bool array
Ufunc = Callable[..., Any]


@dataclass(eq=False)
class Value:
    """Numbers, with codes of their types and of the exceptions raised in place of them; see `EXCEPTIONS`."""

    numbers: Any
    type: Codes = FLOAT
    error: Codes = 0


Operation = Callable[..., Value]


def chosen(condition: Mask, codes: Codes, others: Codes) -> Codes:
    """Some codes where a condition holds, others elsewhere."""
    if isinstance(codes, int) and isinstance(others, int) and codes == others:
        return codes
    return np.where(condition, np.asarray(codes, np.int8), np.asarray(others, np.int8))


def first(error: Codes, later: Codes) -> Codes:
    """At each element the first of two exceptions."""
    if isinstance(later, int) and later == 0:
        return error
    return later if isinstance(error, int) and error == 0 else chosen(error != 0, error, later)


def raised(condition: Mask, exception: str) -> Codes:
    """The code of an exception where a condition holds."""
    return chosen(condition, EXCEPTIONS.index(exception), 0) if np.any(condition) else 0


def wider(a: Value, b: Value) -> Codes:
    """The type of what is computed from two values."""
    return max(a.type, b.type) if isinstance(a.type, int) and isinstance(b.type, int) else np.maximum(a.type, b.type)


def mixed(a: Value, b: Value) -> Codes:
    """The exceptions of two operands, and of an integer that is too large for a float beside the other one."""
    error = first(a.error, b.error)
    for one, other in ((a, b), (b, a)):
        if np.any(large := one.type == HUGE):
            error = first(error, raised(large & (other.type >= FLOAT), ex.TOO_LARGE))
    return error


def grown(type_: Codes, numbers: Any) -> Codes:
    """The types of results, the integers among which may be too large for float64."""
    if not np.any(whole := type_ <= HUGE):
        return type_
    infinite = np.isinf(numbers)
    return chosen(whole, chosen(infinite, HUGE, WHOLE) if np.any(infinite) else WHOLE, type_)


def combine(ufunc: Ufunc, a: Value, b: Value) -> Value:
    """A sum, a difference or a product."""
    numbers = ufunc(a.numbers, b.numbers)
    return Value(numbers, grown(wider(a, b), numbers), mixed(a, b))


def quotient(ufunc: Ufunc, whole: str, real: str, a: Value, b: Value) -> Value:
    """A quotient or remainder; `whole` and `real` are the exceptions for integers and for floats if `b` is 0."""
    numbers, type_, error = ufunc(a.numbers, b.numbers), wider(a, b), mixed(a, b)
    if np.any(zero := b.numbers == 0):
        error = first(error, raised(zero & (type_ <= HUGE), whole))
        error = first(error, raised(zero & (type_ == FLOAT), real))
    return Value(numbers, grown(type_, numbers), error)


def divide(a: Value, b: Value) -> Value:
    """A true quotient, which is never an integer."""
    result = quotient(np.divide, ex.DIVISION, ex.FLOAT_DIVISION, a, b)
    error = result.error
    if np.any(large := a.type == HUGE):
        error = first(error, raised(large & (b.type <= HUGE), ex.QUOTIENT))
    return Value(result.numbers, chosen(result.type == NUMPY, NUMPY, FLOAT), error)


def power(a: Value, b: Value) -> Value:
    """A power; one of integers with a negative exponent is a float."""
    numbers, type_, error = np.power(a.numbers, b.numbers), wider(a, b), mixed(a, b)
    if np.any(whole := type_ <= HUGE) and np.any(negative := b.numbers < 0):
        type_ = chosen(whole & negative, FLOAT, type_)
    if np.any(failed := ~np.isfinite(numbers) & np.isfinite(a.numbers) & np.isfinite(b.numbers) & (type_ == FLOAT)):
        error = first(error, raised(failed & (a.numbers == 0), ex.ZERO_POWER))
        error = first(error, raised(failed & np.isinf(numbers), ex.OVERFLOW))
        error = first(error, raised(failed & np.isnan(numbers), ex.COMPLEX))
    return Value(numbers, grown(type_, numbers), error)


def real(ufunc: Ufunc, infinite: str, a: Value) -> Value:
    """A function of Python's `math`; `infinite` is the exception in place of an infinite result."""
    a = converted(a)
    numbers, error = ufunc(a.numbers), a.error
    if not np.all(np.isfinite(numbers)):
        error = first(error, raised(np.isnan(numbers) & ~np.isnan(a.numbers), ex.DOMAIN))
        error = first(error, raised(np.isinf(numbers) & np.isfinite(a.numbers), infinite))
    return Value(numbers, FLOAT, error)


def rounded(ufunc: Ufunc, a: Value) -> Value:
    """A function whose result is an integer."""
    numbers, error = ufunc(a.numbers), a.error
    if not np.all(np.isfinite(numbers)):
        error = first(error, raised(np.isinf(numbers) & (a.type != HUGE), ex.INFINITY))
        error = first(error, raised(np.isnan(numbers), ex.NOT_A_NUMBER))
    return Value(numbers, grown(WHOLE, numbers), error)


def same(ufunc: Ufunc, a: Value) -> Value:
    """A function that keeps the type."""
    return Value(ufunc(a.numbers), a.type, a.error)


def numpy(ufunc: Ufunc, *values: Value) -> Value:
    """A function of numpy, which raises nothing."""
    return Value(ufunc(*(each.numbers for each in values)), NUMPY, reduce(first, (each.error for each in values)))


def extreme(ufunc: Ufunc, better: Ufunc, *values: Value) -> Value:
    """Python's `min` or `max`: of equal values the first."""

    def best(a: Value, b: Value) -> Value:
        taken = better(b.numbers, a.numbers)
        return Value(ufunc(a.numbers, b.numbers), chosen(taken, b.type, a.type), first(a.error, b.error))

    return reduce(best, values)


def selected(condition: Value, a: Value, b: Value) -> Value:
    """`a if condition else b`, of which only one is computed."""
    true = condition.numbers != 0
    error = first(condition.error, chosen(true, a.error, b.error))
    return Value(np.where(true, a.numbers, b.numbers), chosen(true, a.type, b.type), error)


def both(a: Value, b: Value) -> Value:
    """`a and b`: the first operand if it is false, otherwise the second."""
    return selected(a, b, a)


def either(a: Value, b: Value) -> Value:
    """`a or b`: the first operand if it is true, otherwise the second."""
    return selected(a, a, b)


def inverted(a: Value) -> Value:
    """`not a`."""
    return Value(np.asarray(a.numbers == 0, dtype=np.float64), WHOLE, a.error)


def compared(value: Value, others: Iterable[tuple[Ufunc, Value]]) -> Value:
    """A chain of comparisons, computed up to the first that does not hold."""
    holds, error = np.True_, value.error
    for ufunc, other in others:
        error = first(error, chosen(holds, other.error, 0))
        holds, value = np.logical_and(holds, ufunc(value.numbers, other.numbers)), other
    return Value(np.asarray(holds, dtype=np.float64), WHOLE, error)


def converted(a: Value) -> Value:
    """A value as a float."""
    return Value(a.numbers, FLOAT, first(a.error, raised(a.type == HUGE, ex.TOO_LARGE)))


_REALS = ("sin", "cos", "tan", "tanh", "exp", "log", "log2", "log10", "sqrt")

# Functions by name, each with the least and the greatest number of arguments.
FUNCTIONS: dict[str, tuple[Operation, int, int]] = {
    **{name: (partial(real, getattr(np, name), ex.RANGE if name == "exp" else ex.DOMAIN), 1, 1) for name in _REALS},
    "floor": (partial(rounded, np.floor), 1, 1),
    "ceil": (partial(rounded, np.ceil), 1, 1),
    "abs": (partial(same, np.abs), 1, 1),
    "int": (partial(rounded, np.trunc), 1, 1),
    "round": (partial(rounded, np.rint), 1, 1),
    "pow": (power, 2, 2),
    "min": (partial(extreme, np.minimum, np.less), 1, 20),
    "max": (partial(extreme, np.maximum, np.greater), 1, 20),
    "where": (partial(numpy, np.where), 3, 3),
    **{f"np.{name}": (partial(numpy, getattr(np, name)), 1, 1) for name in (*_REALS, "floor", "ceil", "abs", "round")},
    **{f"np.{name}": (partial(numpy, getattr(np, name)), 2, 2) for name in ("power", "minimum", "maximum")},
}
