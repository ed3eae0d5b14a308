"""Numbers as a person would write them on a chart or in a table."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log10

_SIZES = (("T", 10**12), ("B", 10**9), ("M", 10**6), ("k", 10**3))


def rate(value: float, digits: int = 4) -> str:
    """A learning rate: `3e-4`, `1.25e-5`, `0.05`, `0`."""
    if value == 0:
        return "0"
    text = f"{value:.{digits}g}"
    if 1e-2 <= abs(float(text)) < 1e5:
        return f"{float(text):.{digits}g}" if abs(float(text)) < 10**digits else f"{value:,.0f}"
    mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}e{int(exponent)}"


def rates(values: Sequence[float]) -> list[str]:
    """Tick labels in one style: the same number of decimals, and exponents where they help."""
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


def amount(value: float) -> str:
    """A count of steps, epochs, samples or tokens: `10k`, `375M`, `2.5`, `1,281`."""
    for suffix, size in _SIZES:
        scaled = value / size
        if 1 <= abs(scaled) < 1000 and abs(scaled * 100 - round(scaled * 100)) < 1e-9 * abs(scaled * 100) + 1e-12:
            return f"{scaled:.10g}{suffix}"
    if abs(value) >= 1e6:
        size = 10 ** (floor(log10(abs(value)) / 3) * 3)
        return f"{value / size:.4g}{ {s: n for n, s in _SIZES}.get(size, '') }"
    return f"{value:,.10g}" if value == round(value) else f"{value:,.4g}"
