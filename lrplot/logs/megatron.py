"""Megatron-LM's standard output."""

from __future__ import annotations

from lrplot.logs import Shape, log_format
from lrplot.logs.shared.rows import Rows
from lrplot.logs.shared.texts import Text

PATTERN = (
    r"\biteration +(?P<step>\d+)/ *(?P<steps>\d+) \|.*?\blearning rate: (?P<lr>[\d.E+-]+)"
    r"(?:.*?\blm loss: (?P<loss>[\d.E+-]+|nan))?"
)


@log_format("megatron", Shape.TEXT, marks=(r"\biteration +\d+/ *\d+ \|.*\blearning rate: ",), files=("train.log",))
def megatron(log: Text) -> Rows:
    """Megatron-LM output: the rate at each logged iteration, counted from 1, in 4 digits (7 in newer versions).

    Also of Megatron-DeepSpeed and GPT-NeoX.

    Keys: iteration N/ TOTAL, learning rate, lm loss
    Source: megatron/training/training.py, training_log (0.14)
    """
    return log.rows(PATTERN, starts="learning rate: ")
