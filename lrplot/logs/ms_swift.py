"""ms-swift's logging.jsonl."""

from __future__ import annotations

from typing import Any

from lrplot.logs import Shape, log_format
from lrplot.logs.shared.digits import Printed
from lrplot.logs.shared.jsons import JsonRows
from lrplot.logs.shared.rows import Rows

PROGRESS, MEGATRON = "global_step/max_steps", "iteration"


@log_format(
    "ms-swift",
    Shape.JSON_LINES,
    marks=(f"{PROGRESS}|{MEGATRON}", "learning_rate", "elapsed_time|percentage"),
    files=("logging.jsonl", "*/logging.jsonl"),
)
def logging_jsonl(log: JsonRows) -> Rows:
    """ms-swift logging.jsonl: the learning rate at each logged step, rounded to 8 decimals.

    Keys: global_step/max_steps or iteration (such as "10/438"), learning_rate, epoch, loss
    Source: swift/trainers/patcher.py, add_train_message; swift/megatron/callbacks/print.py (3.x)
    """
    return log.rows(
        step="step",
        tracks={"lr": "learning_rate"},
        epoch="epoch",
        loss="loss|lm loss",
        printed=Printed(decimals=8),
        stated={"steps": "steps"},
        prepare=_split_progress,
    )


def _split_progress(rows: list[dict[str, Any]]) -> None:
    """Put step and length of each row under names of their own."""
    for row in rows:
        step, slash, steps = str(row.get(PROGRESS) or row.get(MEGATRON) or "").partition("/")
        if slash:
            row["step"], row["steps"] = step, steps
