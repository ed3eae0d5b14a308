"""CSV: `step`, then a column for each track; values as the shortest text that reads back the same."""

from __future__ import annotations

from typing import IO

from lrplot.output.tables.shared.lines import write_separated
from lrplot.output.tables.shared.rows import Rows
from lrplot.output.writers import table


@table("csv")
def write_csv(rows: Rows, file: IO[bytes]) -> None:
    """Write rows separated by commas."""
    write_separated(rows, file, ",")
