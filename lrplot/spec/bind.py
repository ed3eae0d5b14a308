"""Nodes to quantities: each field's value read as its type says, every fault collected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from lrplot.diagnostics import AlreadyReported, Diagnostics, Fault
from lrplot.registry import did_you_mean
from lrplot.schedules import fields as ft
from lrplot.schedules.fields import REQUIRED, Field, FieldType, fields_of
from lrplot.schedules.frame import Frame
from lrplot.schedules.kinds import KINDS
from lrplot.schedules.quantities import Constant, Percent, Quantity
from lrplot.spec.arguments import Argument, Arguments, Items, Pairs, RecordOf
from lrplot.spec.call import Call
from lrplot.spec.scalars import FALSE, NULL, TRUE, is_bare_number, read_duration, read_number, read_percent
from lrplot.spec.tree import Entry, Listing, Mapping, Node, Scalar, describe


class Invalid:
    """Stands for a value whose fault has been reported."""

    def resolve(self, frame: Frame) -> Any:
        """Stop whatever depends on it."""
        raise AlreadyReported


INVALID = Invalid()
_NUMBERS = "write it as `1e-4`, `0.001`, `10_000` or `10k`"
_DURATIONS = "write `500`, `5 epochs`, `1M samples`, `375M tokens` or `3%`"


class Binder:
    """Reads nodes by schema; faults go to `report`, paths are relative to `folder`."""

    def __init__(self, report: Diagnostics, folder: Path) -> None:
        self.report = report
        self.folder = folder

    def arguments(self, owner: str, fields: tuple[Field, ...], node: Mapping, kind: Node | None = None) -> Arguments:
        """The fields of a mapping; unknown, missing and ill-typed ones are reported.

        `kind` is where a schedule's kind is named.
        """
        place = kind.span if kind else node.span
        known = {field.name: field for field in fields}
        given: dict[str, Argument] = {}
        for entry in node:
            name = entry.key.text
            if name in known:
                field = known[name]
                given[field.parameter] = Argument(self._entry(field, entry), entry.value.span)
            elif kind is None or name != "kind":
                self._unknown(owner, entry, [*known, *(["kind"] if kind else [])])
        for field in fields:
            if field.default is REQUIRED and field.parameter not in given:
                self.report.error("missing-field", f"{owner} needs `{field.name}`", place, _example(field))
                given[field.parameter] = Argument(INVALID, place)
        return Arguments(fields, given, place)

    def _unknown(self, owner: str, entry: Entry, known: list[str]) -> None:
        name = entry.key.text
        self.report.error("unknown-field", f"{owner} has no field `{name}`", entry.key.span, did_you_mean(name, known))

    def _entry(self, field: Field, entry: Entry) -> Quantity:
        node = entry.value
        if isinstance(node, Scalar) and not node.quoted and node.text in NULL:
            if field.default is None or isinstance(field.type, ft.Record):
                return Constant(None)
            self.report.error("missing-value", f"`{field.name}` has no value", entry.key.span, _example(field))
            return INVALID
        return self.value(field.type, node, f"`{field.name}`")

    def value(self, type_: FieldType, node: Node, what: str) -> Quantity:
        """One value; INVALID once its fault is reported."""
        try:
            return _READERS[type(type_)](self, type_, node, what)
        except Fault as fault:
            self.report.fault(fault, node.span)
            return INVALID

    def schedule(self, node: Node) -> Call:
        """A schedule in any of its forms; a `Fault` if its kind is not known."""
        if isinstance(node, Listing):
            return self._call("sequence", Mapping((_entry_of("of", node),), node.span), node)
        if isinstance(node, Scalar):
            return self._call(node.text, Mapping((), node.span), node)
        kind = node.get("kind")
        if kind is None:
            raise Fault(
                "a schedule needs `kind`", help="add `kind: cosine`; `lrplot kinds` lists all", code="missing-field"
            )
        if not isinstance(kind, Scalar):
            raise _fault_at(kind, "bad-type", f"`kind` must be a name, not {describe(kind)}")
        return self._call(kind.text, node, kind)

    def _call(self, name: str, node: Mapping, place: Node) -> Call:
        if name not in KINDS:
            raise _fault_at(place, "unknown-kind", f"there is no kind `{name}`", did_you_mean(name, KINDS))
        kind = KINDS[name]
        own, shared = kind.fields, kind.shared_fields
        arguments = self.arguments(f"`{name}`", (*own, *shared), node, place)
        return Call(kind, arguments, self.report, place.span)


def _entry_of(name: str, node: Node) -> Entry:
    return Entry(Scalar(name, node.span), node)


def _fault_at(node: Node, code: str, message: str, help: str | None = None) -> Fault:
    fault = Fault(message, code=code, help=help)
    fault.span = node.span
    return fault


def _example(field: Field) -> str:
    return f"`{field.name}`: {field.help or field.type}"


def _wrong(node: Node, what: str, wanted: object, help: str | None = None) -> Fault:
    if isinstance(node, Scalar) and not node.quoted and node.text in TRUE | FALSE:
        return Fault(f"{what} must be a {wanted}, not the boolean `{node.text}`", code="boolean", help=help or _NUMBERS)
    return Fault(f"{what} must be a {wanted}, not {describe(node)}", code="bad-type", help=help)


def _unquoted(node: Node, what: str, wanted: object, help: str | None = None) -> str:
    """The text of a scalar that may be a number; a number in quotes is a `Fault`."""
    if not isinstance(node, Scalar) or node.text in TRUE | FALSE:
        raise _wrong(node, what, wanted, help)
    if node.quoted and is_bare_number(node.text):
        raise Fault(
            f"{what} is text in quotes, not a number", help=f"write `{node.text}` without quotes", code="quoted-number"
        )
    return node.text


def _fraction(node: Node, what: str, wanted: object) -> Fraction:
    text = _unquoted(node, what, wanted)
    value = read_number(text)
    if value is None:
        comma = text.replace(",", "")
        help = f"write `{comma}`" if comma != text and read_number(comma) is not None else None
        raise _wrong(node, what, wanted, help or _NUMBERS)
    return value


def _read_level(binder: Binder, type_: ft.Level, node: Node, what: str) -> Quantity:
    text = _unquoted(node, what, type_, "write `1e-4`, or `10%` of the base")
    share = read_percent(text)
    return Percent(share) if share is not None else Constant(float(_fraction(node, what, type_)))


def _read_duration(binder: Binder, type_: ft.Duration, node: Node, what: str) -> Quantity:
    text = _unquoted(node, what, type_, _DURATIONS)
    if type_.open and text == "rest":
        return Constant(None)
    span = read_duration(text)
    if span is None:
        raise _wrong(node, what, type_, _DURATIONS)
    if span.amount < 0:
        raise Fault(f"{what} must not be negative, it is `{text}`")
    return replace(span, at_least=type_.at_least)


def _read_number(binder: Binder, type_: ft.Number, node: Node, what: str) -> Quantity:
    share = read_percent(_unquoted(node, what, type_))
    value = float(share / 100 if share is not None else _fraction(node, what, type_))
    if (
        (type_.above is not None and value <= type_.above)
        or (type_.at_least is not None and value < type_.at_least)
        or (type_.at_most is not None and value > type_.at_most)
    ):
        raise Fault(f"{what} must be{type_.bounds()}, it is {value:g}")
    return Constant(value)


def _read_count(binder: Binder, type_: ft.Count, node: Node, what: str) -> Quantity:
    value = _fraction(node, what, type_)
    if value.denominator != 1:
        raise Fault(f"{what} must be a whole number, it is `{_text(node)}`", code="not-whole")
    if value < type_.at_least:
        raise Fault(f"{what} must be at least {type_.at_least}, it is `{_text(node)}`")
    return Constant(int(value))


def _read_flag(binder: Binder, type_: ft.Flag, node: Node, what: str) -> Quantity:
    text = _text(node)
    if isinstance(node, Scalar) and not node.quoted and text in TRUE | FALSE:
        return Constant(text in TRUE)
    raise Fault(f"{what} must be `true` or `false`, not {describe(node)}", code="bad-type")


def _read_choice(binder: Binder, type_: ft.Choice, node: Node, what: str) -> Quantity:
    text = _text(node)
    if text in type_.names:
        return Constant(text)
    raise Fault(
        f"{what} must be one of {', '.join(f'`{name}`' for name in type_.names)}, not {describe(node)}",
        help=did_you_mean(text, type_.names),
        code="unknown-choice",
    )


def _read_text(binder: Binder, type_: ft.Text, node: Node, what: str) -> Quantity:
    if not isinstance(node, Scalar):
        raise Fault(f"{what} must be text, not {describe(node)}", code="bad-type")
    return Constant(node.text)


def _read_file(binder: Binder, type_: ft.File, node: Node, what: str) -> Quantity:
    if not isinstance(node, Scalar) or "\0" in node.text:
        raise Fault(f"{what} must be a path, not {describe(node)}", code="bad-type")
    return Constant(binder.folder / node.text)


def _read_many(binder: Binder, type_: ft.Many, node: Node, what: str) -> Quantity:
    if not isinstance(node, Listing):
        raise Fault(f"{what} must be a list, not {describe(node)}", help="write `[…, …]`", code="bad-type")
    return Items(tuple(binder.value(type_.item, item, f"an item of {what}") for item in node.items))


def _read_table(binder: Binder, type_: ft.Table, node: Node, what: str) -> Quantity:
    if not isinstance(node, Mapping):
        raise Fault(
            f"{what} must be a mapping, not {describe(node)}", help="write `{0: 1e-3, 100%: 0}`", code="bad-type"
        )
    return Pairs(
        tuple(
            (
                binder.value(ft.Duration(), _as_key(entry.key), f"a key of {what}"),
                binder.value(ft.Level(), entry.value, f"`{entry.key.text}` of {what}"),
            )
            for entry in node
        ),
    )


def _as_key(key: Scalar) -> Scalar:
    """JSON and TOML have no keys but text: a number there is a number."""
    return replace(key, quoted=False)


def _read_record(binder: Binder, type_: ft.Record, node: Node, what: str) -> Quantity:
    fields = fields_of(type_.type)
    if isinstance(node, Mapping):
        return RecordOf(type_.type, binder.arguments(what, fields, node))
    if not type_.short:
        raise Fault(f"{what} must be a mapping, not {describe(node)}", code="bad-type", help=f"write `{type_}`")
    first = Argument(binder.value(fields[0].type, node, what), node.span)
    return RecordOf(type_.type, Arguments(fields, {fields[0].parameter: first}, node.span))


def _read_schedule(binder: Binder, type_: ft.Nested, node: Node, what: str) -> Quantity:
    return Constant(binder.schedule(node))


def _read_parameter(binder: Binder, type_: ft.Parameter, node: Node, what: str) -> Quantity:
    if isinstance(node, Scalar) and node.text not in KINDS:
        value = float(_fraction(node, what, type_))
        node = Mapping((Entry(Scalar("value", node.span), Scalar(repr(value), node.span)),), node.span)
        return Constant(binder._call("constant", node, node))
    return Constant(binder.schedule(node))


def _read_groups(binder: Binder, type_: ft.Groups, node: Node, what: str) -> Quantity:
    if not isinstance(node, Mapping):
        raise Fault(f"{what} must be a mapping, not {describe(node)}", help="write `head: {lr: 1e-3}`", code="bad-type")
    record = ft.Record(type_.type)
    return Constant(
        {entry.key.text: (binder.value(record, entry.value, f"group `{entry.key.text}`"), entry) for entry in node}
    )


def _text(node: Node) -> str:
    return node.text if isinstance(node, Scalar) else ""


_READERS: dict[type, Callable[..., Quantity]] = {
    ft.Level: _read_level,
    ft.Duration: _read_duration,
    ft.Number: _read_number,
    ft.Count: _read_count,
    ft.Flag: _read_flag,
    ft.Choice: _read_choice,
    ft.Text: _read_text,
    ft.File: _read_file,
    ft.Many: _read_many,
    ft.Table: _read_table,
    ft.Record: _read_record,
    ft.Nested: _read_schedule,
    ft.Parameter: _read_parameter,
    ft.Groups: _read_groups,
}
