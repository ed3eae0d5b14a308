"""Parts of Markdown as GitHub reads it: the cells and rows of a table, code."""

from __future__ import annotations

from collections.abc import Iterable

from lrplot.output.text import printable


def row(cells: Iterable[str]) -> str:
    """A row of a table, from cells whose bars are escaped."""
    return "| " + " | ".join(cells) + " |"


def cell(text: str) -> str:
    """A text as the content of a cell."""
    return text.replace("\\", "\\\\").replace("|", "\\|")


def code(text: str) -> str:
    """A text as code, in a cell or outside of tables: nothing in it is a link, a mention or an image.

    Outside of a table, its bars stay escaped. A backtick becomes an apostrophe.
    """
    inner = printable(text).replace("`", "'").replace("|", "\\|")
    return f"`{inner or ' '}`"
