"""TOML text to a located tree."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace

from lrplot.diagnostics import Diagnostic, Source, Span, SpecError
from lrplot.text.objects import HUGE_INTEGER, Literal, tree_of
from lrplot.text.toml_places import tokens, toml_places
from lrplot.text.tree import DEEPEST, TOO_DEEP, Node

_INTEGER = re.compile(r"[-+]?[0-9_]{1000,}")  # of a length that Python may refuse


def read_toml(source: Source) -> Node:
    """The tree of a TOML text, each key and value at its place; `SpecError` if it is not TOML."""
    _check_depth(source)
    try:
        content = tomllib.loads(source.text, parse_float=Literal)
    except tomllib.TOMLDecodeError as error:
        message, span = _message_and_place(str(error), source)
        word = _bare_word(source, span) if message == "Invalid value" else ""
        if word:
            span = replace(span, end_column=span.column + len(word))
        help = f'text needs quotes: `"{word}"`' if word else None
        raise SpecError(Diagnostic("syntax", f"not valid TOML: {message}", span, help)) from None
    except ValueError:
        raise SpecError(Diagnostic("bad-number", HUGE_INTEGER, _huge(source))) from None
    return tree_of(content, source, toml_places(source))


def _bare_word(source: Source, span: Span) -> str:
    """The word without quotes at a place; empty if there is none."""
    line = source.lines[span.line] if source.lines and span.line is not None else ""
    word = re.match(r"[A-Za-z_][\w.%-]*", line[span.column :])
    return word[0] if word else ""


def _check_depth(source: Source) -> None:
    """Raise `SpecError` at a bracket, or a part of a key, that nests too deeply.

    The standard reader would exhaust the stack, or take minutes.
    """
    depth = dots = 0
    for token in tokens(source.text):
        depth += (token.text in "[{") - (token.text in "]}")
        dots = 0 if token.text in "[]{},=\n" else dots + (token.text == ".")
        if depth + dots > DEEPEST:
            raise SpecError(Diagnostic("too-deep", TOO_DEEP, source.span(token.start, token.stop)))


def _huge(source: Source) -> Span:
    """The place of the first integer of thousands of digits."""
    found = (token for token in tokens(source.text) if _INTEGER.fullmatch(token.text))
    return next((source.span(token.start, token.stop) for token in found), source.span(0, 1))


def _message_and_place(message: str, source: Source) -> tuple[str, Span]:
    """An error of the standard reader without the place it ends with, and the place: it counts line feeds alone."""
    index = len(source.text.rstrip())
    if match := re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", message):
        message = message[: match.start()]
        if match[1] is not None:
            before = source.text.split("\n")[: int(match[1]) - 1]
            index = sum(len(line) + 1 for line in before) + int(match[2]) - 1
    return message, source.span(index, index + 1)
