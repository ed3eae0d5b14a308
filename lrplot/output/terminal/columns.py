"""Aligned columns of text."""

from __future__ import annotations

from collections.abc import Sequence

from lrplot.output.text import pad
from lrplot.wording import cells


def align(rows: Sequence[Sequence[str]], right: Sequence[int] = (), gap: int = 2) -> list[str]:
    """Rows as lines with columns aligned, those in `right` to the right; no trailing spaces."""
    widths = [max(cells(row[i]) for row in rows) for i in range(len(rows[0]))] if rows else []
    return [
        (" " * gap)
        .join(pad(cell, width, right=i in right) for i, (cell, width) in enumerate(zip(row, widths, strict=True)))
        .rstrip()
        for row in rows
    ]
