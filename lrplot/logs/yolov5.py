"""YOLOv5's results.csv."""

from __future__ import annotations

from lrplot.logs import Shape, log_format
from lrplot.logs.shared.digits import Printed
from lrplot.logs.shared.groups import main_group
from lrplot.logs.shared.rows import Rows
from lrplot.logs.shared.tables import Table


@log_format("yolov5", Shape.TABLE, marks=("epoch", r"x/lr\d+"), files=("results.csv", "exp*/results.csv"))
def results(log: Table) -> Rows:
    """YOLOv5 results.csv: the groups' learning rates in the last batch of each epoch, in 5 digits.

    YOLOv7 and YOLOv9 write the same. The group that differs from the others during the warmup has the biases; `lr` is
    that of the others.

    Keys: epoch, x/lr0, x/lr1 …, train/box_loss
    Source: yolov5/utils/loggers/__init__.py, Loggers.on_fit_epoch_end (7.0)
    """
    rows = log.rows(
        step="epoch",
        tracks={"lr/{}": r"x/lr(\d+)"},
        loss=r"train/box_loss|train/loss|train/.*loss",
        unit="epochs",
        printed=Printed(significant=5),
    )
    return main_group(rows)
