"""Text logs: lines of which some hold a step and a learning rate in a fixed form."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import numpy as np

from lrplot.logs.shared.columns import Columns
from lrplot.logs.shared.digits import Printed
from lrplot.logs.shared.files import LogFile
from lrplot.logs.shared.rows import Cells, Rows
from lrplot.runs.log import LogUnit

FACTS = ("steps", "epochs", "steps_per_epoch")
OTHERS = ("step", "epoch", "loss", *FACTS)

Derive = Callable[[dict[str, list[str]]], Cells]


class Text:
    """The reader of a text whose lines have values."""

    def __init__(self, log: LogFile, given: Mapping[str, str]) -> None:
        self.log = log
        if given:
            log.refuse("bad-option", "columns can be named for a table or JSON lines, not for a text")

    def rows(
        self,
        *parts: str,
        loss: str = "",
        unit: LogUnit = "updates",
        printed: Printed | None = None,
        step: Derive | None = None,
    ) -> Rows:
        """The rows: the lines in which patterns are found one after the other, and perhaps `loss` anywhere.

        Their groups are `step`, `epoch`, `loss`, the facts that a line states, and tracks, with `__` for a slash; those
        that begin with `_` are for `step` alone, which computes the steps from the groups if no pattern has them.
        """
        compiled = one_line(*parts, perhaps=loss)
        groups = {name.replace("__", "/"): index - 1 for name, index in compiled.groupindex.items()}
        tracks = {name: name for name in groups if name not in OTHERS and not name.startswith("_")}
        columns = Columns("step", tracks, unit, *("epoch" if "epoch" in groups else "", "loss" if loss else ""))
        rows = Rows(self.log, columns, printed)
        for start, text, _ in self.log.blocks():
            found = compiled.findall(text)
            if not found:
                continue
            lines = np.arange(start, start + len(found))
            if len(found) != text.count("\n"):
                counted, at = start, 0
                for row, match in enumerate(compiled.finditer(text)):
                    counted += text.count("\n", at, match.start())
                    at = match.start()
                    lines[row] = counted
            values = dict(zip(groups, ([row[index] for row in found] for index in groups.values()), strict=True))
            cells: dict[str, Cells] = {name: values[name] for name in columns.wanted()}
            rows.add(lines, {"step": step(values) if step else values["step"], **cells})
            for fact in FACTS:
                if fact in values:
                    rows.state(fact, values[fact][-1])
        return rows


def one_line(*parts: str, perhaps: str = "") -> re.Pattern[str]:
    """A pattern of a line in which patterns are found one after the other, and perhaps one more anywhere.

    The first place of each is taken, so that a line is searched in a time that grows with its length only.
    """
    optional = f"(?=(?:.*?{perhaps})?)" if perhaps else ""
    return re.compile("^" + optional + "".join(f"(?>.*?{part})" for part in parts), re.MULTILINE)


def within_epochs(first: int = 1) -> Derive:
    """Steps from the epoch, counted from `first`, the batch in it (`_batch`) and the batches of an epoch."""

    def steps(columns: dict[str, list[str]]) -> Cells:
        epochs, batches, lengths = (
            np.array(columns[name], np.float64) for name in ("epoch", "_batch", "steps_per_epoch")
        )
        return (epochs - first) * lengths + batches

    return steps
