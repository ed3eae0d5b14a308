"""Megatron-LM's standard output."""

from __future__ import annotations

from lrplot.logs import Shape, log_format
from lrplot.logs.shared.digits import Printed
from lrplot.logs.shared.rows import Rows
from lrplot.logs.shared.texts import Text

STEP = r"\biteration +(?P<step>\d+)/ *(?P<steps>\d+) \|"
RATE = r"\blearning rate: (?P<lr>[\d.E+-]+)"
LOSS = r"\blm loss: +(?P<loss>[\d.E+-]+|nan)"


@log_format("megatron", Shape.TEXT, marks=(STEP, RATE), files=("train.log",))
def megatron(log: Text) -> Rows:
    """Megatron-LM output: the learning rate at each logged iteration, counted from 1, in 4 digits or, since 2026, in 7.

    Also of Megatron-DeepSpeed and GPT-NeoX.

    Keys: iteration N/ TOTAL, learning rate, lm loss
    Source: megatron/training/training.py, training_log (0.14)
    """
    return log.rows(STEP, RATE, loss=LOSS, printed=Printed(significant=4))
