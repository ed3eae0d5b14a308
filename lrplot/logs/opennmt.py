"""OpenNMT-py's log."""

from __future__ import annotations

from lrplot.logs import Shape, log_format
from lrplot.logs.shared.digits import Printed
from lrplot.logs.shared.rows import Rows
from lrplot.logs.shared.texts import Text

STEP = r"\bStep +(?P<step>\d+)/ *(?P<steps>\d+);"
RATE = r"\blr: *(?P<lr>[\d.e+-]+)"
LOSS = r"\bxent: *(?P<loss>[\d.]+|nan)"


@log_format("opennmt", Shape.TEXT, marks=(STEP, RATE), files=("train.log",))
def train_log(log: Text) -> Rows:
    """OpenNMT-py log: the learning rate at each reported step, counted from 1, in 5 decimals.

    Keys: Step N/ TOTAL, lr, xent
    Source: onmt/utils/statistics.py, Statistics.output (3.5)
    """
    return log.rows(STEP, RATE, loss=LOSS, printed=Printed(decimals=5))
