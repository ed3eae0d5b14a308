"""Recipes: definitions with their arguments, which give curves once the frame is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import field, replace
from typing import Annotated, Any

from lrplot.curves.curve import Curve
from lrplot.curves.roles import Role
from lrplot.curves.tracks import Tracks
from lrplot.curves.wrappers import Clip, Ended
from lrplot.diagnostics import Fault, Span, parts_of
from lrplot.lazy import dataclass
from lrplot.schema.arguments import Argument, Arguments, RecordOf, durations, leaves
from lrplot.schema.definition import Definition
from lrplot.schema.fields import Field, call_arguments
from lrplot.schema.frame import Frame
from lrplot.schema.modifiers import Cooldown, Warmup, held, stepped, with_ramps
from lrplot.schema.quantities import Constant, Duration, Moment
from lrplot.schema.resuming import Call, Clocked
from lrplot.schema.types import Function, Many, Nested, Table
from lrplot.wording import updates

MOST_NOTED = 4  # durations of one field


@dataclass(eq=False)
class Recipe:
    """A definition with its arguments: building it in a frame gives the curve."""

    definition: Definition
    arguments: Arguments

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

    @property
    def span(self) -> Span:
        """The place of the definition's name."""
        return self.arguments.span

    def notes(self, frame: Frame) -> dict[str, str]:
        """The updates that durations in other units than steps amount to, by field; times are updates of the run.

        Milestones are left out: the outline gives the updates at which the value jumps.
        """
        notes = {}
        for declared in self.arguments.fields:
            argument = self.arguments.given.get(declared.parameter)
            if declared.role is Role.MILESTONES:
                continue
            if argument and (times := [each for each in durations(argument.quantity) if each.unit != "steps"]):
                listed = isinstance(declared.type, Many | Table)  # times since the start of the schedule
                texts = [_noted(each, frame, listed) for each in times[:MOST_NOTED]]
                notes[declared.name] = ", ".join(texts) + (", …" if len(times) > MOST_NOTED else "")
        return notes

    @property
    def bounds(self) -> list[str]:
        """The parameters that give its length or its end, if there are any."""
        return [name for name in ("for_", "until") if name in self.arguments.given]

    def duration(self, frame: Frame) -> int | None:
        """Its length in updates, if it starts where the frame does; None if it takes what is left.

        It comes from `for`, `until` or the definition itself.
        """
        if bounds := self.bounds:
            if len(bounds) > 1:
                fault = Fault("`until` cannot be combined with `for`", help="keep one of them", code="conflict")
                raise fault.at(self.arguments.place("until"))
            length: int | None = self.arguments.resolve(frame, *bounds)[bounds[0]]
            return length
        if self.definition.length is None:
            return None
        return self.definition.length(frame, **self._own(self.arguments.resolve(frame)))

    def build(self, frame: Frame) -> Curve:
        """The curve of the frame's parameter; a `Fault` has its place."""
        return self.tracks(frame).curve

    def tracks(self, frame: Frame) -> Tracks:
        """The curves of all parameters that it moves; a `Fault` has its place."""
        with self._placed():
            return self._of_framework(frame) if self.framework else self._native(self._settled(frame))

    def _of_framework(self, frame: Frame) -> Tracks:
        """The tracks of a framework's scheduler; its builder's own object if it is stepped once per update."""
        call, every, times = self._call(frame)
        tracks = call.tracks()
        if every == times == 1:
            return tracks
        if times > 1 and (last := tracks.total_steps) is not None:
            tracks = tracks.each(lambda curve: Ended(curve, last))
        return tracks.each(lambda curve: stepped(curve, frame.length, frame, every, times))

    def _call(self, frame: Frame) -> tuple[Call, int, int]:
        """A framework's scheduler in its own steps, of which there are `times` every `every` updates."""
        clock = self.arguments.resolve(frame, "interval", "scheduler_steps_per_update")
        times = clock["scheduler_steps_per_update"]
        with self._placed("interval"):
            every = frame.timebase.epoch() if clock["interval"] == "epoch" else 1
        inner = replace(frame, length=-(-frame.length // every), start=None, every=every, times=frame.times * times)
        return Call(self.definition.builder, inner, self._own(self.arguments.resolve(inner))), every, times

    def clocked(self, frame: Frame) -> Clocked | None:
        """The scheduler as it is saved and resumed; None if it has no state of its own."""
        rule = self.definition.resuming
        if rule is None or self.bounds:
            return None
        call, every, times = self._call(frame)
        return Clocked(call, rule, every, times, frame.offset or 0)

    def _native(self, frame: Frame) -> Tracks:
        values = self.arguments.resolve(frame)
        times, interval = values["scheduler_steps_per_update"], values["interval"]
        tracks = self._with_ramps(frame, values)
        if times > 1:  # its clock passes its end, after which the end value holds
            tracks = tracks.each(lambda curve: Ended(curve, frame.length))
        with self._placed("interval"):
            return tracks.each(lambda curve: held(stepped(curve, frame.length, frame, 1, times), frame, interval))

    def _settled(self, frame: Frame) -> Frame:
        """The frame in which its arguments are read: with a warmup of its own it starts from the base."""
        quantities = [argument.quantity for argument in self.arguments.given.values()]
        warms = any(isinstance(each, RecordOf) and each.type is Warmup for each in quantities)
        return frame.warmed() if warms else frame

    def _with_ramps(self, frame: Frame, values: Mapping[str, Any]) -> Tracks:
        """The builder's tracks; for a decaying kind with its floor, warmup and cooldown."""
        own, builder = self._own(values), self.definition.builder
        if not self.definition.decaying:
            return _as_tracks(builder(frame, **own))

        def body(inner: Frame) -> Curve:
            curve, low = _as_tracks(builder(inner, **own)).curve, values["min"]
            return curve if low is None else Clip(curve, low)

        def cooldown(inner: Frame) -> Cooldown | None:
            record: Cooldown | None = self.arguments.resolve(inner, "cooldown")["cooldown"]
            return record

        if values["warmup"] is None and values["cooldown"] is None:
            return Tracks(body(frame))
        return Tracks(with_ramps(frame, self.name, self._start(frame, values), values["warmup"], body, cooldown))

    def _start(self, frame: Frame, values: Mapping[str, Any]) -> float | None:
        """The value that a warmup leads to: that of the first argument with the role; None if there is none."""
        starts = [values[declared.parameter] for declared in self.definition.fields if declared.role is Role.START]
        for value in starts:
            if value not in (None, ()):
                return float(value[0] if isinstance(value, tuple) else value)
        return frame.start_value() if starts else None

    def _own(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return call_arguments(self.definition.builder, values)

    @contextmanager
    def _placed(self, field: str = "") -> Iterator[None]:
        """Give faults in a block their places: those of the arguments that they name, by default `field`."""
        try:
            yield
        except Fault as fault:
            for part in parts_of(fault):
                part.at(self.arguments.place(part.field or field))
            raise
        except ArithmeticError as error:  # Python's own, which the framework raises too if a number is too large
            message = f"{type(error).__name__}: {error}"
            raise Fault(message, help="one of its numbers is too large or too small").at(self.span) from None

    def children(self) -> tuple[Recipe, ...]:
        """The recipes among its arguments."""
        quantities = [leaf for argument in self.arguments.given.values() for leaf in leaves(argument.quantity)]
        values = [quantity.value for quantity in quantities if isinstance(quantity, Constant)]
        return tuple(value for value in values if isinstance(value, Recipe))

    def with_default(self, parameter: str, argument: Argument | None) -> Recipe:
        """The same recipe, with an argument for a parameter that it leaves open."""
        if argument is None or parameter in self.arguments.given:
            return self
        given = {**self.arguments.given, parameter: argument}
        return replace(self, arguments=replace(self.arguments, given=given))

    def use(self, frame: Frame) -> Use:
        """The recipe with the values of its arguments in a frame, without those of faulty ones."""
        return Use(self, self.arguments.known(self._settled(frame)), frame)


@dataclass(eq=False)
class Use:
    """A recipe with the values of its arguments, by parameter: the origin of a segment.

    Arguments are asked for by role. If several have the role, those that are given come first.
    """

    recipe: Recipe
    values: Mapping[str, Any] = field(repr=False)
    frame: Frame = field(repr=False)

    @property
    def name(self) -> str:
        """The definition's name."""
        return self.recipe.name

    @property
    def framework(self) -> str:
        """The framework whose scheduler this is; empty for a native kind."""
        return self.recipe.framework

    @property
    def calls(self) -> bool:
        """Whether it calls a function of the user's, a factor of the base value."""
        functions = [field for field in self.recipe.definition.fields if isinstance(field.type, Function)]
        return any(field.parameter in self.recipe.arguments.given for field in functions)

    def clocked(self) -> Clocked | None:
        """The scheduler as it is saved and resumed; None if it has no state of its own."""
        return self.recipe.clocked(self.frame)

    @property
    def float32(self) -> str:
        """The difference of values in float32, which training uses, from those in float64; empty if there is none."""
        caveat = self.recipe.definition.float32
        return caveat(self.values) if caveat else ""

    def value(self, *roles: Role) -> Any:
        """The value of the first argument with one of the roles; None if there is no such argument."""
        return next((self.values.get(field.parameter) for field in self._fields(roles)), None)

    def place(self, *roles: Role) -> Span:
        """The place of the first argument with one of the roles that is given, or else of the recipe's name."""
        return self.recipe.arguments.place(*(field.name for field in self._fields(roles)))

    def counts_from_start(self, *roles: Role) -> bool:
        """Whether the first argument with one of the roles is a time of the run, not a length."""
        return any(isinstance(duration, Moment) for duration in self._durations(roles))

    def unit(self, *roles: Role) -> str:
        """The unit that the first argument with one of the roles is given in; `steps` if it has none."""
        return next((duration.unit for duration in self._durations(roles)), "steps")

    def _durations(self, roles: tuple[Role, ...]) -> list[Duration]:
        given = (self.recipe.arguments.given.get(field.parameter) for field in self._fields(roles)[:1])
        return [duration for argument in given if argument for duration in durations(argument.quantity)]

    def field(self, *roles: Role) -> str:
        """The name of the first argument with one of the roles; empty if there is none."""
        return next((field.name for field in self._fields(roles)), "")

    def _fields(self, roles: tuple[Role, ...]) -> list[Field]:
        arguments = self.recipe.arguments
        found = [field for role in roles for field in arguments.fields if field.role is role]
        return sorted(found, key=lambda field: field.parameter not in arguments.given)


def _noted(duration: Duration, frame: Frame, since_start: bool) -> str:
    """A duration in updates; a time, of the run or since the start of the frame, is an update of the run."""
    count = frame.timebase.to_steps(duration.amount, duration.unit)
    if isinstance(duration, Moment):
        return f"{duration} = update {count:,}"
    if since_start:
        return f"{duration} = update {count + (frame.offset or 0):,}"
    return f"{duration} = {updates(count)}"


def _as_tracks(made: Curve | Tracks) -> Tracks:
    return Tracks(made) if isinstance(made, Curve) else made


RecipeField = Annotated[Recipe, Nested()]
RecipesField = Annotated[tuple[Recipe, ...], Many(Nested())]
