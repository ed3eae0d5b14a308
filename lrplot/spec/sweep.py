"""Variants of one spec: every combination of some fields' values, named by the fields that vary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import prod

from lrplot.diagnostics import Diagnostic, Fault, Source, SpecError
from lrplot.lazy import dataclass
from lrplot.schema.quantities import Duration
from lrplot.schema.scalars import read_duration, read_number
from lrplot.spec.overrides import OPTION

MOST_VARIANTS = 64
_OPENING, _CLOSING = "[{(", "]})"


@dataclass(frozen=True)
class Variant:
    """A variant of a spec: its name, and the settings that make it."""

    name: str
    settings: tuple[str, ...]


def variants(sweeps: Sequence[str]) -> list[Variant]:
    """Every combination of sweeps such as `lr=1e-4,3e-4`; if there are none, one variant without settings."""
    fields = [_field(sweep) for sweep in sweeps]
    labels = _labels([key for key, _ in fields])
    count = prod(len(values) for _, values in fields)
    if count > MOST_VARIANTS:
        raise _refused(sweeps[-1], f"{count:,} variants, more than {MOST_VARIANTS}", "sweep over fewer values")
    return [
        Variant(
            " ".join(f"{label}={value}" for label, value in zip(labels, values, strict=True)),
            tuple(f"{key}={value}" for (key, _), value in zip(fields, values, strict=True)),
        )
        for values in product(*(choices for _, choices in fields))
    ]


def swept_fields(sweeps: Sequence[str]) -> list[str]:
    """The fields that vary, by the names that the variants have them under."""
    return _labels([_field(sweep)[0] for sweep in sweeps])


def numbers_of(sweeps: Sequence[str]) -> list[Fraction] | None:
    """The number of each variant of one sweep, such as 3 of `3 epochs`; None for several sweeps, and for words."""
    values = _field(sweeps[0])[1] if len(sweeps) == 1 else []
    amounts = [amount for amount in map(_amount, values) if amount]
    same = len({amount.unit for amount in amounts}) == 1
    return [amount.amount for amount in amounts] if same and len(amounts) == len(values) else None


def _amount(text: str) -> Duration | None:
    """A number, with its unit if it is a duration; None for words."""
    with suppress(Fault):
        if (number := read_number(text)) is not None:
            return Duration(number, "")
        return read_duration(text)
    return None


def placed(diagnostic: Diagnostic, sweeps: Sequence[str]) -> Diagnostic:
    """A fault in a setting that comes from a sweep, with its place in the sweep."""
    span = diagnostic.span
    if span is None or span.source.name != OPTION:
        return diagnostic
    path, _, value = span.source.text.partition("=")
    for sweep in sweeps:
        key, _, text = sweep.partition("=")
        start = len(key) + 1
        for each in _split(text):
            if key.strip() == path and each.strip() == value:
                shift = start + len(each) - len(each.lstrip()) - len(path) - 1 if span.column > len(path) else 0
                source = Source("--sweep", sweep)
                moved = replace(span, source=source, column=span.column + shift, end_column=span.end_column + shift)
                return replace(diagnostic, span=moved)
            start += len(each) + 1
    return diagnostic


def _field(sweep: str) -> tuple[str, list[str]]:
    key, equals, text = sweep.partition("=")
    values = [value.strip() for value in _split(text)]
    if not equals or not key.strip() or not all(values):
        raise _refused(sweep, f"`{sweep}` is not `key=value,value`", "write `--sweep lr=1e-4,3e-4`")
    return key.strip(), values


def _split(text: str) -> list[str]:
    """The values between commas; a comma inside brackets does not separate."""
    values, depth = [""], 0
    for letter in text:
        depth += (letter in _OPENING) - (letter in _CLOSING)
        if letter == "," and depth == 0:
            values.append("")
        else:
            values[-1] += letter
    return values


def _labels(keys: Sequence[str]) -> list[str]:
    """The last part of each key, or the whole key if another one ends alike."""
    short = [key.rpartition(".")[2] for key in keys]
    counts = Counter(short)
    return [key if counts[last] > 1 else last for key, last in zip(keys, short, strict=True)]


def _refused(sweep: str, message: str, help: str) -> SpecError:
    span = Source("--sweep", sweep).span(0, len(sweep))
    return SpecError(Diagnostic("bad-sweep", message, span, help))
