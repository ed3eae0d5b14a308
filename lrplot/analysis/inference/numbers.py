"""The shortest decimal numbers in an interval."""

from __future__ import annotations

from decimal import Decimal
from math import ceil, floor, inf, isfinite, log10

import numpy as np

from lrplot.curves.shapes import Floats
from lrplot.text.objects import Literal

MOST_DIGITS = 17  # that a float64 needs
SAME = 1e-13  # of a number: a smaller change is rounding
POWER_OF_TWO = 2.0  # digits that a power of two counts as
NEAREST = 4  # numbers of the same length that are looked at
FEW = 3  # digits that a number which is given may have


def cost(number: float) -> float:
    """The significant digits that a number is written with; a final 5 counts half, and 0 nothing."""
    if not isfinite(number):
        return inf
    digits = "".join(map(str, Decimal(repr(float(number))).as_tuple().digits)).strip("0")
    length = len(digits) - (0.5 if len(digits) > 1 and digits[-1] == "5" else 0.0)
    if number == floor(number) >= 64 and not (whole := int(number)) & (whole - 1):
        return min(length, POWER_OF_TWO)
    return length


def simplest(low: float, high: float, center: float, most: int = 8, whole: bool = False) -> list[float]:
    """Numbers in [low, high], those with the fewest digits first, of equally short ones those next to `center`.

    If `whole`, they are integers. There may be none.
    """
    found: dict[float, None] = {}
    if low <= 0 <= high:
        found[0.0] = None
    size = max(abs(low), abs(high))
    if not isfinite(size) or size == 0:
        return list(found)
    top = floor(log10(size))
    for digits in range(MOST_DIGITS + 1):
        exponent = top - digits + 1
        if whole and exponent < 0:
            break
        quantum = float(f"1e{exponent}")
        if quantum == 0:  # there are no shorter numbers next to the smallest float64
            break
        first, last = ceil(low / quantum - 1e-9), floor(high / quantum + 1e-9)
        middle = min(max(round(center / quantum), first), last)
        near = sorted(
            range(max(first, middle - NEAREST), min(last, middle + NEAREST) + 1), key=lambda k: abs(k - middle)
        )
        if last - first > 2 * NEAREST:  # fives between them are shorter
            fives = list(range(5 * ceil(first / 5), last + 1, 5)) if last - first < 1000 else []
            near = sorted(fives, key=lambda k: abs(k - middle))[:NEAREST] + near
        for k in near:
            number = float(f"{k}e{exponent}")
            if low <= number <= high:
                found[number] = None
        if len(found) >= most:
            break
    return sorted(found, key=cost)[:most]


def shortest_within(numbers: Floats, width: float) -> tuple[Floats, Floats]:
    """The shortest number within `width` of each positive one, and its digits: infinite if it takes more than a few."""
    top = np.floor(np.log10(numbers))
    found, length = numbers.copy(), np.full(len(numbers), inf)
    for digits in range(FEW, 0, -1):
        quantum = 10 ** (top - digits + 1)
        rounded = np.rint(numbers / quantum) * quantum
        near = np.abs(rounded - numbers) <= width
        found[near], length[near] = rounded[near], digits
    return found, length


def shortest(number: float) -> float:
    """The shortest decimal number that a number may be, but for rounding."""
    if number == 0 or not isfinite(number):
        return number
    for digits in range(1, MOST_DIGITS):
        rounded = float(f"{number:.{digits - 1}e}")
        if abs(rounded - number) <= SAME * abs(number):
            return rounded
    return number


def plain(number: float) -> int | float:
    """A number as a spec has it: an integer if it is one."""
    return int(number) if number == floor(number) and abs(number) < 1e15 else number


def share(ratio: float, base: float, relative: bool = False) -> Literal | float:
    """A share of a base value as a spec has it, in percent or absolute, whichever is shorter, or `relative` always."""
    percent, absolute = shortest(100 * ratio), shortest(ratio * base)
    return absolute if not relative and cost(absolute) < cost(percent) else percent_of(percent)


def percent_of(percent: float) -> Literal:
    """A percentage as a spec has it."""
    return Literal(f"{format(Decimal(repr(plain(percent))), 'f')}%")
