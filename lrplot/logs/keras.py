"""Keras' CSVLogger."""

from __future__ import annotations

from lrplot.logs import Shape, log_format
from lrplot.logs.shared.rows import Rows
from lrplot.logs.shared.tables import Table


@log_format(
    "keras",
    Shape.TABLE,
    marks=("epoch", "learning_rate|lr", "loss"),
    never=("train_loss", "x/lr.*", "step|steps|iter|iteration|global_step"),
    files=("training_log.csv", "training.log", "history.csv", "log.csv"),
)
def csv_logger(log: Table) -> Rows:
    """Keras CSVLogger: the optimizer's learning rate at the end of each epoch, counted from 0, a float32.

    With `append=True` a file holds several runs.

    Keys: epoch, learning_rate (Keras 2: lr), loss
    Source: keras/src/callbacks/csv_logger.py; callbacks/learning_rate_scheduler.py, on_epoch_end (3.15)
    """
    return log.rows(step="epoch", tracks={"lr": "learning_rate|lr"}, loss="loss", unit="epochs")
