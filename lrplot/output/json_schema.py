"""The JSON Schema (draft-07) of a spec, derived from the definitions.

An editor reads it to complete keys, to show their help and to mark faults. It accepts every spec that lrplot
accepts, and marks the faults that a schema can see. Keys of draft-07 are ignored beside `$ref`, but editors show a
description there.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations
from math import isfinite
from sys import float_info
from typing import Any, NoReturn

from lrplot.frameworks import frameworks
from lrplot.frameworks.shared.framework import Framework
from lrplot.kinds import KINDS
from lrplot.registry import summary
from lrplot.runs.conversions import derive
from lrplot.runs.timebase import MOST_STEPS
from lrplot.schema import types as ft
from lrplot.schema.definition import Definition
from lrplot.schema.fields import Field, fields_of
from lrplot.schema.modifiers import Placed
from lrplot.schema.quantities import Duration, Percent, Start
from lrplot.schema.scalars import DIGITS, PLAIN, RADIX, SIZES, UNITS
from lrplot.schema.types import FieldType
from lrplot.spec.document import CONVERSIONS, EDITORS, LENGTHS, Document
from lrplot.spec.schedules import HYDRA, NAMING
from lrplot.wording import one_of

Schema = dict[str, Any]

_UNSIGNED = PLAIN.removeprefix("[-+]?")
_AMOUNT = rf"(?:{_UNSIGNED}[{''.join(SIZES)}]?|{DIGITS} ?/ ?{DIGITS}|{RADIX})"
_SIGN = "[-+]?"
_POSITIVE = r"\+?"
_SHARE = rf"{_UNSIGNED} ?%"
_TIME = rf"{_AMOUNT}(?: ?(?:{'|'.join(UNITS)}))?|{_SHARE}"
# A number that every YAML reader takes for one, so that it is text only if it is in quotes. `1e-4` is text to some.
_NOT_QUOTED = r"(?![-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)$)"
_SCALAR = ["string", "number", "boolean"]
_NULL = "null"
_LARGEST = float_info.max
_DEFINITIONS = "#/definitions/"
_SCHEDULE = {"$ref": f"{_DEFINITIONS}schedule"}


def json_schema() -> str:
    """The schema as text."""
    return json.dumps(_Schemas().document(), indent=1, ensure_ascii=False) + "\n"


class _Schemas:
    """The definitions of one schema; those that are equal are written once."""

    def __init__(self) -> None:
        self.definitions: dict[str, Schema] = {}
        self.names: dict[str, str] = {}  # by content
        self.counts: Counter[str] = Counter()  # definitions by the name that they number

    def document(self) -> Schema:
        """The schema of a spec."""
        fields = fields_of(Document)
        self.definitions["schedule"] = {}  # first, and refers to itself
        self.definitions["schedule"] = self._schedule()
        schema = {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "$id": "urn:lrplot:spec:1",
            "title": "lrplot spec",
            "description": summary(Document),
            **self._record(fields, {EDITORS: {"type": "string"}}),
            "allOf": [*_lengths(), *_conversions(), _base()],
        }
        self._share_fields([schema, *self.definitions.values()])
        return {**schema, "definitions": self.definitions}

    def _record(self, fields: Sequence[Field], others: Schema | None = None, elsewhere: Iterable[str] = ()) -> Schema:
        """A mapping with fields; `others` are further ones, and `elsewhere` those whose values are seen elsewhere."""
        schema: Schema = {
            "type": "object",
            "properties": {**{field.name: self._field(field) for field in fields}, **(others or {})},
            "additionalProperties": False,
        }
        if elsewhere:
            schema["patternProperties"] = {f"^(?:{'|'.join(elsewhere)})$": True}
        if required := [field.name for field in fields if field.required]:
            schema["required"] = required
        return schema

    def _field(self, field: Field) -> Schema:
        nullable = field.default is None or (isinstance(field.type, ft.Record) and not field.required)
        schema = self._shared(type(field.type).__name__.lower(), self._type(field.type, nullable))
        if field.help:
            schema["description"] = field.help
        if (default := _default(field.default)) is not None:
            schema["default"] = default
        return schema

    def _type(self, type_: FieldType, nullable: bool = False) -> Schema:
        schema = self._values(type_)
        if nullable and "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
        elif nullable and "type" in schema:
            kinds = schema["type"]
            schema["type"] = [*([kinds] if isinstance(kinds, str) else kinds), _NULL]
        elif nullable:
            schema = {"anyOf": [schema, {"type": _NULL}]}
        return schema

    def _values(self, type_: FieldType) -> Schema:
        """The values of a type."""
        match type_:
            case ft.Value():
                return _number(rf"{_POSITIVE}(?:{_AMOUNT}|{_SHARE})", type_, minimum=0)
            case ft.Duration() | ft.Moment():
                rest = "|rest" if isinstance(type_, ft.Duration) and type_.open else ""
                least = type_.at_least if isinstance(type_, ft.Duration) else 0
                return _number(rf"{_POSITIVE}(?:{_TIME}){rest}", type_, "integer", minimum=least, maximum=MOST_STEPS)
            case ft.Number():
                bounds = {
                    "exclusiveMinimum": type_.above,
                    "minimum": type_.at_least,
                    "maximum": type_.at_most,
                    "exclusiveMaximum": type_.below,
                }
                signed = (type_.above or 0) < 0 or (type_.at_least or 0) < 0 or type_.above is type_.at_least is None
                amount = rf"(?:{_AMOUNT}|{_SHARE})" if type_.percent else _AMOUNT
                given = {key: bound for key, bound in bounds.items() if bound is not None}
                return _number((_SIGN if signed else _POSITIVE) + amount, type_, **given)
            case ft.Count(at_least=None):
                return _number(_SIGN + _AMOUNT, type_, "integer", minimum=-MOST_STEPS, maximum=MOST_STEPS)
            case ft.Count(at_least=least):
                return _number(_POSITIVE + _AMOUNT, type_, "integer", minimum=least, maximum=MOST_STEPS)
            case ft.Flag():
                return {"type": "boolean"}
            case ft.Choice(names=names):
                return {"enum": [value for name in names for value in _readings(name)]}
            case ft.Fresh(value=value):
                return {"enum": [int(value), value]}
            case ft.Function():
                return {"type": ["string", "number"]}
            case ft.Many(item=item, single=single):
                items = {"type": "array", "items": self._shared(type(item).__name__.lower(), self._type(item))}
                return {"if": {"type": "array"}, "then": items, "else": self._values(item)} if single else items
            case ft.Metrics():
                numbers = self._shared("number", self._type(ft.Number()))
                return {"type": ["array", *_SCALAR], "items": numbers}
            case ft.Table(key=key, item=item):
                values = self._shared(type(item).__name__.lower(), self._type(item))
                return {"type": "object", "propertyNames": self._keys(key), "additionalProperties": values}
            case ft.Groups(type=record):
                group = self._shared(record.__name__, self._record(fields_of(record)))
                return {"type": "object", "additionalProperties": group}
            case ft.Record(type=record, short=short):
                inner = self._record(fields_of(record))
                if not short:
                    return inner
                first = self._values(fields_of(record)[0].type)
                # One schema for each form, so that a fault is explained by the form that is written.
                return {"if": {"type": "object"}, "then": self._shared(record.__name__, inner), "else": first}
            case ft.Nested():
                return dict(_SCHEDULE)
            case ft.Parameter():
                number = _number(_POSITIVE + _AMOUNT, type_, minimum=0)
                kinds = {"enum": list(KINDS)}
                return {
                    "if": {"type": ["string", "number", "boolean"]},
                    "then": {"anyOf": [number, kinds]},
                    "else": _SCHEDULE,
                }
            case ft.Text() | ft.File():
                return {"type": [*_SCALAR]}

    def _keys(self, type_: FieldType) -> Schema:
        """The keys of a table, which are text in JSON."""
        pattern = self._values(type_).get("pattern")
        return {"pattern": pattern.replace(_NOT_QUOTED, "")} if pattern else {}

    def _schedule(self) -> Schema:
        """A schedule in any of its forms."""
        homes = list(frameworks())
        self.definitions["kind"] = {
            "properties": {
                "kind": {"enum": list(KINDS), "enumDescriptions": [_described(each) for each in KINDS.values()]}
            },
            "required": ["kind"],
            "allOf": [self._kind(each) for each in KINDS.values()],
        }
        naming = {"type": "string", "pattern": rf"^(?:{'|'.join(map(_paths, homes))})\.\w+$"}
        offered = [
            {"label": each.name, "description": each.summary, "body": each.name}
            for home in homes
            for each in home.schedulers.values()
        ]
        self.definitions["use"] = {
            "properties": {
                **dict.fromkeys(NAMING, naming),
                "use": {**naming, "defaultSnippets": offered},
                "init_args": {"type": ["object", _NULL]},
                "kind": False,
                **{field.name: self._field(field) for field in fields_of(Placed)},
            },
            "oneOf": [{"required": [key]} for key in NAMING],
            "allOf": [self._framework(each) for each in homes],
        }
        named = {"anyOf": [{"required": [key]} for key in NAMING]}
        return {
            "type": ["string", "object", "array"],
            "examples": list(KINDS),  # which an editor offers before anything is written
            "allOf": [
                {"if": {"type": "string"}, "then": {"anyOf": [{"enum": list(KINDS)}, naming]}},
                {"if": {"type": "array"}, "then": {"items": _SCHEDULE, "minItems": 1}},
                {
                    "if": {"type": "object"},
                    "then": {"if": named, "then": _ref("use"), "else": _ref("kind")},
                },
            ],
        }

    def _kind(self, kind: Definition) -> Schema:
        """The condition for a mapping of a kind, and its schema."""
        name = {"kind": {"const": kind.name, "description": _described(kind)}}
        self.definitions[f"kind.{kind.name}"] = self._record((*kind.fields, *kind.shared_fields), name)
        return {"if": _of_kind(kind.name), "then": _ref(f"kind.{kind.name}")}

    def _framework(self, home: Framework) -> Schema:
        """The condition for a mapping that names a scheduler of a framework, and its schema."""
        name = {"pattern": rf"\.(?:{'|'.join(home.schedulers)})$"}
        self.definitions[f"framework.{home.name}"] = {
            "properties": dict.fromkeys(NAMING, name),
            "allOf": [self._scheduler(each) for each in home.schedulers.values()],
        }
        return {"if": _named(rf"^{_paths(home)}\.\w+$"), "then": _ref(f"framework.{home.name}")}

    def _scheduler(self, scheduler: Definition) -> Schema:
        """The condition for a mapping that names a scheduler, and its schema.

        Lightning has the arguments under `init_args`.
        """
        shared = [field.name for field in scheduler.shared_fields]
        fields = [field for field in scheduler.fields if field.name not in shared]
        name = {"use": {"description": _described(scheduler)}}
        self.definitions[scheduler.name] = {
            "if": {"required": ["class_path"]},
            "then": {"properties": {"init_args": {"if": {"type": "object"}, "then": _ref(scheduler.name)}}},
            "else": self._record(fields, name, (*NAMING, *HYDRA, *shared)),
        }
        return {"if": _named(rf"\.{scheduler.title}$"), "then": _ref(scheduler.name)}

    def _shared(self, name: str, schema: Schema) -> Schema:
        """A reference to the definition of some content, which is added if there is none yet."""
        if "$ref" in schema:
            return dict(schema)
        content = json.dumps(schema)
        if content not in self.names:
            self.counts[name] += 1
            self.names[content] = f"{name}_{self.counts[name]}"
            self.definitions[self.names[content]] = schema
        return _ref(self.names[content])

    def _share_fields(self, schemas: Iterable[Schema]) -> None:
        """Write the fields that several definitions have with the same help once."""
        homes = [properties for schema in schemas for properties in _properties(schema)]
        fields = [(home, name, json.dumps(field)) for home in homes for name, field in home.items()]
        counts = Counter((name, content) for _, name, content in fields)
        for home, name, content in fields:
            if counts[name, content] > 1 and "description" in home[name]:
                field = dict(home[name])
                if "$ref" in field:  # its content is written here: an editor looks for the type beside the help
                    field = {**self.definitions[field.pop("$ref").removeprefix(_DEFINITIONS)], **field}
                home[name] = self._shared(f"field.{name}", field)


def _ref(name: str) -> Schema:
    return {"$ref": _DEFINITIONS + name}


def _properties(schema: Schema) -> Iterator[Schema]:
    """The fields of the mapping that a definition describes."""
    for each in (schema, schema.get("else", {})):
        if each.get("additionalProperties") is False:
            yield each["properties"]


def _number(pattern: str, type_: FieldType, kind: str = "number", /, **bounds: float) -> Schema:
    """A number within bounds, or text that is one."""
    bounds = {"maximum": _LARGEST, **bounds} if kind == "number" else bounds
    text = {"pattern": f"^{_NOT_QUOTED}(?:{pattern})$", "patternErrorMessage": f"write {type_.examples}"}
    return {"type": [kind, "string"], **bounds, **text}


def _readings(name: str) -> Iterator[Any]:
    """A word, and what it is without quotes if that is a number."""
    yield name
    try:
        number = float(name)
    except ValueError:
        return
    if isfinite(number):
        yield number


def _default(value: Any) -> Any:
    """A default as JSON has it; None if it cannot be written."""
    if isinstance(value, Percent | Duration):
        return str(value)
    return value if isinstance(value, bool | int | str | float) else None


def _described(definition: Definition) -> str:
    formula = definition.section("Formula")
    return definition.summary + (f" Formula: {formula}" if formula else "")


def _paths(home: Framework) -> str:
    """A pattern of the import paths of a framework's schedulers."""
    paths = (path.replace(".", r"\.").replace("*", ".*") for path in (home.name, *home.modules))
    return f"(?:{'|'.join(paths)})"


