"""Specs grown from the definitions: each field's value from its type, combinators nested, numbers often extreme.

Most of them are valid, which random trees are not.
"""

from __future__ import annotations

import random
from typing import Any

from fuzz.vocabulary import KIND_NAMES, SCHEDULERS

from lrplot.frameworks import find
from lrplot.kinds import KINDS
from lrplot.schema import types as ft
from lrplot.schema.fields import REQUIRED, Field, fields_of
from lrplot.spec.document import Group

Rng = random.Random
AMOUNTS = ("0", "1", "0.5", "1e-3", "3e-4", "10%", "50%", "100%")
EXTREMES = ("5e-324", "1e-300", "1e300", "1.7e308", "2.2250738585072014e-308", "-5e-324", "-1", "1e-17", "1e15")
DURATIONS = ("0", "1", "2", "3", "7", "50", "10%", "50%", "2 epochs", "100%", "1T")
NUMBERS = ("0", "0.1", "0.5", "0.9", "1", "2", "3.7", "1e-8", "0.999999")
COUNTS = ("1", "2", "3", "5", "10", "100", "1000000000000")
LENGTHS = ("1", "2", "3", "30", "100", "1000", "200000", "1000000000", "1000000000000")
NAMES = ("head", "a,b", "=x", "[red]", "é😀", "$x$", "<b>", "x" * 60)
TEXTS = (*NAMES, "\x1b[31m", "\u202e", "a\nb", "")
FUNCTIONS = ("0.95 ** epoch", "1 / (1 + epoch)", "1", "cos(step)", "lambda x: x / 10", "max(0, 1 - epoch / 50)")
EXPRESSIONS = ("t / n", "base * (1 - u)", "exp(-t)", "1 / (t + 1)", "1e308 * u", "-t", "u ** 0.5")


def grown_spec(rng: Rng) -> dict[str, Any]:
    """A spec as a tree of text."""
    spec = {"steps": rng.choice(LENGTHS), "lr": _amount(rng), "schedule": schedule(rng, rng.choice((1, 2, 3, 6)))}
    if rng.random() < 0.5:
        spec["steps_per_epoch"] = rng.choice(("1", "7", "100"))
    if rng.random() < 0.3:
        spec["name"] = rng.choice(TEXTS)
    if rng.random() < 0.2:
        spec["momentum"] = _value(rng, ft.Parameter(), 1)
    if rng.random() < 0.2:
        fields = [field for field in fields_of(Group) if rng.random() < 0.3]
        spec["groups"] = {rng.choice(NAMES): _filled(rng, fields, 1) for _ in range(rng.randint(1, 3))}
    if rng.random() < 0.1:
        spec["layer_decay"] = {"layers": rng.choice(("1", "3", "24")), "decay": rng.choice(("0.75", "1e-300"))}
    return spec


def schedule(rng: Rng, depth: int) -> Any:
    """A schedule; inside others, down to `depth`."""
    way = rng.random()
    if depth and way < 0.2:
        return [schedule(rng, depth - 1) for _ in range(rng.randint(1, 3))]
    if depth and way < 0.45:
        name = rng.choice(("repeat", "product", "sequence"))
    elif way < 0.85:
        name = rng.choice(KIND_NAMES)
    else:
        definition = find(rng.choice(SCHEDULERS))
        fields = [*definition.fields, *(field for field in definition.shared_fields if rng.random() < 0.1)]
        return {"use": definition.name, **_filled(rng, _some(rng, fields), depth)}
    definition = KINDS[name]
    shared = [field for field in definition.shared_fields if rng.random() < 0.15]
    return {"kind": name, **_filled(rng, [*_some(rng, definition.fields), *shared], depth)}


def _some(rng: Rng, fields: Any) -> list[Field]:
    return [field for field in fields if field.default is REQUIRED or rng.random() < 0.35]


def _filled(rng: Rng, fields: list[Field], depth: int) -> dict[str, Any]:
    return {field.name: _value(rng, field.type, depth) for field in fields}


def _amount(rng: Rng) -> str:
    return rng.choice(EXTREMES if rng.random() < 0.2 else AMOUNTS)


def _value(rng: Rng, type_: Any, depth: int) -> Any:
    match type_:
        case ft.Value():
            return _amount(rng)
        case ft.Duration():
            return "rest" if type_.open and rng.random() < 0.1 else rng.choice(DURATIONS)
        case ft.Moment():
            return rng.choice(DURATIONS)
        case ft.Number():
            return rng.choice(EXTREMES if rng.random() < 0.1 else NUMBERS)
        case ft.Count():
            return rng.choice(COUNTS)
        case ft.Flag():
            return rng.choice(("true", "false"))
        case ft.Choice():
            return rng.choice(type_.names)
        case ft.Many():
            return [_value(rng, type_.item, max(depth - 1, 0)) for _ in range(rng.randint(1, 3))]
        case ft.Table():
            return {_value(rng, type_.key, 0): _value(rng, type_.item, 0) for _ in range(rng.randint(1, 4))}
        case ft.Record():
            return _filled(rng, _some(rng, fields_of(type_.type)), depth)
        case ft.Function():
            return rng.choice(FUNCTIONS)
        case ft.Fresh():
            return type_.value
        case ft.Metrics():
            return [rng.choice(NUMBERS) for _ in range(rng.randint(1, 30))]
        case ft.File():
            return "table.csv"
        case ft.Nested():
            return schedule(rng, max(depth - 1, 0)) if depth else rng.choice(KIND_NAMES)
        case ft.Parameter():
            return rng.choice(NUMBERS) if rng.random() < 0.5 else schedule(rng, 0)
    return rng.choice((*EXPRESSIONS, *TEXTS))
