"""mmcv's text log."""

from __future__ import annotations

from lrplot.logs import Shape, log_format
from lrplot.logs.shared.digits import Printed
from lrplot.logs.shared.files import LONG_HEAD
from lrplot.logs.shared.rows import Rows
from lrplot.logs.shared.texts import Text, within_epochs

BY_EPOCH = r"\bEpoch \[(?P<epoch>\d+)\]\[(?P<_batch>\d+)/(?P<steps_per_epoch>\d+)\]"
BY_ITERATION = r"\bIter \[(?P<step>\d+)/(?P<steps>\d+)\]"
RATE = r"\blr: (?P<lr>[\d.e+-]+)"
LOSS = r"\bloss: (?P<loss>[\d.e+-]+|nan)"


@log_format(
    "mmcv-text",
    Shape.TEXT,
    marks=(r"\b(?:Epoch \[\d+\]|Iter )\[\d+/\d+\]\s", RATE),
    files=("*.log", "*/*.log"),
)
def text(log: Text) -> Rows:
    """OpenMMLab mmcv .log: the learning rate at each logged iteration, counted from 1, in 4 digits.

    Keys: Epoch [E][I/N] or Iter [I/N], lr, loss
    Source: mmcv/runner/hooks/logger/text.py, TextLoggerHook._log_info (1.7)
    """
    by_epoch = "Epoch [" in log.log.head_text(LONG_HEAD)
    return log.rows(
        BY_EPOCH if by_epoch else BY_ITERATION,
        RATE,
        loss=LOSS,
        unit="batches",
        printed=Printed(significant=4),
        step=within_epochs() if by_epoch else None,
    )
