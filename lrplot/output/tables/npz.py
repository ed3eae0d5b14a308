"""NPZ: NumPy's archive, an int64 array `step` and a float64 array for each track."""

from __future__ import annotations

import io
from typing import IO, Any

import numpy as np

from lrplot.output.tables.shared.rows import Rows
from lrplot.output.writers import table


@table("npz")
def write_npz(rows: Rows, file: IO[bytes]) -> None:
    """Write rows as arrays."""
    parts = list(rows.blocks())
    columns = zip(*(values for _, values in parts), strict=True)
    arrays: dict[str, Any] = {name: np.concatenate(values) for name, values in zip(rows.tracks, columns, strict=True)}
    steps = np.concatenate([steps for steps, _ in parts])
    archive = io.BytesIO()  # a zip archive seeks back, which a pipe cannot
    np.savez(archive, step=steps, **arrays)
    file.write(archive.getbuffer())
