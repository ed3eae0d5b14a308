"""timm's summary.csv."""

from __future__ import annotations

from lrplot.logs import Shape, log_format
from lrplot.logs.shared.digits import IN_FULL
from lrplot.logs.shared.rows import Rows
from lrplot.logs.shared.tables import Table


@log_format("timm", Shape.TABLE, marks=("epoch", "train_loss", "eval_.*", "lr"), files=("summary.csv", "*/summary.csv"))
def summary(log: Table) -> Rows:
    """TIMM summary.csv: the mean of the groups' learning rates in each epoch, counted from 0, in full.

    Keys: epoch, lr, train_loss
    Source: timm/utils/summary.py, update_summary; train.py (1.0)
    """
    return log.rows(step="epoch", tracks={"lr": "lr"}, loss="train_loss", unit="epochs", printed=IN_FULL)
