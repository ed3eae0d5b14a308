"""Printed digits: how far the value that a run used can lie from the one in its log.

A program prints the values of a column in one way. In full, as Python's `repr` and JSON do: the shortest text that
reads back to the same float64, so that `5e-05` is exact. With a fixed number of decimals or of significant digits: half
a unit of the last one is unknown, also where trailing zeros are dropped, as by `%g`. Or as a float32.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from lrplot.lazy import dataclass

FULL = 15  # significant digits from which a text can only be a float64 in full
FEW = 4  # different values from which the digits of a column tell how it was printed
SMALL = 4  # decimals from which `repr` writes an exponent
SHORT = 2  # significant digits that round numbers have too
MANY = 12  # different values that are not all round
PART = 1 << 15  # values at once, so that memory holds little beside them

_NUMBER = re.compile(r"[+-]?(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?")


@dataclass(frozen=True)
class Printed:
    """The digits of a printed column: `decimals`, or `significant` ones, or all of them if both are None."""

    decimals: int | None = None
    significant: int | None = None

    def slack(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Half a unit of the last printed digit of each value, float64 of the same shape; 0 if they are in full.

        Values that are all float32 have half the distance to the next float32.
        """
        if self == IN_FULL and _all_single(values):
            return np.spacing(np.abs(values).astype(np.float32)).astype(np.float64) / 2
        if self.decimals is not None:
            return np.broadcast_to(np.float64(float(f"5e-{self.decimals + 1}")), values.shape)
        if self.significant is None:
            return np.broadcast_to(np.float64(0), values.shape)
        slack = np.empty(values.shape)
        for start in range(0, len(values), PART):
            sizes = np.abs(values[start : start + PART])
            some = sizes > 0
            sizes[~some] = 1
            slack[start : start + PART] = (
                0.5 * 10.0 ** (np.floor(np.log10(sizes) + 1e-12) - self.significant + 1) * some
            )
        return slack


IN_FULL = Printed()


def printed_way(texts: Iterable[str], printed: Printed | None = None) -> Printed:
    """The digits of a printed column, from a sample of its texts.

    `printed` is how the program prints it, perhaps with more digits in other versions of it.
    """
    numbers = [number for text in set(texts) if (number := _digits(text))]
    if not numbers:
        return printed or IN_FULL
    most_digits = max(digits for digits, _, _ in numbers)
    most_decimals = max(decimals for _, decimals, _ in numbers)
    if most_digits >= FULL:
        return IN_FULL
    if printed == IN_FULL:
        return IN_FULL
    if printed is not None:
        if printed.decimals is not None:
            return Printed(decimals=max(printed.decimals, most_decimals))
        return Printed(significant=max(printed.significant or 0, most_digits))
    if forms := {form for _, _, form in numbers if form}:  # zeros that no shortest text has
        return Printed(significant=most_digits) if forms == {"e"} else Printed(decimals=most_decimals)
    if len(numbers) < (MANY if most_digits <= SHORT else FEW):
        return IN_FULL
    half = len(numbers) / 2
    with_decimals = sum(decimals == most_decimals for _, decimals, _ in numbers)
    with_digits = sum(digits == most_digits for digits, _, _ in numbers)
    if with_digits >= max(half, with_decimals + 1):
        return Printed(significant=most_digits)
    return Printed(decimals=most_decimals) if with_decimals >= half else IN_FULL


def _digits(text: str) -> tuple[int, int, str] | None:
    """Significant digits, decimals, and the form of a number that no shortest text has: `e` with an exponent, or `f`.

    Such a number has trailing zeros, or an exponent although it is not below 1e-4.
    """
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        return None
    whole, part, exponent = match[1], match[2], int(match[3] or 0)
    digits = (whole + part).lstrip("0")
    if not digits and not part.strip("0") and len(part) < 2 and match[3] is None:
        return None  # a zero tells nothing
    padded = part.endswith("0") and (len(part) > 1 or match[3] is not None)
    needless = match[3] is not None and len(digits) > SHORT and exponent + len(whole.lstrip("0")) > -SMALL
    return len(digits), max(len(part) - exponent, 0), ("e" if match[3] else "f") if padded or needless else ""


def _all_single(values: NDArray[np.float64]) -> bool:
    """Whether all values are float32, and some cannot be short decimals."""
    known = values[np.isfinite(values) & (values != 0)]
    if not len(known):
        return False
    with np.errstate(over="ignore"):
        if (known[:1].astype(np.float32) != known[:1]).any() or (known.astype(np.float32) != known).any():
            return False
    some = known[:: max(len(known) // 1000, 1)].tolist()
    return any((number := _digits(repr(value))) is not None and number[0] >= FULL - 3 for value in some)
