"""Schedules made of schedules."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

from lrplot.diagnostics import Fault
from lrplot.frozen import replace
from lrplot.schedules.combinators import Phase, Repeat, Sequence
from lrplot.schedules.curve import Curve
from lrplot.schedules.fields import Count, LevelField, RecipeField, RecipesField
from lrplot.schedules.frame import Frame
from lrplot.schedules.kind import kind
from lrplot.schedules.modifiers import room
from lrplot.schedules.numbers import nearest
from lrplot.schedules.product import Product
from lrplot.schedules.quantities import START


def _sum(frame: Frame, of: RecipesField, **_: object) -> int | None:
    lengths = [recipe.duration(frame) for recipe in of]
    return None if None in lengths else sum(length for length in lengths if length)


@kind(length=_sum)
def sequence(frame: Frame, of: RecipesField) -> Curve:
    """Phases one after the other; a bare list is the same.

    Formula: each phase in its own time; after the last one, its end value
    Source: optax join_schedules; torch SequentialLR

    Args:
        of: the phases; all but one say how long they last with `for`
    """
    if not of:
        raise Fault("a schedule needs at least one phase", field="of")
    lengths = [recipe.duration(frame) for recipe in of]
    rests = [recipe for recipe, length in zip(of, lengths, strict=True) if length is None]
    if len(rests) > 1:
        names = " and ".join(f"`{recipe.name}`" for recipe in rests[:2])
        raise Fault(f"only one phase can take the rest, not both {names}", help="give the others `for`", code="no-room")
    if rests:
        left = room(frame.length, sum(length for length in lengths if length), rests[0].name)
        lengths = [left if length is None else length for length in lengths]
    phases: list[Phase] = []
    start, skip, warmup = frame.start, 0, 0
    for recipe, length in zip(of, lengths, strict=True):
        curve = recipe.build(replace(frame.part(skip, length or 0, start), warmup=warmup))
        warmup = curve.length if recipe.name == "warmup" else 0
        phases.append(Phase(recipe.name, curve, recipe.notes(frame), recipe))
        start, skip = curve.end, skip + curve.length
    return Sequence(frame.length, tuple(phases))


@kind()
def product(frame: Frame, of: RecipesField, from_: LevelField = START) -> Curve:
    """Schedules multiplied: each one is a factor, on a base of 1.

    Formula: from·Π of[i], each with `lr` = 1, so that its numbers are factors and 10% is 0.1
    Source: torch ChainedScheduler

    Args:
        of: the factors
        from_: what they multiply
    """
    inner = replace(frame, base=1.0, start=1.0)
    return Product(frame.length, from_, tuple(_filling(recipe, inner) for recipe in of))


def _filling(recipe: RecipeField, frame: Frame) -> Curve:
    """A schedule for the whole frame; one with a length of its own holds its end after it."""
    length = recipe.duration(frame)
    if length is None or length == frame.length:
        return recipe.build(frame)
    curve = recipe.build(replace(frame, length=length))
    return Sequence(frame.length, (Phase(recipe.name, curve, recipe.notes(frame), recipe),))


def _all_times(frame: Frame, of: RecipeField, times: int | None = None, **_: object) -> int | None:
    once = of.duration(frame)
    return None if once is None or times is None else once * times


@kind(length=_all_times)
def repeat(frame: Frame, of: RecipeField, times: Annotated[int | None, Count()] = None) -> Curve:
    """A schedule over and over; after the last time its end value holds.

    Formula: of(t mod p), where p is the length of `of`: what its phases say, or n/times
    Source: the cycles of SGDR and CLR, for any schedule

    Args:
        of: what is repeated
        times: how often; as often as it fits if absent
    """
    period = recipe_period(of, frame, times)
    if period < 1:
        raise Fault("one repetition is shorter than one update", field="of")
    curve = of.build(replace(frame, length=period, offset=None))
    return Repeat(frame.length, curve, times or -(-frame.length // period) or 1)


def recipe_period(of: RecipeField, frame: Frame, times: int | None) -> int:
    """Updates in one repetition: its own length, or an equal share of the frame."""
    own = of.duration(frame)
    if own is not None:
        return own
    if times is None:
        raise Fault(
            "`repeat` needs `times`, or a length of what it repeats", help="add `times: 4`", code="missing-field"
        )
    return nearest(Fraction(frame.length, times))
