"""TOML text to a located tree."""

from __future__ import annotations

import re
import tomllib

from lrplot.diagnostics import Diagnostic, Source, Span, SpecError
from lrplot.text.objects import HUGE_INTEGER, Literal, tree_of
from lrplot.text.toml_places import tokens, toml_places
from lrplot.text.tree import DEEPEST, TOO_DEEP, Node


def read_toml(source: Source) -> Node:
    """The tree of a TOML text, each key and value at its place; `SpecError` if it is not TOML."""
    text = source.text.replace("\r\n", "\n")
    _check_depth(source, text)
    try:
        content = tomllib.loads(text, parse_float=Literal)
    except tomllib.TOMLDecodeError as error:
        message, line, column = _message_and_place(str(error), source.text)
        word = re.match(r"[A-Za-z_][\w.%-]*", _rest(source.text, line, column))
        help = f'text needs quotes: `"{word[0]}"`' if word and message == "Invalid value" else None
        span = Span(source, line=line, column=column, end_column=column + (len(word[0]) if help and word else 1))
        raise SpecError(Diagnostic("syntax", f"not valid TOML: {message}", span, help)) from None
    except ValueError:
        raise SpecError(Diagnostic("syntax", f"not valid TOML: {HUGE_INTEGER}", Span(source))) from None
    return tree_of(content, source, toml_places(source, text))


def _rest(text: str, line: int, column: int) -> str:
    """The rest of a line from a column on."""
    lines = text.split("\n")
    return lines[line][column:] if line < len(lines) else ""


def _check_depth(source: Source, text: str) -> None:
    """Raise `SpecError` at a bracket that nests too deeply: the standard reader would exhaust the stack."""
    depth = 0
    for token, span in tokens(source, text):
        depth += (token in "[{") - (token in "]}")
        if depth > DEEPEST:
            raise SpecError(Diagnostic("too-deep", TOO_DEEP, span))


def _message_and_place(message: str, text: str) -> tuple[str, int, int]:
    """An error of the standard reader without the place it ends with, and the place: line and column from 0."""
    match = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", message)
    if not match:
        return message, 0, 0
    reason = message[: match.start()]
    if match[1] is None:
        lines = text.splitlines() or [""]
        return reason, len(lines) - 1, len(lines[-1])
    return reason, int(match[1]) - 1, int(match[2]) - 1
