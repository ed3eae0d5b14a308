"""The interface of forms: parameters, values, a spec."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np

from lrplot.analysis.inference.evidence import Evidence
from lrplot.analysis.inference.numbers import cost
from lrplot.analysis.inference.parameters import Parameter
from lrplot.curves.shapes import Floats

Spec = dict[str, Any]
STATED = 0.25  # digits that a length counts as which the log states


class Form(ABC):
    """A schedule with free parameters, the first of which is its peak.

    Args:
        name: what it is, in words
        price: what its fields count as, in digits
        parameters: its parameters; they become numbers of a spec one after the other
        rough: whether its values jump at times that are parameters, or bend there as sharply
        free: names of parameters that the points may leave open
        timing: names of parameters that the times of all jumps or bends depend on
    """

    name: str
    price: float
    parameters: tuple[Parameter, ...]
    rough: bool = False
    free: tuple[str, ...] = ()
    timing: tuple[str, ...] = ()

    @abstractmethod
    def starts(self, evidence: Evidence) -> list[Floats]:
        """Parameters to start fitting from, none if the points cannot be of this form."""

    @abstractmethod
    def values(self, theta: Floats, steps: Floats) -> Floats:
        """The values at some updates, of the same shape."""

    @abstractmethod
    def spec(self, theta: Floats, evidence: Evidence) -> Spec:
        """The spec with these parameters."""

    def candidates(self, k: int, low: float, high: float, theta: Floats, evidence: Evidence) -> list[float]:
        """Short numbers in an interval for a parameter, if those before it are as they will be written."""
        return self.parameters[k].candidates(low, high, float(theta[k]), float(theta[0]))

    def number_price(self, k: int, theta: Floats, evidence: Evidence) -> float:
        """The digits that the value of a parameter is written with."""
        return self.parameters[k].price(float(theta[k]), float(theta[0]))

    def named(self, theta: Floats) -> dict[str, float]:
        """The parameters by name."""
        return dict(zip(self._names, theta.tolist(), strict=True))

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.parameters)

    def low(self, evidence: Evidence) -> Floats:
        """The least value of each parameter, by the points."""
        return np.array([each.low for each in self.parameters])

    def high(self, evidence: Evidence) -> Floats:
        """The largest value of each parameter, by the points."""
        return np.array([each.high for each in self.parameters])


def run_length(end: float, evidence: Evidence) -> int:
    """The length of the run in steps, if its schedule ends at a step: as the log states, or as its points show."""
    if evidence.stated:
        return evidence.stated
    return int(end) if end >= evidence.last else evidence.last + 1


def length_price(end: float, evidence: Evidence) -> float:
    """The digits that the end of a schedule is written with."""
    return STATED if end == evidence.stated else cost(end)


def value_of(fields: Mapping[str, Any]) -> Any:
    """A mapping of one field `kind` as the kind's name alone."""
    return fields["kind"] if len(fields) == 1 else dict(fields)
