"""The pieces that optax's schedules consist of: open sequences of phases.

All arithmetic keeps optax's order of operations: values agree to the last bit, except for powers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import numpy as np

from lrplot.curves.curve import Flat
from lrplot.curves.formulas import Formula, cosine, line
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import FARTHEST
from lrplot.diagnostics import Fault
from lrplot.frameworks.shared.joined import opened

Function = Callable[[Floats], Floats]


def _hold(value: float, length: int) -> Phase:
    return Phase("hold", Flat(length, value))


@np.errstate(all="ignore")
def _at(function: Function, step: float) -> float:
    return float(function(np.array([step], dtype=np.float64))[0])


def polynomial(
    name: str, first: float, last: float, power: float, steps: int, begin: int, length: int, role: Role | None
) -> Sequence:
    """A phase `name` from `first` to `last` in `steps` steps from `begin` on; constant if there are no steps."""
    if steps <= 0:
        return opened(length, Phase("constant", Flat(max(length, 1), first)))
    begin = max(begin, 0)
    function = partial(_polynomial, first, last, power, steps)
    ramp = Formula(steps, function, over=steps, meant=role, held=True)
    rest = length - begin - steps
    return opened(length, _hold(_at(function, 0), begin), Phase(name, ramp), _hold(_at(function, steps), rest))


@np.errstate(all="ignore")
def _polynomial(first: float, last: float, power: float, steps: int, t: Floats) -> Floats:
    left = 1 - np.minimum(t, steps) / steps
    return np.asarray((first - last) * np.power(left, power) + last)


def exponential(
    first: float, steps: int, rate: float, begin: int, staircase: bool, bound: float | None, length: int
) -> Sequence:
    """first·rate^(t/steps) from `begin` on, bounded by `bound`; constant if `steps` or `rate` is 0."""
    if steps <= 0 or rate == 0:
        return opened(length, Phase("constant", Flat(max(length, 1), first)))
    begin = max(begin, 0)
    function = partial(_exponential, first, steps, rate, staircase, bound)
    role = Role.STAIRS if staircase else None
    decay = Formula(max(length - begin, 1), function, turns=None if rate < 0 else (), meant=role)
    return opened(length, _hold(_at(function, 0), begin), Phase("exponential", decay))


@np.errstate(all="ignore")
def _exponential(first: float, steps: int, rate: float, staircase: bool, bound: float | None, t: Floats) -> Floats:
    p = t / steps
    values = first * np.power(rate, np.floor(p) if staircase else p)
    if bound is None:
        return np.asarray(values)
    return np.asarray(np.maximum(values, bound) if rate < 1 else np.minimum(values, bound))


def cosine_decay(first: float, steps: int, alpha: float, exponent: float, length: int) -> Sequence:
    """Half a cosine to the share `alpha` of `first` in `steps` steps."""
    if steps <= 0:
        message = f"ValueError: The cosine_decay_schedule requires positive decay_steps, got decay_steps={steps}."
        help = "give steps above 0, and more than those of the warmup if they include it"
        raise Fault(message, field="decay_steps", help=help)
    function = partial(_cosine, first, steps, alpha, exponent)
    fall = Phase("cosine", Formula(steps, function, over=steps, held=True))
    return opened(length, fall, _hold(_at(function, steps), length - steps))


@np.errstate(all="ignore")
def _cosine(first: float, steps: int, alpha: float, exponent: float, t: Floats) -> Floats:
    fall = 0.5 * (1 + np.cos(np.pi * np.minimum(t, steps) / steps))
    return np.asarray(first * ((1 - alpha) * np.power(fall, exponent) + alpha))


def check_scales(owner: str, scales: Mapping[int, float], field: str) -> None:
    """Raise a `Fault` if a scale is below 0."""
    if any(scale < 0 for scale in scales.values()):
        message = f"ValueError: `{owner}` expects non-negative scale factors"
        raise Fault(message, field=field, help="give factors of 0 or more")


@np.errstate(all="ignore")
def levels(first: float, scales: Mapping[int, float]) -> Floats:
    """The values between boundaries: `first`, multiplied at each boundary by its scale."""
    return np.multiply.accumulate(np.array([first, *(scales[edge] for edge in sorted(scales))], dtype=np.float64))


def interpolated(
    shape: str,
    first: float,
    scales: Mapping[int, float],
    length: int,
    names: Mapping[int, str],
    field: str = "boundaries_and_scales",
) -> Sequence:
    """From level to level and boundary to boundary; `names` has the names of phases, by the boundary that ends them."""
    check_scales("piecewise_interpolate_schedule", scales, field)
    edges = [min(edge, FARTHEST) for edge in (0, *sorted(scales))]
    values = levels(first, scales).tolist()
    ramp = cosine if shape == "cosine" else line
    phases = []
    for begin, end, a, b in zip(edges, edges[1:], values, values[1:], strict=False):
        start = max(begin, 0)
        if end > start:
            curve = replace(ramp(end - start, a, b, end - begin, start - begin), held=end == edges[-1])
            phases.append(Phase(names.get(end, shape), curve))
    return opened(length, *phases, _hold(values[-1], max(length - max(edges[-1], 0), 1)))
