"""The reference of kinds and of frameworks' schedulers, derived from their definitions."""

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
from lrplot.wording import cut, learning_rate

_SECTIONS = ("Formula", "Source")


def format_definitions(kinds: Iterable[Definition], frameworks: Iterable[Framework], width: int, color: bool) -> str:
    """One line per kind, and under each framework one line per scheduler."""
    rows = [(definition.name, definition.summary) for definition in kinds]
    parts = ["\n".join(_listed(rows, width, color))] if rows else []
    parts += [format_framework(framework, width, color) for framework in frameworks]
    return "\n\n".join([*parts, "`lrplot kinds NAME` shows the details of one."]) + "\n"


def format_framework(framework: Framework, width: int, color: bool) -> str:
    """The schedulers of a framework, each with its largest deviation from the values of the framework itself."""
    rows = [
        (name, _deviation(definition.name), definition.summary) for name, definition in framework.schedulers.items()
    ]
    title = f"{framework.name}, checked against {framework.distribution} {framework.version}"
    explained = f"use: {framework.name}.NAME; the numbers are the largest deviations, as a share of the peak"
    heading = [paint(title, "bold", color), *(paint(line, "dim", color) for line in _fill(explained, width, " "))]
    return "\n".join([*heading, *_listed(rows, width, color)])


def _deviation(name: str) -> str:
    measurement = measured().get(name)
    return learning_rate(measurement.deviation, 1) if measurement else ""


def _listed(rows: Sequence[Sequence[str]], width: int, color: bool) -> list[str]:
    lines = [cut(line, width) for line in align(rows)]
    names = max(len(row[0]) for row in rows)
    return [paint(line[:names], "cyan", color) + line[names:] for line in lines]


def format_definition(definition: Definition, width: int, color: bool) -> str:
    """The details of one definition: summary, formula, source and fields."""
    lines = [paint(definition.name, "bold", color), *_fill(definition.summary, width, "  ")]
    for section in _SECTIONS:
        lines += ["", paint(section.lower(), "dim", color), *_fill(definition.section(section), width, "  ")]
    if definition.framework:
        lines += ["", paint("checked", "dim", color), *_fill(_checked(definition), width, "  ")]
    if trained := definition.section("Float32"):
        lines += ["", paint("in float32, which training uses", "dim", color), *_fill(trained, width, "  ")]
    lines += ["", paint("fields", "dim", color), *_field_lines(definition.fields, width, color)]
    shared = (
        "every scheduler" if definition.framework else "every kind" + (" that decays" if definition.decaying else "")
    )
    lines += ["", paint(f"fields of {shared}", "dim", color)]
    names = {field.name for field in definition.fields}
    return (
        "\n".join([*lines, *_field_lines((f for f in definition.shared_fields if f.name not in names), width, color)])
        + "\n"
    )


def _checked(definition: Definition) -> str:
    """The version of the framework that a scheduler was compared with, and the result."""
    measurement = measured().get(definition.name)
    if measurement is None:
        return f"against {definition.checked}"
    most = "no value differs"
    if measurement.deviation:
        most = f"the largest deviation is {learning_rate(measurement.deviation, 1)} of the peak"
    rounding = "; rounding accumulates from step to step" if definition.accumulates else ""
    return f"against {definition.checked} in {measurement.cases} cases: {most}{rounding}"


def _field_lines(fields: Iterable[Field], width: int, color: bool) -> list[str]:
    lines = []
    for field in fields:
        lines.append(f"  {paint(field.name, 'cyan', color)}: {field.type}  ({default_text(field)})")
        lines += _fill(field.help, width, "      ")
    return lines


def _fill(text: str, width: int, indent: str) -> list[str]:
    return textwrap.wrap(text, max(width, 30), initial_indent=indent, subsequent_indent=indent)


def default_text(field: Field) -> str:
    """The default of a field, as in a spec."""
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


def definition_data(definition: Definition) -> dict[str, Any]:
    """A definition as data for JSON."""
    return {
        "name": definition.name,
        "summary": definition.summary,
        **{section.lower(): definition.section(section) for section in _SECTIONS},
        **_checked_data(definition),
        "fields": [_field_data(field) for field in definition.fields],
        "shared_fields": [_field_data(field) for field in definition.shared_fields],
    }


def _checked_data(definition: Definition) -> dict[str, Any]:
    measurement = measured().get(definition.name)
    if measurement is None:
        return {}
    return {"checked": definition.checked, "cases": measurement.cases, "deviation": measurement.deviation}


def _field_data(field: Field) -> dict[str, Any]:
    return {
        "name": field.name,
        "type": str(field.type),
        "required": field.required,
        "default": default_text(field),
        "help": field.help,
    }
