"""Results as JSON: one object for each command, with the version of its form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from lrplot.diagnostics import Diagnostic

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


def diagnostics_data(diagnostics: Sequence[Diagnostic], file: str | None = None) -> list[dict[str, Any]]:
    """A mapping for each diagnostic; line and columns count from 1, and `endColumn` is one past the last.

    `file` is the file of a diagnostic without a place.
    """
    return [
        {
            "severity": diagnostic.severity,
            "code": diagnostic.code,
            "message": diagnostic.message,
            "help": diagnostic.help,
            "file": file,
            **_place(diagnostic),
        }
        for diagnostic in diagnostics
    ]


def _place(diagnostic: Diagnostic) -> dict[str, Any]:
    span = diagnostic.span
    if span is None:
        return {"line": None, "column": None, "endColumn": None}
    where = {"file": span.source.name}
    if span.line is None:
        return {**where, "line": None, "column": None, "endColumn": None}
    return {**where, "line": span.line + 1, "column": span.column + 1, "endColumn": span.end_column + 1}
