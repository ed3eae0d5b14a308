"""The number of cycles that points go through: the one at which a shape misses them by least."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lrplot.analysis.inference.evidence import Evidence
from lrplot.curves.shapes import Floats

CLOSE = 1 / 12  # cycles between two numbers that are tried: the nearest one is the start of a good fit
BEST = 3  # numbers that are kept


def cycles_of(shape: Callable[[Floats], Floats], evidence: Evidence, floor: bool) -> list[tuple[float, float]]:
    """Likely numbers of cycles between update 0 and the last point, each with the sum of its squared differences.

    `shape(x)` gives factors at the clock `x` in cycles; the values are a multiple of them, above some `floor` or above
    0. A cycle has two points at least: with evenly spaced ones, more cycles look like fewer.
    """
    clock = evidence.steps / max(evidence.last, 1)
    most = min(len(evidence), 1 / (2 * float(np.diff(clock).min())))
    counts = np.arange(0.25, max(most, 1.0) + CLOSE, CLOSE)
    factors = shape(counts[:, None] * clock)
    values = evidence.values / evidence.peak
    if floor:
        factors, values = factors - factors.mean(axis=1, keepdims=True), values - values.mean()
    size = np.square(factors).sum(axis=1) + 1e-300
    errors = values @ values - np.square(np.maximum(factors @ values, 0.0)) / size
    errors = np.maximum(errors, np.square(evidence.tolerance / evidence.peak).sum() + 1e-9)
    ends = np.concatenate([[np.inf], errors, [np.inf]])
    lowest = np.flatnonzero((errors <= ends[:-2]) & (errors <= ends[2:]))
    best = lowest[np.argsort(errors[lowest], kind="stable")[:BEST]]
    return list(zip(counts[best].tolist(), errors[best].tolist(), strict=True))
