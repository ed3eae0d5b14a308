"""Curves as rows, one a step: CSV, TSV, JSON, JSON Lines, NPZ."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import IO

import numpy as np

from lrplot.chart.names import distinct
from lrplot.curves.curve import Curve
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import Steps
from lrplot.engine.evaluate import BLOCK, blocks
from lrplot.output.tables.shortest import WIDTH, Bytes, Lengths, texts, write_whole
from lrplot.output.text import printable
from lrplot.runs.run import Run

FEWEST = 1 << 12  # rows evaluated and written at once, however many tracks share the memory of a block
_LONGER = 10 ** np.arange(1, 19)  # steps from which on a step has a digit more


@dataclass(frozen=True)
class Rows:
    """What is written: one or more tracks at steps start, start + every … below stop.

    A track with an end in `ends` has no value from that step on: an empty cell.
    `written` is told how many rows each block had, once it is written.
    """

    tracks: Mapping[str, Curve]
    start: int
    stop: int
    every: int = 1
    ends: Mapping[str, int] = field(default_factory=dict)
    written: Callable[[int], object] | None = None

    def blocks(self) -> Iterator[tuple[Steps, list[Floats]]]:
        """Steps and each track's values, NaN where it has none, a block at a time."""
        length = max(FEWEST, BLOCK // len(self.tracks)) * self.every
        ends = [self.ends.get(name, self.stop) for name in self.tracks]
        for first in range(self.start, self.stop, length):
            last = min(self.stop, first + length)
            parts = [next(blocks(curve, first, last, self.every)) for curve in self.tracks.values()]
            steps = parts[0][0]
            yield steps, [_until(end, steps, values) for (_, values), end in zip(parts, ends, strict=True)]
            if self.written:
                self.written(len(steps))


def _until(end: int, steps: Steps, values: Floats) -> Floats:
    return values if steps[-1] < end else np.where(steps < end, values, np.nan)


def rows_of(run: Run) -> Rows:
    """All of a run's tracks at every step."""
    return Rows({name: track.curve for name, track in run.tracks.items()}, 0, run.steps)


def joined(runs: Sequence[Run]) -> Rows:
    """Several runs' tracks beside each other, named `TRACK@RUN`, as far as the longest goes."""
    names = distinct([printable(run.name) for run in runs])
    tracks: dict[str, Curve] = {}
    ends: dict[str, int] = {}
    for run, name in zip(runs, names, strict=True):
        for track in run.tracks:
            tracks[f"{track}@{name}"] = run.tracks[track].curve
            ends[f"{track}@{name}"] = run.steps
    return Rows(tracks, 0, max(run.steps for run in runs), ends=ends)


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
    marks = Marks(("", *(separator for _ in rows.tracks)), "\n", "\n", "")
    file.writelines(_lines(rows, marks))


def write_json(rows: Rows, file: IO[bytes]) -> None:
    """An array of objects, one a step."""
    file.write(b"[\n")
    file.writelines(_lines(rows, Marks(_keys(rows), "},\n", "}", "null")))
    file.write(b"\n]\n")


def write_jsonl(rows: Rows, file: IO[bytes]) -> None:
    """An object a line."""
    file.writelines(_lines(rows, Marks(_keys(rows), "}\n", "}\n", "null")))


def _keys(rows: Rows) -> tuple[str, ...]:
    import json  # not for CSV

    keys = [f"{json.dumps(name)}: " for name in ("step", *rows.tracks)]
    return ("{" + keys[0], *(f", {key}" for key in keys[1:]))


@dataclass(frozen=True)
class Marks:
    """The constant text of a table: before each cell of a row, between two rows, after the last; and of no value."""

    before: tuple[str, ...]
    between: str
    last: str
    nothing: str

    def leads(self, digits: int) -> list[bytes]:
        """What precedes each value, from the end of the one before: the first holds a step of so many digits."""
        step, first, *others = self.before
        return [text.encode() for text in (self.between + step + "0" * digits + first, *others)]


def _lines(rows: Rows, marks: Marks) -> Iterator[memoryview]:
    """The rows' text, a piece at a time."""
    before_first = len(marks.between)
    for steps, columns in _pieces(rows):
        yield _text(steps, columns, marks)[before_first:]
        before_first = 0
    if not before_first:
        yield memoryview(marks.last.encode())


def _pieces(rows: Rows) -> Iterator[tuple[Steps, list[Floats]]]:
    """The rows' blocks, cut where the steps get a digit more."""
    for steps, columns in rows.blocks():
        edges = sorted({0, *np.searchsorted(steps, _LONGER).tolist(), len(steps)})
        for start, stop in pairwise(edges):
            yield steps[start:stop], [values[start:stop] for values in columns]


def _text(steps: Steps, columns: list[Floats], marks: Marks) -> memoryview:
    """Rows of text, each after the mark between it and the one before."""
    digits = len(str(steps[0]))
    leads = marks.leads(digits)
    width = max(map(len, leads)) + WIDTH
    items = np.empty((len(steps), len(columns)), f"V{width}")
    items[:] = np.array(leads, items.dtype)
    cells = items.view(np.uint8).reshape(*items.shape, width)
    lengths = np.empty(items.shape, np.int64)
    for index, (lead, values) in enumerate(zip(leads, columns, strict=True)):
        lengths[:, index] = texts(values, cells[:, index, len(lead) :], marks.nothing.encode())
        lengths[:, index] += len(lead)
    write_whole(steps, digits, cells[:, 0, len(marks.between + marks.before[0]) :])
    return _joined(cells, lengths)


def _joined(cells: Bytes, lengths: Lengths) -> memoryview:
    """The beginnings of cells, of these lengths, one after the other.

    Each cell is stored whole where it begins and the next one over what is too much of
    it, which takes a tenth of the time of picking bytes. It needs NumPy to store in the
    order of the rows, as it does but does not promise for overlapping items: so the first byte
    of each is looked at, a mark, which the padding of a cell does not contain.
    """
    width = cells.shape[-1]
    ends = np.cumsum(lengths).reshape(lengths.shape)
    size = int(ends[-1, -1])
    starts = ends - lengths
    buffer = np.empty(size + width, np.uint8)
    np.ndarray(size, f"V{width}", buffer, strides=(1,))[starts] = cells.view(f"V{width}")[..., 0]
    if (buffer[starts] == cells[0, :, 0]).all():
        return buffer[:size].data
    return cells[np.arange(width) < lengths[..., None]].data


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
