"""Places for ticks that a person would choose."""

from __future__ import annotations

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
    """count·size without the noise of the product."""
    return float(f"{count * size:.12g}")


def even_ticks(total: float, most: int, *, parts: bool = False) -> list[float]:
    """Round multiples that divide `total` evenly, 0 and `total` among them; `nice_ticks` where none does.

    Of a whole total only whole multiples are ticked, unless `parts` are wanted.
    """
    whole = total == round(total) and not parts
    for mantissas in ((1.0, 2.0, 2.5, 5.0), (1.5, 3.0, 4.0, 6.0, 7.5, 8.0)):
        for count in range(most, 1, -1):
            size = total / count
            mantissa = size / 10.0 ** floor(log10(size))
            if any(abs(mantissa - each) < 1e-9 for each in mantissas) and not (whole and size % 1):
                return [_clean(i, size) for i in range(count + 1)]
    inner = [tick for tick in nice_ticks(0.0, total, most) if tick < total * (1 - 0.6 / most)]
    return [*(tick for tick in inner if not (whole and tick % 1)), total]


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Decades in [low, high], thinned to at most `most`; 2 and 5 between them where there is room."""
    first, last = ceil(log10(low) - 1e-9), floor(log10(high) + 1e-9)
    decades = list(range(first, last + 1))
    stride = max(1, ceil(len(decades) / max(most, 1)))
    ticks = [float(f"1e{exponent}") for exponent in decades[::stride]]
    if len(decades) * 3 <= most:
        finer = [float(f"{digit}e{exponent}") for exponent in range(first - 1, last + 1) for digit in (1, 2, 5)]
        ticks = [tick for tick in finer if low * (1 - 1e-9) <= tick <= high * (1 + 1e-9)]
    return ticks or [low, high]
