"""Aligned columns of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lrplot.output.text import pad
from lrplot.wording import cells

GAP = 2


def align(rows: Sequence[Sequence[str]], right: Sequence[int] = (), gap: int = GAP) -> list[str]:
    """Rows as lines with columns aligned, those in `right` to the right; no trailing spaces."""
    widths = [max(cells(row[i]) for row in rows) for i in range(len(rows[0]))] if rows else []
    return [
        (" " * gap)
        .join(pad(cell, width, right=i in right) for i, (cell, width) in enumerate(zip(row, widths, strict=True)))
        .rstrip()
        for row in rows
    ]


def divided(rows: Sequence[Sequence[str]], width: int) -> Iterator[list[list[str]]]:
    """The rows cut into tables with as many columns as fit, each with the labels."""
    widths = [max(cells(row[i]) for row in rows) for i in range(len(rows[0]))]
    indices: list[int] = []
    for column in range(1, len(widths)):
        if indices and widths[0] + sum(widths[i] + GAP for i in [*indices, column]) > width:
            yield [[row[0], *(row[i] for i in indices)] for row in rows]
            indices = []
        indices.append(column)
    yield [[row[0], *(row[i] for i in indices)] for row in rows]


def fitted(rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """Labels and values as lines; if they are too wide, the label and the value of a row on two lines."""
    lines = align(rows, right=range(1, len(rows[0])))
    if max(map(cells, lines)) <= width:
        return lines
    lines = []
    for label, value in rows:
        space = width - cells(label) - cells(value)
        lines += [label + " " * space + value] if space >= GAP else [label, f"{value:>{width}}"]
    return lines
