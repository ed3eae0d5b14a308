"""Schedulers inside others, which take only those of one framework."""

from __future__ import annotations

from typing import TypeVar

from lrplot.curves.tracks import Tracks
from lrplot.diagnostics import Fault
from lrplot.schema.frame import Frame
from lrplot.schema.recipe import Recipe

T = TypeVar("T", bound=Tracks)


def own(recipe: Recipe, frame: Frame, framework: str, owner: str, kind: type[T]) -> T:
    """The tracks of a recipe in the arguments of `owner`, which are of a kind that only the framework has."""
    tracks = recipe.tracks(frame)
    if not isinstance(tracks, kind):
        raise foreign(recipe, framework, owner)
    return tracks


def foreign(recipe: Recipe, framework: str, owner: str) -> Fault:
    """The fault that `owner` does not take a recipe, since it is not one of the framework's schedulers."""
    return Fault(f"{owner} takes {framework}'s own schedulers, not `{recipe.name}`").at(recipe.span)
