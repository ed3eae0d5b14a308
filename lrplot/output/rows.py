"""Curves as rows, one a step: CSV, TSV, JSON, JSON Lines, NPZ."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO

import numpy as np

from lrplot.engine.evaluate import blocks
from lrplot.schedules.curve import Curve, Steps
from lrplot.schedules.shapes import Floats


@dataclass(frozen=True, slots=True)
class Rows:
    """What is written: some tracks at steps start, start + every … below stop."""

    tracks: Mapping[str, Curve]
    start: int
    stop: int
    every: int = 1

    def blocks(self) -> Iterator[tuple[Steps, list[Floats]]]:
        """Steps and each track's values, a block at a time."""
        streams = [blocks(curve, self.start, self.stop, self.every) for curve in self.tracks.values()]
        for parts in zip(*streams, strict=True):
            yield parts[0][0], [values for _, values in parts]


Writer = Callable[[Rows, IO[bytes]], None]


def write_csv(rows: Rows, file: IO[bytes]) -> None:
    """Comma-separated: `step`, then a column a track, values as the shortest text that reads back the same."""
    _write_separated(rows, file, ",")


def write_tsv(rows: Rows, file: IO[bytes]) -> None:
    """The same, separated by tabs."""
    _write_separated(rows, file, "\t")


def _write_separated(rows: Rows, file: IO[bytes], separator: str) -> None:
    header = io.StringIO()
    csv.writer(header, delimiter=separator, lineterminator="\n").writerow(["step", *rows.tracks])
    file.write(header.getvalue().encode())
    for lines in _text_lines(rows, lambda cells: separator.join(cells) + "\n"):
        file.write(lines)


def write_json(rows: Rows, file: IO[bytes]) -> None:
    """An array of objects, one a step."""
    file.write(b"[\n")
    separator = b""
    for lines in _text_lines(rows, _object(rows, ",\n")):
        file.write(separator + lines[:-2])
        separator = b",\n"
    file.write(b"\n]\n")


def write_jsonl(rows: Rows, file: IO[bytes]) -> None:
    """An object a line."""
    for lines in _text_lines(rows, _object(rows, "\n")):
        file.write(lines)


def _object(rows: Rows, end: str) -> Callable[[tuple[str, ...]], str]:
    keys = [f"{json.dumps(name)}: " for name in ("step", *rows.tracks)]
    return lambda cells: "{" + ", ".join(map("".join, zip(keys, cells, strict=True))) + "}" + end


def _text_lines(rows: Rows, line: Callable[[tuple[str, ...]], str]) -> Iterator[bytes]:
    for steps, columns in rows.blocks():
        cells = [map(str, steps.tolist()), *(map(repr, values.tolist()) for values in columns)]
        yield "".join(map(line, zip(*cells, strict=True))).encode()


def write_npz(rows: Rows, file: IO[bytes]) -> None:
    """NumPy's archive: an int64 array `step` and a float64 array a track."""
    parts = list(rows.blocks())
    columns = zip(*(values for _, values in parts), strict=True)
    arrays = {name: np.concatenate(values) for name, values in zip(rows.tracks, columns, strict=True)}
    steps = np.concatenate([steps for steps, _ in parts])
    # Through memory: a zip archive seeks back, which a pipe cannot.
    archive = io.BytesIO()
    np.savez(archive, allow_pickle=False, step=steps, **arrays)
    file.write(archive.getbuffer())


FORMATS: dict[str, Writer] = {
    "csv": write_csv,
    "tsv": write_tsv,
    "json": write_json,
    "jsonl": write_jsonl,
    "npz": write_npz,
}
