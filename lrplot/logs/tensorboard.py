"""TensorBoard's event files."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lrplot.logs import Shape, log_format
from lrplot.logs.shared.binary import fields, tf_records
from lrplot.logs.shared.jsons import Records
from lrplot.logs.shared.rows import Rows

STEP, SUMMARY = 2, 5  # numbers of fields of an Event
VALUE, TAG, SIMPLE, TENSOR = 1, 1, 2, 8
DTYPE, CONTENT, FLOATS, DOUBLES = 1, 4, 5, 6
TYPES = {1: ("<f", 4), 2: ("<d", 8)}

BY_EPOCH = r"epoch_|metrics/mAP"

FILES = ("events.out.tfevents.*", "runs/*/events.out.tfevents.*", "*/events.out.tfevents.*")


@log_format("tensorboard", Shape.BINARY, marks=(r".{12}\x09.{8}\x1a.brain\.Event:",), files=FILES)
def events(log: Records) -> Rows:
    """TensorBoard events: the scalars whose tag names a learning rate, in float32; a torn end is left out.

    A step is an epoch if there are tags of Keras (`epoch_…`) or YOLO (`metrics/mAP…`), which log once per epoch.

    Keys: tags such as lr, lr/pg0, learning_rate, lr-Adam, train/learning_rate; train/loss, epoch
    Source: tensorflow/core/util/event.proto; tensorboard/summary/writer/record_writer.py (2.21)
    """
    rows = log.rows(_steps(log.log.contents()))
    if any(re.match(BY_EPOCH, name) for name in rows.names):
        rows.columns = replace(rows.columns, unit="epochs")
    return rows


def _steps(contents: Iterator[bytes]) -> Iterator[dict[str, Any]]:
    """The scalars of each step, as long as no tag comes twice."""
    last: dict[str, Any] = {}
    for record in tf_records(contents):
        try:
            row = _row(record)
        except (ValueError, struct.error):  # no event
            continue
        if last and row and last["step"] == row["step"] and len(last.keys() & row.keys()) == 1:
            last.update(row)
        elif row:
            if last:
                yield last
            last = row
    if last:
        yield last


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
