"""JSON documents with an array for each column, such as Keras' History."""

from __future__ import annotations

from lrplot.logs import Shape, log_format
from lrplot.logs.shared.columns import GENERAL_RATE
from lrplot.logs.shared.jsons import JsonArrays
from lrplot.logs.shared.rows import Rows

RATES = "lrs|learning_rates"
LOSSES = "losses|train_losses"


@log_format("history", Shape.ARRAYS, marks=(f"{GENERAL_RATE}|{RATES}",), general=True, files=("history.json",))
def history(log: JsonArrays) -> Rows:
    """JSON arrays: an array of learning rates, and others of the same length, as `History.history` of Keras.

    Rows are numbered from 0 if there is no array of steps. A row is an epoch if there is an array of a validation
    (`val_loss` …) beside it, which Keras has; else it is an update, as in fastai's recorder and in range tests.

    Keys: lr, learning_rate, lrs …; step, epoch …; loss, losses; val_loss
    Source: keras/src/callbacks/history.py; fastai/learner.py, Recorder; torch_lr_finder/lr_finder.py, history
    """
    return log.rows(RATES, LOSSES, by_epoch="val_.+")
