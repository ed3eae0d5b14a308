"""Phases one after the other, where no single kind says it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import product
from math import inf
from typing import Any

import numpy as np

from lrplot.analysis.inference.bodies import FIELD
from lrplot.analysis.inference.evidence import Evidence
from lrplot.analysis.inference.forms import Form, Spec
from lrplot.analysis.inference.numbers import cost, plain, shortest, simplest
from lrplot.analysis.inference.parameters import FARTHEST, Parameter, Updates
from lrplot.analysis.inference.solver import Problem
from lrplot.curves.shapes import Floats
from lrplot.lazy import dataclass

LEVEL, LINE, COSINE, GEOMETRIC = "constant", "linear", "cosine", "exponential"
LEAST = {LEVEL: 2, LINE: 3, COSINE: 5, GEOMETRIC: 4}  # points that a phase of each shape has, at least
MOST = 12  # phases
OFFSETS = (0.0, -0.1, -0.5, -2.0)  # spans before the first of some points that their half cosine may start
LENGTHS = (1.0, 1.3, 2.0, 4.0, 10.0)  # spans that it may last
TRIED = 4  # times its least points that a shape must fit, if not fewer: few determine it too badly
POINTS = 3.0  # for each number in a chain: with fewer, the points are as short a description


@dataclass(frozen=True, eq=False)
class Part:
    """Points `start` … `stop` − 1 that lie on one shape, with its values at the first and the last of them."""

    shape: str
    start: int
    stop: int
    first: float
    last: float


@dataclass(frozen=True, eq=False)
class Chain(Form):
    """Phases, each of which starts where the one before ended, or at a jump.

    Args:
        shapes: the shape of each phase
        jumps: the update of the jump before each phase; 0 if it goes on where the one before ended
        length: the run's length
        guess: values of the parameters to start from
    """

    shapes: tuple[str, ...]
    jumps: tuple[int, ...]
    length: int
    guess: tuple[float, ...]
    name = "phases"

    @property
    def price(self) -> float:  # type: ignore[override]
        """Two digits for each phase, and the jumps."""
        return 2 * FIELD * len(self.shapes) + sum(FIELD + cost(jump) for jump in self.jumps if jump)

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:  # type: ignore[override]
        """The first value, then for each phase its new values and its end."""
        return tuple(self._parameters())

    def _parameters(self) -> Iterator[Parameter]:
        for number, (shape, jump) in enumerate(zip(self.shapes, self.jumps, strict=True), 1):
            if number == 1 or jump:
                yield Parameter(f"value at the start of phase {number}", "value", 0, 1e300, neutral=-1)
            if (number < len(self.shapes) and not self.jumps[number]) or (
                number == len(self.shapes) and shape == COSINE
            ):
                yield Parameter(f"end of phase {number}", "updates", 0, FARTHEST, neutral=-1)
            if shape != LEVEL:
                yield Parameter(f"value at the end of phase {number}", "value", 0, 1e300, neutral=-1)

    def _phases(self, theta: Floats) -> list[tuple[str, float, float, float, float]]:
        """The shape of each phase, its start and end, and its values there."""
        numbers = iter(theta.tolist())
        found = []
        time = value = 0.0
        for index, (shape, jump) in enumerate(zip(self.shapes, self.jumps, strict=True)):
            first = next(numbers) if index == 0 or jump else value
            final = index == len(self.shapes) - 1
            if not final and self.jumps[index + 1]:
                end = float(self.jumps[index + 1])
            elif final and shape != COSINE:
                end = float(self.length)
            else:
                end = next(numbers)
            value = first if shape == LEVEL else next(numbers)
            found.append((shape, time, end, first, value))
            time = end
        return found

    def values(self, theta: Floats, steps: Floats) -> Floats:
        values = np.full_like(steps, np.nan)
        phases = self._phases(theta)
        for number, (shape, start, end, first, last) in enumerate(phases):
            if end <= start:
                return np.full_like(steps, np.nan)
            inside = (steps >= start) & ((steps < end) | (number == len(phases) - 1))
            values[inside] = _along(shape, np.clip((steps[inside] - start) / (end - start), 0, 1), first, last)
        return values

    def starts(self, evidence: Evidence) -> list[Floats]:
        return [np.array(self.guess)]

    def spec(self, theta: Floats, evidence: Evidence) -> Spec:
        phases = self._phases(theta)
        top = max(max(first, last) for *_, first, last in phases)
        if len(phases) > 2 and not any(self.jumps) and all(shape in (LEVEL, LINE) for shape in self.shapes):
            knots = {0: phases[0][3]} | {round(end): last for *_, end, _, last in phases}
            at = {str(step): plain(shortest(value)) for step, value in knots.items()}
            return {"steps": self.length, "schedule": {"kind": "points", "at": at}}
        found: list[Any] = []
        before = top
        for index, (shape, start, end, first, last) in enumerate(phases):
            fields: Spec = {"kind": shape}
            rest = index == len(phases) - 1 and round(end) == self.length
            if not rest:
                fields["for"] = Updates(round(end) - round(start))
            if first != before:
                fields["value" if shape == LEVEL else "from"] = plain(shortest(first))
            if shape != LEVEL and (shape == GEOMETRIC or last != 0):
                fields["to"] = plain(shortest(last))
            found.append(fields["kind"] if len(fields) == 1 else fields)
            before = last
        length = self.length if evidence.stated else max(self.length, round(phases[-1][2]))
        return {"steps": length, "lr": plain(shortest(top)), "schedule": found}


def chain_of(evidence: Evidence) -> Chain | None:
    """The phases that the points fall into; None if they are too many."""
    parts: list[Part] = []
    start = 0
    while start < len(evidence):
        part = _longest(evidence, start)
        if part is None or len(parts) == MOST:
            return None
        parts.append(part)
        start = part.stop
    parts = _merged(evidence, parts)
    shapes = tuple(part.shape for part in parts)
    jumps, guess = [0], [parts[0].first]
    steps = evidence.steps
    for index, part in enumerate(parts):
        following = parts[index + 1] if index + 1 < len(parts) else None
        if following is not None:
            low, high = int(steps[part.stop - 1]), int(steps[following.start])
            knot = _meeting(evidence, part, following)
            jumps.append(0 if knot is not None else int(simplest(low + 1, high, high, whole=True)[0]))
            if knot is not None:
                guess.append(knot)
        elif part.shape == COSINE:
            guess.append(float(steps[part.stop - 1]) + 1.0)
        if part.shape != LEVEL:
            guess.append(part.last)
        if following is not None and jumps[-1]:
            guess.append(following.first)
    chain = Chain(shapes, tuple(jumps), evidence.length, tuple(guess))
    return chain if len(evidence) >= POINTS * len(guess) else None


def _merged(evidence: Evidence, parts: list[Part]) -> list[Part]:
    """The parts, those together that lie on one shape: the longest part from one point on may end in the next one's."""
    index = 0
    while index < len(parts):
        for last in range(min(index + 3, len(parts) - 1), index, -1):
            found = (
                _part(evidence, shape, parts[index].start, parts[last].stop) for shape in (LINE, COSINE, GEOMETRIC)
            )
            whole = next(filter(None, found), None)
            if whole is not None:
                parts = [*parts[:index], whole, *parts[last + 1 :]]
                break
        index += 1
    return parts


