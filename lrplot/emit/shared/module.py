"""The layout of a Python module."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lrplot.emit import Request
from lrplot.emit.shared.functions import one_line


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
