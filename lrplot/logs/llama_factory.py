"""LLaMA-Factory's trainer_log.jsonl."""

from __future__ import annotations

from lrplot.logs import Shape, log_format
from lrplot.logs.shared.digits import IN_FULL
from lrplot.logs.shared.jsons import JsonRows
from lrplot.logs.shared.rows import Rows


@log_format(
    "llama-factory",
    Shape.JSON_LINES,
    marks=("current_steps", "total_steps", "lr|learning_rate"),
    files=("trainer_log.jsonl",),
)
def trainer_log(log: JsonRows) -> Rows:
    """LLaMA-Factory trainer_log.jsonl: the learning rate at each logged step, in full.

    Several processes may write each step. The last line of a run has no learning rate.

    Keys: current_steps, lr (before 0.9: learning_rate), epoch, loss, total_steps
    Source: src/llamafactory/train/callbacks.py, LogCallback.on_log (0.9)
    """
    return log.rows(
        step="current_steps",
        tracks={"lr": "lr|learning_rate"},
        epoch="epoch",
        loss="loss",
        printed=IN_FULL,
        stated={"steps": "total_steps"},
    )
