"""The logged values of one parameter, and whether a schedule explains them to their printed digits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lrplot.analysis.agreement.conventions import Convention, Values, values_by
from lrplot.analysis.agreement.skips import Skip, skipped
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import Steps, ascending
from lrplot.lazy import dataclass

SAMPLE = 256  # rows on which a schedule is tried before it is compared with all
HEAD = 32  # rows at the start that are always among them
JUMPS = 8  # of the largest changes, whose rows are among them too
DOUBLE, SINGLE = (1e-9, 1e-12), (1e-6, 4e-7)  # rounding as a share of the value, and of the peak


@dataclass(frozen=True)
class Fit:
    """A schedule beside the rows: the convention, the differences, and the updates that fp16 skipped."""

    convention: Convention
    differences: Floats = field(repr=False)
    agrees: bool
    skips: tuple[Skip, ...] = ()


class Evidence:
    """Logged values and what can be said about them.

    Args:
        rows: the step of each row, int64
        logged: its value
        slack: half a unit of its last printed digit
        peak: the greatest planned value, of which rounding is a share
        conventions: those that the log may follow, the likeliest first
        may_skip: whether mixed precision may have skipped updates
    """

    def __init__(
        self,
        rows: Steps,
        logged: Floats,
        slack: Floats,
        peak: float,
        conventions: Sequence[Convention],
        *,
        may_skip: bool = True,
    ) -> None:
        self.rows, self.logged, self.peak, self.may_skip = rows, logged, peak, may_skip
        self.conventions = tuple(conventions)
        share, least = SINGLE if is_single(logged) else DOUBLE
        largest = max(peak, float(np.abs(logged).max(initial=0.0)))
        self.allowed: Floats = slack * (1 + 1e-9) + share * np.abs(logged) + least * largest

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def sample(self) -> NDArray[np.int64]:
        """Indices of some rows: the first ones, the last, others evenly spread, extremes, and the largest changes."""
        spread = np.linspace(0, len(self) - 1, SAMPLE).astype(np.int64)
        ends = [self.logged.argmax(), self.logged.argmin(), len(self) - 1]
        changes = np.abs(np.diff(self.logged))
        jumps = np.argpartition(changes, -JUMPS)[-JUMPS:] if len(changes) > JUMPS else np.arange(len(changes))
        parts = [spread, np.arange(min(HEAD, len(self))), np.array(ends), jumps, jumps + 1]
        return ascending(np.concatenate(parts).astype(np.int64))

    def part(self, indices: NDArray[np.int64] | slice) -> Evidence:
        """Some of the rows, with the same rounding."""
        other = object.__new__(Evidence)
        other.rows, other.logged, other.allowed = self.rows[indices], self.logged[indices], self.allowed[indices]
        other.peak, other.conventions, other.may_skip = self.peak, self.conventions, self.may_skip
        return other

    def with_conventions(self, conventions: Iterable[Convention]) -> Evidence:
        """The same rows by other conventions."""
        other = self.part(slice(None))
        other.conventions, other.sample = tuple(conventions), self.sample
        return other

    def differences(self, values: Values, convention: Convention) -> Floats:
        """The size of each row's difference; infinite if a value is not finite."""
        with np.errstate(all="ignore"):
            return self._apart(convention.values(values, self.rows))

    def by_conventions(self, values: Values) -> list[Floats]:
        """The size of each row's difference by each convention."""
        with np.errstate(all="ignore"):
            return [self._apart(planned) for planned in values_by(self.conventions, values, self.rows)]

    def _apart(self, planned: Floats) -> Floats:
        found = np.abs(self.logged - planned)
        return np.where(np.isfinite(found), found, np.inf)

    def misfit(self, values: Values) -> tuple[float, float]:
        """The sum of the differences, and the largest as a multiple of what is allowed, each by its best convention."""
        found = self.by_conventions(values)
        return min(float(each.sum()) for each in found), min(float((each / self.allowed).max()) for each in found)

    def compared(self, values: Values, convention: Convention) -> Fit:
        """All rows beside a schedule by one convention."""
        found = self.differences(values, convention)
        return Fit(convention, found, bool((found <= self.allowed).all()))

    def explained(self, values: Values) -> Fit | None:
        """The first convention by which all rows agree; None if there is none."""
        part = self.part(self.sample)
        for convention, found in zip(self.conventions, part.by_conventions(values), strict=True):
            if (found <= part.allowed).all():
                fit = self.compared(values, convention)
                if fit.agrees:
                    return fit
        return None

    def explained_with_skips(self, values: Values, unsure: int = 0) -> Fit | None:
        """The first convention by which all rows agree once mixed precision skips updates; None if there is none.

        The rows must determine how many updates were skipped, but for `unsure` groups of them.
        """
        for convention in self.conventions:
            if convention.width > 1 or convention.scale > 1 or not self.may_skip:
                continue
            found = skipped(values, convention, self.rows, self.logged, self.allowed, unsure)
            if found:
                lags = np.zeros(len(self), dtype=np.int64)
                for skip in found:
                    lags[skip.row :] += skip.updates
                behind = values(np.maximum(convention.last(self.rows) - lags, 0))
                return Fit(convention, np.abs(self.logged - behind), True, found)
        return None

    def head(self, values: Values, convention: Convention) -> int:
        """The number of rows that agree by a convention before the first one that does not."""
        start, size = 0, SAMPLE
        while start < len(self):
            part = self.part(slice(start, start + size))
            apart = part.differences(values, convention) > part.allowed
            if apart.any():
                return start + int(apart.argmax())
            start, size = start + size, size * 4
        return len(self)

    def likeliest(self, values: Values) -> Convention:
        """The convention by which most rows agree before the first that does not; of several, the nearest."""
        part = self if len(self) <= SAMPLE else self.part(self.sample)

        def rank(index: int) -> tuple[int, float]:
            apart = found[index] > part.allowed
            head = int(apart.argmax()) if apart.any() else len(apart)
            return -head, float(found[index].max(initial=0.0))

        found = part.by_conventions(values)
        return self.conventions[min(range(len(found)), key=rank)]

    def nearest(self, values: Values) -> Fit:
        """All rows beside a schedule by the likeliest convention."""
        return self.compared(values, self.likeliest(values))


def is_single(logged: Floats) -> bool:
    """Whether values come from float32: each is one, or is printed as the shortest text that reads back to one."""
    some = logged[np.linspace(0, len(logged) - 1, min(len(logged), SAMPLE)).astype(np.int64)]
    with np.errstate(all="ignore"):
        near = some.astype(np.float32)
    if (near.astype(np.float64) == some).all():
        return True
    return all(float(str(each)) == value for each, value in zip(near, some.tolist(), strict=True))
