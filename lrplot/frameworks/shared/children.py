"""Schedulers inside others, which take only those of one framework."""

from __future__ import annotations

from typing import TypeVar, overload

from lrplot.curves.tracks import Tracks
from lrplot.diagnostics import Fault
from lrplot.schema.frame import Frame
from lrplot.schema.recipe import Recipe

A = TypeVar("A", bound=Tracks)
B = TypeVar("B", bound=Tracks)


@overload
def own(recipe: Recipe, frame: Frame, framework: str, owner: str, field: str, kind: type[A], /) -> A: ...


@overload
def own(
    recipe: Recipe, frame: Frame, framework: str, owner: str, field: str, kind: type[A], other: type[B], /
) -> A | B: ...


def own(recipe: Recipe, frame: Frame, framework: str, owner: str, field: str, *kinds: type[Tracks]) -> Tracks:
    """The tracks of a recipe that `owner` has in its argument `field`; they are of one of the `kinds`."""
    tracks = recipe.tracks(frame)
    if not isinstance(tracks, kinds):
        raise foreign(recipe, framework, owner, field)
    return tracks


def foreign(recipe: Recipe, framework: str, owner: str, field: str) -> Fault:
    """The fault that `owner` does not take a recipe, since it is not one of the framework's schedulers."""
    return Fault(f"{owner} takes {framework}'s own schedulers, not `{recipe.name}`", field=field)
