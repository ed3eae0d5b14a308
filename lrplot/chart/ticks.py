"""Ticks at round numbers, and their labels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import ceil, floor, isfinite, log10

_STEPS = (Fraction(1), Fraction(2), Fraction(5, 2), Fraction(5), Fraction(10), Fraction(20))
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
MOST_DECIMALS = 17


def nice_ticks(low: float, high: float, most: int) -> list[float]:
    """At most `most` multiples of 1, 2, 2.5 or 5 · 10^k in [low, high]; `low` alone if no range is left."""
    if not low < high or most < 1:
        return [low]
    # Exact arithmetic: the range may be subnormal, near the largest float64, or a few roundings wide.
    span = Fraction(high) - Fraction(low)
    power = Fraction(10) ** _exponent(span / most)
    slack = Fraction(1, 10**9)
    for step in _STEPS:
        size = step * power
        first, last = ceil(Fraction(low) / size - slack), floor(Fraction(high) / size + slack)
        if last - first + 1 <= most:
            break
    ticks = dict.fromkeys(float(i * size) for i in range(first, last + 1))
    return list(ticks) or [low]


def _exponent(value: Fraction) -> int:
    """The k of 10^k ≤ value < 10^(k + 1)."""
    guess = len(str(value.numerator)) - len(str(value.denominator))
    return guess if Fraction(10) ** guess <= value else guess - 1


def even_ticks(total: float, most: int, *, parts: bool = False) -> list[float]:
    """Multiples of a round number that divides `total`, from 0 to `total`; `nice_ticks` if there is none.

    Ticks of a whole total are whole numbers unless `parts` is set.
    """
    whole = total == round(total) and not parts
    for mantissas in ((1.0, 2.0, 2.5, 5.0), (1.5, 3.0, 4.0, 6.0, 7.5, 8.0)):
        for count in range(most, 1, -1):
            size = total / count
            mantissa = size / 10.0 ** floor(log10(size))
            if any(abs(mantissa - nice) < 1e-9 for nice in mantissas) and not (whole and size % 1):
                return [float(f"{i * size:.12g}") for i in range(count + 1)]
    inner = [tick for tick in nice_ticks(0.0, total, most) if tick < total * (1 - 0.6 / most)]
    return [*(tick for tick in inner if not (whole and tick % 1)), total]


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Decades in [low, high], thinned to at most `most`; 2 and 5 between them if there is room."""
    first, last = ceil(log10(low) - 1e-9), floor(log10(high) + 1e-9)
    decades = list(range(first, last + 1))
    stride = max(1, ceil(len(decades) / max(most, 1)))
    ticks = [float(f"1e{exponent}") for exponent in decades[::stride]]
    if len(decades) * 3 <= most:
        finer = [float(f"{digit}e{exponent}") for exponent in range(first - 1, last + 1) for digit in (1, 2, 5)]
        ticks = [tick for tick in finer if low * (1 - 1e-9) <= tick and tick / (1 + 1e-9) <= high]
    return ticks or [low, high]


def tick_labels(values: Sequence[float]) -> list[str]:
    """Labels of ticks at values in one style: the same number of decimals, with exponents if the values need them."""
    largest = max(map(abs, values), default=0.0)
    if largest == 0:
        return ["0"] * len(values)
    scientific = not 1e-2 <= largest < 1e5
    return _told_apart(values, lambda value, decimals: _label(value, decimals, scientific))


def factored_labels(values: Sequence[float]) -> tuple[list[str], int]:
    """Labels of ticks at values as multiples of 10^k, and k: `0.5`, `1.0` and −3; k is 0 if no factor is needed."""
    largest = max(map(abs, values), default=0.0)
    if largest == 0:
        return ["0"] * len(values), 0
    exponent = 0 if 1e-2 <= largest < 1e5 else _exponent(Fraction(largest))
    scaled = [float(Fraction(value) / Fraction(10) ** exponent) for value in values]
    labels = _told_apart(scaled, lambda value, decimals: f"{value:.{decimals}f}" if value else "0")
    return [label.replace("-", "−") for label in labels], exponent


def power_of_ten(exponent: int) -> str:
    """A power of ten as people write it: `10⁻³`."""
    return "10" + str(exponent).translate(_SUPERSCRIPTS)


def log_labels(values: Sequence[float]) -> list[str]:
    """Labels of logarithmic ticks: plain numbers near 1, otherwise powers of ten, with their digits if not 1."""
    if all(1e-2 <= value < 1e3 for value in values):
        return [f"{value:.3g}" for value in values]
    labels: list[str] = []
    for value in values:
        digits, _, exponent = f"{value:.2e}".partition("e")
        power, digits = power_of_ten(int(exponent)), digits.rstrip("0").rstrip(".")
        labels.append(power if digits == "1" else f"{digits}·{power}")
    return labels


def _told_apart(values: Sequence[float], text: Callable[[float, int], str]) -> list[str]:
    """The texts of values with as few decimals as say each of them, and no two alike."""
    gaps = [abs(a - b) for i, a in enumerate(values) for b in values[:i] if a != b]
    slack = min([*gaps, max(map(abs, values)) * 1e-3]) * 1e-3
    labels: list[str] = []
    for decimals in range(MOST_DECIMALS + 1):
        labels = [text(value, decimals) for value in values]
        read = [float(label) for label in labels]
        if all(isfinite(b) and abs(b - a) <= slack for a, b in zip(values, read, strict=True)):
            break
    return labels


def _label(value: float, decimals: int, scientific: bool) -> str:
    if value == 0:
        return "0"
    if not scientific:
        return f"{value:.{decimals}f}"
    mantissa, _, exponent = f"{value:.{max(decimals, 1)}e}".partition("e")
    return f"{mantissa}e{int(exponent)}"