def _along(shape: str, u: Floats, first: float, last: float) -> Floats:
    if shape == GEOMETRIC:
        return np.asarray(first * np.power(last / first, u)) if first > 0 < last else np.full_like(u, np.nan)
    done = np.square(np.sin(np.pi / 2 * u)) if shape == COSINE else u
    return np.asarray(first + (last - first) * done)


def _longest(evidence: Evidence, start: int) -> Part | None:
    """The shape that explains the most points from one on; of equally long ones, the simplest."""
    best: Part | None = None
    for shape, least in LEAST.items():
        if best is not None and best.stop == len(evidence):
            break
        size, good = least, None
        while size <= len(evidence) - start:
            part = _part(evidence, shape, start, start + size)
            good = part or good
            if (part is None and (good or size >= TRIED * least)) or size == len(evidence) - start:
                break
            size = min(2 * size, len(evidence) - start)
        if good is None:
            continue
        low, high = good.stop, min(start + size, len(evidence))
        while good.stop < len(evidence) and high - low > 1:
            middle = (low + high) // 2
            part = _part(evidence, shape, start, middle)
            if part is None:
                high = middle
            else:
                good, low = part, middle
        if best is None or good.stop > best.stop + (0 if shape == LINE else 1):
            best = good
    if best is None and start == len(evidence) - 1:
        value = float(evidence.values[start])
        return Part(LEVEL, start, start + 1, value, value)
    return best


