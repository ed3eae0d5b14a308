"""Reading a mapping by a schema: each value by its field's type, with every fault collected."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as AnyMapping
from pathlib import Path
from typing import Any

from lrplot.diagnostics import AlreadyReported, Diagnostics, Fault, Span
from lrplot.schema import types as ft
from lrplot.schema.arguments import Argument, Arguments
from lrplot.schema.fields import REQUIRED, Field
from lrplot.schema.frame import Frame
from lrplot.schema.quantities import Constant, Quantity
from lrplot.schema.readers import READERS
from lrplot.schema.scalars import NULL
from lrplot.schema.types import FieldType
from lrplot.text.tree import Entry, Mapping, Node, Scalar
from lrplot.wording import cut, did_you_mean


class Invalid:
    """The quantity of a faulty value, once its fault is reported."""

    def resolve(self, frame: Frame) -> Any:
        """Stop the computation that needs the value."""
        raise AlreadyReported


INVALID = Invalid()


class Binder:
    """Reads mappings by schema; faults go to `report`, paths are relative to `folder`.

    `readers` holds a function for each field type; `synonyms` maps names that a field has elsewhere
    to its name here.
    """

    readers: AnyMapping[type, Callable[..., Quantity]] = READERS
    synonyms: AnyMapping[str, str] = {}

    def __init__(self, report: Diagnostics, folder: Path) -> None:
        self.report = report
        self.folder = folder

    def arguments(
        self, owner: str, fields: tuple[Field, ...], node: Mapping, place: Span | None = None, naming: str = ""
    ) -> Arguments:
        """The fields of a mapping; unknown, missing and ill-typed ones are reported.

        `place` is the place of the owner's name, which the mapping has under the key `naming`.
        """
        place = place or node.span
        known = {field.name: field for field in fields}
        given: dict[str, Argument] = {}
        for entry in node:
            name = entry.key.text
            if name in known:
                field = known[name]
                if argument := self._entry(field, entry):
                    given[field.parameter] = argument
            elif not naming or name != naming:
                self._unknown(owner, entry, [*known, *([naming] if naming else [])])
        for entry in node.repeated:
            self._repeated(entry, node)
        for field in fields:
            if field.default is REQUIRED and field.parameter not in given:
                self.report.error("missing-field", f"{owner} needs `{field.name}`", place, _example(field))
                given[field.parameter] = Argument(INVALID, place)
        return Arguments(fields, given, place)

    def _unknown(self, owner: str, entry: Entry, known: list[str]) -> None:
        name = entry.key.text
        if self.report.full:
            help = None  # it will not be shown
        elif name == "<<":
            help = "merge keys are not part of YAML 1.2: write the fields out"
        elif self.synonyms.get(name) in known:
            help = f"it is called `{self.synonyms[name]}` here"
        else:
            help = did_you_mean(name, known)
        self.report.error("unknown-field", f"{owner} has no field `{cut(name)}`", entry.key.span, help)

    def _repeated(self, entry: Entry, node: Mapping) -> None:
        name = entry.key.text
        lines = [] if self.report.full else [other.key.span.line for other in node if other.key.text == name]
        first = f", first on line {lines[0] + 1}" if lines and lines[0] is not None else ""
        message = f"`{cut(name)}` is given twice{first}"
        self.report.error("duplicate-key", message, entry.key.span, "keep one of them")

    def _entry(self, field: Field, entry: Entry) -> Argument | None:
        """A field's argument; None if `null` leaves an optional field out."""
        if not is_null(entry.value):
            return self.value(field.type, entry.value, f"`{field.name}`")
        if field.default is None:
            return None
        if isinstance(field.type, ft.Record):  # a record with a default may be left out
            return Argument(Constant(None), entry.value.span)
        self.report.error("missing-value", f"`{field.name}` has no value", entry.key.span, _example(field))
        return Argument(INVALID, entry.key.span)

    def value(self, type_: FieldType, node: Node, what: str) -> Argument:
        """One value and its place; `INVALID` once its fault is reported."""
        try:
            return Argument(self.readers[type(type_)](self, type_, node, what), node.span)
        except Fault as fault:
            self.report.fault(fault, node.span)
            return Argument(INVALID, node.span)


def is_null(node: Node) -> bool:
    """Whether a node is YAML's null."""
    return isinstance(node, Scalar) and not node.quoted and node.text in NULL


def _example(field: Field) -> str:
    return f"add `{field.name}: {ft.example(field.type)}`" + (f" ({field.help})" if field.help else "")
