"""Errors that frameworks raise about their arguments."""

from __future__ import annotations

from lrplot.diagnostics import Fault


def require(condition: bool, field: str, error: str, help: str | None = None) -> None:
    """Raise the framework's error about a field unless a condition holds."""
    if not condition:
        raise Fault(error, field=field, help=help)
