"""Sections that the configs of several programs have alike."""

from __future__ import annotations

from typing import Annotated

from lrplot.curves.roles import Role
from lrplot.schema.records import record
from lrplot.schema.types import Number


@record
class Optimizer:
    """The optimizer.

    Args:
        lr: the learning rate
        weight_decay: weight decay
    """

    lr: Annotated[float, Number(at_least=0), Role.PEAK]
    weight_decay: Annotated[float | None, Number()] = None
