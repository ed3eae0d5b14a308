"""Topics: groups of figures that rest on one assumption."""

from __future__ import annotations

from typing import Literal

from lrplot.lazy import dataclass

Form = Literal[
    "ratio", "number", "multiple", "percent", "share", "update", "updates", "beta", "loss", "word", "conditions"
]


@dataclass(frozen=True)
class Row:
    """A figure: its name in `Theory` or `Scaling` and in JSON, its label in the table, and the form of its value.

    A `ratio` is compared to 1, a `number` may be of any size, and a `multiple` is one of something else. A `percent`
    is printed with a digit after the point, a `share` with two digits, a `loss` with three after the point. An
    `update` is the number of one, and `updates` are an amount of them. A `beta` is near 1.
    `absent` is what a run without the figure has; if empty, the row is left out where no run has it.
    """

    figure: str
    label: str
    form: Form
    absent: str = ""


@dataclass(frozen=True)
class Topic:
    """Figures under a title, the assumption that they rest on, and where they come from.

    `needs` says what a run lacks that has none of them. `adam` is whether they are about Adam, and no use for SGD.
    """

    title: str
    rows: tuple[Row, ...]
    assumes: str
    source: str
    needs: str = "needs a learning rate that is never below 0 and not 0 throughout"
    adam: bool = False
