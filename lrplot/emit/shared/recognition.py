"""The form of a curve that is known only by its values."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lrplot.curves.curve import Curve
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import Steps
from lrplot.emit.shared.forms import MOST_CONDITIONS, Exponential, Form, Law, Level, Ramp, Stairs
from lrplot.engine.evaluate import raw_values

SAMPLED = 257  # steps that a form is compared at
SAME = 1e-10  # difference, as a share of the largest value
NEAR = 1e-14  # difference from a short number that is meant
LONGEST = 1 << 20  # steps of a curve whose values are looked through one by one
MOST_LISTED = 4_096  # values of a curve without a formula
POWERS = (2.0, 0.5, 3.0, 0.9, 4.0, 1.5)

Part = tuple[int, Form]


@np.errstate(all="ignore")
def recognised(curve: Curve, length: int, planned: int, tolerance: float = SAME) -> list[Part] | None:
    """The forms of a curve's first `length` steps, of `planned` in all; None if they are not known."""
    if length <= 0:
        return []
    if (form := _form(curve, 0, length, tolerance, planned)) is not None:
        return [(0, form)]
    turns = curve.turning_points(0, length)
    if turns is not None and len(turns) <= 2 * MOST_CONDITIONS:
        found = _by_turns(curve, [int(turn) for turn in turns if turn > 0], length, tolerance)
        if found is not None:
            return found
    return _levels(curve, length)


def _levels(curve: Curve, length: int) -> list[Part] | None:
    """Constant values, one after the other, if they are few and each lasts for several steps."""
    match listed(curve, length):
        case [(_, Stairs(edges, levels))] if len(levels) <= min(MOST_CONDITIONS, length // 3):
            return [(edge, Level(level)) for edge, level in zip((0, *edges), levels, strict=True)]
    return None


def _by_turns(curve: Curve, turns: list[int], length: int, tolerance: float) -> list[Part] | None:
    """A form for each part between turning points; parts of one or two steps are levels."""
    found: list[Part] = []
    edges = [0, *turns, length]
    start = longest = 0
    for index, stop in enumerate(edges[1:], 1):
        if stop <= start:
            continue
        # A turn may be the last step of one part, or the first of the next.
        ends = sorted({stop, min(stop + 1, length)}, reverse=True)
        # The last part may be cut short; it is as long as the one before then.
        spans = {stop - start, longest} if stop == length else {stop - start}
        fits = ((end, _form(curve, start, end - start, tolerance, *spans)) for end in ends)
        end, form = next(((end, form) for end, form in fits if form is not None), (0, None))
        if form is None:
            if stop - start > 2 or index == len(edges):
                return None
            values = _values(curve, np.arange(start, stop, dtype=np.int64))
            found += ((start + i, Level(float(value))) for i, value in enumerate(values))
            end = stop
        else:
            found.append((start, form))
        longest = max(longest, end - start)
        start = end
    return found


def _form(curve: Curve, start: int, length: int, tolerance: float, *planned: int) -> Form | None:
    """The one form of `length` steps from `start` on."""
    sample = np.unique(np.linspace(0, length - 1, SAMPLED).astype(np.int64))
    values = _values(curve, start + sample)
    if not np.all(np.isfinite(values)):
        return None
    scale = float(np.max(np.abs(values))) or 1.0
    steps = np.arange(length, dtype=np.int64) if length <= LONGEST else sample
    for form in _candidates(sample, values, planned):
        # First at few steps, where most candidates differ.
        differences = (np.abs(form.values(t) - _values(curve, start + t)) for t in (sample, steps))
        if all(np.max(each) <= tolerance * scale for each in differences):
            return form
    return None


def _candidates(sample: Steps, values: Floats, planned: tuple[int, ...]) -> Iterator[Form]:
    if float(np.ptp(values)) <= 4e-16 * float(np.max(np.abs(values))):
        yield Level(float(values[0]))
    if sample[-1] < 2:
        return
    spans = dict.fromkeys(each + more for each in planned for more in (0, -1, 1))
    for lead in (0, 1):
        for span in (each + lead for each in spans if each + lead > 1):
            u = np.clip((sample + lead) / span, 0, 1)
            if sample[-1] + lead > span:
                continue
            bases = [("linear", 1.0, u), ("cosine", 1.0, (1 - np.cos(np.pi * u)) / 2), ("sqrt", 1.0, np.sqrt(u))]
            if lead == 0:
                bases.append(("log", 1.0, np.log1p(sample) / np.log(span)))
            bases += [("rise", p, u**p) for p in POWERS] + [("fall", p, 1 - (1 - u) ** p) for p in POWERS]
            for shape, parameter, share in bases:
                first, last = _ends(share, values)
                if np.max(np.abs(first + (last - first) * share - values)) <= SAME * np.max(np.abs(values)):
                    yield Ramp(first, last, span, shape, parameter, lead)
    if np.all(values > 0):
        t = float(sample[-1])
        yield Exponential(float(values[0]), float((values[-1] / values[0]) ** (1 / t)))
        for exponent in (0.5, 1.0):
            growth = float((values[-1] / values[0]) ** (-1 / exponent)) - 1
            if growth > 0:
                yield Law(float(values[0]), snapped(t / growth, 1e-9), exponent)


def _ends(share: Floats, values: Floats) -> tuple[float, float]:
    """The values at both ends, by least squares, of which those that are near a short number are that number."""
    basis = np.stack([1 - share, share], axis=1)
    scale = float(np.max(np.abs(values)))
    (first, last), *_ = np.linalg.lstsq(basis, values / scale, rcond=None)
    found = float(first) * scale, float(last) * scale
    exact = float(values[0]) if share[0] == 0 else found[0], float(values[-1]) if share[-1] == 1 else found[1]
    return snapped(exact[0], NEAR, scale), snapped(exact[1], NEAR, scale)


def snapped(value: float, tolerance: float, scale: float | None = None) -> float:
    """The number of the fewest digits near a value, if it has 12 or less, else the value."""
    allowed = tolerance * abs(value if scale is None else scale)
    if abs(value) <= allowed:
        return 0.0
    short = (float(f"{value:.{digits}g}") for digits in (2, 4, 6, 9, 12))
    return next((each for each in short if abs(each - value) <= allowed), value)


def listed(curve: Curve, length: int) -> list[Part] | None:
    """The values themselves, if they change seldom or are few."""
    if length > LONGEST:
        return None
    values = _values(curve, np.arange(length, dtype=np.int64))
    if not np.all(np.isfinite(values)):
        return None
    edges = np.flatnonzero(values[1:] != values[:-1]) + 1
    if len(edges) >= MOST_LISTED:
        return None
    levels = tuple(float(value) for value in values[np.append(0, edges)])
    return [(0, Stairs(tuple(int(edge) for edge in edges), levels))]


def _values(curve: Curve, steps: Steps) -> Floats:
    return np.asarray(raw_values(curve, steps))
