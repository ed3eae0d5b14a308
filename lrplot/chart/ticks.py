"""Ticks at round numbers, and their labels."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, inf, log10

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


def nice_ticks(low: float, high: float, most: int) -> list[float]:
    """At most `most` multiples of 1, 2, 2.5 or 5 · 10^k in [low, high]."""
    rough = (high - low) / max(most, 1)
    if high <= low or most < 1 or not 1e-300 < rough < inf:
        return [low]
    power = 10.0 ** floor(log10(rough))
    for step in (*_STEPS, 20.0):
        size = step * power
        first, last = ceil(low / size - 1e-9), floor(high / size + 1e-9)
        if last - first + 1 <= most:
            break
    return [_clean(i, size) for i in range(first, last + 1)]


def _clean(count: int, size: float) -> float:
    """count·size without the rounding error of the product."""
    return float(f"{count * size:.12g}")


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
                return [_clean(i, size) for i in range(count + 1)]
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
        ticks = [tick for tick in finer if low * (1 - 1e-9) <= tick <= high * (1 + 1e-9)]
    return ticks or [low, high]


def tick_labels(values: Sequence[float]) -> list[str]:
    """Labels of ticks at values in one style: the same number of decimals, with exponents if the values need them."""
    largest = max(map(abs, values), default=0.0)
    if largest == 0:
        return ["0"] * len(values)
    scientific = not 1e-2 <= largest < 1e5
    for decimals in range(7):
        labels = [_label(value, decimals, scientific) for value in values]
        if all(abs(float(label) - value) <= 1e-6 * largest for label, value in zip(labels, values, strict=True)):
            break
    return labels


def _label(value: float, decimals: int, scientific: bool) -> str:
    if value == 0:
        return "0"
    if not scientific:
        return f"{value:.{decimals}f}"
    mantissa, _, exponent = f"{value:.{max(decimals, 1)}e}".partition("e")
    return f"{mantissa}e{int(exponent)}"
