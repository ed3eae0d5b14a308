"""CSV tables that W&B exports from a chart."""

from __future__ import annotations

from lrplot.logs import Shape, log_format
from lrplot.logs.shared.columns import RATE
from lrplot.logs.shared.rows import Rows
from lrplot.logs.shared.tables import Table

STEP = r"Step|_step|(?:.+/)?global_step"


@log_format("wandb-csv", Shape.TABLE, marks=(STEP, rf"(?i:.+ - (?:.+[/_])?(?:{RATE})(?:[/_-].*)?)"), never=("lr",))
def export(log: Table) -> Rows:
    """W&B chart export: the learning rates of the first run in it; its `__MIN` and `__MAX` are left out.

    Keys: Step or a logged step, NAME - train/learning_rate
    Source: an export as CSV from a chart of wandb.ai
    """
    tracks = {"lr": rf"(?i:.+ - (?:.+[/_])?(?:{RATE})(?:[/_-]\w+)?(?<!__MIN)(?<!__MAX))"}
    return log.rows(step=STEP, tracks=tracks)
