"""Changes of specs: the updates that move from one state of a spec to another, and the findings that come and go."""

from __future__ import annotations

from dataclasses import field, replace
from functools import cached_property

from lrplot.analysis.comparison import Comparison, Difference, compare
from lrplot.diagnostics import Diagnostic
from lrplot.display import Shown
from lrplot.lazy import dataclass
from lrplot.runs.run import Run

BEFORE, AFTER = "before", "after"  # the names of the runs that are compared


@dataclass(frozen=True)
class State:
    """A spec or config in one state of a repository: its path, and its run with the findings for it.

    If it cannot be used, `run` is None and `error` is the first error.
    """

    path: str
    run: Run | None = field(default=None, repr=False)
    findings: tuple[Diagnostic, ...] = ()
    error: Diagnostic | None = None


@dataclass(frozen=True)
class Change:
    """One spec or config in two states, None for a state that lacks it.

    `through` are the files that changed if it only reads these; it is empty if the spec itself did.
    `comments_only` is whether its text says the same in both states.
    """

    before: State | None
    after: State | None
    through: tuple[str, ...] = ()
    comments_only: bool = False

    @property
    def path(self) -> str:
        """The path by which it is listed: the later one, if it has one."""
        state = self.after or self.before
        assert state is not None
        return state.path

    @property
    def status(self) -> str:
        """`added`, `removed`, `renamed` or `changed`; `included` if only files that it reads changed."""
        if self.before is None:
            return "added"
        if self.after is None:
            return "removed"
        if self.before.path != self.after.path:
            return "renamed"
        return "included" if self.through else "changed"

    @cached_property
    def comparison(self) -> Comparison | None:
        """The later run compared with the earlier one; None unless there are both.

        Values of the same update are compared, or of the same share of the run if the length of one is not known.
        """
        if not (self.before and self.after and self.before.run and self.after.run):
            return None
        runs = (replace(self.before.run, name=BEFORE), replace(self.after.run, name=AFTER))
        return compare(runs, "fraction" if any(run.nominal for run in runs) else "steps")

    @property
    def moved(self) -> tuple[Difference, ...]:
        """The differences of the tracks that move."""
        return tuple(gap for gap in self.comparison.differences[0] if gap.ranges) if self.comparison else ()

    @property
    def moves(self) -> bool:
        """Whether a value, the length or a track of the run differs, by more than rounding."""
        return self.comparison is not None and not self.within(0)

    @property
    def broken(self) -> bool:
        """Whether it cannot be used in one of its states, so that nobody knows what moves."""
        return any(state is not None and state.error is not None for state in (self.before, self.after))

    def within(self, tolerance: float) -> bool:
        """Whether it can be used, and nothing moves by more than a share of the peak.

        Nothing moves in a spec that is added or removed.
        """
        if self.comparison is None:
            return not self.broken
        if any(self.comparison.missing) or not self.comparison.same_length:
            return False
        return all(gap.share <= tolerance for gap in self.moved)

    @property
    def new(self) -> tuple[Diagnostic, ...]:
        """The findings that only the later state has."""
        return _without(self.after, self.before)

    @property
    def gone(self) -> tuple[Diagnostic, ...]:
        """The findings that only the earlier state has, if the later one can be used."""
        return _without(self.before, self.after) if self.after and self.after.run else ()


def _without(state: State | None, other: State | None) -> tuple[Diagnostic, ...]:
    """The findings of a state whose codes another one lacks."""
    known = {finding.code for finding in other.findings} if other else set()
    return tuple(finding for finding in state.findings if finding.code not in known) if state else ()


@dataclass(frozen=True)
class Changes(Shown):
    """The specs and configs that changed between two states of a repository, in the order of their paths.

    `before` and `after` name the states, and `commits` are theirs, None for the working tree. `unmoved` is the number
    of specs and configs that are not listed: they read a file that changed, and nothing moves.
    """

    before: str
    after: str
    commits: tuple[str, str | None]
    changes: tuple[Change, ...]
    unmoved: int = 0

    @property
    def moved(self) -> tuple[Change, ...]:
        """The changes that move something."""
        return tuple(change for change in self.changes if change.moves)

    def within(self, tolerance: float) -> bool:
        """Whether each spec can be used, and none moves by more than a share of its peak."""
        return all(change.within(tolerance) for change in self.changes)
