"""A curve with a planned end, after which its value holds."""

from __future__ import annotations

from dataclasses import dataclass

from lrplot.curves.curve import Curve, Segment, direction
from lrplot.curves.roles import Role
from lrplot.curves.wrappers import Wrapper


@dataclass(frozen=True)
class Ending(Wrapper):
    """A curve that reaches its end at local step `over`, and holds the value that it has there.

    `meant` is its role, by default the direction from the first value to the last. `over` may be
    before or after the end of the run.
    """

    over: int
    meant: Role | None = None

    @property
    def role(self) -> Role:
        return self.meant or direction(self.limit(0), self.limit(self.over))

    @property
    def past(self) -> Role | None:
        return Role.HOLD

    def part(self, curve: Curve, start: int) -> Curve:
        return curve

    def segments(self) -> tuple[Segment, ...]:
        return (Segment(self.role, 0, self.over, self.curve, past=Role.HOLD),)
