"""Curves as rows, one a step: CSV, TSV, JSON, JSON Lines, NPZ."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO

import numpy as np

from lrplot.chart.names import distinct
from lrplot.engine.evaluate import blocks
from lrplot.schedules.curve import Curve, Steps
from lrplot.schedules.run import Run
from lrplot.schedules.shapes import Floats


@dataclass(frozen=True, slots=True)
class Rows:
    """What is written: some tracks at steps start, start + every … below stop.

    A track with an end in `ends` has no value from that step on: an empty cell.
    """

    tracks: Mapping[str, Curve]
    start: int
    stop: int
    every: int = 1
    ends: Mapping[str, int] = field(default_factory=dict)

    def blocks(self) -> Iterator[tuple[Steps, list[Floats]]]:
        """Steps and each track's values, NaN where it has none, a block at a time."""
        streams = [blocks(curve, self.start, self.stop, self.every) for curve in self.tracks.values()]
        ends = [self.ends.get(name, self.stop) for name in self.tracks]
        for parts in zip(*streams, strict=True):
            steps = parts[0][0]
            yield steps, [_until(end, steps, values) for (_, values), end in zip(parts, ends, strict=True)]


def _until(end: int, steps: Steps, values: Floats) -> Floats:
    return values if steps[-1] < end else np.where(steps < end, values, np.nan)


def rows_of(run: Run) -> Rows:
    """All of a run's tracks at every step."""
    return Rows({name: track.curve for name, track in run.tracks.items()}, 0, run.steps)


def joined(runs: Sequence[Run]) -> Rows:
    """Several runs' tracks beside each other, named `TRACK@RUN`, as far as the longest goes."""
    names = distinct([run.name for run in runs])
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
    for lines in _text_lines(rows, lambda cells: separator.join(cells) + "\n", ""):
        file.write(lines)


def write_json(rows: Rows, file: IO[bytes]) -> None:
    """An array of objects, one a step."""
    file.write(b"[\n")
    separator = b""
    for lines in _text_lines(rows, _object(rows, ",\n"), "null"):
        file.write(separator + lines[:-2])
        separator = b",\n"
    file.write(b"\n]\n")


def write_jsonl(rows: Rows, file: IO[bytes]) -> None:
    """An object a line."""
    for lines in _text_lines(rows, _object(rows, "\n"), "null"):
        file.write(lines)


def _object(rows: Rows, end: str) -> Callable[[tuple[str, ...]], str]:
    keys = [f"{json.dumps(name)}: " for name in ("step", *rows.tracks)]
    return lambda cells: "{" + ", ".join(map("".join, zip(keys, cells, strict=True))) + "}" + end


def _text_lines(rows: Rows, line: Callable[[tuple[str, ...]], str], nothing: str) -> Iterator[bytes]:
    for steps, columns in rows.blocks():
        cells = [map(str, steps.tolist()), *(_texts(values, nothing) for values in columns)]
        yield "".join(map(line, zip(*cells, strict=True))).encode()


def _texts(values: Floats, nothing: str) -> Iterable[str]:
    texts = map(repr, values.tolist())
    return [nothing if text == "nan" else text for text in texts] if np.isnan(values[-1]) else texts


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
