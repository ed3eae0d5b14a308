"""JSON lines of any program."""

from __future__ import annotations

from lrplot.logs import Shape, log_format
from lrplot.logs.shared.columns import GENERAL_RATE, GENERAL_STEP
from lrplot.logs.shared.jsons import JsonRows
from lrplot.logs.shared.rows import Rows


@log_format("jsonl", Shape.JSON_LINES, marks=(GENERAL_STEP, GENERAL_RATE), general=True, files=("*.jsonl",))
def json_lines(log: JsonRows) -> Rows:
    """JSON lines: objects with a step and a learning rate, which their names tell, such as W&B's history.

    `--columns step=NAME,lr=NAME` names keys that their names do not tell.

    Keys: step, _step, iteration, epoch, samples, tokens …; lr, learning_rate, train/lr, lr/GROUP …; epoch; loss
    Source: jsonlines.org
    """
    return log.guessed()
