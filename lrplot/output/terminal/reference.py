"""The reference of kinds and of frameworks' schedulers, from their definitions."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

from lrplot.frameworks.shared.framework import Framework
from lrplot.frameworks.shared.measured import measured
from lrplot.output.terminal.columns import align
from lrplot.output.terminal.style import paint
from lrplot.schema.definition import Definition
from lrplot.schema.fields import Field

_SECTIONS = ("Formula", "Source")


def format_kind_list(kinds: Iterable[Definition], frameworks: Iterable[Framework], width: int, colour: bool) -> str:
    """A line a kind, and a line a scheduler under each framework."""
    rows = [(kind.name, kind.summary) for kind in kinds]
    parts = ["\n".join(_listed(rows, width, colour))] if rows else []
    parts += [format_framework(each, width, colour) for each in frameworks]
    return "\n\n".join([*parts, "`lrplot kinds NAME` tells all about one."]) + "\n"


def format_framework(framework: Framework, width: int, colour: bool) -> str:
    """A framework's schedulers, each with its largest deviation from the framework's own values."""
    rows = [(name, _deviation(kind.name), kind.summary) for name, kind in framework.schedulers.items()]
    title = f"{framework.name}, checked against {framework.distribution} {framework.version}"
    explained = f"use: {framework.name}.NAME; the numbers are the largest deviations, as a share of the peak"
    heading = [paint(title, "bold", colour), *(paint(line, "dim", colour) for line in _fill(explained, width, " "))]
    return "\n".join([*heading, *_listed(rows, width, colour)])


def _deviation(name: str) -> str:
    found = measured().get(name)
    return (f"{found.deviation:.0e}" if found.deviation else "0") if found else ""


def _listed(rows: Sequence[Sequence[str]], width: int, colour: bool) -> list[str]:
    lines = [line if len(line) <= width else line[: width - 1].rstrip() + "…" for line in align(rows)]
    names = max(len(row[0]) for row in rows)
    return [paint(line[:names], "cyan", colour) + line[names:] for line in lines]


def format_kind(kind: Definition, width: int, colour: bool) -> str:
    """One kind whole: what it is, its formula, source and fields."""
    lines = [paint(kind.name, "bold", colour), *_fill(kind.summary, width, "  ")]
    for section in _SECTIONS:
        lines += ["", paint(section.lower(), "dim", colour), *_fill(kind.section(section), width, "  ")]
    if kind.framework:
        lines += ["", paint("checked", "dim", colour), *_fill(_checked(kind), width, "  ")]
    lines += ["", paint("fields", "dim", colour), *_field_lines(kind.fields, width, colour)]
    shared = "every scheduler" if kind.framework else "every kind" + (" that decays" if kind.decaying else "")
    lines += ["", paint(f"fields of {shared}", "dim", colour)]
    own = {field.name for field in kind.fields}
    return (
        "\n".join([*lines, *_field_lines((f for f in kind.shared_fields if f.name not in own), width, colour)]) + "\n"
    )


def _checked(kind: Definition) -> str:
    """What a framework's scheduler was compared with."""
    found = measured().get(kind.name)
    if found is None:
        return f"against {kind.checked}"
    most = f"at most {found.deviation:.0e} of the peak away" if found.deviation else "no value differs"
    gathers = "; it gathers rounding from step to step" if kind.accumulates else ""
    return f"against {kind.checked} in {found.cases} cases: {most}{gathers}"


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
    if hasattr(field.default, "min") and hasattr(field.default, "max"):
        return f"default {{min: {field.default.min:g}, max: {field.default.max:g}}}"
    return f"default {field.default}"


def kind_data(kind: Definition) -> dict[str, Any]:
    """A kind's definition, for JSON."""
    return {
        "name": kind.name,
        "summary": kind.summary,
        **{section.lower(): kind.section(section) for section in _SECTIONS},
        **_checked_data(kind),
        "fields": [_field_data(field) for field in kind.fields],
        "shared_fields": [_field_data(field) for field in kind.shared_fields],
    }


def _checked_data(kind: Definition) -> dict[str, Any]:
    found = measured().get(kind.name)
    return {"checked": kind.checked, "cases": found.cases, "deviation": found.deviation} if found else {}


def _field_data(field: Field) -> dict[str, Any]:
    return {
        "name": field.name,
        "type": str(field.type),
        "required": field.required,
        "default": default_text(field),
        "help": field.help,
    }
