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
from lrplot.spec.search import Entries, Record, native_of
from lrplot.wording import cut, learning_rate, one_of

_SECTIONS = ("Formula", "Source")
_MORE = (
    ", and what a native kind is good for, its cost and a recipe; `lrplot kinds torch` lists the schedulers of a "
    "framework, `lrplot kinds spec` the keys of a spec"
)


def format_entries(entries: Entries, width: int, color: bool) -> str:
    """One line per kind and, under each framework, per scheduler; or the details of one."""
    if isinstance(entries.one, Record):
        return _format_record(entries.one, width, color)
    if entries.one is not None:
        return format_definition(entries.one, width, color)
    rows = [(definition.name, definition.summary) for definition in entries.kinds]
    heading = [] if entries.asked else [paint("native kinds", "bold", color), paint(" kind: NAME", "dim", color)]
    parts = ["\n".join([*heading, *listed(rows, width, color)])] if rows else []
    parts += [format_framework(framework, width, color) for framework in entries.frameworks]
    more = "" if entries.asked else _MORE
    natives = [definition.name for definition in entries.kinds if not definition.framework]
    if natives and entries.kinds[0].framework:
        more = f"; {one_of(natives)} is native" if len(natives) == 1 else f"; {', '.join(natives)} are native"
    return (
        "\n\n".join([*parts, "\n".join(fill(f"`lrplot kinds NAME` shows the details of one{more}.", width, ""))]) + "\n"
    )


def _format_record(record: Record, width: int, color: bool) -> str:
    """A mapping of a spec: what it is, and its fields."""
    lines = [paint(record.name, "bold", color), *fill(record.summary, width, "  ")]
    return "\n".join([*lines, "", paint("fields", "dim", color), *field_lines(record.fields, width, color)]) + "\n"


def format_framework(framework: Framework, width: int, color: bool) -> str:
    """The schedulers of a framework."""
    rows = [(name, definition.summary) for name, definition in framework.schedulers.items()]
    title = f"{framework.name}, checked against {framework.distribution} {framework.version}"
    heading = [paint(title, "bold", color), paint(f" use: {framework.name}.NAME", "dim", color)]
    return "\n".join([*heading, *listed(rows, width, color)])


def listed(rows: Sequence[tuple[str, str]], width: int, color: bool) -> list[str]:
    """A name and its summary a line; below each other if the names leave too little room."""
    names = max(len(name) for name, _ in rows)
    if names > width // 2:
        return [line for name, text in rows for line in (paint(name, "cyan", color), *fill(text, width, "    "))]
    lines = [cut(line, width) for line in align(rows)]
    return [paint(line[:names], "cyan", color) + line[names:] for line in lines]


def format_definition(definition: Definition, width: int, color: bool) -> str:
    """The details of one definition: summary, advice, formula, source and fields."""
    lines = [paint(definition.name, "bold", color), *fill(definition.summary, width, "  ")]
    native = native_of(definition)
    paragraphs = definition.advice | ({"native": f"{native.name}: `lrplot kinds {native.name}`"} if native else {})
    if "recipe" in paragraphs:
        paragraphs["recipe"] += f": `lrplot show {paragraphs['recipe']}`"
    paragraphs |= {title.lower(): definition.section(title) for title in (*_SECTIONS, "Also")}
    for title, text in paragraphs.items():
        if text:
            lines += ["", paint(title, "dim", color), *fill(text, width, "  ")]
    if definition.framework:
        lines += ["", paint("checked", "dim", color), *fill(_checked(definition), width, "  ")]
    if trained := definition.section("Float32"):
        lines += ["", paint("in float32, which training uses", "dim", color), *fill(trained, width, "  ")]
    lines += ["", paint("fields", "dim", color), *field_lines(definition.fields, width, color)]
    shared = (
        "every scheduler" if definition.framework else "every kind" + (" that decays" if definition.decaying else "")
    )
    lines += ["", paint(f"fields of {shared}", "dim", color)]
    names = {field.name for field in definition.fields}
    return (
        "\n".join([*lines, *field_lines((f for f in definition.shared_fields if f.name not in names), width, color)])
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


def field_lines(fields: Iterable[Field], width: int, color: bool) -> list[str]:
    """The name, type and default of each field, over its help."""
    lines = []
    for field in fields:
        lines.append(f"  {paint(field.name, 'cyan', color)}: {field.type}  ({default_text(field)})")
        lines += fill(field.help, width, "      ")
    return lines


def fill(text: str, width: int, indent: str) -> list[str]:
    """Text in lines of a width, each indented."""
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


def entries_data(entries: Entries) -> dict[str, Any]:
    """Kinds, schedulers and the mappings of a spec as data for JSON: a list, whether of one or of many."""
    if isinstance(entries.one, Record):
        record = entries.one
        return {
            "kinds": [{"name": record.name, "summary": record.summary, "fields": [*map(field_data, record.fields)]}]
        }
    if entries.one is not None:
        return {"kinds": [definition_data(entries.one)]}
    schedulers = [scheduler for framework in entries.frameworks for scheduler in framework.schedulers.values()]
    return {"kinds": [definition_data(definition) for definition in (*entries.kinds, *schedulers)]}


def definition_data(definition: Definition) -> dict[str, Any]:
    """A definition as data for JSON."""
    return {
        "name": definition.name,
        "summary": definition.summary,
        **{title.replace(" ", "_"): text for title, text in definition.advice.items()},
        **({"native": native.name} if (native := native_of(definition)) else {}),
        **{section.lower(): definition.section(section) for section in _SECTIONS},
        "aliases": list(definition.aliases),
        **_checked_data(definition),
        "fields": [field_data(field) for field in definition.fields],
        "shared_fields": [field_data(field) for field in definition.shared_fields],
    }


def _checked_data(definition: Definition) -> dict[str, Any]:
    measurement = measured().get(definition.name)
    if measurement is None:
        return {}
    return {"checked": definition.checked, "cases": measurement.cases, "deviation": measurement.deviation}


def field_data(field: Field) -> dict[str, Any]:
    """A field as data for JSON."""
    return {
        "name": field.name,
        "type": str(field.type),
        "required": field.required,
        "default": default_text(field),
        "help": field.help,
    }
