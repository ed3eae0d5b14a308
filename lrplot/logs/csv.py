"""Tables of any program."""

from __future__ import annotations

from lrplot.logs import Shape, log_format
from lrplot.logs.shared.columns import GENERAL_RATE, GENERAL_STEP
from lrplot.logs.shared.rows import Rows
from lrplot.logs.shared.tables import Table


@log_format("csv", Shape.TABLE, marks=(GENERAL_STEP, GENERAL_RATE), general=True, files=("*.csv", "*.tsv"))
def table(log: Table) -> Rows:
    """CSV or TSV: a table with a column of steps and a column of learning rates, which their names tell.

    Separated by commas, tabs, semicolons or spaces. `--columns step=NAME,lr=NAME` names columns that their names do not
    tell.

    Keys: step, iteration, epoch, samples, tokens …; lr, learning_rate, train/lr, lr/GROUP …; epoch; loss
    Source: RFC 4180
    """
    return log.guessed()
