"""Schedules joined at boundaries, each in its own time, as optax and MLX have them."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence as Series
from dataclasses import field
from functools import partial

from lrplot.curves.curve import Curve, Origin
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.wrappers import Lasting
from lrplot.frameworks.shared.children import foreign
from lrplot.lazy import dataclass
from lrplot.schema.frame import Frame
from lrplot.schema.recipe import Recipe


@dataclass(eq=False)
class Piece:
    """A schedule to join with others; `curve` builds it for a length in steps."""

    name: str
    curve: Callable[[int], Curve]
    origin: Origin | None = field(default=None, compare=False, repr=False)


def opened(length: int, *phases: Phase) -> Sequence:
    """An open sequence of phases, without those that have no steps."""
    return Sequence(length, tuple(phase for phase in phases if phase.curve.length > 0), open=True)


def pieces_of(recipes: Series[Recipe], boundaries: Series[int], frame: Frame, framework: str) -> list[Piece]:
    """The pieces of a framework's own schedules in its `join_schedules`, without those that have no boundary."""
    for recipe in recipes:
        if recipe.framework != framework:
            raise foreign(recipe, framework, "join_schedules")
    return [
        Piece(recipe.title, partial(_built, recipe, frame, max(boundary, 0)), recipe.use(frame))
        for recipe, boundary in zip(recipes, (0, *boundaries), strict=False)
    ]


def _built(recipe: Recipe, frame: Frame, begin: int, length: int) -> Curve:
    """A schedule over `length` steps of the frame, from `begin` on."""
    return recipe.build(frame.part(begin, length, None))


def joined(boundaries: Series[int], pieces: Series[Piece], length: int) -> Sequence:
    """Pieces one after the other: each starts at its boundary, in its own time, and ends at that of a later one."""
    phases: list[Phase] = []
    stop: int | None = None
    for piece, boundary in reversed(list(zip(pieces, (0, *boundaries), strict=False))):
        begin, lead = max(boundary, 0), max(-boundary, 0)
        stretch = max(length - begin, 1) if stop is None else max(stop - begin, 0)
        curve = piece.curve(stretch + lead)  # a piece that is never reached can be wrong, too
        if stretch:
            part = Lasting(stretch, curve, lead) if lead else curve
            phases.append(Phase(piece.name, part, origin=piece.origin))
            stop = begin
    return opened(length, *reversed(phases))