def _named(pattern: str) -> Schema:
    """The condition that a mapping names a scheduler, by whichever key."""
    return {"patternProperties": {f"^(?:{'|'.join(NAMING)})$": {"pattern": pattern}}}


def _of_kind(name: str) -> Schema:
    """The condition that a mapping names a kind: a pattern, as an editor takes the beginning of a `const` for it."""
    return {"required": ["kind"], "properties": {"kind": {"pattern": f"^{name}$"}}}


def _given(key: str) -> Schema:
    return {"required": [key], "properties": {key: {"not": {"type": _NULL}}}}


def _refused(schema: Schema, message: str) -> Schema:
    """A fault in what matches a schema: editors show a message of their own for `not`."""
    return {"if": schema, "then": {"type": _NULL, "errorMessage": message}}


def _lengths() -> list[Schema]:
    """A run has one length."""
    one = {"oneOf": [_given(key) for key in LENGTHS]}
    return [_refused({"not": one}, f"a run has one length: {one_of(LENGTHS)}")]


def _conversions() -> Iterator[Schema]:
    """The keys that a run needs for a unit in which its length or a duration of its phases is given."""
    for unit in LENGTHS:
        if unit == "steps":
            continue
        known: list[Schema] = [{"required": list(keys)} for keys in _sources(unit)]
        if unit == "epochs":  # one step is one epoch if nothing is said of epochs
            known.append({"required": [unit], "properties": {"dataset_size": False}})
        words = [word for word, meant in UNITS.items() if meant == unit]
        duration = {"type": "string", "pattern": rf"^[.0-9]\S* ?(?:{'|'.join(words)})$"}
        cure = " or ".join(" with ".join(f"`{key}`" for key in keys) for keys in _sources(unit))
        message = f"cannot turn {unit} into steps: give {cure}"
        phase = {"additionalProperties": _refused(duration, message)}
        unused = {unit: {"type": _NULL, "errorMessage": message}, "schedule": {**phase, "items": phase}}
        if unit == "epochs":
            unused["interval"] = _refused({"const": "epoch"}, message)
        yield {"if": {"not": {"anyOf": known}}, "then": {"properties": unused}}


def _sources(unit: str) -> Iterator[tuple[str, ...]]:
    """The sets of keys that tell how many of a unit an update has, without those that contain another one."""

    def refused(key: str, message: str, help: str) -> NoReturn:
        raise ValueError(message)

    found: list[tuple[str, ...]] = []
    for count in (1, 2):
        for keys in combinations(CONVERSIONS, count):
            if any(set(each) <= set(keys) for each in found):
                continue
            try:
                rates = derive(dict.fromkeys(keys, Fraction(1)), False, refused)
            except ValueError:
                continue
            if rates.has(unit):
                found.append(keys)
    yield from found


def _base() -> Schema:
    """Without `lr`, fields whose defaults are the base or a share of it must be given."""
    needed = {
        kind.name: names
        for kind in KINDS.values()
        if (names := [field.name for field in kind.fields if isinstance(field.default, Start | Percent)])
    }
    rules = [{"if": _of_kind(kind), "then": {"required": names}} for kind, names in needed.items()]
    bare = _refused({"enum": list(needed)}, "`lr`, the base learning rate, is missing")
    first = {**bare, "allOf": rules}
    return {"if": {"not": {"required": ["lr"]}}, "then": {"properties": {"schedule": first}}}
