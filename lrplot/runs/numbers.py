"""Exact arithmetic on the numbers that people write.

`10%` of `6e-4` is 6e-5, not 5.9999999999999995e-05: an amount stays the fraction that its decimal text
is, and is rounded once, to float64 or to a whole step.
"""

from __future__ import annotations

from fractions import Fraction


def exact(value: float) -> Fraction:
    """The decimal number that a float is written as: the shortest text that reads back to it."""
    return Fraction(repr(float(value)))


def nearest(value: Fraction) -> int:
    """The nearest whole number; a half is rounded up."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def plain(value: Fraction | float) -> str:
    """A number as a person writes it: `2.5`, `1e-07`, `300,000,000,000`."""
    value = Fraction(value) if isinstance(value, int | Fraction) else exact(value)
    if abs(value) >= 10**18:
        return f"1e{len(str(int(value))) - 1} or more"
    return f"{value.numerator:,}" if value.denominator == 1 else f"{float(value):,g}"
