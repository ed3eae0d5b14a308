"""DeePMD-kit's lcurve.out."""

from __future__ import annotations

from lrplot.logs import Shape, log_format
from lrplot.logs.shared.digits import Printed
from lrplot.logs.shared.rows import Rows
from lrplot.logs.shared.tables import Table


@log_format("deepmd", Shape.TABLE, marks=("step|batch", "lr", "(rmse|mae|l2)_.*"), files=("lcurve.out",))
def lcurve(log: Table) -> Rows:
    """DeePMD-kit lcurve.out: the learning rate at each printed step, in 2 digits.

    Keys: step (before 1.2: batch), lr, rmse_trn
    Source: deepmd/pt/train/training.py, print_header and print_on_training (3.x)
    """
    loss = "rmse_trn|rmse_trn.*|rmse_e_trn|.*_trn"
    return log.rows(step="step|batch", tracks={"lr": "lr"}, loss=loss, printed=Printed(significant=2))
