"""One value read as its field's type says; what is wrong with it is a `Fault`."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Protocol

from lrplot.diagnostics import Diagnostics, Fault
from lrplot.frozen import replace
from lrplot.registry import did_you_mean
from lrplot.schedules import fields as ft
from lrplot.schedules.expression import compile_function
from lrplot.schedules.fields import Field, FieldType, fields_of
from lrplot.schedules.kinds import KINDS
from lrplot.schedules.quantities import Constant, Percent, Quantity
from lrplot.schedules.timebase import MOST_STEPS
from lrplot.spec.arguments import Argument, Arguments, Items, Pairs, RecordOf
from lrplot.spec.call import Call
from lrplot.spec.scalars import FALSE, TRUE, is_bare_number, read_duration, read_number, read_percent
from lrplot.spec.tree import Entry, Listing, Mapping, Node, Scalar, describe


class Context(Protocol):
    """What reading a value inside another one takes."""

    report: Diagnostics
    folder: Path

    def arguments(self, owner: str, fields: tuple[Field, ...], node: Mapping) -> Arguments:
        """The fields of a mapping."""

    def value(self, type_: FieldType, node: Node, what: str) -> Argument:
        """A value and its place, its faults reported."""

    def schedule(self, node: Node) -> Call:
        """A schedule in any of its forms."""


def _wrong(node: Node, what: str, wanted: object, help: str | None = None) -> Fault:
    if isinstance(node, Scalar) and not node.quoted and node.text in TRUE | FALSE:
        return Fault(f"{what} must be a {wanted}, not the boolean `{node.text}`", code="boolean", help=help)
    return Fault(f"{what} must be a {wanted}, not {describe(node)}", code="bad-type", help=help)


def _unquoted(node: Node, what: str, wanted: FieldType) -> str:
    """The text of a scalar that may be a number; a number in quotes is a `Fault`."""
    if not isinstance(node, Scalar) or node.text in TRUE | FALSE:
        raise _wrong(node, what, wanted, _cure(wanted))
    if node.quoted and is_bare_number(node.text):
        read_number(node.text)  # a `Fault` of its own for what is not finite
        raise Fault(
            f"{what} is text in quotes, not a number", help=f"write `{node.text}` without quotes", code="quoted-number"
        )
    return node.text


def _cure(wanted: FieldType) -> str:
    return f"write {wanted.examples}"


def _fraction(node: Node, what: str, wanted: FieldType) -> Fraction:
    text = _unquoted(node, what, wanted)
    value = read_number(text)
    if value is None:
        comma = text.replace(",", "")
        help = f"write `{comma}`" if comma != text and read_number(comma) is not None else None
        raise _wrong(node, what, wanted, help or _cure(wanted))
    return value


def _read_level(context: Context, type_: ft.Level, node: Node, what: str) -> Quantity:
    share = read_percent(_unquoted(node, what, type_))
    value = float(_fraction(node, what, type_)) if share is None else share
    if type_.at_least is not None and value < type_.at_least:
        raise Fault(f"{what} must be at least {type_.at_least:g}, it is `{_text(node)}`")
    return Constant(value) if share is None else Percent(share)


def _read_duration(context: Context, type_: ft.Duration, node: Node, what: str) -> Quantity:
    text = _unquoted(node, what, type_)
    if type_.open and text == "rest":
        return Constant(None)
    span = read_duration(text)
    if span is None:
        raise _wrong(node, what, type_, _cure(type_))
    if span.amount < 0:
        raise Fault(f"{what} must not be negative, it is `{text}`")
    return replace(span, at_least=type_.at_least) if type_.at_least else span


def _read_number(context: Context, type_: ft.Number, node: Node, what: str) -> Quantity:
    share = read_percent(_unquoted(node, what, type_))
    value = float(share / 100 if share is not None else _fraction(node, what, type_))
    if (
        (type_.above is not None and value <= type_.above)
        or (type_.at_least is not None and value < type_.at_least)
        or (type_.at_most is not None and value > type_.at_most)
    ):
        raise Fault(f"{what} must be{type_.bounds()}, it is {value:g}")
    return Constant(value)


def _read_count(context: Context, type_: ft.Count, node: Node, what: str) -> Quantity:
    value = _fraction(node, what, type_)
    if value.denominator != 1:
        raise Fault(
            f"{what} must be a whole number, it is `{_text(node)}`", code="not-whole", help="leave out the fraction"
        )
    if type_.at_least is not None and value < type_.at_least:
        raise Fault(f"{what} must be at least {type_.at_least}, it is `{_text(node)}`")
    if abs(value) > MOST_STEPS:
        raise Fault(f"{what} is more than 2^53: `{_text(node)}`", code="too-large")
    return Constant(int(value))


def _read_flag(context: Context, type_: ft.Flag, node: Node, what: str) -> Quantity:
    text = _text(node)
    if isinstance(node, Scalar) and not node.quoted and text in TRUE | FALSE:
        return Constant(text in TRUE)
    raise Fault(
        f"{what} must be `true` or `false`, not {describe(node)}", code="bad-type", help="write `true` or `false`"
    )


def _read_choice(context: Context, type_: ft.Choice, node: Node, what: str) -> Quantity:
    text = _text(node)
    if text in type_.names:
        return Constant(text)
    raise Fault(
        f"{what} must be one of {', '.join(f'`{name}`' for name in type_.names)}, not {describe(node)}",
        help=did_you_mean(text, type_.names),
        code="unknown-choice",
    )


def _read_text(context: Context, type_: ft.Text, node: Node, what: str) -> Quantity:
    if not isinstance(node, Scalar):
        raise Fault(f"{what} must be text, not {describe(node)}", code="bad-type")
    return Constant(node.text)


def _read_file(context: Context, type_: ft.File, node: Node, what: str) -> Quantity:
    if not isinstance(node, Scalar) or "\0" in node.text:
        raise Fault(f"{what} must be a path, not {describe(node)}", code="bad-type")
    return Constant(context.folder / node.text)


def _read_many(context: Context, type_: ft.Many, node: Node, what: str) -> Quantity:
    if not isinstance(node, Listing):
        if type_.single:
            return Items((context.value(type_.item, node, what),))
        raise Fault(f"{what} must be a list, not {describe(node)}", help=_cure(type_), code="bad-type")
    return Items(tuple(context.value(type_.item, item, f"an item of {what}") for item in node.items))


def _read_table(context: Context, type_: ft.Table, node: Node, what: str) -> Quantity:
    if not isinstance(node, Mapping):
        raise Fault(f"{what} must be a mapping, not {describe(node)}", help=f"write {type_.examples}", code="bad-type")
    return Pairs(
        tuple(
            (
                context.value(type_.key, _as_key(entry.key), f"a key of {what}"),
                context.value(type_.item, entry.value, f"`{entry.key.text}` of {what}"),
            )
            for entry in node
        ),
    )


def _as_key(key: Scalar) -> Scalar:
    """JSON and TOML have no keys but text: a number there is a number."""
    return replace(key, quoted=False)


def _read_record(context: Context, type_: ft.Record, node: Node, what: str) -> Quantity:
    fields = fields_of(type_.type)
    if isinstance(node, Mapping):
        return RecordOf(type_.type, context.arguments(what, fields, node))
    if not type_.short:
        raise Fault(f"{what} must be a mapping, not {describe(node)}", code="bad-type", help=f"write `{type_}`")
    first = context.value(fields[0].type, node, what)
    return RecordOf(type_.type, Arguments(fields, {fields[0].parameter: first}, node.span, context.report))


def _read_function(context: Context, type_: ft.Function, node: Node, what: str) -> Quantity:
    if not isinstance(node, Scalar):
        raise Fault(f"{what} must be an {type_}, not {describe(node)}", code="bad-type", help=_cure(type_))
    return Constant(compile_function(node.text))


def _read_fresh(context: Context, type_: ft.Fresh, node: Node, what: str) -> Quantity:
    if _text(node) != type_.value:
        raise Fault(f"{what} can only be {type_.value}: what is shown is a run from its beginning", help="leave it out")
    return Constant(int(type_.value))


def _read_metrics(context: Context, type_: ft.Metrics, node: Node, what: str) -> Quantity:
    if isinstance(node, Listing):
        return _read_many(context, ft.Many(ft.Number()), node, what)
    return _read_file(context, ft.File(), node, what)


def _read_schedule(context: Context, type_: ft.Nested, node: Node, what: str) -> Quantity:
    return Constant(context.schedule(node))


def _read_parameter(context: Context, type_: ft.Parameter, node: Node, what: str) -> Quantity:
    if isinstance(node, Scalar) and node.text not in KINDS:
        _fraction(node, what, type_)
        entries = {"kind": "constant", "value": node.text}
        node = Mapping(
            tuple(Entry(Scalar(key, node.span), Scalar(text, node.span)) for key, text in entries.items()), node.span
        )
    return Constant(context.schedule(node))


def _read_groups(context: Context, type_: ft.Groups, node: Node, what: str) -> Quantity:
    if not isinstance(node, Mapping):
        raise Fault(f"{what} must be a mapping, not {describe(node)}", help="write `head: {lr: 1e-3}`", code="bad-type")
    record = ft.Record(type_.type)
    return Constant(
        {entry.key.text: (context.value(record, entry.value, f"group `{entry.key.text}`"), entry.key) for entry in node}
    )


def _text(node: Node) -> str:
    return node.text if isinstance(node, Scalar) else ""


READERS: dict[type, Callable[..., Quantity]] = {
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
    ft.Function: _read_function,
    ft.Fresh: _read_fresh,
    ft.Metrics: _read_metrics,
    ft.Nested: _read_schedule,
    ft.Parameter: _read_parameter,
    ft.Groups: _read_groups,
}
