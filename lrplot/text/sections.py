"""Text in sections to a located tree: spaCy's and thinc's `.cfg`, as Python's configparser reads it.

Grammar:

    text        = {section}
    section     = "[" name {"." name} "]" {option}
    option      = key ("=" | ":") value        a value goes on in lines that are indented more than its key
    value       = JSON, or else plain text
    comment     = a line that begins with "#" or ";"

A section `a.b` is a mapping within that of `a`. A variable `${a:b}` is `${a.b}`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import field

from lrplot.diagnostics import Diagnostic, Diagnostics, Source, Span, SpecError
from lrplot.lazy import dataclass
from lrplot.text.json import read_json
from lrplot.text.tree import DEEPEST, TOO_DEEP, Entry, Mapping, Node, Scalar
from lrplot.wording import cut

_HEADER = re.compile(r"\s*\[(?P<header>.+)\]")
_OPTION = re.compile(r"(?P<indent>\s*)(?P<key>.*?)\s*[=:]\s*(?P<value>.*?)\s*")
_COMMENT = re.compile(r"\s*[#;]")
_VARIABLE = re.compile(r"\$\{[\w.:]+\}")


def read_sections(source: Source) -> Mapping:
    """The tree of a text in sections; `SpecError` if it is none."""
    report = Diagnostics()
    root = _Section(source.span(0, 1))
    for path, option in _options(source, report):
        section = root.inner(path, report)
        if option is not None and section is not None:
            section.add(option[0], _value(source, *option[1:]), report)
    report.raise_any()
    return root.mapping()


@dataclass
class _Section:
    """A section at the place of its name: its values, and the sections within it, by name."""

    span: Span
    entries: dict[str, tuple[Scalar, Node | _Section]] = field(default_factory=dict)

    def inner(self, path: tuple[Scalar, ...], report: Diagnostics) -> _Section | None:
        """The section at a path within this one; None, and a fault, if a value is there."""
        section = self
        for name in path:
            _, found = section.entries.setdefault(name.text, (name, _Section(name.span)))
            if not isinstance(found, _Section):
                report.error("duplicate-key", f"`{cut(name.text)}` is a value and a section", name.span)
                return None
            section = found
        return section

    def add(self, key: Scalar, value: Node, report: Diagnostics) -> None:
        """Add a value; a fault if there is one of its name."""
        if key.text in self.entries:
            report.error("duplicate-key", f"`{cut(key.text)}` is given twice", key.span, "keep one of them")
        self.entries[key.text] = key, value

    def mapping(self) -> Mapping:
        """The section as a mapping."""
        pairs = self.entries.values()
        entries = (Entry(key, each.mapping() if isinstance(each, _Section) else each) for key, each in pairs)
        return Mapping(tuple(entries), self.span)


Option = tuple[Scalar, int, int]  # a key, and where its value starts and stops


def _options(source: Source, report: Diagnostics) -> Iterator[tuple[tuple[Scalar, ...], Option | None]]:
    """Each section by its path, and each option with the path of its section."""
    path: tuple[Scalar, ...] | None = None
    option: Option | None = None
    indent = 0
    for number, line in enumerate(source.lines):
        start, depth = source.index(number, 0), len(line) - len(line.lstrip())
        if not line.strip() or _COMMENT.match(line):
            continue
        if option is not None and depth > indent:
            option = (*option[:2], start + len(line.rstrip()))
            continue
        if path is not None and option is not None:
            yield path, option
        option, indent = None, depth
        if match := _HEADER.match(line):
            path = _names(source, match["header"], start + match.start("header"))
            yield path, None
        elif (match := _OPTION.fullmatch(line)) and path is not None:
            key = Scalar(match["key"], source.span(start + match.start("key"), start + match.end("key")))
            option = key, start + match.start("value"), start + match.end("value")
        else:
            problem = "a value stands before the first `[section]`" if match else "a line is no `key = value`"
            report.error("syntax", problem, source.span(start + depth, start + len(line)))
    if path is not None and option is not None:
        yield path, option


def _names(source: Source, header: str, start: int) -> tuple[Scalar, ...]:
    """The names in the header of a section."""
    names = []
    for name in header.split("."):
        names.append(Scalar(name.strip(), source.span(start, start + max(len(name), 1))))
        start += len(name) + 1
    if len(names) > DEEPEST:
        raise SpecError(Diagnostic("too-deep", TOO_DEEP, names[DEEPEST].span))
    return tuple(names)


def _value(source: Source, start: int, stop: int) -> Node:
    """The value in a part of the text: JSON, or else plain text."""
    lines = source.text[start:stop].split("\n")
    text = "\n".join(" " * len(line) if _COMMENT.match(line) else line for line in lines)
    text = _VARIABLE.sub(lambda match: match[0].replace(":", "."), text)
    span = source.span(start, stop)
    try:
        value = json.loads(text)
    except RecursionError:
        value = []
    except ValueError:
        return Scalar(" ".join(text.split()), span, quoted=True)
    if isinstance(value, str):
        return Scalar(value, span, quoted=True)
    if isinstance(value, list | dict):
        return read_json(source, " " * start + text)
    return Scalar(text, span)
