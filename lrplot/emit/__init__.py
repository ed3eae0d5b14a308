"""A run as the config or code of another tool, one file per tool."""

from __future__ import annotations

from collections.abc import Callable

from lrplot.registry import Registry
from lrplot.runs.run import Run
from lrplot.text.tree import Mapping

Emitter = Callable[[Mapping, Run], str]

EMITTERS: Registry[Emitter] = Registry(__name__, by_name=True)


def emitter(function: Emitter) -> Emitter:
    """Register a function of a spec's tree and its run as the emitter of its name."""
    EMITTERS.add(function.__name__, function)
    return function
