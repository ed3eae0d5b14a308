"""Markdown to a located tree: what its lists and tables say under each heading.

section = heading {item | table}       the key is the heading in lower case, `_` between its words
item    = "-" key ":" value | "-" key value, if the value begins with a digit
table   = "|" cells … under the key `table`: a list of rows, each a mapping from column to cell
"""

from __future__ import annotations

import re

from lrplot.diagnostics import Diagnostic, Source, Span, SpecError
from lrplot.text.tree import Entry, Listing, Mapping, Node, Scalar

MOST_LINES = 20_000

_HEADING = re.compile(r"#{1,6}[ \t]+(?P<title>.*?)[ \t#]*")
_ITEM = re.compile(
    r"[ \t]*[-*][ \t]+(?P<key>[\w][\w ]{0,60}?)(?:[ \t]*:[ \t]+(?P<value>.*?)|[ \t]+(?P<number>[0-9]\S*))[ \t\r]*"
)
_CELL = re.compile(r"[^|]+")
_RULE = re.compile(r"[ \t|:-]+")


def read_markdown(source: Source) -> Mapping:
    """The sections of a Markdown text that have items or a table."""
    lines = source.lines
    if len(lines) > MOST_LINES:
        message = f"more than {MOST_LINES:,} lines"
        raise SpecError(Diagnostic("too-large", message, Span(source, line=MOST_LINES)))
    sections: dict[str, dict[str, Entry]] = {}
    places: dict[str, Span] = {}
    heading = ""
    table: list[tuple[int, str]] = []
    fenced = False
    for number, line in enumerate([*lines, ""]):
        fenced ^= line.lstrip().startswith("```")
        if table and not line.lstrip().startswith("|"):
            _close(source, table, sections.setdefault(heading, {}))
            table = []
        if fenced:
            continue
        if match := _HEADING.fullmatch(line.rstrip()):
            heading = "_".join(re.findall(r"\w+", match["title"].lower()))
            places.setdefault(heading, _span(source, number, match.start("title"), match.end("title")))
        elif line.lstrip().startswith("|"):
            table.append((number, line))
        elif match := _ITEM.fullmatch(line):
            entry = _entry(source, number, match)
            sections.setdefault(heading, {}).setdefault(entry.key.text, entry)
    whole = Span(source, line=0, end_column=1)
    return Mapping(
        tuple(
            Entry(Scalar(title, places.get(title, whole)), Mapping(tuple(found.values()), places.get(title, whole)))
            for title, found in sections.items()
        ),
        whole,
    )


def _span(source: Source, line: int, start: int, stop: int) -> Span:
    return Span(source, "", line, start, max(stop, start + 1))


def _entry(source: Source, line: int, match: re.Match[str]) -> Entry:
    part = "number" if match["value"] is None else "value"
    value = Scalar(match[part], _span(source, line, match.start(part), match.end(part)))
    return Entry(Scalar(match["key"], _span(source, line, match.start("key"), match.end("key"))), value)


def _close(source: Source, table: list[tuple[int, str]], section: dict[str, Entry]) -> None:
    """Add a table to its section: the first row names the columns, the second is a rule."""
    rows = [_cells(source, number, line) for number, line in table if not _RULE.fullmatch(line.rstrip())]
    if not rows:
        return
    names, *content = rows
    listed: list[Node] = []
    for row in content:
        pairs = {name.text: Entry(name, cell) for name, cell in zip(names, row, strict=False)}
        listed.append(Mapping(tuple(pairs.values()), row[0].span if row else names[0].span))
    place = names[0].span if names else Span(source, line=table[0][0])
    section.setdefault("table", Entry(Scalar("table", place), Listing(tuple(listed), place)))


def _cells(source: Source, number: int, line: str) -> list[Scalar]:
    cells: list[Scalar] = []
    for match in _CELL.finditer(line.rstrip()):
        text = match[0].strip()
        if text or cells or match.start():
            start = match.start() + len(match[0]) - len(match[0].lstrip())
            cells.append(Scalar(text, _span(source, number, start, start + len(text))))
    return cells
