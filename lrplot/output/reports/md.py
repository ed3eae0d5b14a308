"""Markdown: the numbers of a comparison as a table."""

from __future__ import annotations

from typing import IO

from lrplot.analysis.comparison import Comparison
from lrplot.output.terminal.comparison import comparison_rows, names_of, remarks
from lrplot.output.writers import report


@report("md")
def write_markdown(comparison: Comparison, file: IO[bytes]) -> None:
    """Write a table with a column for each run, and the remarks below it."""
    names = names_of(comparison)
    head, *body = comparison_rows(comparison, names)
    lines = [_row(head), _row([":--", *("--:" for _ in names)]), *map(_row, body)]
    lines += [f"\n{remark}." for remark in remarks(comparison, names)]
    file.write(("\n".join(lines) + "\n").encode())


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("\\", "\\\\").replace("|", "\\|") for cell in cells) + " |"
