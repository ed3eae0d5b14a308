"""The kinds' reference, from their definitions."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import Any

from lrplot.output.style import paint
from lrplot.output.tables import align
from lrplot.schedules.fields import Field
from lrplot.schedules.kind import Kind

_SECTIONS = ("Formula", "Source")


def format_kind_list(kinds: Iterable[Kind], width: int, colour: bool) -> str:
    """A line a kind."""
    rows = [(kind.name, kind.summary) for kind in kinds]
    lines = [line if len(line) <= width else line[: width - 1].rstrip() + "…" for line in align(rows)]
    names = max(len(name) for name, _ in rows)
    painted = [paint(line[:names], "cyan", colour) + line[names:] for line in lines]
    return "\n".join([*painted, "", "`lrplot kinds NAME` tells all about one."]) + "\n"


def format_kind(kind: Kind, width: int, colour: bool) -> str:
    """One kind whole: what it is, its formula, source and fields."""
    lines = [paint(kind.name, "bold", colour), *_fill(kind.summary, width, "  ")]
    for section in _SECTIONS:
        lines += ["", paint(section.lower(), "dim", colour), *_fill(kind.section(section), width, "  ")]
    lines += ["", paint("fields", "dim", colour), *_field_lines(kind.fields, width, colour)]
    lines += ["", paint("fields of every kind" + (" that decays" if kind.decaying else ""), "dim", colour)]
    own = {field.name for field in kind.fields}
    return (
        "\n".join([*lines, *_field_lines((f for f in kind.shared_fields if f.name not in own), width, colour)]) + "\n"
    )


def _field_lines(fields: Iterable[Field], width: int, colour: bool) -> list[str]:
    lines = []
    for field in fields:
        lines.append(f"  {paint(field.name, 'cyan', colour)}: {field.type}  ({default_text(field)})")
        lines += _fill(field.help, width, "      ")
    return lines


def _fill(text: str, width: int, indent: str) -> list[str]:
    return textwrap.wrap(text, max(width, 30), initial_indent=indent, subsequent_indent=indent)


def default_text(field: Field) -> str:
    """A field's default as a spec would write it."""
    if field.required:
        return "required"
    if field.default is None:
        return "optional"
    if isinstance(field.default, bool):
        return f"default {str(field.default).lower()}"
    if isinstance(field.default, float):
        return f"default {field.default:g}"
    if hasattr(field.default, "__dataclass_fields__") and hasattr(field.default, "max"):
        return f"default {{min: {field.default.min:g}, max: {field.default.max:g}}}"
    return f"default {field.default}"


def kind_data(kind: Kind) -> dict[str, Any]:
    """A kind's definition, for JSON."""
    return {
        "name": kind.name,
        "summary": kind.summary,
        **{section.lower(): kind.section(section) for section in _SECTIONS},
        "fields": [_field_data(field) for field in kind.fields],
        "shared_fields": [_field_data(field) for field in kind.shared_fields],
    }


def _field_data(field: Field) -> dict[str, Any]:
    return {
        "name": field.name,
        "type": str(field.type),
        "required": field.required,
        "default": default_text(field),
        "help": field.help,
    }
