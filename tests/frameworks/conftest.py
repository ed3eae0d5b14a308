"""Fixtures for the tests of single frameworks; the peers import the real frameworks, which the tests do without."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import lrplot
from lrplot.curves.shapes import Floats

collect_ignore_glob = ["peers/*", "record*.py"]


@pytest.fixture
def values(load: Callable[..., lrplot.Schedule]) -> Callable[..., list[float]]:
    """All values of a scheduler in a run of 10 steps by default, by the module's `load`."""

    def call(name: str, /, steps: int = 10, **arguments: Any) -> list[float]:
        return load(name, steps, **arguments).lr.tolist()

    return call


@pytest.fixture
def first_values(load: Callable[..., lrplot.Schedule]) -> Callable[..., Floats]:
    """The first `count` values of a scheduler in a run of the module's `load`."""

    def call(name: str, count: int, /, **arguments: Any) -> Floats:
        return load(name, **arguments).evaluate(0, count)["lr"]

    return call
