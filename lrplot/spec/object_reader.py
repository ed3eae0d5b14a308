"""Python objects, and the TOML files that parse into them, to a tree."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any

from lrplot.diagnostics import Diagnostic, Source, Span, SpecError
from lrplot.spec.tree import Entry, Listing, Mapping, Node, Scalar
from lrplot.spec.yaml_reader import DEEPEST


def read_toml(source: Source) -> Node:
    """The tree of a TOML text, each key at its line."""
    try:
        content = tomllib.loads(source.text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        message, line, column = _toml_position(str(error), source.text)
        span = Span(source, line=line, column=column, end_column=column + 1)
        raise SpecError(Diagnostic("syntax", f"not valid TOML: {message}", span)) from None
    except (RecursionError, ValueError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise SpecError(Diagnostic("syntax", f"not valid TOML: {reason}", Span(source))) from None
    return _tree(content, source, "", 0)


def _toml_position(text: str, toml: str) -> tuple[str, int, int]:
    found = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", text)
    lines = toml.splitlines() or [""]
    if not found:
        return text, 0, 0
    if found[1] is None:
        return text[: found.start()], len(lines) - 1, len(lines[-1])
    return text[: found.start()], int(found[1]) - 1, int(found[2]) - 1


def read_mapping(content: AnyMapping[Any, Any], name: str = "<mapping>") -> Node:
    """The tree of a Python mapping as a spec file would hold it; text counts as quoted."""
    return _tree(content, Source(name), "", 0)


def _tree(value: Any, source: Source, path: str, depth: int) -> Node:
    span = _locate(source, path)
    if depth > DEEPEST:
        raise SpecError(Diagnostic("too-deep", f"nested more than {DEEPEST} levels deep", span))
    if isinstance(value, AnyMapping):
        entries = (
            Entry(Scalar(str(key), _locate(source, child)), _tree(item, source, child, depth + 1))
            for key, item in value.items()
            for child in [f"{path}.{key}" if path else str(key)]
        )
        return Mapping(tuple(entries), span)
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        items = (_tree(item, source, f"{path}[{i}]", depth + 1) for i, item in enumerate(value))
        return Listing(tuple(items), span)
    return _scalar(value, span)


def _scalar(value: Any, span: Span) -> Scalar:
    if isinstance(value, str):
        return Scalar(value, span, quoted=True)
    if isinstance(value, bool) or value is None:
        return Scalar({True: "true", False: "false", None: "null"}[value], span)
    if isinstance(value, Integral):
        return Scalar(str(int(value)), span)
    if isinstance(value, Real):
        return Scalar(repr(float(value)), span)
    raise SpecError(Diagnostic("bad-type", f"a {type(value).__name__} has no place in a spec: `{value!s:.60}`", span))


def _locate(source: Source, path: str) -> Span:
    """The line of a TOML key, found by its name inside its table; without text, the path alone."""
    if not source.text or not path:
        return Span(source, path)
    table: list[str] = []
    wanted = re.sub(r"\[\d+\]", "", path)
    for number, line in enumerate(source.text.splitlines()):
        if header := re.match(r"\s*\[+([^\]]+)\]+", line):
            table = [part.strip().strip("\"'") for part in header[1].split(".")]
        for found in re.finditer(r"[\w.\"'-]+(?=\s*=)", line):
            key = found[0].replace('"', "").replace("'", "")
            full = ".".join([*table, key])
            if wanted == full or (wanted.endswith("." + key) and "{" in line[: found.start()]):
                return Span(source, path, number, found.start(), found.end())
    return Span(source, path)
