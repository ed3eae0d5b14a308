"""Detectron2's metrics.json."""

from __future__ import annotations

from lrplot.logs import Shape, log_format
from lrplot.logs.shared.digits import IN_FULL
from lrplot.logs.shared.jsons import JsonRows
from lrplot.logs.shared.rows import Rows


@log_format(
    "detectron2",
    Shape.JSON_LINES,
    marks=("iteration", "lr", "total_loss|data_time|eta_seconds|rank_data_time"),
    never=("last_layer_lr",),
    files=("metrics.json", "output/metrics.json"),
)
def metrics(log: JsonRows) -> Rows:
    """Detectron2 metrics.json: the learning rate at each logged iteration, counted from 0, in full.

    A resumed run goes on in the same file, from its last checkpoint. Lines of evaluations have no learning rate.

    Keys: iteration, lr, total_loss
    Source: detectron2/utils/events.py, JSONWriter; engine/hooks.py, LRScheduler (0.6)
    """
    return log.rows(step="iteration", tracks={"lr": "lr"}, loss="total_loss|loss", printed=IN_FULL)
