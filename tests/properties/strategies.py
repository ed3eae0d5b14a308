"""Random arguments for every kind, made from the types of its fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from lrplot.kinds import KINDS
from lrplot.schema import types as ft
from lrplot.schema.definition import Definition
from lrplot.schema.fields import Field, fields_of
from lrplot.schema.types import FieldType

Any_ = SearchStrategy[Any]
STEPS = st.one_of(st.integers(1, 12), st.integers(13, 2_000))
ODD = (0.0, 5e-324, 1e-300, 1e-12, 1.0, 1e12, 1e300, 1.7976931348623157e308)
EXPRESSIONS = (
    "t / n",
    "base * (1 - u) ** 2",
    "sin(t / 9) + u",
    "1 / (t - 5)",
    "where(t > 3, u, 0.5)",
    "1e300 ** t",
    "t",
)
FUNCTIONS = ("0.95 ** epoch", "1 / (1 + epoch)", "lambda step: min(1, step / 7)", "1 / (x - 3)", "-x")
PLAIN = ("constant", "linear", "cosine", "sqrt", "rex", "step", "cyclic", "exponential", "warmup", "points")


def numbers(low: float = -10.0, high: float = 10.0) -> Any_:
    """Ordinary numbers within bounds, some with few digits, and now and then an odd one."""
    short = st.integers(0, 20).map(lambda i: low + (high - low) * i / 20)
    odd = st.sampled_from([each for each in ODD if low <= each <= high] or [low])
    return st.one_of(short, st.floats(low, high), odd)


def _value(type_: ft.Value, depth: int) -> Any_:
    share = st.integers(0, 200).map(lambda i: f"{i}%")
    return st.one_of(numbers(0, 1), numbers(0, 1), share, numbers(0, 1e3), st.sampled_from(ODD))


def _duration(type_: ft.Duration, depth: int) -> Any_:
    steps = st.integers(0, 12), st.integers(0, 2_500)
    other = st.integers(0, 120).map(lambda i: f"{i}%"), st.sampled_from(("1 epochs", "0.5 epochs", "7 samples"))
    return st.one_of(*steps, *other, *([st.just("rest")] if type_.open else []))


def _moment(type_: ft.Moment, depth: int) -> Any_:
    return _duration(ft.Duration(), depth)


def _number(type_: ft.Number, depth: int) -> Any_:
    low = next((bound for bound in (type_.above, type_.at_least) if bound is not None), -10.0)
    high = 10.0 if type_.at_most is None else type_.at_most
    inside = numbers(low, high).filter(lambda x: type_.above is None or x > type_.above)
    return st.one_of(
        inside, inside, st.sampled_from([odd for odd in ODD if odd > low]) if type_.at_most is None else inside
    )


def _record(type_: ft.Record, depth: int) -> Any_:
    return mapping(fields_of(type_.type), depth)


def _nested(type_: ft.Nested, depth: int) -> Any_:
    if depth <= 0:
        return st.sampled_from(("constant", "linear", "cosine"))
    one = st.sampled_from(PLAIN).flatmap(lambda name: schedule(KINDS[name], depth - 1))
    return st.one_of(one, st.lists(one, min_size=1, max_size=3))


VALUES: dict[type, Callable[[Any, int], Any_]] = {
    ft.Value: _value,
    ft.Duration: _duration,
    ft.Moment: _moment,
    ft.Number: _number,
    ft.Count: lambda type_, depth: st.integers(1 if type_.at_least is None else type_.at_least, 40),
    ft.Flag: lambda type_, depth: st.booleans(),
    ft.Choice: lambda type_, depth: st.sampled_from(type_.names),
    ft.Text: lambda type_, depth: st.sampled_from(EXPRESSIONS),
    ft.File: lambda type_, depth: st.just("table.csv"),
    ft.Many: lambda type_, depth: st.lists(values(type_.item, depth), max_size=5),
    ft.Table: lambda type_, depth: st.dictionaries(
        values(type_.key, depth), values(type_.item, depth), min_size=1, max_size=5
    ),
    ft.Record: _record,
    ft.Function: lambda type_, depth: st.sampled_from(FUNCTIONS),
    ft.Metrics: lambda type_, depth: st.lists(numbers(0, 10), min_size=1, max_size=20),
    ft.Nested: _nested,
}


def values(type_: FieldType, depth: int = 2) -> Any_:
    """Values of a field type, as a spec writes them."""
    return VALUES[type(type_)](type_, depth)


def mapping(fields: tuple[Field, ...], depth: int) -> Any_:
    """Mappings with all required fields and some of the others."""
    required = {field.name: values(field.type, depth) for field in fields if field.required}
    optional = {field.name: values(field.type, depth) for field in fields if not field.required}
    return (
        st.sets(st.sampled_from(sorted(optional)), max_size=3).flatmap(
            lambda chosen: st.fixed_dictionaries(required | {name: optional[name] for name in sorted(chosen)})
        )
        if optional
        else st.fixed_dictionaries(required)
    )


def schedule(kind: Definition, depth: int = 2, *, shared: bool = True) -> Any_:
    """Schedules of one kind."""
    fields = (*kind.fields, *(kind.shared_fields if shared else ()))
    return mapping(fields, depth).map(lambda given: {"kind": kind.name} | given)


def specs(schedules: Any_) -> Any_:
    """Whole specs around a schedule."""
    return st.fixed_dictionaries(
        {
            "steps": STEPS,
            "lr": st.one_of(numbers(1e-6, 1), numbers(1e-6, 1), st.sampled_from(ODD)),
            "steps_per_epoch": st.integers(1, 300),
            "batch_size": st.just(4),
            "schedule": schedules,
        }
    )
