"""log.txt of MAE, DeiT, DETR and programs that follow them."""

from __future__ import annotations

from lrplot.logs import Shape, log_format
from lrplot.logs.shared.digits import IN_FULL
from lrplot.logs.shared.jsons import JsonRows
from lrplot.logs.shared.rows import Rows


@log_format("log.txt", Shape.JSON_LINES, marks=("train_lr", "epoch"), files=("log.txt", "*/log.txt"))
def log_txt(log: JsonRows) -> Rows:
    """MAE, DeiT, DETR log.txt: the mean of the learning rates in each epoch, counted from 0, in full.

    Keys: epoch, train_lr, train_min_lr, train_weight_decay, train_loss
    Source: mae/main_pretrain.py; deit/main.py; detr/main.py; their MetricLogger with the global average
    """
    return log.rows(
        step="epoch",
        tracks={"lr": "train_lr", "lr/min": "train_min_lr", "weight_decay": "train_weight_decay|train_wd"},
        loss="train_loss",
        unit="epochs",
        printed=IN_FULL,
    )
