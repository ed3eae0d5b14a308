"""fairseq's log."""

from __future__ import annotations

from lrplot.logs import Shape, log_format
from lrplot.logs.shared.digits import Printed
from lrplot.logs.shared.rows import Rows
from lrplot.logs.shared.texts import Text

JSON = (
    r'\{"epoch": (?P<epoch>\d+),.*?"(?:train_)?loss": "(?P<loss>[^"]*)".*?"(?:train_)?num_updates": "(?P<step>\d+)"'
    r'.*?"(?:train_)?lr": "(?P<lr>[^"]+)"'
)
SIMPLE = (
    r"epoch (?P<epoch>\d+)(?::  +\d+ / \d+| \|).*?\bloss[= ](?P<loss>[^,| ]+).*?\bnum_updates[= ](?P<step>\d+)"
    r".*?\blr[= ](?P<lr>[^,| ]+)"
)


@log_format(
    "fairseq",
    Shape.TEXT,
    marks=(r'"(?:train_)?num_updates": "\d+".*"(?:train_)?lr": "|\bnum_updates[= ]\d+[, |]+lr[= ]',),
    files=("hydra_train.log", "train.log"),
)
def fairseq(log: Text) -> Rows:
    """FAIRSEQ log: the learning rate at each logged update, counted from 1, in 6 digits.

    Keys: num_updates, lr, epoch, loss of the lines `train_inner` and `train`, as JSON or as plain text
    Source: fairseq/logging/progress_bar.py, JsonProgressBar and SimpleProgressBar, format_stat (0.12)
    """
    is_json = 'num_updates": "' in log.log.head_text(1 << 22)
    return log.rows(JSON if is_json else SIMPLE, printed=Printed(significant=6), starts="num_updates")
