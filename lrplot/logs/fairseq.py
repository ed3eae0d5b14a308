"""fairseq's log."""

from __future__ import annotations

from lrplot.logs import Shape, log_format
from lrplot.logs.shared.digits import Printed
from lrplot.logs.shared.files import LONG_HEAD
from lrplot.logs.shared.rows import Rows
from lrplot.logs.shared.texts import Text

JSON = (
    r'\{"epoch": (?P<epoch>\d+),',
    r'"(?:train_)?num_updates": "(?P<step>\d+)"',
    r'"(?:train_)?lr": "(?P<lr>[^"]+)"',
)
JSON_LOSS = r'"(?:train_)?loss": "(?P<loss>[^"]*)"'
SIMPLE = (
    r"\bepoch (?P<epoch>\d+)(?::  +\d+ / \d+| \|)",
    r"\bnum_updates[= ](?P<step>\d+)",
    r"\blr[= ](?P<lr>[^,| ]+)",
)
SIMPLE_LOSS = r"\bloss[= ](?P<loss>[^,| ]+)"


@log_format(
    "fairseq",
    Shape.TEXT,
    marks=(r"\bepoch\b", r'num_updates(?:": "|[= ])\d+', r'lr(?:": "|[= ])[\d.e-]+'),
    files=("hydra_train.log", "train.log"),
)
def fairseq(log: Text) -> Rows:
    """FAIRSEQ log: the learning rate at each logged update, counted from 1, in 6 digits.

    Keys: num_updates, lr, epoch, loss of the lines `train_inner` and `train`, as JSON or as plain text
    Source: fairseq/logging/progress_bar.py, JsonProgressBar and SimpleProgressBar, format_stat (0.12)
    """
    is_json = 'num_updates": "' in log.log.head_text(LONG_HEAD)
    parts, loss = (JSON, JSON_LOSS) if is_json else (SIMPLE, SIMPLE_LOSS)
    return log.rows(*parts, loss=loss, printed=Printed(significant=6))
