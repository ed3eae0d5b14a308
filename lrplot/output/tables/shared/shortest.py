"""The shortest decimal text of float64 values, as Python's `repr` writes it, for a whole array at once.

A double is the only one in an interval of half its last bit to either side; `repr` is
the shortest decimal in that interval, and of several the nearest (Steele and White 1990;
Adams 2018, *Ryū*, which finds it in integers of 128 bits). Here the same is found in
float64 arithmetic, which NumPy does many values at a time:

1. x in [10^e, 10^(e+1)) is scaled to x·10^(16−e), which has 17 digits before its point.
   The product is kept as a sum of two doubles, good to 2^−100 of it (the error-free
   product of Dekker 1971; Shewchuk 1997, section 2), and split into its nine first digits
   and the rest, a number below 2^26 of either sign: one rounding to 2^−28 is all it is wrong by.
2. Half a last bit is between 0.55 and 11.1 on that scale. So a multiple of 100 within it
   is the only one (15 digits; shorter texts are this one without its zeros), else the
   nearest multiple of 10 is the answer if it is within, else the nearest integer, which always is.
3. Digits come four at a time from a table.

Whatever is too close to call (a distance within `SLACK` of its bound, a hundred times what
all roundings make it wrong by), is lopsided (powers of two, whose neighbours are not equally far),
or is out of the scheme's range (zeros, negative numbers, subnormals) is given to `repr`.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lrplot.curves.shapes import Floats
from lrplot.curves.steps import each_once
from lrplot.lazy import dataclass

Bytes = NDArray[np.uint8]
Lengths = NDArray[np.int64]
Whole = NDArray[np.unsignedinteger[Any]]
Flags = NDArray[np.bool_]
Places = NDArray[np.intp]  # of rows in an array

WIDTH = len("-1.7976931348623157e+308")  # bytes of the longest text
SLACK = 1e-6
FEW = 64  # rows; for fewer, `repr` of each takes less time than the forty array operations

FIRST, LAST = -280, 290  # decades; beyond them the scale or the errors of the product would leave the normal range
_DECADES = np.array([float(f"1e{decade}") for decade in range(FIRST, LAST + 1)])

_FRACTION = np.int64(2**52 - 1)  # the bits of a float64 that are its fraction
_EXPONENT = np.int64(0x7FF << 52)
_HEAD = np.int64(-(2**27))  # all but the last 27 bits, which leaves 26 bits of the significand

_NUMBERS = np.arange(10_000)
_FOUR_DIGITS = (_NUMBERS[:, None] // (1000, 100, 10, 1) % 10 + ord("0")).astype(np.uint8).view(np.uint32).ravel()
_SIGNIFICANT = np.sum(_NUMBERS[:, None] % (10, 100, 1000, 10_000) != 0, axis=1)  # digits before the closing zeros


def texts(values: Floats, cells: Bytes, nothing: bytes = b"nan") -> Lengths:
    """Write each value's `repr` at the start of its row of `cells`, `WIDTH` bytes or wider; return the lengths.

    There is at least one value; NaN is written as `nothing`. What stands in a row after
    its text, up to `WIDTH`, is bytes of numbers (digits, point, e, sign), zeros, or what was there before.
    """
    bits = values.view(np.int64)
    if len(values) > 1 and (bits == bits[0]).all():
        length = texts(values[:1], cells[:1], nothing)
        cells[1:, :WIDTH] = cells[0, :WIDTH]
        return np.repeat(length, len(values))
    lengths = np.empty(len(values), np.int64)
    undecided = [_write_decade(values, cells, lengths, rows, decade) for rows, decade in _by_decade(values)]
    _write_reprs(values, cells, lengths, np.concatenate(undecided), nothing)
    return lengths


def write_whole(numbers: NDArray[np.int64], digits: int, cells: Bytes) -> None:
    """Write integers ≥ 0 of `digits` digits each at the start of their rows of `cells`."""
    if digits < 4:
        for place in range(digits):
            cells[:, place] = numbers // 10 ** (digits - 1 - place) % 10 + ord("0")
        return
    unsigned: Whole = numbers.astype(np.uint32 if digits < 10 else np.uint64)
    rest = unsigned
    for place in range(digits - 4, 0, -4):
        above = rest // 10_000
        _write_four(cells, place, rest - above * 10_000)
        rest = above
    # Last, for it overlaps the group behind it unless there are 4, 8, 12 … digits.
    _write_four(cells, 0, unsigned // 10 ** (digits - 4))


def _write_four(cells: Bytes, place: int, numbers: Whole) -> None:
    index = numbers.view(np.int64) if numbers.itemsize == 8 else numbers  # numpy 1 takes no uint64 as an index
    cells[:, place : place + 4].view(np.uint32)[:, 0] = _FOUR_DIGITS.take(index, mode="clip")


def _by_decade(values: Floats) -> list[tuple[Places, int]]:
    """The rows in each decade [10^e, 10^(e+1)), with e; `FIRST` − 1 is below the range, `LAST` beyond."""
    low, high = np.searchsorted(_DECADES, (values.min(), values.max()), side="right").tolist()
    if low == high:
        return [(np.arange(len(values)), FIRST - 1 + low)]
    # NaN is sorted behind every number, and as the minimum it sends the whole array to `repr`.
    decades = np.searchsorted(_DECADES[low:high], values, side="right").astype(np.int16)
    order = np.argsort(decades, kind="stable")
    groups = np.split(order, np.cumsum(np.bincount(decades))[:-1])
    return [(rows, FIRST - 1 + low + index) for index, rows in enumerate(groups) if len(rows)]


def _write_decade(values: Floats, cells: Bytes, lengths: Lengths, rows: Places, decade: int) -> Places:
    """Write the texts of some rows, all of one decade; return the rows it left to `repr`."""
    if not FIRST <= decade < LAST or len(rows) < FEW:
        return rows
    first, last = int(rows[0]), int(rows[-1])
    if last - first + 1 == len(rows):
        there = slice(first, last + 1)
        lengths[there], doubtful = _write_texts(values[there], cells[there], decade)
    else:
        apart = np.empty((len(rows), WIDTH), np.uint8)
        lengths[rows], doubtful = _write_texts(values[rows], apart, decade)
        cells[rows, :WIDTH] = apart
    return rows[doubtful]


def _write_reprs(values: Floats, cells: Bytes, lengths: Lengths, rows: Places, nothing: bytes) -> None:
    """Write some rows by `repr`, each different value once."""
    if not len(rows):
        return
    # By their bits, in which 0.0 and −0.0 differ.
    bits, which = each_once(values[rows].view(np.int64))
    written = [repr(value).encode() if value == value else nothing for value in bits.view(np.float64).tolist()]
    cells[rows, :WIDTH] = np.array(written, f"S{WIDTH}").view(np.uint8).reshape(-1, WIDTH)[which]
    lengths[rows] = np.array([len(text) for text in written])[which]


@dataclass(frozen=True)
class _Scale:
    """10^k as the double nearest to it, that in two halves, and what it lacks.

    `power` = `head` + `tail` exactly, of 26 bits each; `power` + `lack` is 10^k to 2^−106 of it.
    """

    power: float
    head: float
    tail: float
    lack: float


@cache
def _scale(k: int) -> _Scale:
    power = float(10**k) if k >= 0 else 1 / 10**-k
    above, below = (10**k, 1) if k >= 0 else (1, 10**-k)
    top, bottom = power.as_integer_ratio()
    # Quotients of integers, which Python rounds correctly.
    lack = (above * bottom - top * below) / (below * bottom)
    significand, exponent = math.frexp(power)
    head = math.ldexp(round(significand * 2**26), exponent - 26)
    return _Scale(power, head, power - head, lack)


def _write_texts(values: Floats, cells: Bytes, decade: int) -> tuple[Lengths, Flags]:
    """Texts of values of one decade, their lengths, and which of them are doubtful."""
    high, low, doubtful = _digits(values, decade)
    if -4 <= decade < 0:
        # "0.000" in one store of eight bytes, which the digits then overlap: each byte a store would cost more.
        cells[:, :8].view(np.uint64)[:, 0] = np.frombuffer(b"0.000000", np.uint64)
        return 1 - decade + _write_digits(cells, 1 - decade, high, low), doubtful
    # One place to the right; then those before the point move left.
    count = _write_digits(cells, 1, high, low)
    whole = decade + 1 if 0 <= decade < 16 else 1
    cells[:, :whole] = cells[:, 1 : whole + 1]
    cells[:, whole] = ord(".")
    if 0 <= decade < 16:
        return np.maximum(count, whole + 1) + 1, doubtful
    return _write_suffix(cells, count + (count > 1), f"e{decade:+03d}".encode()), doubtful


def _write_suffix(cells: Bytes, places: Lengths, suffix: bytes) -> Lengths:
    rows = np.arange(len(cells))
    for shift, byte in enumerate(suffix):
        cells[rows, places + shift] = byte
    return places + len(suffix)


def _write_digits(cells: Bytes, place: int, high: NDArray[np.uint32], low: NDArray[np.uint32]) -> Lengths:
    """Write nine and eight digits at a place; return how many there are before the closing zeros."""
    upper, lower = high // 10_000, low // 10_000
    first = upper // 10_000
    groups = upper - first * 10_000, high - upper * 10_000, lower, low - lower * 10_000
    cells[:, place] = first + ord("0")
    for index, group in enumerate(groups):
        _write_four(cells, place + 1 + 4 * index, group)
    count: Lengths = _SIGNIFICANT.take(groups[3], mode="clip")
    count += 13
    rows = np.flatnonzero(groups[3] == 0)
    for before, group in ((9, groups[2]), (5, groups[1]), (1, groups[0])):
        if not len(rows):
            break
        count[rows] = before + _SIGNIFICANT[group[rows]]
        rows = rows[group[rows] == 0]
    return count


def _digits(values: Floats, decade: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32], Flags]:
    """The nine first of 17 digits, the eight last, closed by zeros, and which rows are doubtful."""
    scale = _scale(16 - decade)
    bits = values.view(np.int64)
    high, rest = _scaled(values, scale)
    half_bit = (bits & _EXPONENT).view(np.float64) * (scale.power * 2.0**-53)
    low, doubtful = _shortest(rest, half_bit)
    doubtful |= (bits & _FRACTION) == 0
    # `high` was rounded to nearest: borrow if that was up.
    negative = low < 0
    high -= negative
    low += negative * 1e8
    return high.astype(np.int32).view(np.uint32), low.astype(np.int32).view(np.uint32), doubtful


def _scaled(values: Floats, scale: _Scale) -> tuple[Floats, Floats]:
    """x·10^k as high·10^8 + rest, `high` whole and |rest| ≤ 10^8/2 + 20, to 2^−28."""
    product = values * scale.power
    head = (values.view(np.int64) & _HEAD).view(np.float64)
    tail = values - head
    # The four partial products are exact, and so is what they leave of the rounded product.
    error = head * scale.head
    error -= product
    error += np.multiply(head, scale.tail, out=head)
    error += np.multiply(tail, scale.head, out=head)
    error += np.multiply(tail, scale.tail, out=tail)
    error += np.multiply(values, scale.lack, out=tail)
    high = np.rint(np.multiply(product, 1e-8, out=head), out=head)
    # Exact: high·10^8 is 49 bits times 2^8, and the difference is small and even, as a product above 2^53 is.
    product -= np.multiply(high, 1e8, out=tail)
    product += error
    return high, product


def _shortest(rest: Floats, half_bit: Floats) -> tuple[Floats, Flags]:
    """The whole number of fewest digits within half a bit of `rest`, and whether that is doubtful."""
    low = np.rint(rest)
    distance = rest - low
    doubtful = np.abs(distance, out=distance) > 0.5 - SLACK
    for unit in (10, 100):
        rounded = rest * (1 / unit)
        np.rint(rounded, out=rounded)
        rounded *= unit
        np.subtract(rest, rounded, out=distance)
        np.abs(distance, out=distance)
        tie = distance > unit / 2 - SLACK
        distance -= half_bit
        within, near = distance < -SLACK, distance < SLACK
        low = np.where(within, rounded, low)
        # Doubts about more digits than are needed do not count.
        doubtful = (doubtful & ~within) | (tie & near) | (within ^ near)
    return low, doubtful
