"""The schedulers of a run: the recipe and the segments of each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from itertools import groupby
from typing import Any

import numpy as np

from lrplot.curves.curve import Curve, Origin, Segment
from lrplot.curves.roles import Role
from lrplot.diagnostics import Fix, Span
from lrplot.engine.evaluate import raw_values
from lrplot.lazy import dataclass
from lrplot.schema.scalars import DIGITS, SIZES, read_number

HORIZONS = (Role.HORIZON, Role.DECAY)  # roles of the argument that sets where a schedule ends
_NUMBER = rf"{DIGITS}[{''.join(SIZES)}]?"
ENDING = (Role.DECAY, Role.CYCLES, Role.CURVE)  # segments that a scheduler ends with, if it ends


@dataclass(eq=False)
class Scheduler:
    """A recipe in force from update `start` up to `stop` of a run, with the segments that it consists of.

    `stop` may lie past the end of a run of `steps` updates. A scheduler that acts `together` with
    others is one of several factors of the learning rate.
    """

    origin: Origin
    segments: tuple[Segment, ...]
    start: int
    stop: int
    steps: int
    together: bool = False

    @property
    def name(self) -> str:
        """The scheduler's name, without its framework."""
        return self.origin.name.rpartition(".")[2]

    @property
    def native(self) -> bool:
        """Whether it is a native kind, whose times are updates of the run."""
        return not self.origin.framework

    @property
    def every(self) -> int:
        """Updates between two steps of its clock."""
        return self.segments[0].every

    @property
    def times(self) -> int:
        """How many times its clock is stepped at once."""
        return self.segments[0].times

    def value(self, *roles: Role) -> Any:
        """The value of the first argument with one of the roles; None if there is none."""
        return self.origin.value(*roles)

    def place(self, *roles: Role) -> Span:
        """The place of the first argument with one of the roles, or else of its name."""
        return self.origin.place(*roles)

    def whole(self, role: Role) -> int | None:
        """The value of the argument that has a role, if it is a whole number above 0."""
        return whole(self.value(role))

    @cached_property
    def ending(self) -> Segment | None:
        """The segment that it ends with; None if it has no end of its own."""
        if not self.horizon_field:
            return None
        own = [each for each in self.segments if each.role in ENDING]
        return own[-1] if own and own[-1].past is not None else None

    @property
    def over(self) -> int | None:
        """The run's update at which its decay ends; None if it has no such end."""
        return self.ending.stop if self.ending else None

    @property
    def end(self) -> int | None:
        """The run's update at which it ends, be it with a rise; None if it has no end of its own."""
        own = [part for part in self.segments if part.past is not None and part.role not in (Role.HOLD, Role.AFTER)]
        return own[-1].stop if own and self.horizon_field else None

    @property
    def planned(self) -> float:
        """The value that its last segment leads to; NaN if it has no end."""
        return leads_to(self.ending) if self.ending else float("nan")

    @property
    def horizon(self) -> int | None:
        """Its own steps until its decay ends; None if it has no such end."""
        return None if self.over is None else -(-(self.over - self.start) // self.every) * self.times

    @property
    def horizon_field(self) -> str:
        """The argument that sets when its decay ends; empty if there is none."""
        return self.origin.field(*HORIZONS)

    @property
    def horizon_place(self) -> Span:
        """The place of its horizon, or else of its name."""
        return self.place(*HORIZONS)

    @property
    def titled(self) -> str:
        """Its horizon as a spec writes it: `T_max` 90."""
        value = self.value(*HORIZONS)
        number = f"{value:,}" if isinstance(value, int | float) else value or f"{self.horizon:,}"
        text = f"`{self.horizon_field}` {number}"
        cycles = self.ending is not None and self.ending.role is Role.CYCLES and self.given != self.horizon
        return f"`{self.name}` with {text}" if cycles else text

    @property
    def given(self) -> int | None:
        """Its horizon as the argument gives it; None if that is no whole number."""
        return whole(self.value(*HORIZONS))

    @property
    def milestones(self) -> list[int]:
        """Its milestones as whole numbers above 0; empty if they are a default, which not all of its forms use."""
        given = self.value(Role.MILESTONES) if self.place(Role.MILESTONES) != self.place() else None
        return [time for each in given if (time := whole(each))] if isinstance(given, tuple) else []

    @property
    def drops(self) -> bool:
        """Whether it is a staircase; some schedulers are one only with certain arguments."""
        return any(segment.role is Role.STAIRS for segment in self.segments)

    def counts_epochs(self, epoch: Fraction) -> bool:
        """Whether its horizon is given in epochs of the run, which it turns into updates itself."""
        if self.over is None or self.given is None or self.given == self.horizon:
            return False
        return epoch > 1 and self.given * epoch == self.over - self.start

    def refit(self, length: int, unit: str = "") -> Fix | None:
        """Write another length for its horizon, and a unit after it; None unless a plain number is in its place."""
        place = self.horizon_place
        if self.given is None or not re.fullmatch(_NUMBER, place.text) or read_number(place.text) != self.given:
            return None
        text = (f"{length:_}" if "_" in place.text else str(length)) + unit
        quoted = unit and not place.source.name.endswith((".yaml", ".yml"))  # YAML alone has text without quotes
        return Fix.of(place, place.text, f'"{text}"' if quoted else text)

    @property
    def readings(self) -> int:
        """Number of its steps until the run ends or another one takes over."""
        return -(-(min(self.stop, self.steps) - self.start) // self.every) * self.times

    @property
    def last(self) -> bool:
        """Whether it is in force when the run ends."""
        return self.start < self.steps <= self.stop


def leads_to(segment: Segment) -> float:
    """The value that a segment has at its planned end, or else the one that it comes near there."""
    length = segment.stop - segment.start
    (value,) = raw_values(segment.curve, np.array([length], dtype=np.int64)).tolist()
    return float(value) if np.isfinite(value) else segment.curve.limit(length)


def whole(value: object) -> int | None:
    """A number as a whole one above 0; frameworks take counts as floats too."""
    known = isinstance(value, int | float) and value > 0 and value == int(value)
    return int(value) if known and isinstance(value, int | float) else None


@np.errstate(all="ignore")  # a limit that is not finite is no scheduler's end
def raising_fix(curve: Curve, steps: int, step: int) -> Fix | None:
    """Give the scheduler that raises at a step as many steps as the run takes; None if it counts anything else."""
    for each in schedulers_of(curve, steps):
        length = min(each.stop, steps) - each.start
        if each.start <= step < each.stop and each.every == each.times == 1 and (each.given or length) < length:
            return each.refit(length)
    return None


def schedulers_of(curve: Curve, steps: int) -> list[Scheduler]:
    """The schedulers of a curve in order; those that act together follow the one that they are part of."""
    found = list(_in_turn(curve, 0, steps))
    return [*found, *_together(curve, steps)]


def _in_turn(curve: Curve, start: int, steps: int) -> Iterator[Scheduler]:
    for _, group in groupby(curve.segments(), key=lambda each: id(each.origin)):
        segments = tuple(group)
        if (origin := segments[0].origin) is not None:
            yield Scheduler(origin, segments, start + segments[0].start, start + segments[-1].stop, steps)


def _together(curve: Curve, steps: int) -> Iterator[Scheduler]:
    """The schedulers of curves that act at the same time, such as the factors of a product."""
    for segment in curve.segments():
        for factor in segment.curve.factors:
            parts = factor.curve.segments()
            if factor.origin is not None and parts:
                named = tuple(replace(each, origin=each.origin or factor.origin) for each in parts)
                shifted = tuple(
                    replace(each, start=each.start + segment.start, stop=each.stop + segment.start) for each in named
                )
                stop = max(shifted[-1].stop, segment.stop)
                yield Scheduler(factor.origin, shifted, segment.start, stop, steps, together=True)
