"""A JSON list of rows."""

from __future__ import annotations

from lrplot.logs import Shape, log_format
from lrplot.logs.shared.columns import GENERAL_RATE, GENERAL_STEP
from lrplot.logs.shared.jsons import Documents
from lrplot.logs.shared.rows import Rows


@log_format("json", Shape.DOCUMENT, marks=(GENERAL_STEP, GENERAL_RATE), never=("log_history",), general=True)
def json_list(log: Documents) -> Rows:
    """JSON list: a list of objects with a step and a learning rate, as `log_history` of Hugging Face's trainer alone.

    Keys: step, iteration, epoch …; lr, learning_rate …; epoch; loss
    Source: RFC 8259
    """
    rows, _ = log.at("")
    return rows.guessed()
