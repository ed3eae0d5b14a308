"""The JSON Schema (draft-07) of what a command prints as JSON, derived from the dataclasses that it prints."""

from __future__ import annotations

import json
from dataclasses import MISSING, fields, is_dataclass
from inspect import getdoc
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from lrplot.output.objects import VERSION
from lrplot.registry import summary
from lrplot.schema.fields import argument_help

Schema = dict[str, Any]
_SCALARS = {str: "string", bool: "boolean", int: "integer", float: "number", NoneType: "null"}


def record_schema(command: str, *forms: type, beside: type | None = None) -> str:
    """The schema of a command's object, which has one of some forms; those of `beside` are all there, or none of them.

    Fields with a default may be absent.
    """
    definitions: Schema = {}
    more = _record(beside, definitions) if beside else None
    shapes = []
    for form in forms:
        shape = _record(form, definitions)
        shape["properties"] = {"format": {"const": f"lrplot/{command}/{VERSION}"}, **shape["properties"]}
        shape["required"] = ["format", *shape["required"]]
        if more and form is forms[0]:
            shape["properties"] |= more["properties"]
            shape["dependencies"] = dict.fromkeys(more["required"], more["required"])
        shapes.append(shape)
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": f"urn:lrplot:{command}:{VERSION}",
        "title": f"lrplot {command}",
        **(shapes[0] if len(shapes) == 1 else {"oneOf": shapes}),
        "definitions": definitions,
    }
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def _record(record: type, definitions: Schema) -> Schema:
    """The schema of a dataclass, whose own dataclasses are added to the definitions."""
    hints = get_type_hints(record)
    helps: dict[str, str] = {}
    for each in reversed(record.__mro__):
        helps |= argument_help(getdoc(each) or "")
    assert is_dataclass(record)
    return {
        "description": summary(record),
        "type": "object",
        "properties": {
            each.name: {
                **_values(hints[each.name], definitions, each.default is None),
                "description": helps[each.name],
            }
            for each in fields(record)
        },
        "required": [each.name for each in fields(record) if each.default is MISSING],
        "additionalProperties": False,
    }


def _values(hint: Any, definitions: Schema, absent: bool = False) -> Schema:
    """The schema of a type; a None that only stands for an absent value is left out if `absent`."""
    if is_dataclass(hint):
        assert isinstance(hint, type)
        name = hint.__name__.removesuffix("Data").lower()
        if name not in definitions:
            definitions[name] = {}  # first, in the order of the text
            definitions[name] = _record(hint, definitions)
        return {"allOf": [{"$ref": f"#/definitions/{name}"}]}
    if isinstance(hint, UnionType):
        parts = [each for each in get_args(hint) if not (absent and each is NoneType)]
        schemas = [_values(each, definitions) for each in parts]
        return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
    if get_origin(hint) is Literal:
        return {"enum": [*get_args(hint)]}
    if get_origin(hint) is list:
        return {"type": "array", "items": _values(get_args(hint)[0], definitions)}
    return {"type": _SCALARS[hint]}
