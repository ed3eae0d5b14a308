"""mmcv's .log.json."""

from __future__ import annotations

from typing import Any

from lrplot.logs import Shape, log_format
from lrplot.logs.shared.digits import Printed
from lrplot.logs.shared.jsons import JsonRows
from lrplot.logs.shared.rows import Rows


@log_format("mmcv", Shape.JSON_LINES, marks=("mode", "epoch", "iter", "lr(/.*)?"), files=("*.log.json", "*/*.log.json"))
def log_json(log: JsonRows) -> Rows:
    """OpenMMLab mmcv .log.json: the learning rate at each logged iteration, rounded to 5 decimals.

    If iterations count within an epoch, whose length the log does not tell, a step is an epoch, with the values of its
    last line. The first line holds the environment and the config.

    Keys: mode, epoch, iter, lr, loss
    Source: mmcv/runner/hooks/logger/text.py, TextLoggerHook._dump_log (1.7)
    """
    within = Within()
    rows = log.rows(
        step="step",
        tracks={"lr": "lr", "lr/{}": "lr/(.+)"},
        epoch="epoch",
        loss="loss",
        unit="batches",
        printed=Printed(decimals=5),
        prepare=within.prepare,
    )
    return rows.by_epochs() if within.epochs else rows


class Within:
    """Finds whether iterations begin again with each epoch; lines of evaluations are left out."""

    def __init__(self) -> None:
        self.epochs = False
        self._last: tuple[int, int] = (0, 0)

    def prepare(self, rows: list[dict[str, Any]]) -> None:
        """Give each row of the training its step."""
        for row in rows:
            epoch, place = row.get("epoch"), row.get("iter")
            if row.get("mode") != "train" or type(epoch) is not int or type(place) is not int:
                continue
            if (epoch > self._last[0] and place <= self._last[1]) or 1 < epoch > place:
                self.epochs = True
            self._last = epoch, place
            row["step"] = place
