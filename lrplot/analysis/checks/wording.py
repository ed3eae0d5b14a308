"""Numbers and shares as findings write them."""

from __future__ import annotations

import re

MOST_DIGITS = 1e15  # of a number that is written out


def rate(value: float) -> str:
    """A learning rate to four digits: `3e-4`, `0.05`, `0`."""
    text = f"{value:.4g}"
    if 0 < abs(value) < 1e-2:
        text = re.sub(r"\.?0*e", "e", f"{value:.3e}")
    return re.sub(r"e([-+])0*(\d)", lambda found: f"e{found[1].strip('+')}{found[2]}", text)


def share(part: float, whole: float) -> str:
    """A part of a whole in percent: `12%`, `0.5%`."""
    return f"{100 * part / whole:.2g}%" if part < 0.995 * whole else f"{100 * part / whole:,.0f}%"


def several(count: float, unit: str) -> str:
    """A number of things: `1 epoch`, `10,000 epochs`."""
    number = f"{count:,.10g}" if count < MOST_DIGITS else f"{count:.3g}"
    return f"{number} {unit}" + ("" if count == 1 else "s")


def updates(count: float) -> str:
    """A number of updates: `1 update`, `10,000 updates`."""
    return several(count, "update")
