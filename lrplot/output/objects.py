"""Results as JSON: one object for each command, with the version of its form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from math import isfinite
from typing import TYPE_CHECKING, Any

from lrplot.diagnostics import Diagnostic, Fix, Severity
from lrplot.lazy import dataclass

if TYPE_CHECKING:
    from lrplot.output.checked import Checked

VERSION = 1


def json_text(command: str, data: Mapping[str, Any]) -> str:
    """The result of a command as JSON; a number that is not finite, which JSON lacks, is null."""
    import json  # most commands print no JSON

    return json.dumps(_finite({"format": f"lrplot/{command}/{VERSION}", **data}), indent=2, allow_nan=False) + "\n"


def _finite(value: Any) -> Any:
    match value:
        case float():
            return value if isfinite(value) else None
        case Mapping():
            return {key: _finite(item) for key, item in value.items()}
        case list() | tuple():
            return [_finite(item) for item in value]
    return value


@dataclass(frozen=True)
class EditData:
    """A cure as a change of a file: the text between two places is replaced.

    Args:
        file: the file that is changed
        line: line of the first character that is replaced, counted from 1
        column: its column, counted from 1 in characters
        endLine: line of the first character that stays, counted from 1
        endColumn: its column, counted from 1
        text: the text that is put there; its line ends are line feeds, whatever those of the file are
    """

    file: str
    line: int
    column: int
    endLine: int  # noqa: N815
    endColumn: int  # noqa: N815
    text: str


@dataclass(frozen=True)
class DiagnosticData:
    """A finding, or an error in reading a spec.

    Args:
        severity: how bad it is
        code: its stable code
        message: what is wrong, in one sentence
        help: what to write or do instead
        url: the page that explains its rule; null for an error in reading, which has no rule
        fix: the cure as a change of the file, if it is mechanical
        file: the file, as its user named it, or the source of its text, such as `<stdin>`
        line: the line, counted from 1; null if it concerns the whole file
        column: the column of the first character, counted from 1
        endColumn: one past the column of the last character
    """

    severity: Severity
    code: str
    message: str
    help: str | None
    url: str | None
    fix: EditData | None
    file: str | None
    line: int | None
    column: int | None
    endColumn: int | None  # noqa: N815


def diagnostic_data(diagnostic: Diagnostic, file: str | None = None) -> DiagnosticData:
    """A diagnostic as data; `file` is its file if it has no place."""
    span = diagnostic.span
    line, column, stop = None, None, None
    if span and span.line is not None:
        line, column, stop = span.line + 1, span.column + 1, span.end_column + 1
    fix = _edit(diagnostic.fix) if diagnostic.fix else None
    file = span.source.name if span else file
    what = (diagnostic.severity, diagnostic.code, diagnostic.message, diagnostic.help, diagnostic.url)
    return DiagnosticData(*what, fix, file, line, column, stop)


def _edit(fix: Fix) -> EditData:
    (line, column), (end_line, end_column) = (fix.source.position(index) for index in (fix.start, fix.stop))
    return EditData(fix.source.name, line + 1, column + 1, end_line + 1, end_column + 1, fix.text)


def diagnostics_data(diagnostics: Sequence[Diagnostic], file: str | None = None) -> list[dict[str, Any]]:
    """A mapping for each diagnostic; `file` is the file of those without a place."""
    return [asdict(diagnostic_data(each, file)) for each in diagnostics]


def findings_data(checked: Sequence[Checked]) -> list[DiagnosticData]:
    """The findings in all specs as data."""
    return [diagnostic_data(each, spec.spec) for spec in checked for each in spec.findings]
