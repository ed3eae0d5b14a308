"""A step of a scheduler as an update of the value that it finds: multiply by a gain, then add a shift.

Each function takes the scheduler's parameters, then an array of its steps, and returns the gains and
shifts at these steps. With the parameters bound by `partial` it is the update of a `Recurrence`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import inf, pi

import numpy as np

from lrplot.curves.expression import OneArgument
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import Steps

Changes = tuple[Floats, Floats]  # gains and shifts
Update = Callable[[Steps], Changes]


def multiplied(gains: Floats) -> Changes:
    """The value times `gains`."""
    return gains, np.zeros(gains.shape)


def towards(goal: float, gains: Floats) -> Changes:
    """The distance from `goal` times `gains`."""
    return gains, goal * (1 - gains)


def kept(steps: Steps) -> Changes:
    """No change."""
    return multiplied(np.ones(steps.shape))


def after_first(update: Update) -> Update:
    """The same changes, but none at step 0."""
    return partial(_after_first, update)


def _after_first(update: Update, steps: Steps) -> Changes:
    gains, shifts = update(steps)
    return np.where(steps == 0, 1.0, gains), np.where(steps == 0, 0.0, shifts)


def factor(gain: float, steps: Steps) -> Changes:
    """The same factor at every step."""
    return multiplied(np.full(steps.shape, gain))


def function(gain: OneArgument, steps: Steps) -> Changes:
    """A factor computed from the step."""
    return multiplied(gain(steps.astype(np.float64)))


def drops(every: int, gamma: float, steps: Steps) -> Changes:
    """A factor at each multiple of `every` above 0."""
    return multiplied(np.where((steps != 0) & (steps % every == 0), gamma, 1.0))


def milestones(edges: Steps, gamma: float, steps: Steps) -> Changes:
    """A factor at each of the ascending `edges`; one that is repeated counts as often."""
    count = np.searchsorted(edges, steps, side="right") - np.searchsorted(edges, steps, side="left")
    return multiplied(np.power(gamma, count.astype(np.float64)))


def share(part: float, last: int, steps: Steps) -> Changes:
    """A share of the value from step 0 on, undone at step `last`."""
    gains = np.where(steps == last, 1 / part if part else inf, 1.0)
    return multiplied(np.where(steps == 0, part, gains))


def line(first: float, last: float, length: int, steps: Steps) -> Changes:
    """A straight line from one share of the value to another in `length` steps; no change after it."""
    rise = last - first
    with np.errstate(divide="ignore", invalid="ignore"):
        gains = 1 + rise / (length * first + (steps - 1) * rise)
    gains = np.where(steps > length, 1.0, gains)
    return multiplied(np.where(steps == 0, first, gains))


def cosine(base: float, low: float, half: float, steps: Steps) -> Changes:
    """Half cosines of `half` steps between `base` and `low`, down and up."""
    leaving = (steps - 1 - half) % (2 * half) == 0
    gains = np.where(leaving, 1.0, cosine_gains(half, steps))
    rise = (base - low) * (1 - np.cos(pi / half)) / 2  # from the bottom, where the gain would be infinite
    return gains, np.where(leaving, rise, low * (1 - gains))


def cosine_gains(half: float | Steps, steps: Steps) -> Floats:
    """The ratio of 1 + cos(π·step/half) to its value at the step before."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((1 + np.cos(pi * steps / half)) / (1 + np.cos(pi * (steps - 1) / half)))
