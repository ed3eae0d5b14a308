"""MMEngine's scalars.json."""

from __future__ import annotations

from lrplot.logs import Shape, log_format
from lrplot.logs.shared.digits import IN_FULL
from lrplot.logs.shared.groups import without_copy
from lrplot.logs.shared.jsons import JsonRows
from lrplot.logs.shared.rows import Rows


@log_format(
    "mmengine",
    Shape.JSON_LINES,
    marks=("(train/)?lr", "iter", "step"),
    never=("mode", "iteration"),
    files=("vis_data/scalars.json", "*/vis_data/scalars.json", "*/vis_data/[0-9]*_[0-9]*.json", "scalars.json"),
)
def scalars(log: JsonRows) -> Rows:
    """MMEngine scalars.json: the learning rate at each logged iteration, counted from 1, in full.

    `lr` is the optimizer's own learning rate (`base_lr`) if it is logged; `lr/first` is that of the first group, which
    may have a factor. Lines of evaluations have no learning rate, and their step is an epoch.

    Keys: step, base_lr or lr, epoch, loss
    Source: mmengine/visualization/vis_backend.py, LocalVisBackend; hooks/runtime_info_hook.py (0.10)
    """
    based = any(name.endswith("base_lr") for name in log.names)
    tracks = {"lr": "(?:train/)?base_lr", "lr/first": "(?:train/)?lr"} if based else {"lr": "(?:train/)?lr"}
    loss = "(?:train/)?loss"
    rows = log.rows(step="step", tracks=tracks, epoch="epoch", loss=loss, unit="batches", printed=IN_FULL)
    return without_copy(rows, "lr/first")
