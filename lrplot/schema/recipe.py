"""Recipes: a definition with its arguments, which gives a curve once its frame is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Annotated, Any

from lrplot.curves.curve import Curve
from lrplot.curves.roles import Role
from lrplot.curves.tracks import Tracks
from lrplot.diagnostics import Fault, Span, parts_of
from lrplot.schema.arguments import Argument, Arguments, Items, durations
from lrplot.schema.definition import Definition
from lrplot.schema.fields import Field, call_arguments
from lrplot.schema.frame import Frame
from lrplot.schema.modifiers import Cooldown, floored, held, stepped, with_ramps
from lrplot.schema.quantities import Constant, Quantity
from lrplot.schema.types import Many, Nested

MOST_NOTED = 4  # durations of one field


@dataclass(frozen=True)
class Recipe:
    """A definition with its arguments, and where it is named; building it in a frame gives the curve."""

    definition: Definition
    arguments: Arguments
    span: Span

    @property
    def name(self) -> str:
        """The definition's name."""
        return self.definition.name

    @property
    def framework(self) -> str:
        """The framework whose scheduler this is; empty for a native kind."""
        return self.definition.framework

    @property
    def title(self) -> str:
        """The name without its framework."""
        return self.name.rpartition(".")[2]

    def notes(self, frame: Frame) -> dict[str, str]:
        """What durations given in other units than steps amount to, by field."""
        notes = {}
        for each in self.arguments.fields:
            argument = self.arguments.given.get(each.parameter)
            spans = [span for span in durations(argument.quantity) if span.unit != "steps"] if argument else []
            if spans:
                texts = [f"{span} = {frame.timebase.span(span.amount, span.unit):,}" for span in spans[:MOST_NOTED]]
                more = ", …" if len(spans) > MOST_NOTED else " updates"
                notes[each.name] = ", ".join(texts) + more
        return notes

    def duration(self, frame: Frame) -> int | None:
        """Its length in updates: what `for` says, or the definition itself; None if it takes what is left."""
        if "for_" in self.arguments.given:
            length: int | None = self.arguments.resolve(frame, "for_")["for_"]
            return length
        if self.definition.length is None:
            return None
        return self.definition.length(frame, **self._own(self.arguments.resolve(frame)))

    def build(self, frame: Frame) -> Curve:
        """The curve of the frame's parameter; a `Fault` knows its place."""
        return self.tracks(frame).curve

    def tracks(self, frame: Frame) -> Tracks:
        """The curves of all parameters that it moves; a `Fault` knows its place.

        Those of a framework's scheduler that is stepped once an update are what its builder made of it.
        """
        if self.framework:
            clock = self.arguments.resolve(frame, "interval", "scheduler_steps_per_update")
            every = frame.timebase.epoch() if clock["interval"] == "epoch" else 1
            inner = replace(frame, length=-(-frame.length // every), start=None, every=every)
            times = clock["scheduler_steps_per_update"]
            with self._placed():
                made = self.make(inner)
                if every == times == 1:
                    return made
                return made.each(lambda curve: stepped(curve, frame.length, frame, every, times))
        values = self.arguments.resolve(frame)
        times, interval = values["scheduler_steps_per_update"], values["interval"]
        with self._placed():
            made = self._with_ramps(frame, values)
            return made.each(lambda curve: held(stepped(curve, frame.length, frame, 1, times), frame, interval))

    def make(self, frame: Frame) -> Tracks:
        """What the definition itself makes of the arguments; `frame` is in the scheduler's own steps."""
        with self._placed():
            return _tracks(self.definition.builder(frame, **self._own(self.arguments.resolve(frame))))

    def _with_ramps(self, frame: Frame, values: Mapping[str, Any]) -> Tracks:
        own = self._own(values)
        builder = self.definition.builder
        if not self.definition.decaying:
            return _tracks(builder(frame, **own))

        def body(inner: Frame) -> Curve:
            return floored(_tracks(builder(inner, **own)).curve, values["min"])

        def cooldown(inner: Frame) -> Cooldown | None:
            asked: Cooldown | None = self.arguments.resolve(inner, "cooldown")["cooldown"]
            return asked

        if values["warmup"] is None and values["cooldown"] is None:
            return Tracks(body(frame))
        return Tracks(with_ramps(frame, self.name, _peak(own, frame), values["warmup"], body, cooldown))

    def _own(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return call_arguments(self.definition.builder, values)

    @contextmanager
    def _placed(self) -> Iterator[None]:
        """Give the faults of a block their places: those of the arguments they name."""
        try:
            yield
        except Fault as fault:
            for part in parts_of(fault):
                part.span = part.span or (self.arguments.place(part.field) if part.field else self.span)
            raise
        except ArithmeticError as error:  # Python's own, as the framework's is, if a number is too large
            overflow = Fault(f"{type(error).__name__}: {error}", help="one of its numbers is too large or too small")
            overflow.span = self.span
            raise overflow from None

    def place(self, *names: str) -> Span:
        """Where the first of some fields was given, or else where the recipe is named."""
        given = {each.name: each.parameter for each in self.arguments.fields}
        for name in names:
            if argument := self.arguments.given.get(given.get(name, "")):
                return argument.span
        return self.span

    def children(self) -> tuple[Recipe, ...]:
        """The recipes among its arguments."""
        return tuple(recipe for argument in self.arguments.given.values() for recipe in _recipes(argument.quantity))

    def with_default(self, parameter: str, argument: Argument | None) -> Recipe:
        """The same recipe, with an argument for what it leaves open."""
        if argument is None or parameter in self.arguments.given:
            return self
        given = {**self.arguments.given, parameter: argument}
        return replace(self, arguments=replace(self.arguments, given=given))

    def use(self, frame: Frame) -> Use:
        """The recipe with the values that its arguments have in a frame; those that have none are left out."""
        values: dict[str, Any] = {}
        for each in self.arguments.fields:
            try:
                values |= self.arguments.resolve(frame, each.parameter)
            except Fault:
                continue
        return Use(self, values)


@dataclass(frozen=True)
class Use:
    """A recipe whose arguments have values, by parameter: the origin of a segment."""

    recipe: Recipe
    values: Mapping[str, Any] = field(repr=False)

    @property
    def name(self) -> str:
        """The definition's name."""
        return self.recipe.name

    @property
    def framework(self) -> str:
        """The framework whose scheduler this is; empty for a native kind."""
        return self.recipe.framework

    def value(self, role: Role | str) -> Any:
        """The value of the argument that has a role, or a name; None if there is no such argument."""
        return next((self.values.get(each.parameter) for each in self._fields(role)), None)

    def place(self, *roles: Role | str) -> Span:
        """Where the first argument with one of the roles or names was given, or else where the recipe is named."""
        names = (each.name for role in roles for each in self._fields(role))
        return self.recipe.place(*names)

    def field(self, role: Role | str) -> str:
        """The name of the argument that has a role; empty if there is none."""
        return next((each.name for each in self._fields(role)), "")

    def _fields(self, role: Role | str) -> Iterator[Field]:
        # The length of a framework's scheduler as a phase is not one of its own arguments.
        own = self.recipe.definition.fields if self.framework else self.recipe.arguments.fields
        for each in own if isinstance(role, Role) else self.recipe.arguments.fields:
            if each.role == role if isinstance(role, Role) else each.name == role:
                yield each


def _tracks(made: Curve | Tracks) -> Tracks:
    return Tracks(made) if isinstance(made, Curve) else made


def _recipes(quantity: Quantity) -> list[Recipe]:
    match quantity:
        case Constant(value=Recipe() as recipe):
            return [recipe]
        case Items(items=items):
            return [recipe for item in items for recipe in _recipes(item.quantity)]
    return []


def _peak(own: Mapping[str, Any], frame: Frame) -> float:
    """The value that a warmup leads to: the decay's start."""
    start = own.get("from_", own.get("value"))
    if start is not None:
        return float(start)
    levels = own.get("values")
    return float(levels[0]) if levels else frame.start_value()


RecipeField = Annotated[Recipe, Nested()]
RecipesField = Annotated[tuple[Recipe, ...], Many(Nested())]
