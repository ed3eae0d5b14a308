"""The faults of a spec with their places: plain values, rendered elsewhere."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import field
from functools import cached_property
from itertools import accumulate
from typing import Any, Literal, Self, get_args

from lrplot.lazy import dataclass

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)


@dataclass(frozen=True)
class Source:
    """A text that was read, and its name as shown to the user.

    `content` holds the bytes of a file that is no text; it is empty for a text.
    """

    name: str
    text: str = field(default="", repr=False)
    content: bytes = field(default=b"", repr=False)

    @cached_property
    def lines(self) -> list[str]:
        """The lines without their ends, as editors count them: line feed, carriage return, or both."""
        return re.split(r"\r\n|\n|\r", self.text) if "\r" in self.text else self.text.split("\n")

    @cached_property
    def _starts(self) -> list[int]:
        if "\r" in self.text:
            return [0, *(match.end() for match in re.finditer(r"\r\n|\n|\r", self.text))]
        return list(accumulate((len(line) + 1 for line in self.lines[:-1]), initial=0))

    def offset(self, line: int, column: int) -> int:
        """The number of characters before a place; a line after the last one is at the end of the text."""
        return self._starts[line] + column if line < len(self._starts) else len(self.text)

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of a character, counted from 0."""
        line = bisect_right(self._starts, offset) - 1
        return line, offset - self._starts[line]

    def index(self, line: int, column: int) -> int:
        """The number of characters before a column of a line."""
        return self._starts[line] + column

    def span(self, start: int, stop: int, path: str = "") -> Span:
        """The place of characters start … stop − 1 of the text; of several lines, the part in the first one."""
        line, _ = self.position(start)
        begin, length = self._starts[line], len(self.lines[line])
        column, end = start - begin, stop - begin
        if end > length:  # it goes on in the next line
            column, end = min(column, length), length
        return Span(self, path, line, column, max(end, column))


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

    @property
    def text(self) -> str:
        """The characters at the place; empty if the source has no text to point into."""
        lines = self.source.lines if self.line is not None else []
        return (
            lines[self.line][self.column : self.end_column] if self.line is not None and self.line < len(lines) else ""
        )

    def __str__(self) -> str:
        """The place in words: `small.yaml:4:3`, counted from 1, or the path in a mapping."""
        if self.line is None:
            return self.source.name + (f" at `{self.path}`" if self.path else "")
        return f"{self.source.name}:{self.line + 1}:{self.column + 1}"


@dataclass(frozen=True)
class Fix:
    """A mechanical cure: `text` replaces the characters `start` … `stop` − 1 of a source.

    A line feed in `text` stands for a line end as the source has it.
    """

    source: Source
    start: int
    stop: int
    text: str

    @classmethod
    def of(cls, span: Span, old: str, new: str) -> Fix | None:
        """Write `new` for the word `old` that a place ends with; None if the text there is anything else.

        The word may be in quotes, or follow a dot or the dashes of an option.
        """
        match = re.fullmatch(rf"(?:.*[\"'.-])?({re.escape(old)})[\"']?", span.text)
        if match is None or span.line is None:
            return None
        start = span.source.offset(span.line, span.column)
        return cls(span.source, start + match.start(1), start + match.end(1), new)


@dataclass(frozen=True)
class Diagnostic:
    """One fault: a stable code, one statement, the place and the cure.

    `fix` is the cure as a change of the text, if it is mechanical, and `url` the address of the rule's explanation.
    """

    code: str
    message: str
    span: Span | None = None
    help: str | None = None
    severity: Severity = "error"
    fix: Fix | None = None
    url: str | None = None

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
        return cls(*(part.diagnostic() for part in parts_of(fault)))


class Fault(Exception):
    """A violated rule about arguments, raised by code that does not have their source.

    `field` names the argument at fault. Code that has the source adds the place with `at` and turns
    the fault into a `Diagnostic`. If `once` is set, faults with the same message are reported only the
    first time. `swap` is the word at its place and the one to write instead, if that cure is mechanical.
    """

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        help: str | None = None,
        code: str = "bad-value",
        once: bool = False,
        swap: tuple[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.help = help
        self.code = code
        self.once = once
        self.swap = swap
        self.span: Span | None = None

    def at(self, span: Span) -> Self:
        """The same fault, with its place set unless it has one."""
        self.span = self.span or span
        return self

    def diagnostic(self, span: Span | None = None) -> Diagnostic:
        """The fault at its place, by default at `span`."""
        place = self.span or span
        fix = Fix.of(place, *self.swap) if place and self.swap else None
        return Diagnostic(self.code, self.message, place, self.help, fix=fix)


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

    def error(
        self, code: str, message: str, span: Span | None, help: str | None = None, fix: Fix | None = None
    ) -> None:
        """Add one fault."""
        self._add(Diagnostic(code, message, span, help, fix=fix))

    def _add(self, diagnostic: Diagnostic) -> None:
        if self.full:
            self.left_out += 1
        elif diagnostic not in self:
            self.append(diagnostic)

    def fault(self, fault: Fault, span: Span | None) -> None:
        """Add a `Fault`, at its own place or else at `span`."""
        for part in parts_of(fault):
            repeated = part.once and any(part.message == diagnostic.message for diagnostic in self)
            if not (repeated or isinstance(part, AlreadyReported)):
                self._add(part.diagnostic(span))

    def raise_any(self) -> None:
        """Raise `SpecError` if anything was collected, each fault once and in the order of the text."""
        if self:
            rest = [Diagnostic("too-many", f"and {self.left_out:,} more faults")] if self.left_out else []
            raise SpecError(*sorted(self, key=position), *rest)


def position(diagnostic: Diagnostic) -> tuple[int, int]:
    """Line and column of a diagnostic, for sorting; one without a place comes first."""
    span = diagnostic.span
    return (span.line, span.column) if span and span.line is not None else (-1, -1)
