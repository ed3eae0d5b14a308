"""MMEngine's text log."""

from __future__ import annotations

import re

from lrplot.logs import Shape, log_format
from lrplot.logs.shared.digits import Printed
from lrplot.logs.shared.files import LONG_HEAD
from lrplot.logs.shared.groups import without_copy
from lrplot.logs.shared.rows import Rows
from lrplot.logs.shared.texts import Text, within_epochs

BY_EPOCH = r"\bEpoch\(train\) +\[ *(?P<epoch>\d+)\]\[ *(?P<_batch>\d+)/(?P<steps_per_epoch>\d+)\]"
BY_ITERATION = r"\bIter\(train\) +\[ *(?P<step>\d+)/(?P<steps>\d+)\]"
BASE = r"\bbase_lr: (?P<lr>\S+)"
FIRST = r"\blr: (?P<lr__first>\S+)"
ONLY = r"\blr: (?P<lr>\S+)"
LOSS = r"\bloss: (?P<loss>\S+)"


@log_format(
    "mmengine-text",
    Shape.TEXT,
    marks=(r"\b(?:Epoch|Iter)\(train\) +\[", r"\blr: "),
    files=("*/[0-9]*_[0-9]*.log", "[0-9]*_[0-9]*.log"),
)
def text(log: Text) -> Rows:
    """MMEngine .log: the learning rate at each logged iteration, counted from 1, in 5 digits.

    `lr` is the optimizer's own learning rate (`base_lr`) if it is logged; `lr/first` is that of the first group, which
    may have a factor.

    Keys: Epoch(train) [E][I/N] or Iter(train) [I/N], base_lr or lr, loss
    Source: mmengine/runner/log_processor.py, LogProcessor.get_log_after_iter (0.10)
    """
    head = log.log.head_text(LONG_HEAD)
    by_epoch = "Epoch(train)" in head
    rates = (BASE, FIRST) if re.search(r"\(train\).* base_lr: ", head) else (ONLY,)
    rows = log.rows(
        BY_EPOCH if by_epoch else BY_ITERATION,
        *rates,
        loss=LOSS,
        unit="batches",
        printed=Printed(significant=5),
        step=within_epochs() if by_epoch else None,
    )
    return without_copy(rows, "lr/first")
