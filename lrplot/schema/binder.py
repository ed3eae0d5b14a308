"""Reading a mapping by a schema: each value by its field's type, with every fault collected."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Mapping as AnyMapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from lrplot.curves.roles import Role
from lrplot.diagnostics import AlreadyReported, Diagnostics, Fault, Fix, Span
from lrplot.runs.numbers import plain
from lrplot.schema import types as ft
from lrplot.schema.arguments import Argument, Arguments
from lrplot.schema.fields import REQUIRED, Field, fields_of
from lrplot.schema.frame import Frame
from lrplot.schema.quantities import Constant, Quantity
from lrplot.schema.readers import READERS
from lrplot.schema.scalars import NULL, read_number
from lrplot.schema.types import FieldType
from lrplot.text.tree import Entry, Mapping, Node, Scalar
from lrplot.wording import MOST_LISTED, cut, did_you_mean, misspelt, nearest

NUMBERS = ft.Number | ft.Count | ft.Duration  # types of fields that take an amount


class Invalid:
    """The quantity of a faulty value, once its fault is reported."""

    def resolve(self, frame: Frame) -> Any:
        """Stop the computation that needs the value."""
        raise AlreadyReported


INVALID = Invalid()


class Binder:
    """Reads mappings by schema; faults go to `report`, paths are relative to `folder`.

    `readers` holds a function for each field type; `synonyms` maps names that a field has elsewhere
    to its name here, and `examples` values by role that fit the spec that is read.
    """

    readers: AnyMapping[type, Callable[..., Quantity]] = READERS
    synonyms: AnyMapping[str, str] = {}

    def __init__(self, report: Diagnostics, folder: Path, examples: AnyMapping[Role, str] | None = None) -> None:
        self.report = report
        self.examples = examples or {}
        self.folder = folder

    def arguments(
        self,
        owner: str,
        fields: tuple[Field, ...],
        node: Mapping,
        place: Span | None = None,
        naming: str = "",
        advice: Callable[[Entry], str | None] = lambda entry: None,
        listing: str = "",
    ) -> Arguments:
        """The fields of a mapping; unknown, missing and ill-typed ones are reported.

        `place` is the place of the owner's name, which the mapping has under the key `naming`. `advice` gives the
        cure for an unknown field that means something elsewhere; `listing` is the command that lists all fields.
        A field that an unknown one stands for is not reported as missing.
        """
        place = place or node.span
        known = {field.name: field for field in fields}
        given: dict[str, Argument] = {}
        unknown = []
        for entry in _with_tuples(node):
            name = entry.key.text
            if name in known:
                field = known[name]
                if argument := self._entry(field, entry):
                    given[field.parameter] = argument
            elif not naming or name != naming:
                unknown.append(entry)
        for entry in unknown:
            meant = self._unknown(owner, entry, known, naming, advice, listing)
            if meant in known:
                given.setdefault(known[meant].parameter, Argument(INVALID, entry.key.span))
        for entry in node.repeated:
            self._repeated(entry, node)
        for field in fields:
            if field.default is REQUIRED and field.parameter not in given:
                help = _example(field, self._fitting(field))
                self.report.error("missing-field", f"{owner} needs `{field.name}`", place, help)
                given[field.parameter] = Argument(INVALID, place)
        return Arguments(fields, given, place)

    def _unknown(
        self,
        owner: str,
        entry: Entry,
        fields: AnyMapping[str, Field],
        naming: str,
        advice: Callable[[Entry], str | None],
        listing: str,
    ) -> str:
        """Report an unknown field; the known one that it stands for, or empty."""
        name, known = entry.key.text, [*fields, *([naming] if naming else [])]
        meant, help, fix = "", None, None
        if self.report.full:
            pass  # it will not be shown
        elif name == "<<":
            help = "merge keys are not part of YAML 1.2: write the fields out"
        elif self.synonyms.get(name) in fields:
            meant = self.synonyms[name]
            share = share_of_run(fields[meant], entry.value)
            help = f"it is called `{meant}` here" + (f": write `{meant}: {share}`" if share else "")
        elif not (help := advice(entry)):
            meant = next(iter(nearest(name, known, 1, 0.6)), "")
            help = "leave it out: `null` gives it no value" if is_null(entry.value) else did_you_mean(name, known)
            if meant and misspelt(name, known) == meant:
                fix = Fix.of(entry.key.span, name, meant)
            if not meant and listing and len(known) > MOST_LISTED and not is_null(entry.value):
                help = f"{help}; `{listing}` lists all"
        self.report.error("unknown-field", f"{owner} has no field `{cut(name)}`", entry.key.span, help, fix)
        return meant

    def _fitting(self, field: Field) -> str | None:
        """The value by role that fits this spec, if the field takes a number."""
        return self.examples.get(field.role) if field.role and isinstance(field.type, NUMBERS) else None

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


def _with_tuples(node: Mapping) -> Iterator[Entry]:
    """The entries of a mapping; a Python tuple, which a flow mapping parts into keys at its commas, is one value.

    It stays a faulty value, so that it is reported as a whole.
    """
    opened: Entry | None = None
    for entry in node:
        if opened and isinstance(opened.value, Scalar) and is_null(entry.value):
            text = f"{opened.value.text}, {entry.key.text}"
            span = replace(opened.value.span, end_column=entry.key.span.end_column)
            opened = replace(opened, value=replace(opened.value, text=text, span=span))
            if text.endswith(")"):
                yield opened
                opened = None
            continue
        if opened:
            yield opened
        value = entry.value
        opened = entry if isinstance(value, Scalar) and not value.quoted and _opens_tuple(value.text) else None
        if not opened:
            yield entry
    if opened:
        yield opened


def _opens_tuple(text: str) -> bool:
    return text.startswith("(") and "(" not in text[1:] and ")" not in text


def share_of_run(field: Field, node: Node) -> str:
    """A number between 0 and 1 as a duration, in percent of the run; empty if the field takes no duration."""
    type_ = fields_of(field.type.type)[0].type if isinstance(field.type, ft.Record) and field.type.short else field.type
    try:
        share = read_number(node.text) if isinstance(node, Scalar) and isinstance(type_, ft.Duration) else None
    except Fault:
        return ""
    return f"{plain(share * 100)}%" if share and 0 < share < 1 else ""


def is_null(node: Node) -> bool:
    """Whether a node is YAML's null."""
    return isinstance(node, Scalar) and not node.quoted and node.text in NULL


def _example(field: Field, value: str | None = None) -> str:
    """A cure for a missing field: a value that fits this spec, or its example."""
    return f"add `{field.name}: {value or field.example}`" + (f" ({field.help})" if field.help else "")
