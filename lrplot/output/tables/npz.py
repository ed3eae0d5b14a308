"""NPZ: NumPy's archive, an int64 array `step` and a float64 array for each track."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import IO, Any
from zipfile import ZipFile

from numpy.lib import format as npy
from numpy.typing import NDArray

from lrplot.curves.curve import Flat
from lrplot.output.tables.shared.rows import Rows
from lrplot.output.writers import table


@table("npz")
def write_npz(rows: Rows, file: IO[bytes]) -> None:
    """Write rows as arrays, one after the other, a block at a time."""
    shape = (len(rows),)
    with ZipFile(file, "w") as archive:
        for name in ("step", *rows.tracks):
            dtype = "<i8" if name == "step" else "<f8"
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                npy.write_array_header_1_0(member, {"descr": dtype, "fortran_order": False, "shape": shape})
                for values in _column(rows, name):
                    member.write(values.astype(dtype, copy=False).tobytes())


def _column(rows: Rows, name: str) -> Iterator[NDArray[Any]]:
    """The blocks of one array; the work of all arrays counts as one pass over the rows."""
    passes, written = 1 + len(rows.tracks), rows.written

    def advance(count: int) -> None:
        if written:
            written(count // passes)

    curve = rows.tracks.get(name, Flat(rows.stop, 0.0))
    for steps, (values,) in replace(rows, tracks={name: curve}, written=advance).blocks():
        yield steps if name == "step" else values
