"""PaddleOCR's train.log."""

from __future__ import annotations

from lrplot.logs import Shape, log_format
from lrplot.logs.shared.digits import Printed
from lrplot.logs.shared.rows import Rows
from lrplot.logs.shared.texts import Text

STEP = r"\bepoch: \[(?P<epoch>\d+)/(?P<epochs>\d+)\], (?:global_step|iter): (?P<step>\d+),"
RATE = r"\blr: (?P<lr>[\dx.]+)"
LOSS = r"\bloss: (?P<loss>[\d.-]+|nan)"


@log_format("paddleocr", Shape.TEXT, marks=(STEP, RATE), files=("train.log",))
def train_log(log: Text) -> Rows:
    """PaddleOCR train.log: the median of the last learning rates at each logged step, in 6 decimals.

    Several starts in a file are several runs.

    Keys: epoch: [E/N], global_step (or iter), lr, loss
    Source: PaddleOCR/tools/program.py, train; ppocr/utils/stats.py, TrainingStats (2.x, 3.x)
    """
    return log.rows(STEP, RATE, loss=LOSS, printed=Printed(decimals=6))
