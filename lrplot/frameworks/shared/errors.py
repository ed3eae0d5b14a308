"""Errors of frameworks, as Python prints them."""

from __future__ import annotations

from lrplot.diagnostics import Fault

DIVISION = "ZeroDivisionError: division by zero"
FLOAT_DIVISION = "ZeroDivisionError: float division by zero"
MODULO = "ZeroDivisionError: integer modulo by zero"
ZERO_POWER = "ZeroDivisionError: 0.0 cannot be raised to a negative power"
OVERFLOW = "OverflowError: (34, 'Numerical result out of range')"
DOMAIN = "ValueError: math domain error"
INDEX = "IndexError: list index out of range"


def require(condition: bool, field: str, error: str, help: str | None = None) -> None:
    """Raise the framework's error about a field unless a condition holds."""
    if not condition:
        raise Fault(error, field=field, help=help)
