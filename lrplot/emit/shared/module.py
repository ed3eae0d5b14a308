"""The layout of a Python module."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lrplot.emit import Request
from lrplot.emit.shared.functions import WIDTH, one_line


def module(
    comments: Sequence[str],
    request: Request,
    imports: Iterable[Sequence[str]],
    constants: Sequence[str],
    definitions: Sequence[str],
) -> str:
    """A module of comments, groups of imports, constants, and functions or classes."""
    title = one_line(request.run.name)
    blocks = ["\n".join(f"# {one_line(line)}" for line in comments) + f'\n"""Schedule of {title!r}, by lrplot."""\n']
    if groups := ["\n".join(lines) for lines in imports if lines]:
        blocks.append("\n\n".join(groups) + "\n")
    if constants:
        blocks.append("\n".join(constants) + "\n")
    return "\n".join(blocks) + "".join(f"\n\n{definition}" for definition in definitions)


def wrapped(line: str) -> str:
    """A line of code; if it is too long, what stands between its outermost brackets is in lines of its own."""
    if len(line) <= WIDTH or (span := _bracketed(line)) is None:
        return line
    start, stop = span
    indent = " " * (len(line) - len(line.lstrip()))
    parts = [f"{indent}    {part.strip()}," for part in _split(line[start:stop])]
    return "\n".join([line[:start], *map(wrapped, parts), f"{indent}{line[stop:]}"])


def _bracketed(line: str) -> tuple[int, int] | None:
    """The characters between the first bracket of a line and the one that closes it; None without one."""
    depth, start = 0, 0
    for place, character in enumerate(line):
        if character in "([{":
            start = start or place + 1
            depth += 1
        elif character in ")]}":
            depth -= 1
            if depth == 0:
                return (start, place) if place > start else None
    return None


def _split(text: str) -> list[str]:
    """A text at its commas outside of brackets."""
    parts, depth, start = [], 0, 0
    for place, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if character == "," and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]] if text[start:].strip() else parts
