"""Readers of single values, one for each field type; a faulty value is a `Fault`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Protocol

from lrplot.curves.expression import compile_function
from lrplot.diagnostics import Diagnostics, Fault
from lrplot.runs.numbers import plain
from lrplot.runs.timebase import MOST_STEPS
from lrplot.schema import types as ft
from lrplot.schema.arguments import Argument, Arguments, Items, Pairs, RecordOf
from lrplot.schema.fields import Field, fields_of
from lrplot.schema.quantities import Constant, Duration, Moment, Percent, Quantity
from lrplot.schema.scalars import FALSE, TRUE, is_bare_number, read_duration, read_number, read_percent
from lrplot.schema.types import FieldType
from lrplot.text.tree import Listing, Mapping, Node, Scalar, describe
from lrplot.wording import did_you_mean, swap_of

# The cure for a list where one value belongs: frameworks take one for each parameter group.
GROUPS = "for a value per parameter group, give each group under `groups` a `schedule` of its own"


_JSON = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")


class Reader(Protocol):
    """Reads the values inside another one; see `Binder`."""

    report: Diagnostics
    folder: Path

    def arguments(self, owner: str, fields: tuple[Field, ...], node: Mapping) -> Arguments:
        """The fields of a mapping."""

    def value(self, type_: FieldType, node: Node, what: str) -> Argument:
        """A value and its place; its faults are reported."""


def _wrong(node: Node, what: str, wanted: object, help: str | None = None) -> Fault:
    if isinstance(node, Scalar) and not node.quoted and node.text in TRUE | FALSE:
        return Fault(f"{what} must be a {wanted}, not the boolean `{node.text}`", code="boolean", help=help)
    if isinstance(node, Listing) and isinstance(wanted, ft.Number | ft.Value | ft.Function):
        help = f"{_cure(wanted)}; {GROUPS}"
    article = "an" if isinstance(wanted, ft.Function) else "a"
    return Fault(f"{what} must be {article} {wanted}, not {describe(node)}", code="bad-type", help=help)


def _unquoted(node: Node, what: str, wanted: FieldType) -> str:
    """The text of a scalar that may be a number; a number in quotes is a `Fault`."""
    if not isinstance(node, Scalar) or node.text in TRUE | FALSE:
        raise _wrong(node, what, wanted, _cure(wanted))
    if node.quoted and is_bare_number(node.text):
        read_number(node.text)  # raises a `Fault` of its own if it is not finite
        # Each syntax has numbers such as this one without quotes, JSON and TOML fewer than YAML.
        swap = (node.span.text, node.text) if node.span.text[1:-1] == node.text and _JSON.fullmatch(node.text) else None
        message, help = f"{what} is text in quotes, not a number", f"write `{node.text}` without quotes"
        raise Fault(message, help=help, code="quoted-number", swap=swap)
    return node.text


def negative(what: str, text: str) -> Fault:
    """The fault of a value below 0, as a spec writes it."""
    return Fault(f"{what} must not be negative, it is `{text}`", help=f"write `{text.lstrip('-')}` or `0`")


def _cure(wanted: FieldType) -> str:
    return f"write {wanted.examples}"


def read_fraction(node: Node, what: str, wanted: FieldType) -> Fraction:
    """The exact value of a number; a `Fault` if the node holds anything else."""
    text = _unquoted(node, what, wanted)
    value = read_number(text)
    if value is None:
        comma = text.replace(",", "")
        help = f"write `{comma}`" if comma != text and read_number(comma) is not None else None
        raise _wrong(node, what, wanted, help or _cure(wanted))
    return value


def _read_value(reader: Reader, type_: ft.Value, node: Node, what: str) -> Quantity:
    text = _unquoted(node, what, type_)
    share = read_percent(text)
    value = read_fraction(node, what, type_) if share is None else share
    if value < 0:
        raise negative(what, text)
    return Constant(float(value)) if share is None else Percent(share)


def _read_duration(reader: Reader, type_: ft.Duration, node: Node, what: str) -> Quantity:
    if type_.open and isinstance(node, Scalar):
        if node.text == "rest":
            return Constant(None)
        if node.text.startswith("until "):
            raise _wrong(node, what, type_, f"write `{node.text.replace(' ', ': ', 1)}` instead of `for`")
    duration = _read_time(node, what, type_)
    return replace(duration, at_least=type_.at_least) if type_.at_least else duration


def _read_moment(reader: Reader, type_: ft.Moment, node: Node, what: str) -> Quantity:
    duration = _read_time(node, what, type_)
    return Moment(duration.amount, duration.unit)


def _read_time(node: Node, what: str, type_: FieldType) -> Duration:
    text = _unquoted(node, what, type_)
    duration = read_duration(text)
    if duration is None:
        raise _wrong(node, what, type_, _cure(type_))
    if duration.amount < 0:
        raise Fault(f"{what} must not be negative, it is `{text}`")
    return duration


def _read_number(reader: Reader, type_: ft.Number, node: Node, what: str) -> Quantity:
    share = read_percent(_unquoted(node, what, type_))
    if share is not None and not type_.percent:
        help = f"nothing is there that it could be a share of; write a number, such as `{plain(share / 100)}`"
        raise Fault(f"{what} must be a {type_}, not the percentage `{_text(node)}`", help=help, code="bad-type")
    value = float(share / 100 if share is not None else read_fraction(node, what, type_))
    if (
        (type_.above is not None and value <= type_.above)
        or (type_.at_least is not None and value < type_.at_least)
        or (type_.at_most is not None and value > type_.at_most)
        or (type_.below is not None and value >= type_.below)
    ):
        raise Fault(f"{what} must be {type_.bounds()}, it is {value:g}")
    return Constant(value)


def _read_count(reader: Reader, type_: ft.Count, node: Node, what: str) -> Quantity:
    value = read_fraction(node, what, type_)
    if value.denominator != 1:
        raise Fault(
            f"{what} must be a whole number, it is `{_text(node)}`", code="not-whole", help="write a whole number"
        )
    if type_.at_least is not None and value < type_.at_least:
        raise Fault(f"{what} must be at least {type_.at_least}, it is `{_text(node)}`")
    if abs(value) > MOST_STEPS:
        raise Fault(f"{what} is more than 2^53: `{_text(node)}`", code="too-large")
    return Constant(int(value))


def _read_flag(reader: Reader, type_: ft.Flag, node: Node, what: str) -> Quantity:
    text = _text(node)
    if isinstance(node, Scalar) and not node.quoted and text in TRUE | FALSE:
        return Constant(text in TRUE)
    raise Fault(
        f"{what} must be `true` or `false`, not {describe(node)}", code="bad-type", help="write `true` or `false`"
    )


def _read_choice(reader: Reader, type_: ft.Choice, node: Node, what: str) -> Quantity:
    text = _text(node)
    if text in type_.names:
        return Constant(text)
    raise Fault(
        f"{what} must be one of {', '.join(f'`{name}`' for name in type_.names)}, not {describe(node)}",
        help=did_you_mean(text, type_.names),
        code="unknown-choice",
        swap=swap_of(text, type_.names),
    )


def _read_text(reader: Reader, type_: ft.Text, node: Node, what: str) -> Quantity:
    if not isinstance(node, Scalar):
        raise Fault(f"{what} must be text, not {describe(node)}", code="bad-type")
    return Constant(node.text)


def _read_file(reader: Reader, type_: ft.File, node: Node, what: str) -> Quantity:
    if not isinstance(node, Scalar) or "\0" in node.text:
        raise Fault(f"{what} must be a path, not {describe(node)}", code="bad-type")
    return Constant(reader.folder / node.text)


def _read_many(reader: Reader, type_: ft.Many, node: Node, what: str) -> Quantity:
    if not isinstance(node, Listing):
        if type_.single:
            return Items((reader.value(type_.item, node, what),))
        text = _text(node)
        help = f"write `[{text[1:-1]}]`" if text.startswith("(") and text.endswith(")") else _cure(type_)
        raise Fault(f"{what} must be a list, not {describe(node)}", help=help, code="bad-type")
    return Items(tuple(reader.value(type_.item, item, f"an item of {what}") for item in node.items))


def _read_table(reader: Reader, type_: ft.Table, node: Node, what: str) -> Quantity:
    if not isinstance(node, Mapping):
        raise Fault(f"{what} must be a mapping, not {describe(node)}", help=f"write {type_.examples}", code="bad-type")
    return Pairs(
        tuple(
            (
                reader.value(type_.key, _as_key(entry.key), f"a key of {what}"),
                reader.value(type_.item, entry.value, f"`{entry.key.text}` of {what}"),
            )
            for entry in node
        ),
    )


def _as_key(key: Scalar) -> Scalar:
    """A key in quotes may be a number: JSON has no other keys."""
    return replace(key, quoted=False)


def _read_record(reader: Reader, type_: ft.Record, node: Node, what: str) -> Quantity:
    fields = fields_of(type_.type)
    if isinstance(node, Mapping):
        return RecordOf(type_.type, reader.arguments(what, fields, node))
    if not type_.short:
        raise Fault(f"{what} must be a mapping, not {describe(node)}", code="bad-type", help=f"write `{type_}`")
    first = reader.value(fields[0].type, node, what)
    return RecordOf(type_.type, Arguments(fields, {fields[0].parameter: first}, node.span))


def _read_function(reader: Reader, type_: ft.Function, node: Node, what: str) -> Quantity:
    if not isinstance(node, Scalar):
        raise _wrong(node, what, type_, _cure(type_))
    return Constant(compile_function(node.text))


def _read_fresh(reader: Reader, type_: ft.Fresh, node: Node, what: str) -> Quantity:
    if _text(node) != type_.value:
        raise Fault(f"{what} can only be {type_.value}: a run is shown from its beginning", help="leave it out")
    return Constant(int(type_.value))


def _read_metrics(reader: Reader, type_: ft.Metrics, node: Node, what: str) -> Quantity:
    if isinstance(node, Listing):
        return _read_many(reader, ft.Many(ft.Number()), node, what)
    return _read_file(reader, ft.File(), node, what)


def _text(node: Node) -> str:
    return node.text if isinstance(node, Scalar) else ""


READERS: dict[type, Callable[..., Quantity]] = {
    ft.Value: _read_value,
    ft.Duration: _read_duration,
    ft.Moment: _read_moment,
    ft.Number: _read_number,
    ft.Count: _read_count,
    ft.Flag: _read_flag,
    ft.Choice: _read_choice,
    ft.Text: _read_text,
    ft.File: _read_file,
    ft.Many: _read_many,
    ft.Table: _read_table,
    ft.Record: _read_record,
    ft.Function: _read_function,
    ft.Fresh: _read_fresh,
    ft.Metrics: _read_metrics,
}
