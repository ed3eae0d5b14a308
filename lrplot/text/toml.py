"""TOML text to a located tree."""

from __future__ import annotations

import re
import tomllib

from lrplot.diagnostics import Diagnostic, Source, Span, SpecError
from lrplot.text.objects import _Builder, _Written
from lrplot.text.toml_places import toml_places
from lrplot.text.tree import Node


def read_toml(source: Source) -> Node:
    """The tree of a TOML text, each key at its line."""
    text = source.text.replace("\r\n", "\n")
    try:
        content = tomllib.loads(text, parse_float=_Written)
    except tomllib.TOMLDecodeError as error:
        message, line, column = _toml_position(str(error), source.text)
        span = Span(source, line=line, column=column, end_column=column + 1)
        raise SpecError(Diagnostic("syntax", f"not valid TOML: {message}", span)) from None
    except (RecursionError, ValueError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else "an integer of thousands of digits"
        raise SpecError(Diagnostic("syntax", f"not valid TOML: {reason}", Span(source))) from None
    return _Builder(source, toml_places(text)).node(content, "", 0)


def _toml_position(text: str, toml: str) -> tuple[str, int, int]:
    found = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", text)
    lines = toml.splitlines() or [""]
    if not found:
        return text, 0, 0
    if found[1] is None:
        return text[: found.start()], len(lines) - 1, len(lines[-1])
    return text[: found.start()], int(found[1]) - 1, int(found[2]) - 1
