"""JSON: an array of objects, one a step."""

from __future__ import annotations

from typing import IO

from lrplot.output.tables.shared.lines import lines, object_marks
from lrplot.output.tables.shared.rows import Rows
from lrplot.output.writers import table


@table("json")
def write_json(rows: Rows, file: IO[bytes]) -> None:
    """Write rows as one array of objects."""
    file.write(b"[\n")
    file.writelines(lines(rows, object_marks(rows, between="},\n", last="}")))
    file.write(b"\n]\n")
