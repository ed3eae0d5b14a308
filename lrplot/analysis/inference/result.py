"""The result of an inference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lrplot.display import Shown


@dataclass(frozen=True)
class Open:
    """Something that the log does not determine: its least and largest value, None without a bound."""

    name: str
    low: float | None
    high: float | None
    note: str = ""


@dataclass(frozen=True)
class Tie:
    """Another spec that is as short and fits as well."""

    name: str
    spec: Mapping[str, Any]
    offset: int


@dataclass(frozen=True)
class Inference(Shown):
    """The spec that a log follows.

    Args:
        name: what it is, in words
        spec: the spec, as `lrplot.load` takes it
        text: the same as YAML, with comments
        exact: whether it gives the logged value at every logged step, to the printed digits
        largest: the largest difference as a share of the peak
        step: the step, as it was logged, of the largest difference
        points: the rows that it was compared with
        offset: the update of a logged value minus its step: 0, or −1 if a row has the value that its update used
        convention: the same in words
        float32: whether the log has values that were computed in float32
        open: what the log does not determine
        ties: other specs that are as short and fit as well
    """

    name: str
    spec: Mapping[str, Any]
    text: str
    exact: bool
    largest: float
    step: int
    points: int
    offset: int
    convention: str
    float32: bool
    open: tuple[Open, ...]
    ties: tuple[Tie, ...]
