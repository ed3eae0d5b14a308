"""What is wrong with a spec, and where: plain values, rendered elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """A text that was read, under the name its user knows it by."""

    name: str
    text: str = ""


@dataclass(frozen=True)
class Span:
    """A place in a source.

    `line` and the columns count from 0; `line` is None where the source has no text
    to point into (a Python mapping), and then `path` (such as `schedule.to`) tells.
    """

    source: Source
    path: str = ""
    line: int | None = None
    column: int = 0
    end_column: int = 0


@dataclass(frozen=True)
class Diagnostic:
    """One fault: a stable code, a single terse statement, its place and its cure."""

    code: str
    message: str
    span: Span | None = None
    help: str | None = None
    severity: str = "error"

    def __str__(self) -> str:
        return f"{self.severity}[{self.code}]: {self.message}"


class SpecError(Exception):
    """A spec that cannot be used; `diagnostics` holds every fault found in it."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__("\n".join(map(str, diagnostics)))
        self.diagnostics = diagnostics

    @classmethod
    def of(cls, fault: Fault) -> SpecError:
        """A fault that concerns a spec as a whole."""
        return cls(Diagnostic(fault.code, fault.message, fault.span, fault.help))


class Fault(Exception):
    """A rule that arguments break, raised where no source is known.

    `field` names the argument at fault; whoever knows the source adds the `span` and
    turns this into a `Diagnostic`. Of several alike that say `once`, the first is shown.
    """

    span: Span | None = None

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        help: str | None = None,
        code: str = "bad-value",
        once: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.help = help
        self.code = code
        self.once = once


class Faults(Fault):
    """Several faults at once."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(part for fault in faults for part in parts_of(fault))
        super().__init__("; ".join(fault.message for fault in self.faults))


def parts_of(fault: Fault) -> tuple[Fault, ...]:
    """The single faults that a fault consists of."""
    return fault.faults if isinstance(fault, Faults) else (fault,)


class NotFinite(Exception):
    """A curve whose value at `step` is NaN or infinite."""

    def __init__(self, step: int, value: float) -> None:
        super().__init__(f"{value} at step {step}")
        self.step = step
        self.value = value


class AlreadyReported(Fault):
    """Stands for a fault that has been collected: whatever depends on it just stops."""

    def __init__(self) -> None:
        super().__init__("already reported")


class Diagnostics(list[Diagnostic]):
    """Faults collected while a spec is read, so that its user sees all of them at once.

    Of more than `MOST` only their number is kept.
    """

    MOST = 50
    left_out = 0

    @property
    def full(self) -> bool:
        """Whether further faults are only counted."""
        return len(self) >= self.MOST

    def error(self, code: str, message: str, span: Span | None, help: str | None = None) -> None:
        """Add one fault."""
        if self.full:
            self.left_out += 1
            return
        diagnostic = Diagnostic(code, message, span, help)
        if diagnostic not in self:
            self.append(diagnostic)

    def fault(self, fault: Fault, span: Span | None) -> None:
        """Add a `Fault`, at its own place or else at `span`."""
        if isinstance(fault, Faults):
            for part in fault.faults:
                self.fault(part, span)
            return
        known = isinstance(fault, AlreadyReported) or (
            fault.once and any(fault.message == each.message for each in self)
        )
        if not known:
            self.error(fault.code, fault.message, fault.span or span, fault.help)

    def raise_any(self) -> None:
        """Raise `SpecError` if anything was collected, each fault once and in the order of the text."""
        if self:
            found = sorted(self, key=position)
            if self.left_out:
                found.append(Diagnostic("too-many", f"and {self.left_out:,} more faults"))
            raise SpecError(*found)


def position(diagnostic: Diagnostic) -> tuple[int, int]:
    """Where a diagnostic's place is in the text, for sorting: one without a place comes first."""
    span = diagnostic.span
    return (span.line, span.column) if span and span.line is not None else (-1, -1)
