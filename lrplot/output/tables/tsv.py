"""TSV: the cells of CSV, separated by tabs."""

from __future__ import annotations

from typing import IO

from lrplot.output.tables.shared.lines import write_separated
from lrplot.output.tables.shared.rows import Rows
from lrplot.output.writers import table


@table("tsv")
def write_tsv(rows: Rows, file: IO[bytes]) -> None:
    """Write rows separated by tabs."""
    write_separated(rows, file, "\t")
