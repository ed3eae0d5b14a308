"""The faults of a spec with their places: plain values, rendered elsewhere."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, Self, get_args

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)


@dataclass(frozen=True)
class Source:
    """A text that was read, and its name as shown to the user.

    `content` holds the bytes of a file that is no text; it is empty for a text.
    """

    name: str
    text: str = ""
    content: bytes = field(default=b"", repr=False)

    @cached_property
    def lines(self) -> list[str]:
        """The lines without their ends, as editors count them: line feed, carriage return, or both."""
        return re.split(r"\r\n|\n|\r", self.text)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer(r"\r\n|\n|\r", self.text))]

    def index(self, line: int, column: int) -> int:
        """The number of characters before a column of a line."""
        return self._starts[line] + column

    def span(self, start: int, stop: int, path: str = "") -> Span:
        """The place of characters start … stop − 1 of the text; of several lines, the part in the first one."""
        line = bisect_right(self._starts, start) - 1
        begin, length = self._starts[line], len(self.lines[line])
        column = min(start - begin, length)
        return Span(self, path, line, column, max(min(stop - begin, length), column))


@dataclass(frozen=True)
class Span:
    """A place in a source.

    `line` and the columns count from 0. `line` is None if the source has no text to point into (a
    Python mapping); then `path`, such as `schedule.to`, is the place. The span ends in its line.
    """

    source: Source
    path: str = ""
    line: int | None = None
    column: int = 0
    end_column: int = 0

    def __str__(self) -> str:
        """The place in words: `small.yaml:4:3`, counted from 1, or the path in a mapping."""
        if self.line is None:
            return self.source.name + (f" at `{self.path}`" if self.path else "")
        return f"{self.source.name}:{self.line + 1}:{self.column + 1}"


@dataclass(frozen=True)
class Diagnostic:
    """One fault: a stable code, one statement, the place and the cure."""

    code: str
    message: str
    span: Span | None = None
    help: str | None = None
    severity: Severity = "error"

    def __str__(self) -> str:
        """The statement, the place and the cure, each on its line."""
        place = f"\n --> {self.span}" if self.span else ""
        return f"{self.severity}[{self.code}]: {self.message}{place}" + (f"\nhelp: {self.help}" if self.help else "")


class SpecError(Exception):
    """A spec that cannot be used; `diagnostics` holds every fault in it."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__(*diagnostics)
        self.diagnostics = diagnostics

    def __str__(self) -> str:
        return "\n".join(map(str, self.diagnostics))

    @classmethod
    def of(cls, fault: Fault) -> SpecError:
        """A fault that concerns a spec as a whole."""
        return cls(*(Diagnostic(part.code, part.message, part.span, part.help) for part in parts_of(fault)))


class Fault(Exception):
    """A violated rule about arguments, raised by code that does not have their source.

    `field` names the argument at fault. Code that has the source adds the place with `at` and turns
    the fault into a `Diagnostic`. If `once` is set, faults with the same message are reported only the
    first time.
    """

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
        self.span: Span | None = None

    def at(self, span: Span) -> Self:
        """The same fault, with its place set unless it has one."""
        self.span = self.span or span
        return self


class Faults(Fault):
    """Several faults at once."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(part for fault in faults for part in parts_of(fault))
        super().__init__("; ".join(fault.message for fault in self.faults))

    def __reduce__(self) -> tuple[Any, ...]:
        return Faults, (self.faults,), self.__dict__

    def at(self, span: Span) -> Self:
        """The same faults, each with its place set unless it has one."""
        for fault in self.faults:
            fault.at(span)
        return self


class AlreadyReported(Fault):
    """A fault that has been reported: the computation that needs its value stops."""

    def __init__(self) -> None:
        super().__init__("already reported")

    def __reduce__(self) -> tuple[Any, ...]:
        return AlreadyReported, (), self.__dict__


def parts_of(fault: Fault) -> tuple[Fault, ...]:
    """The single faults that a fault consists of."""
    return fault.faults if isinstance(fault, Faults) else (fault,)


class NotFinite(Exception):
    """A curve whose value at `step` is NaN or infinite."""

    def __init__(self, step: int, value: float) -> None:
        super().__init__(step, value)
        self.step = step
        self.value = value

    def __str__(self) -> str:
        return f"{self.value} at step {self.step}"

    def message(self, subject: str) -> str:
        """The error as a statement about `subject`, such as a track."""
        return f"{subject} is not finite at step {self.step:,}: {self.value}"


class Diagnostics(list[Diagnostic]):
    """Faults collected while a spec is read, so that its user sees all of them at once.

    Beyond `MOST` of them, further ones are only counted.
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
        for part in parts_of(fault):
            repeated = part.once and any(part.message == diagnostic.message for diagnostic in self)
            if not (repeated or isinstance(part, AlreadyReported)):
                self.error(part.code, part.message, part.span or span, part.help)

    def raise_any(self) -> None:
        """Raise `SpecError` if anything was collected, each fault once and in the order of the text."""
        if self:
            rest = [Diagnostic("too-many", f"and {self.left_out:,} more faults")] if self.left_out else []
            raise SpecError(*sorted(self, key=position), *rest)


def position(diagnostic: Diagnostic) -> tuple[int, int]:
    """Line and column of a diagnostic, for sorting; one without a place comes first."""
    span = diagnostic.span
    return (span.line, span.column) if span and span.line is not None else (-1, -1)
