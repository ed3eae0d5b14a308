"""TensorBoard's event files."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

from lrplot.logs import Shape, log_format
from lrplot.logs.shared.binary import fields, tf_records
from lrplot.logs.shared.files import LogFile
from lrplot.logs.shared.jsons import JsonRows
from lrplot.logs.shared.rows import Rows

BATCH = 4096
STEP, SUMMARY = 2, 5  # numbers of fields of an Event
VALUE, TAG, SIMPLE, TENSOR = 1, 1, 2, 8
DTYPE, CONTENT, FLOATS, DOUBLES = 1, 4, 5, 6
TYPES = {1: ("<f", 4), 2: ("<d", 8)}

FILES = ("events.out.tfevents.*", "runs/*/events.out.tfevents.*", "*/events.out.tfevents.*")


@log_format("tensorboard", Shape.BINARY, marks=(r".{12}\x09.{8}\x1a.brain\.Event:",), files=FILES)
def events(log: LogFile) -> Rows:
    """TensorBoard events: the scalars whose tag names a learning rate, in float32; a torn end is left out.

    Keys: tags such as lr, lr/pg0, learning_rate, lr-Adam, train/learning_rate; train/loss, epoch
    Source: tensorflow/core/util/event.proto; tensorboard/summary/writer/record_writer.py (2.21)
    """
    return JsonRows(log, {}, _batches(log), ()).guessed()


def _batches(log: LogFile) -> Iterator[tuple[list[int], list[dict[str, Any]]]]:
    rows: list[dict[str, Any]] = []
    for record in tf_records(log.contents()):
        try:
            row = _row(record)
        except (ValueError, struct.error):
            continue
        if rows and row and rows[-1]["step"] == row["step"] and not rows[-1].keys() & row.keys() - {"step"}:
            rows[-1].update(row)
        elif row:
            rows.append(row)
        if len(rows) >= BATCH:
            yield [0] * len(rows), rows
            rows = []
    yield [0] * len(rows), rows


def _row(event: bytes) -> dict[str, Any]:
    """The scalars of an event, by their tags, and its step; empty without scalars."""
    step = 0
    row: dict[str, Any] = {}
    for number, content in fields(event):
        if number == STEP and isinstance(content, int):
            step = content
        elif number == SUMMARY and isinstance(content, bytes):
            for part, value in fields(content):
                if part == VALUE and isinstance(value, bytes):
                    tag, scalar = _scalar(value)
                    if scalar is not None:
                        row[tag] = scalar
    return {"step": step, **row} if row else row


def _scalar(value: bytes) -> tuple[str, float | None]:
    tag, scalar = "", None
    for number, content in fields(value):
        if not isinstance(content, bytes):
            continue
        if number == TAG:
            tag = content.decode("utf-8", "replace")
        elif number == SIMPLE:
            scalar = struct.unpack("<f", content)[0]
        elif number == TENSOR:
            scalar = _tensor(content)
    return tag, scalar


def _tensor(content: bytes) -> float | None:
    """The number in a tensor of one float or double; None in others."""
    form, size = "", 0
    data = b""
    for number, part in fields(content):
        if number == DTYPE and isinstance(part, int):
            form, size = TYPES.get(part, ("", 0))
        elif number in (CONTENT, FLOATS, DOUBLES) and isinstance(part, bytes):
            data = part
    return struct.unpack(form, data)[0] if size and len(data) == size else None
