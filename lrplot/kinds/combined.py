"""Schedules made from other schedules."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import nan
from typing import Annotated

from lrplot.curves.curve import Curve, Factor, Flat
from lrplot.curves.product import Product
from lrplot.curves.repeat import Repeat
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase
from lrplot.curves.steps import FARTHEST
from lrplot.curves.tracks import Tracks, in_sequence
from lrplot.diagnostics import Fault, Faults
from lrplot.kinds import kind
from lrplot.runs.numbers import nearest
from lrplot.schema.annotations import ValueField
from lrplot.schema.frame import Frame
from lrplot.schema.modifiers import room
from lrplot.schema.quantities import START
from lrplot.schema.recipe import RecipeField, RecipesField
from lrplot.schema.types import Count


def _lengths(frame: Frame, of: RecipesField) -> list[int | None]:
    """The length of each phase in updates; None for one that takes what is left."""
    lengths: list[int | None] = []
    offset = frame.offset
    for recipe in of:
        lengths.append(length := recipe.duration(replace(frame, offset=offset)))
        offset = None if offset is None or length is None else offset + length
    return lengths


def _sum(frame: Frame, of: RecipesField, **_: object) -> int | None:
    lengths = _lengths(frame, of)
    return None if None in lengths else min(sum(length for length in lengths if length), FARTHEST)


@kind(length=_sum, phased=True)
def sequence(frame: Frame, of: RecipesField) -> Tracks:
    """Phases one after the other; a bare list means the same.

    Good for: every schedule of several phases, such as warmup, cosine, constant
    Cost: each phase but one needs a length; a phase with a `from` of its own may jump
    Recipe: gpt3_13b
    Formula: each phase in its own time; after the last one, its end value
    Source: optax join_schedules; torch SequentialLR
    Also: chain, sequential, phases

    Args:
        of: the phases; all but one give their length with `for`, or their end with `until`
    """
    if not of:
        raise Fault("a schedule needs at least one phase", field="of")
    lengths = _lengths(frame, of)
    rests = [recipe for recipe, length in zip(of, lengths, strict=True) if length is None]
    if len(rests) > 1:
        names = " and ".join(f"`{recipe.name}`" for recipe in rests[:2])
        raise Fault(f"only one phase can take the rest, not both {names}", help="give the others `for`", code="no-room")
    if rests:
        left = room(frame.length, sum(length for length in lengths if length), rests[0].name)
        lengths = [left if length is None else length for length in lengths]
    phases: list[tuple[Phase, Tracks]] = []
    faults: list[Fault] = []
    start, skip, warmup = frame.start, 0, 0
    for recipe, length in zip(of, lengths, strict=True):
        before = None if phases else frame.before
        part = replace(frame.part(skip, length or 0, start), before=before, warmup=warmup)
        try:
            tracks = recipe.tracks(part)
        except Fault as fault:  # the phases after it may have faults too
            faults.append(fault)
            tracks = Tracks(Flat(length or 0, nan))
        curve = tracks.curve
        notes = {} if faults else recipe.notes(part)
        phases.append((Phase(recipe.name, curve, notes=notes, origin=recipe.use(part)), tracks))
        warmup = curve.length if curve.role is Role.WARMUP else 0
        start, skip = curve.end, skip + curve.length
    if faults:
        raise Faults(faults)
    return in_sequence(frame.length, phases)


@kind()
def product(frame: Frame, of: RecipesField, from_: Annotated[ValueField, Role.START] = START) -> Tracks:
    """A product of schedules, each evaluated with a base of 1.

    Good for: two schedules at once, such as a decay that runs on under the warmup (YOLOv5)
    Cost: the peak is that of the product, which may be below `lr`
    Recipe: yolov5
    Formula: from·Π of[i], each with `lr` = 1, so that its numbers are factors and 10% is 0.1
    Source: torch ChainedScheduler

    Args:
        of: the factors
        from_: the value that the factors multiply
    """
    inner = replace(frame, base=1.0, start=None)
    factors: list[Factor] = []
    beside: dict[str, Curve] = {}
    faults: list[Fault] = []
    for recipe in of:
        try:
            tracks = _filling(recipe, inner)
        except Fault as fault:  # the other factors may have faults too
            faults.append(fault)
            continue
        factors.append(Factor(tracks.curve, recipe.use(inner)))
        beside |= tracks.beside
    if faults:
        raise Faults(faults)
    return Tracks(Product(frame.length, from_, tuple(factors)), beside)


def _filling(recipe: RecipeField, frame: Frame) -> Tracks:
    """A schedule for the whole frame; after a length of its own, its end value holds."""
    length = recipe.duration(frame)
    if length is None or length == frame.length:
        return recipe.tracks(frame)
    tracks = recipe.tracks(replace(frame, length=length))
    return in_sequence(frame.length, [(Phase(recipe.name, tracks.curve, notes=recipe.notes(frame)), tracks)])


def _all_times(frame: Frame, of: RecipeField, times: int | None = None, **_: object) -> int | None:
    once = of.duration(replace(frame, offset=None))
    return None if once is None or times is None else min(once * times, FARTHEST)


@kind(length=_all_times)
def repeat(frame: Frame, of: RecipeField, times: Annotated[int | None, Count(), Role.CYCLE_COUNT] = None) -> Tracks:
    """A schedule repeated; after the last repetition its end value holds.

    Good for: cycles of any shape
    Cost: each repetition raises the learning rate again, and the loss for a while
    Recipe: repeat
    Formula: of(t mod p), where p is the length of `of`: that of its phases, or n/times
    Source: the cycles of SGDR and CLR, for any schedule

    Args:
        of: the schedule that is repeated
        times: number of repetitions; if absent, as many as fit
    """
    period = recipe_period(of, frame, times)
    if period < 1:
        raise Fault("one repetition is shorter than one update", field="of")
    count = times or -(-frame.length // period) or 1
    once = of.tracks(replace(frame, length=period, offset=None, before=0.0))  # a repetition warms up from 0
    return once.each(lambda curve: Repeat(frame.length, curve, count))


def recipe_period(of: RecipeField, frame: Frame, times: int | None) -> int:
    """Updates in one repetition: its own length, or an equal share of the frame."""
    own = of.duration(replace(frame, offset=None))
    if own is not None:
        return own
    if times is None:
        raise Fault(
            "`repeat` needs `times`, or a schedule with a length of its own",
            help="add `times: 4`",
            code="missing-field",
        )
    return nearest(Fraction(frame.length, times))