def _part(evidence: Evidence, shape: str, start: int, stop: int) -> Part | None:
    """Some points as a part of a shape; None if they do not lie on it."""
    if stop > len(evidence):
        return None
    rows = np.arange(start, stop)
    if len(rows) > 64:
        rows = rows[np.unique(np.linspace(0, len(rows) - 1, 64).astype(int))]
    piece = evidence.at(rows)
    values = piece.values
    if shape == LEVEL:
        low, high = (values - piece.tolerance).max(), (values + piece.tolerance).min()
        middle = float((low + high) / 2)
        return Part(shape, start, stop, middle, middle) if low <= high else None
    steps = piece.steps.astype(np.float64)
    begin, span = steps[0], steps[-1] - steps[0]
    bound = 2 * float(np.abs(values).max()) + 1e-300
    low, high = np.array([-bound, -bound]), np.array([bound, bound])
    theta = np.array([values[0], values[-1]])
    if shape == COSINE:
        low, high = np.append(low, [-20 * span, 0.2 * span]), np.append(high, [0.5 * span, 40 * span])
        theta = _cosine_start(steps - begin, values, span)

    def model(x: Floats) -> Floats:
        offset, length = (x[2], x[3]) if shape == COSINE else (0.0, span)
        return _along(shape, (steps - begin - offset) / length, float(x[0]), float(x[1]))

    scale = np.array([bound, bound, span, span])[: len(theta)]
    fit = Problem(model, values, piece.tolerance, low, high, scale).fit(theta, range(len(theta)))
    if not fit.fits:
        return None
    return Part(shape, start, stop, float(fit.theta[0]), float(fit.theta[1]))


def _cosine_start(t: Floats, values: Floats, span: float) -> Floats:
    """The two values, the start and the length of a half cosine near some points."""
    best, least, size = np.array([values[0], values[-1], 0.0, span]), inf, float(np.abs(values).max()) or 1.0
    for offset, length in product(OFFSETS, LENGTHS):
        done = _along(COSINE, np.clip((t - offset * span) / (length * span), 0, 1), 0.0, 1.0)
        matrix = np.stack([1 - done, done], axis=1)
        (first, last), *_ = np.linalg.lstsq(matrix, values, rcond=None)
        error = float(np.square((matrix @ (first, last) - values) / size).sum())
        if error < least:
            best, least = np.array([first, last, offset * span, length * span]), error
    return best


def _meeting(evidence: Evidence, part: Part, following: Part) -> float | None:
    """The update at which two parts meet between the last point of one and the first of the other; None for a jump."""
    steps, values = evidence.steps.astype(np.float64), evidence.values
    low, high = steps[part.stop - 1], steps[following.start]
    a, b = part.stop - 1, following.start
    slope = 0.0 if part.shape == LEVEL or part.stop - part.start < 2 else _slope(steps, values, a - 1, a)
    other = 0.0 if following.shape == LEVEL or following.stop - following.start < 2 else _slope(steps, values, b, b + 1)
    room = high - low
    reach = (abs(slope) + abs(other)) * room + evidence.tolerance[a] + evidence.tolerance[b]
    if abs(values[b] - values[a]) > 1.05 * reach:
        return None
    if slope == other:
        return float((low + high) / 2)
    knot = (values[b] - other * high - values[a] + slope * low) / (slope - other)
    return float(np.clip(knot, low, high))


def _slope(steps: Floats, values: Floats, a: int, b: int) -> float:
    return float((values[b] - values[a]) / (steps[b] - steps[a]))
