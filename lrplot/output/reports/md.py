"""Markdown: the numbers of a comparison as a table."""

from __future__ import annotations

from typing import IO

from lrplot.analysis.comparison import Comparison
from lrplot.output.markdown import cell, row
from lrplot.output.terminal.comparison import comparison_rows, names_of, remarks
from lrplot.output.writers import report


@report("md")
def write_markdown(comparison: Comparison, file: IO[bytes]) -> None:
    """Write a table with a column for each run, and the remarks below it."""
    names = names_of(comparison)
    head, *body = comparison_rows(comparison, names)
    lines = [row(map(cell, head)), row([":--", *("--:" for _ in names)]), *(row(map(cell, cells)) for cells in body)]
    lines += [f"\n{remark}." for remark in remarks(comparison, names)]
    file.write(("\n".join(lines) + "\n").encode())
