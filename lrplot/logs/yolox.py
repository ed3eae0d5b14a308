"""YOLOX's train_log.txt."""

from __future__ import annotations

from lrplot.logs import Shape, log_format
from lrplot.logs.shared.rows import Rows
from lrplot.logs.shared.texts import Text, within_epochs

PATTERN = (
    r"\bepoch: (?P<epoch>\d+)/(?P<epochs>\d+), iter: (?P<_batch>\d+)/(?P<steps_per_epoch>\d+),"
    r"(?:.*?\btotal_loss: (?P<loss>[\d.]+|nan))?.*?\blr: (?P<lr>[\d.e+-]+)"
)


@log_format(
    "yolox",
    Shape.TEXT,
    marks=(r"\bepoch: \d+/\d+, iter: \d+/\d+,.*\blr: ",),
    files=("train_log.txt", "*/train_log.txt"),
)
def train_log(log: Text) -> Rows:
    """YOLOX train_log.txt: the learning rate at each logged iteration, counted from 1, in 4 digits.

    Keys: epoch: E/N, iter: I/N, lr, total_loss
    Source: yolox/core/trainer.py, Trainer.after_iter (0.3)
    """
    return log.rows(PATTERN, step=within_epochs(), starts="lr: ")
