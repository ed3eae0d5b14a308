"""Signatures as schemas: the fields that the parameters of a definition declare.

A parameter is annotated with a field type and, if it has a meaning for a finished schedule, with a
role: `Annotated[int, Count(), Role.HORIZON]`. A parameter annotated with `Inline` is a record, whose
fields a spec writes among those of the definition.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from lrplot.curves.roles import Role
from lrplot.lazy import dataclass
from lrplot.schema.types import Choice, FieldType, example

REQUIRED: Any = inspect.Parameter.empty


@dataclass(eq=False)
class Inline:
    """Marks a parameter whose record's fields are written among those of the definition."""

    type: type


@dataclass(eq=False)
class Formerly:
    """Marks a parameter that had another name, whose values `note` explains."""

    name: str
    note: str


@dataclass(eq=False)
class Example:
    """Marks a parameter with a value as a spec writes it, if its type's example does not fit; the last one counts."""

    text: str


@dataclass(eq=False)
class Field:
    """One field: its name in a spec, its parameter in the signature, type, default and help.

    `role` is None if it has no meaning for a finished schedule. `record` is the parameter that receives
    the field's inline record; empty if it belongs to none. `formerly` is its name in other versions. `sample` is
    an example of its own; None if that of the type fits.
    """

    name: str
    parameter: str
    type: FieldType
    default: Any
    help: str
    role: Role | None = None
    record: str = ""
    formerly: Formerly | None = None
    sample: Example | None = None

    @property
    def example(self) -> str:
        """A value as a spec writes it."""
        return self.sample.text if self.sample else example(self.type)

    @property
    def required(self) -> bool:
        """Whether it has no default."""
        return self.default is REQUIRED


@cache
def fields_of(definition: Callable[..., Any]) -> tuple[Field, ...]:
    """The fields a signature declares: every parameter annotated with a field type."""
    return tuple(_declared(definition))


def _declared(definition: Callable[..., Any]) -> Iterator[Field]:
    helps: dict[str, str] = {}
    for each in reversed(getattr(definition, "__mro__", (definition,))):  # a record has the help of those it extends
        helps |= argument_help(inspect.getdoc(each) or "")
    for parameter, hint in _parameters(definition):
        name = parameter.name.rstrip("_")
        marks = tuple(_marks(hint))
        if inline := next((mark for mark in marks if isinstance(mark, Inline)), None):
            for each in fields_of(inline.type):
                yield replace(each, help=helps.get(each.name, each.help), record=parameter.name)
        elif field_type := next((mark for mark in marks if isinstance(mark, FieldType)), None):
            role = next((mark for mark in marks if isinstance(mark, Role)), None)
            former = next((mark for mark in marks if isinstance(mark, Formerly)), None)
            samples = [mark for mark in marks if isinstance(mark, Example)]
            help = helps.get(name, "")
            sample = samples[-1] if samples else None
            yield Field(name, parameter.name, field_type, parameter.default, help, role, "", former, sample)


def _parameters(definition: Callable[..., Any]) -> list[tuple[inspect.Parameter, Any]]:
    hints = get_type_hints(definition, include_extras=True)
    return [(each, hints[name]) for name, each in inspect.signature(definition).parameters.items()]


def _marks(hint: Any) -> Iterator[Any]:
    """The field types, roles and `Inline` marks of an annotation."""
    if get_origin(hint) is Literal:
        yield Choice(get_args(hint))
        return
    inner = get_args(hint)
    if get_origin(hint) is Annotated:
        yield from inner[1:]
        inner = inner[:1]
    for each in inner:
        yield from _marks(each)


def call_arguments(definition: Callable[..., Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments to call a definition with, from values by field parameter."""
    arguments: dict[str, Any] = {}
    records: dict[str, dict[str, Any]] = {}
    for field in fields_of(definition):
        home = records.setdefault(field.record, {}) if field.record else arguments
        home[field.parameter] = values[field.parameter]
    types = dict(_inline_types(definition))
    return arguments | {name: types[name](**given) for name, given in records.items()}


@cache
def _inline_types(definition: Callable[..., Any]) -> tuple[tuple[str, type], ...]:
    """The record type of each inline parameter."""
    marks = ((parameter.name, mark) for parameter, hint in _parameters(definition) for mark in _marks(hint))
    return tuple((name, mark.type) for name, mark in marks if isinstance(mark, Inline))


def argument_help(doc: str) -> dict[str, str]:
    """The help of each argument, from the `Args:` section of a docstring."""
    section = re.search(r"^Args:\n((?:[ ]+.*\n?|\n)+)", doc, re.MULTILINE)
    if not section:
        return {}
    entries = re.findall(r"^ {4}(\w+):((?:.*\n?)(?: {5,}.*\n?)*)", section[1], re.MULTILINE)
    return {name.rstrip("_"): " ".join(text.split()) for name, text in entries}
