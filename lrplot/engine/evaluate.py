"""Evaluation over step ranges, in blocks that fit the cache."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from lrplot.curves.curve import Curve
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import Steps
from lrplot.diagnostics import NotFinite

# Steps per block: its arrays take 256 KiB each, and a few of them fit in an L2 cache of 1 MiB. In blocks of 2^22, a
# cosine over 10^7 steps takes at least three times as long.
BLOCK = 1 << 15
KEPT = 1 << 22  # bytes; room for a block's temporaries
HELD = 1 << 19  # steps of a run whose values are held: 4 MiB


def _keep_freed_memory() -> None:
    """Make glibc keep the memory that a block frees for the next block, which then needs no new pages.

    Its threshold for returning memory is twice the largest mapping freed so far (`man mallopt`,
    M_MMAP_THRESHOLD); freeing an untouched mapping raises it. Other C libraries are not affected.
    """
    np.empty(KEPT, dtype=np.uint8)


_keep_freed_memory()


def evaluate_at(curve: Curve, steps: Steps) -> Floats:
    """float64 values at any steps ≥ 0, in any order, of the same (one-dimensional) shape."""
    values = np.empty(steps.shape)
    for start in range(0, len(steps), BLOCK):
        block = steps[start : start + BLOCK]
        values[start : start + BLOCK] = _finite(curve, block)
    return values


def blocks(curve: Curve, start: int, stop: int, every: int = 1) -> Iterator[tuple[Steps, Floats]]:
    """Steps start, start + every … below stop and their values, block by block."""
    for first in range(start, stop, BLOCK * every):
        steps = np.arange(first, min(stop, first + BLOCK * every), every, dtype=np.int64)
        yield steps, _finite(curve, steps)


def run_blocks(curve: Curve, steps: int) -> Iterator[tuple[Steps, Floats]]:
    """Steps and values of a whole run, block by block; those of a short run are held."""
    if steps > HELD:
        yield from blocks(curve, 0, steps)
        return
    values = held_values(curve, steps)
    for first in range(0, steps, BLOCK):
        yield np.arange(first, min(steps, first + BLOCK), dtype=np.int64), values[first : first + BLOCK]


def evaluate(curve: Curve, start: int, stop: int) -> Floats:
    """float64 values at steps start … stop − 1."""
    values = np.empty(max(stop - start, 0))
    for steps, block in blocks(curve, start, stop):
        values[steps[0] - start : steps[-1] - start + 1] = block
    return values


@lru_cache(maxsize=8)  # loading a run, its page and its checks look at the same values
def held_values(curve: Curve, steps: int) -> Floats:
    """The values of a run of at most `HELD` steps, which nobody may change."""
    values = evaluate(curve, 0, steps)
    values.flags.writeable = False
    return values


def raw_values(curve: Curve, steps: Steps) -> Floats:
    """The curve's values, finite or not, without numpy's warnings."""
    with np.errstate(all="ignore"):
        return curve.values(steps)


def _finite(curve: Curve, steps: Steps) -> Floats:
    values = raw_values(curve, steps)
    finite = np.isfinite(values)
    if not finite.all():
        bad = int(finite.argmin())
        raise NotFinite(int(steps[bad]), float(values[bad]))
    return values
