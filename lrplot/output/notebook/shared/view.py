"""A view of a result, and its rendering as HTML, as plain text, and as a picture."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from html import escape
from io import BytesIO
from typing import TypeVar

from lrplot.chart.picture import Picture
from lrplot.diagnostics import Diagnostic
from lrplot.display import VIEWS, Bundle
from lrplot.output.terminal.columns import align
from lrplot.output.text import printable

T = TypeVar("T")
Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Table:
    """Rows of cells, the first of which is the head; remarks stand below them."""

    rows: Rows
    remarks: Sequence[str] = ()


@dataclass(frozen=True)
class View:
    """A heading, a picture, notices, tables, lines, and a text that is code.

    Below a picture, the tables and lines are folded, and the notices are not.
    """

    title: str
    picture: Picture | None = None
    notices: Sequence[str] = ()
    tables: Sequence[Table] = ()
    lines: Sequence[str] = ()
    code: str = ""


def view(function: Callable[[T], View]) -> Callable[[T], Bundle]:
    """Register a function that views a result, under its own name."""

    @wraps(function)
    def bundle(result: T) -> Bundle:
        return _bundle(function(result))

    VIEWS.add(function.__name__, bundle)
    return bundle


def svg_of(picture: Picture) -> str:
    """A picture as SVG, in the colors that the reader's system prefers."""
    from lrplot.output.image.figure import write_image  # which imports matplotlib
    from lrplot.output.image.shared.sheet import AUTO, Sheet
    from lrplot.output.writers import PICTURES

    file = BytesIO()
    write_image(picture, Sheet(theme=AUTO), PICTURES["svg"], file)
    return file.getvalue().decode()


def finding_lines(findings: Sequence[Diagnostic]) -> list[str]:
    """A line for each finding, without its place and its cure."""
    return [f"{each.severity}[{each.code}]: {each.message}" for each in findings]


def _bundle(view: View) -> Bundle:
    svg = svg_of(view.picture) if view.picture else ""
    bundle = {"text/plain": _plain(view), "text/html": _html(view, svg)}
    return {**bundle, "image/svg+xml": svg} if svg else bundle


def _plain(view: View) -> str:
    tables = ["\n".join([*align(_printable(table.rows)), *table.remarks]) for table in view.tables]
    lines = "\n".join(map(printable, [*view.lines, *view.notices]))
    sections = [printable(view.title), *tables, lines, view.code.rstrip("\n")]
    return "\n\n".join(filter(None, sections))


def _printable(rows: Rows) -> list[list[str]]:
    return [list(map(printable, row)) for row in rows]


def _html(view: View, svg: str) -> str:
    """The view as HTML: the picture is an image of its own, so that the styles and names in it stay there."""
    body = [line for table in view.tables for line in _table(table)] + list(map(_paragraph, view.lines))
    body += [f"<pre>{escape(view.code)}</pre>"] if view.code else []
    head = [f"<p><strong>{_text(view.title)}</strong></p>"]
    if view.picture:
        words = _text(f"{view.title}. {view.picture.description}")
        data = b64encode(svg.encode()).decode()
        head = [f'<img alt="{words}" src="data:image/svg+xml;base64,{data}" style="max-width: 100%">']
        body = ["<details>", "<summary>Numbers</summary>", *body, "</details>"]
    return "\n".join(["<div>", *head, *map(_paragraph, view.notices), *body, "</div>"]) + "\n"


def _table(table: Table) -> list[str]:
    """The lines of a table, its cells aligned to the left."""
    head, *body = table.rows
    rows = [_row(head, '<th scope="col"', "</th>"), *(_row(cells, "<td", "</td>") for cells in body)]
    return ["<table>", *rows, "</table>", *map(_paragraph, table.remarks)]


def _row(cells: Sequence[str], start: str, end: str) -> str:
    return "<tr>" + "".join(f'{start} style="text-align: left">{_text(cell)}{end}' for cell in cells) + "</tr>"


def _paragraph(text: str) -> str:
    return f"<p>{_text(text)}</p>"


def _text(text: str) -> str:
    return escape(printable(text))
