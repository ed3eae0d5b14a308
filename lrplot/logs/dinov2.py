"""DINOv2's training_metrics.json."""

from __future__ import annotations

from lrplot.logs import Shape, log_format
from lrplot.logs.shared.jsons import JsonRows
from lrplot.logs.shared.rows import Rows


@log_format("dinov2", Shape.JSON_LINES, marks=("iteration", "lr", "last_layer_lr"), files=("training_metrics.json",))
def training_metrics(log: JsonRows) -> Rows:
    """DINOv2 training_metrics.json: the lower median of the last 20 learning rates at each logged iteration, a float32.

    Iterations count from 0. A run that is started again goes on in the same file.

    Keys: iteration, lr, last_layer_lr, wd, total_loss
    Source: dinov2/logging/helpers.py, MetricLogger.dump_in_output_file; dinov2/train/train.py
    """
    tracks = {"lr": "lr", "lr/last_layer": "last_layer_lr", "weight_decay": "wd"}
    return log.rows(step="iteration", tracks=tracks, loss="total_loss")
