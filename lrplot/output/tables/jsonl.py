"""JSON Lines: an object a line, one a step."""

from __future__ import annotations

from typing import IO

from lrplot.output.tables.shared.lines import lines, object_marks
from lrplot.output.tables.shared.rows import Rows
from lrplot.output.writers import table


@table("jsonl")
def write_jsonl(rows: Rows, file: IO[bytes]) -> None:
    """Write rows as objects, one a line."""
    file.writelines(lines(rows, object_marks(rows, between="}\n", last="}\n")))
