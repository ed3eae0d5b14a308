"""Lines that Hugging Face's Trainer prints."""

from __future__ import annotations

from lrplot.logs import Shape, log_format
from lrplot.logs.shared.rows import Rows
from lrplot.logs.shared.texts import Numbered, Text

RATE = r"'learning_rate': '?(?P<lr>[^,'}]+)"
EPOCH = r"'epoch': '?(?P<epoch>[^,'}]+)"
LOSS = r"'loss': '?(?P<loss>[^,'}]+)"


@log_format("transformers-text", Shape.TEXT, marks=(RATE, EPOCH), files=("train.log", "console.log", "nohup.out"))
def printed(log: Text) -> Rows:
    """Hugging Face Trainer's output: the learning rate and the epoch of each logged step, without the step itself.

    Rows are numbered from 1, and again from 1 where the epoch goes back. A plan tells their steps if it has
    `logging_steps`, or the updates of an epoch and one distance of rows alone gives the printed epochs.

    Keys: learning_rate, epoch, loss of the dicts that are printed
    Source: transformers/trainer_callback.py, PrinterCallback and ProgressCallback.on_log
    """
    return log.rows(RATE, EPOCH, loss=LOSS, unit="rows", step=Numbered())
