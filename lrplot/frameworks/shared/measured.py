"""The measured deviation of each scheduler from the real framework."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from lrplot.lazy import dataclass


@dataclass(eq=False)
class Measured:
    """The reference cases of a scheduler, and the largest deviation in them as a share of the peak."""

    cases: int
    deviation: float


@cache
def measured() -> Mapping[str, Measured]:
    """Results of the comparison with the frameworks' own values, by scheduler."""
    text = (files("lrplot.frameworks.shared") / "measured.json").read_text(encoding="utf-8")
    return {name: Measured(**row) for name, row in json.loads(text).items()}
