"""Changes of a text that keep its comments and its layout: an entry added, spelled out or removed; fixes applied.

They need no writer of a syntax: a new entry looks like the one beside it. If that is not enough to know the syntax, as
for a value of several lines or a line with a comment that would be lost, the result is None.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lrplot.diagnostics import Fix, Span
from lrplot.text.tree import Entry, Listing, Mapping, Node, Scalar

_BETWEEN = re.compile(r"\s*[:=]\s*")  # of a key and its value
_CLOSING = re.compile(r"\s*,?\s*\}")
_MARK = re.compile(r"[\s-]*")  # before the first key of an item of a list
_HAS_VALUE = re.compile(r"[\"']?[ \t]*\+?[:=]")
# Before a value, or within the list or the text in quotes that a variable of a shell has.
_NAMED = r"""(?<![\w.-])(?P<name>[A-Za-z_]\w*)(?:["']?[ \t]*[:=][ \t]*["']?|\+?=(?:\([^()]*|"[^"]*|'[^']*))\Z"""


def with_entry(mapping: Mapping, beside: Entry, key: str, value: str) -> Fix | None:
    """Add `key: value` to a mapping, after the entry `beside`."""
    written, stop = _written(beside, key, value), _end(beside.value)
    line, source = beside.key.span.line, mapping.span.source
    if written is None or stop is None or line is None:
        return None
    before = source.lines[line][: beside.key.span.column]
    first = _MARK.fullmatch(before)
    new_line = "\n" + before.replace("-", " ")
    if _is_flow(mapping):
        return Fix(source, stop, stop, f",{new_line if first and not before.strip() else ' '}{written}")
    after = source.offset(line, len(source.lines[line]))
    return Fix(source, after, after, new_line + written) if first else None


def spelled_out(entry: Entry, name: str, key: str, value: str) -> Fix | None:
    """Write a value that stands for a mapping with the one key `name` as that mapping, with `key: value` beside it."""
    written = (_written(entry, name, entry.value.span.text), _written(entry, key, value))
    stop, span = _end(entry.value), entry.value.span
    if stop is None or span.line is None or None in written:
        return None
    text = ", ".join(filter(None, written))
    return Fix(span.source, span.source.offset(span.line, span.column), stop, f"{{{text}}}")


def without(tree: Mapping, key: str, inner: str) -> Fix | None:
    """Remove the entry `inner` from the mapping at a key; and that key, if nothing else is in it."""
    outer = next((entry for entry in tree if entry.key.text == key), None)
    if outer is None or not isinstance(outer.value, Mapping):
        return None
    entries = outer.value.entries
    entry = next((each for each in entries if each.key.text == inner), None)
    if entry is None:
        return None
    return _without(tree, outer) if len(entries) == 1 else _without(outer.value, entry)


def _without(mapping: Mapping, entry: Entry) -> Fix | None:
    source, stop = mapping.span.source, _end(entry.value)
    if stop is None or entry.key.span.line is None:
        return None
    start = _start(entry)
    if _is_flow(mapping):
        place = [each is entry for each in mapping.entries].index(True)
        if len(mapping.entries) == 1:
            gap = ""
        elif place + 1 < len(mapping.entries):
            stop, gap = _start(mapping.entries[place + 1]), source.text[stop : _start(mapping.entries[place + 1])]
        else:
            before = _end(mapping.entries[place - 1].value)
            if before is None:
                return None
            start, gap = before, source.text[before:start]
        return Fix(source, start, stop, "") if re.fullmatch(r"\s*,?\s*", gap) else None
    line_start = source.offset(entry.key.span.line, 0)
    last, _ = source.position(stop)
    line_stop = source.offset(last, len(source.lines[last]))
    if source.text[line_start:start].strip() or source.text[stop:line_stop].strip():
        return None
    removed = source.text[start:stop]
    if "#" in removed or re.search(r"\n\s*\n", removed):
        return None
    after = source.offset(last + 1, 0)
    if after == line_stop and line_start:  # the last line has no end: remove that of the line before
        line_start = source.offset(entry.key.span.line - 1, len(source.lines[entry.key.span.line - 1]))
    return Fix(source, line_start, after, "")


def entries(node: Node) -> Iterator[tuple[Mapping, Entry]]:
    """Every entry in a tree, with its mapping."""
    if isinstance(node, Mapping):
        for entry in node:
            yield node, entry
            yield from entries(entry.value)
    elif isinstance(node, Listing):
        for item in node.items:
            yield from entries(item)


def holder(tree: Node, place: Span) -> tuple[Mapping, Entry] | None:
    """The entry whose value is at a place, and its mapping; None unless there is exactly one."""
    found = [pair for pair in entries(tree) if pair[1].value.span == place]
    return found[0] if len(found) == 1 else None


def applied(text: str, fixes: Sequence[Fix]) -> str:
    """A text with fixes that do not overlap, its line ends kept."""
    for fix in sorted(fixes, key=lambda fix: fix.start, reverse=True):
        end = re.search(r"\r\n|\n|\r", text[fix.start :] + text)
        new = fix.text.replace("\n", end[0]) if end else fix.text
        text = text[: fix.start] + new + text[fix.stop :]
    return text


def shared(fix: Fix) -> str:
    """The name by which other places of a text use what a fix changes; empty if only one uses a value, or none a key.

    A variable `$name`, an interpolation `${a.name}` or `{{name}}` and a reference `<name>` are uses; so is the plain
    name for a variable of Python.
    """
    text, most = fix.source.text, 1
    old = text[fix.start : fix.stop]
    named = re.compile(_NAMED).search(text, 0, fix.start)
    name, start = (named["name"], named.start()) if named else ("", 0)
    if re.fullmatch(r"[A-Za-z_]\w*", old) and _HAS_VALUE.match(text, fix.stop):
        name, start, most = old, fix.start, 0
    uses = len(re.findall(rf"(?:\$\{{?|\{{\{{\s*|<)(?:\w+[.:])*{name}\b", text)) if name else 0
    is_variable = fix.source.name.endswith(".py") and text[start - 1 : start] in ("", "\n", "\r")
    if uses > most or (name and is_variable and re.search(rf"(?<![\w.\"'-]){name}\b(?![ \t]*=(?!=))", text)):
        return name
    return ""


def apart(fixes: Sequence[Fix]) -> list[int]:
    """The indices of fixes of which no two overlap or touch: of those that do, the first in the text."""
    kept: list[int] = []
    for index in sorted(range(len(fixes)), key=lambda index: (fixes[index].start, fixes[index].stop)):
        if not kept or fixes[index].start > fixes[kept[-1]].stop:
            kept.append(index)
    return kept


def _written(beside: Entry, key: str, value: str) -> str | None:
    """An entry as the one beside it is written; None if that has more than a separator between key and value."""
    key_span, value_span = beside.key.span, beside.value.span
    if key_span.line is None or key_span.line != value_span.line:
        return None
    between = key_span.source.lines[key_span.line][key_span.end_column : value_span.column]
    if not _BETWEEN.fullmatch(between):
        return None
    quote = key_span.text[:1] if key_span.text[:1] in ("'", '"') else ""
    return f"{quote}{key}{quote}{': ' if ':' in between else between}{value}"


def _start(entry: Entry) -> int:
    span = entry.key.span
    return span.source.offset(span.line or 0, span.column)


def _end(node: Node) -> int | None:
    """The end of a value: a scalar of one line, or a mapping of them; None for any other."""
    span = node.span
    if span.line is None:
        return None
    if isinstance(node, Scalar):
        whole = span.text == node.text or span.text[1:-1] == node.text
        return span.source.offset(span.line, span.end_column) if whole else None
    if not isinstance(node, Mapping) or not node.entries:
        return None
    last = _end(node.entries[-1].value)
    if last is None or not _is_flow(node):
        return last
    closing = _CLOSING.match(span.source.text, last)
    return closing.end() if closing else None


def _is_flow(mapping: Mapping) -> bool:
    """Whether a mapping is in braces."""
    return mapping.span.text.startswith("{")
