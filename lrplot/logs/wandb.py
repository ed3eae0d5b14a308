"""Weights & Biases' run files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from lrplot.logs import Shape, log_format
from lrplot.logs.shared.binary import fields, leveldb_records
from lrplot.logs.shared.jsons import Records
from lrplot.logs.shared.rows import Rows

HEADER = 7  # bytes before the first block's records
HISTORY, ITEM, STEP = 2, 1, 2  # numbers of fields
KEY, NESTED_KEY, VALUE = 1, 2, 16


@log_format(
    "wandb",
    Shape.BINARY,
    marks=(":W&B",),
    files=("run-*.wandb", "wandb/latest-run/run-*.wandb", "wandb/*run-*/run-*.wandb"),
)
def run_file(log: Records) -> Rows:
    """W&B run-*.wandb: the learning rates in the history of a run, in full; a torn end is left out.

    The step is `train/global_step` or `trainer/global_step` if it is logged, or else `_step`.

    Keys: _step, and whatever names hold a learning rate, such as train/learning_rate or optim/learning_rate_group0
    Source: wandb/sdk/internal/datastore.py; wandb/proto/wandb_internal.proto, Record, HistoryRecord (0.31)
    """
    return log.rows(_history(log.log.contents()))


def _history(contents: Iterator[bytes]) -> Iterator[dict[str, Any]]:
    for record in leveldb_records(contents, HEADER):
        try:
            yield from [
                _row(value) for number, value in fields(record) if number == HISTORY and isinstance(value, bytes)
            ]
        except ValueError:  # no record of this program
            continue


def _row(history: bytes) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for number, item in fields(history):
        if not isinstance(item, bytes):
            continue
        if number == STEP:
            row.setdefault("_step", next((value for number, value in fields(item) if number == 1), 0))
        elif number == ITEM:
            parts: list[str] = []
            value = b""
            for number, content in fields(item):
                if number in (KEY, NESTED_KEY) and isinstance(content, bytes):
                    parts.append(content.decode("utf-8", "replace"))
                elif number == VALUE and isinstance(content, bytes):
                    value = content
            row["/".join(parts)] = _number(value)
    return row


def _number(value: bytes) -> float | None:
    """A number in JSON; None for other values."""
    try:
        number = json.loads(value) if value[:1] not in (b"{", b"[", b'"') else None
    except ValueError:
        return None
    return number if isinstance(number, int | float) else None
