"""MMEngine's text log."""

from __future__ import annotations

from lrplot.logs import Shape, log_format
from lrplot.logs.shared.groups import without_copy
from lrplot.logs.shared.rows import Rows
from lrplot.logs.shared.texts import Text, within_epochs

PATTERN = r"(?:{}).*?(?:\bbase_lr: (?P<{}>\S+) +)?\blr: (?P<{}>\S+)(?:.*?\bloss: (?P<loss>\S+))?"
BY_EPOCH = r"Epoch\(train\) +\[ *(?P<epoch>\d+)\]\[ *(?P<_batch>\d+)/(?P<steps_per_epoch>\d+)\]"
BY_ITERATION = r"Iter\(train\) +\[ *(?P<step>\d+)/(?P<steps>\d+)\]"


@log_format(
    "mmengine-text",
    Shape.TEXT,
    marks=(r"(?:Epoch|Iter)\(train\) +\[.*\blr: ",),
    files=("*/[0-9]*_[0-9]*.log", "[0-9]*_[0-9]*.log"),
)
def text(log: Text) -> Rows:
    """MMEngine .log: the learning rate at each logged iteration, counted from 1, in 5 digits.

    `lr` is the optimizer's own learning rate (`base_lr`) if it is logged; `lr/first` is that of the first group, which
    may have a factor.

    Keys: Epoch(train) [E][I/N] or Iter(train) [I/N], base_lr or lr, loss
    Source: mmengine/runner/log_processor.py, LogProcessor.get_log_after_iter (0.10)
    """
    head = log.log.head_text(1 << 22)
    names = ("lr", "lr__first") if "base_lr: " in head else ("_base", "lr")
    if "Epoch(train)" in head:
        rows = log.rows(PATTERN.format(BY_EPOCH, *names), unit="batches", step=within_epochs(), starts="(train)")
    else:
        rows = log.rows(PATTERN.format(BY_ITERATION, *names), unit="batches", starts="(train)")
    return without_copy(rows, "lr/first")
