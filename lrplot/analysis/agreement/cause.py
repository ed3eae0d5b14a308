"""A cause of a log that does not follow its schedule, and the case in which it is looked for.

A cause changes the planned schedule by one number. It is named only if the changed schedule explains all rows to their
printed digits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import field

import numpy as np

from lrplot.analysis.agreement.conventions import Convention, Values
from lrplot.analysis.agreement.evidence import HEAD, Evidence, Fit
from lrplot.analysis.agreement.plan import Plan
from lrplot.curves.curve import Curve
from lrplot.curves.steps import FARTHEST
from lrplot.engine.evaluate import raw_values
from lrplot.lazy import dataclass

LEAST = 3  # rows that show a cause


@dataclass(frozen=True)
class Cause:
    """An explanation of a log.

    Args:
        code: that of its finding
        number: by what the plan is changed; None if the cause has no number
        statement: the cause in words
        help: the cure
        update: the update at which it begins
        fit: the changed schedule beside the rows
        line: the first line of the log that shows it, counted from 1; 0 if the log has no lines
    """

    code: str
    number: float | None
    statement: str
    help: str
    update: int = 0
    fit: Fit | None = field(default=None, repr=False, compare=False)
    line: int = 0


@dataclass(frozen=True)
class Case:
    """A plan and the log that does not follow it.

    Args:
        plan: the schedule as planned
        evidence: the logged values
        nearest: the plan beside the rows, by the likeliest convention
        clocks: further numbers of steps per update that are likely: updates in an epoch, batches in an update, devices
        lengths: lengths of the run that the log states
    """

    plan: Plan
    evidence: Evidence
    nearest: Fit
    clocks: tuple[int, ...] = ()
    lengths: tuple[int, ...] = ()

    @property
    def first(self) -> int:
        """The first row that differs."""
        return int((self.nearest.differences > self.evidence.allowed).argmax())

    @property
    def last(self) -> int:
        """The last update that the log shows; 1 at least."""
        return max(1, int(self.nearest.convention.last(self.evidence.rows[-1:])[0]))

    @property
    def single(self) -> bool:
        """Whether many moving rows at the start have the values of single updates, which no summary has."""
        head = max((head for _, head in self.heads()), default=0)
        logged, allowed = self.evidence.logged[:head], self.evidence.allowed[:head]
        moving = np.abs(np.diff(logged)) > allowed[1:] + allowed[:-1]
        return int(np.count_nonzero(moving)) >= HEAD

    def heads(self) -> Iterator[tuple[Convention, int]]:
        """The conventions of one update, each with the number of rows that agree before the first that does not."""
        for convention in self.evidence.conventions:
            if convention.width == 1:
                yield convention, self.evidence.head(self.plan.values, convention)


Finder = Callable[[Case], Iterator[Cause]]


def values_of(curve: Curve) -> Values:
    """The values of a curve at updates, also past its end."""
    return lambda steps: raw_values(curve, np.minimum(steps, FARTHEST - 1))


def values_if(curve: Curve | None) -> Values | None:
    """The values of a curve, if there is one."""
    return None if curve is None else values_of(curve)
