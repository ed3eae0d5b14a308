"""Lightning's metrics.csv."""

from __future__ import annotations

from lrplot.logs import Shape, log_format
from lrplot.logs.shared.rows import Rows
from lrplot.logs.shared.tables import Table


@log_format(
    "lightning",
    Shape.TABLE,
    marks=("step", r"lr-\w+.*"),
    files=("metrics.csv", "lightning_logs/version_*/metrics.csv", "version_*/metrics.csv"),
)
def metrics(log: Table) -> Rows:
    """Lightning metrics.csv: the learning rates that LearningRateMonitor logs, in full, in rows of their own.

    Steps are those of the optimizer, counted from 0. A row of losses at the same step belongs to it.

    Keys: step, lr-NAME, lr-NAME/pgN, lr-NAME-momentum, lr-NAME-weight_decay, epoch, train_loss
    Source: lightning/pytorch/callbacks/lr_monitor.py; lightning/fabric/loggers/csv_logs.py (2.6)
    """
    return log.rows(
        step="step",
        tracks={
            "lr/{}": r"lr-(?!.*-(?:momentum|weight_decay)$)(.+)",
            "momentum/{}": r"lr-(.+)-momentum",
            "weight_decay/{}": r"lr-(.+)-weight_decay",
        },
        epoch="epoch",
        loss=r"train_loss|train/loss|train_loss_step|loss|.*train.*loss.*",
    )
