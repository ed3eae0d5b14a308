"""mmcv's text log."""

from __future__ import annotations

from lrplot.logs import Shape, log_format
from lrplot.logs.shared.rows import Rows
from lrplot.logs.shared.texts import Text, within_epochs

RATE = r"\](?:\t| )*lr: (?P<lr>[\d.e+-]+)(?:.*?\bloss: (?P<loss>[\d.e+-]+|nan))?"
BY_EPOCH = r"Epoch \[(?P<epoch>\d+)\]\[(?P<_batch>\d+)/(?P<steps_per_epoch>\d+)"
BY_ITERATION = r"Iter \[(?P<step>\d+)/(?P<steps>\d+)"


@log_format("mmcv-text", Shape.TEXT, marks=(r"(?:Epoch \[\d+\]|Iter )\[\d+/\d+\]\s*lr: ",), files=("*.log", "*/*.log"))
def text(log: Text) -> Rows:
    """OpenMMLab mmcv .log: the learning rate at each logged iteration, counted from 1, in 4 digits.

    Keys: Epoch [E][I/N] or Iter [I/N], lr, loss
    Source: mmcv/runner/hooks/logger/text.py, TextLoggerHook._log_info (1.7)
    """
    if "Epoch [" in log.log.head_text(1 << 22):
        return log.rows(BY_EPOCH + RATE, unit="batches", step=within_epochs(), starts="lr: ")
    return log.rows(BY_ITERATION + RATE, unit="batches", starts="lr: ")
