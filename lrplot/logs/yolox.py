"""YOLOX's train_log.txt."""

from __future__ import annotations

from lrplot.logs import Shape, log_format
from lrplot.logs.shared.digits import Printed
from lrplot.logs.shared.rows import Rows
from lrplot.logs.shared.texts import Text, within_epochs

STEP = r"\bepoch: (?P<epoch>\d+)/(?P<epochs>\d+), iter: (?P<_batch>\d+)/(?P<steps_per_epoch>\d+),"
RATE = r"\blr: (?P<lr>[\d.e+-]+)"
LOSS = r"\btotal_loss: (?P<loss>[\d.]+|nan)"


@log_format("yolox", Shape.TEXT, marks=(STEP, RATE), files=("train_log.txt", "*/train_log.txt"))
def train_log(log: Text) -> Rows:
    """YOLOX train_log.txt: the learning rate at each logged iteration, counted from 1, in 4 digits.

    Keys: epoch: E/N, iter: I/N, lr, total_loss
    Source: yolox/core/trainer.py, Trainer.after_iter (0.3)
    """
    return log.rows(STEP, RATE, loss=LOSS, step=within_epochs(), printed=Printed(significant=4))
