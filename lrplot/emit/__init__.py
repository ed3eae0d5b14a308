"""A run as the config or code of another tool, one file per tool."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from lrplot.lazy import dataclass
from lrplot.registry import Registry
from lrplot.runs.run import Run
from lrplot.text.tree import Mapping

if TYPE_CHECKING:
    from lrplot.emit.shared.equality import Comparison


@dataclass(frozen=True)
class Request:
    """A request to write a spec's tree and its run; if `nearest`, a schedule that is not the same will do."""

    tree: Mapping
    run: Run
    nearest: bool = False

    @cached_property
    def comparison(self) -> Comparison:
        """The comparison of what is written with the run."""
        from lrplot.emit.shared.equality import Comparison  # which a spec as text does not need

        return Comparison(self.run)


Emitter = Callable[[Request], str]

EMITTERS: Registry[Emitter] = Registry(__name__, by_name=True)


def emitter(function: Emitter) -> Emitter:
    """Register a function from a request to a text as the emitter of its name."""
    EMITTERS.add(function.__name__, function)
    return function
