"""The native kinds, one family per file."""

from collections.abc import Callable
from typing import TypeVar

from lrplot.registry import Registry
from lrplot.schema.definition import Builder, Definition, Length

B = TypeVar("B", bound=Builder)

KINDS: Registry[Definition] = Registry(__name__)


def kind(*, decaying: bool = False, length: Length | None = None, phased: bool = False) -> Callable[[B], B]:
    """Register a builder `(frame, **fields)` as a kind, under the function's own name.

    `decaying` kinds also take `warmup`, `cooldown` and `min`. `length(frame, **fields)` gives the
    length that a schedule has without `for`. A `phased` kind consists of phases.
    """

    def register(builder: B) -> B:
        name = builder.__name__.rstrip("_")
        KINDS.add(name, Definition(name, builder, decaying, length, phased))
        return builder

    return register
