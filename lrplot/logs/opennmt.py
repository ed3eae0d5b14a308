"""OpenNMT-py's log."""

from __future__ import annotations

from lrplot.logs import Shape, log_format
from lrplot.logs.shared.digits import Printed
from lrplot.logs.shared.rows import Rows
from lrplot.logs.shared.texts import Text

PATTERN = r"\bStep +(?P<step>\d+)/ *(?P<steps>\d+);(?:.*?\bxent: *(?P<loss>[\d.]+|nan))?.*?\blr: *(?P<lr>[\d.e+-]+)"


@log_format("opennmt", Shape.TEXT, marks=(r"\bStep +\d+/ *\d+;.*\blr: ",), files=("train.log",))
def train_log(log: Text) -> Rows:
    """OpenNMT-py log: the learning rate at each reported step, counted from 1, in 5 decimals.

    Keys: Step N/ TOTAL, lr, xent
    Source: onmt/utils/statistics.py, Statistics.output (3.5)
    """
    return log.rows(PATTERN, printed=Printed(decimals=5), starts="lr: ")
