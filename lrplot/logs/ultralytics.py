"""Ultralytics' results.csv."""

from __future__ import annotations

from lrplot.logs import Shape, log_format
from lrplot.logs.shared.digits import Printed
from lrplot.logs.shared.groups import main_group
from lrplot.logs.shared.rows import Rows
from lrplot.logs.shared.tables import Table


@log_format(
    "ultralytics",
    Shape.TABLE,
    marks=("epoch", r"lr/pg\d+"),
    files=("results.csv", "train/results.csv", "train[0-9]*/results.csv"),
)
def results(log: Table) -> Rows:
    """Ultralytics results.csv: the groups' learning rates in the last batch of each epoch, in 6 digits.

    Headers and cells are padded before 8.2, and have 5 digits. The group that differs from the others during the warmup
    has the biases; `lr` is that of the others.

    Keys: epoch, lr/pg0, lr/pg1 …, train/box_loss
    Source: ultralytics/engine/trainer.py, save_metrics (8.4)
    """
    rows = log.rows(
        step="epoch",
        tracks={"lr/{}": r"lr/(pg\d+)"},
        loss=r"train/box_loss|train/loss|train/.*loss",
        unit="epochs",
        printed=Printed(significant=5 if log.padded else 6),
    )
    return main_group(rows)
