"""A schedule as planned, and what it would be with another length, warmup or peak."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from math import isfinite
from typing import Literal

import numpy as np

from lrplot.analysis.checks.scheduler import HORIZONS, Scheduler, schedulers_of
from lrplot.analysis.summary import summarize
from lrplot.curves.curve import Curve, Origin
from lrplot.curves.roles import Role
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import FARTHEST, Steps
from lrplot.diagnostics import Fault, Source, Span, SpecError
from lrplot.engine.evaluate import raw_values
from lrplot.lazy import dataclass
from lrplot.runs.numbers import exact, nearest
from lrplot.runs.run import Run, group_of
from lrplot.schema.arguments import Argument, Items, RecordOf
from lrplot.schema.quantities import Constant, Duration
from lrplot.schema.recipe import Recipe, Use
from lrplot.spec.compile import compile_run
from lrplot.spec.overrides import override
from lrplot.text.tree import Listing, Mapping, Node, Scalar

SOURCE = Source("<plan>")
TIMES = {
    *HORIZONS,
    *(Role.WARMUP, Role.RISE, Role.HOLD, Role.DELAY, Role.PERIOD, Role.MILESTONES, Role.EVERY, Role.HANDOVERS),
}
Growing = Literal["none", "end", "all"]
GROWING: tuple[Growing, ...] = ("none", "end", "all")
LONGER = 1 << 10  # times the length: the run of which a schedule without an end goes on
DENSE = 1 << 21  # updates of a run whose values may stand in a table
COMPARED = 100  # updates at which two schedules are compared
BESIDE = ("groups", "layer_decay")  # what the learning rate of the run itself does not need


@dataclass(frozen=True)
class Time:
    """A length or time that a spec gives: its path, its amount, and its unit; empty for a plain number."""

    path: str
    amount: Fraction
    unit: str

    def text(self, amount: Fraction) -> str:
        """Another amount, as a spec writes it."""
        whole = str(max(nearest(amount), 0))
        return whole if self.unit in ("", "steps") else f"{float(amount)!r} {self.unit}"


class Plan:
    """A track of a run; `curve` is its curve, and `steps` the run's length.

    The variants of it are built from the spec's tree with other values, in which each node has its own path as its
    place, so that the arguments of the built schedule tell which values to change.
    """

    def __init__(self, run: Run, track: str = "lr") -> None:
        self.run, self.track = run, track
        self.curve: Curve = run.tracks[track].curve
        self.steps = run.steps
        self._variants: dict[tuple[str, ...], Curve | None] = {}

    def values(self, steps: Steps) -> Floats:
        """The values at updates, also past the run's end."""
        return raw_values(self.curve, np.minimum(steps, FARTHEST - 1))

    def looked_up(self, steps: Steps) -> Floats:
        """The values at updates, from a table of the run and as much again if it has them: for many numbers of lags."""
        table = self._table
        return table[steps] if len(steps) and int(steps.max()) < len(table) else self.values(steps)

    @cached_property
    def _table(self) -> Floats:
        return self.values(np.arange(2 * self.steps if self.steps <= DENSE else 0, dtype=np.int64))

    def onward(self, steps: Steps) -> Floats:
        """The values at updates; past the run's end those of a longer run, if its length changes nothing before."""
        return self.values(steps) if self._longer is None else raw_values(self._longer, steps)

    @cached_property
    def _longer(self) -> Curve | None:
        longer = self.with_length(min(self.steps * LONGER, FARTHEST >> 10), "none")
        places = np.linspace(0, self.steps - 1, COMPARED).astype(np.int64)
        same = longer is not None and np.array_equal(raw_values(longer, places), self.values(places))
        return longer if same else None

    @cached_property
    def peak(self) -> float:
        """The greatest value, by size; 1 if all are 0."""
        numbers = summarize(self.curve, self.steps)
        return max(abs(numbers.peak), abs(numbers.low)) or 1.0

    @cached_property
    def over(self) -> int | None:
        """The update at which the schedule ends, if that is in the run; None if it has no end."""
        over = end_of(self.curve, self.steps)
        return over if over is not None and over <= self.steps else None

    @cached_property
    def warmup(self) -> int:
        """Updates of the warmup that the schedule begins with; 0 if there is none."""
        stops = [each.stop for each in self.curve.segments()[:2] if each.role is Role.WARMUP]
        return max(stops, default=0)

    def with_length(self, steps: int, growing: Growing) -> Curve | None:
        """The schedule of a run of another length; None if it cannot be built.

        `growing` are the lengths and times that grow with it: none that the spec gives in updates, the end of the
        last scheduler, or all of them.
        """
        if self._known is None:
            return None
        ratio = Fraction(steps, self.steps)
        changes: list[tuple[Time, Fraction]]
        match growing:
            case "none":
                changes = []
            case "end":
                changes = [(each, self._lengthened(each, steps)) for each in self._ends]
            case "all":
                changes = [(each, each.amount * ratio) for each in self._times]
        return self._built(f"steps={steps}", *(f"{each.path}={each.text(amount)}" for each, amount in changes))

    def with_both(self, warmup: int, length: int, kept: bool) -> Curve | None:
        """The schedule with another warmup in a run of another length, if it ends when that run does; else None."""
        curve = self.with_warmup(warmup, kept, length)
        ends = curve is not None and (self.over is None or end_of(curve, length) == length)
        return curve if ends else None

    def with_warmup(self, steps: int, kept: bool, length: int | None = None) -> Curve | None:
        """The schedule with another warmup, in a run of another length if it is given; None if it cannot be built.

        If `kept`, the part after the warmup is shorter or longer by what the warmup is longer or shorter.
        """
        path, length = self._warmup_path, self.steps if length is None else length
        if path is None:
            return None
        change = length - self.steps - (steps - self.warmup if kept else 0)
        ends = [each for each in self._ends if each.path != path]
        return self._built(
            f"{path}={steps}",
            *([f"steps={length}"] if length != self.steps else []),
            *(f"{each.path}={each.text(self._lengthened(each, self.steps + change))}" for each in ends if change),
        )

    def with_peak(self, factor: float) -> Curve | None:
        """The schedule whose base and peak are multiplied by a factor; None if it cannot be built."""
        if self._known is None:
            return None
        base = self._known.tracks[self.track].base
        key = f"groups.{group_of(self.track)}.lr" if group_of(self.track) else "lr"
        changes = [f"{key}={base * factor!r}"] if base is not None else []
        for recipe in self._recipes:
            for field in recipe.arguments.fields:
                argument = recipe.arguments.given.get(field.parameter)
                if field.role is Role.PEAK and argument and isinstance(argument.quantity, Constant):
                    value = argument.quantity.value
                    if isinstance(value, int | float) and not isinstance(value, bool):
                        changes.append(f"{argument.span.path}={value * factor!r}")
        return self._built(*changes) if changes else None

    def _lengthened(self, time: Time, steps: int) -> Fraction:
        """The amount of a time at which the schedule ends, in a run of another length."""
        if time.unit in ("", "steps") and all(each.every == each.times == 1 for each in self._schedulers):
            return time.amount + (steps - self.steps)
        return time.amount * Fraction(steps, self.steps)

    def _built(self, *settings: str) -> Curve | None:
        if settings not in self._variants:
            self._variants[settings] = self._compiled(settings)
        return self._variants[settings]

    def _compiled(self, settings: tuple[str, ...]) -> Curve | None:
        try:
            tree = override(self._tree, settings)
            with np.errstate(all="ignore"):
                return compile_run(tree, self.run.name, self.run.folder).tracks[self.track].curve
        except (SpecError, Fault, KeyError):
            return None

    @cached_property
    def _tree(self) -> Node:
        tree = self.run.tree
        assert isinstance(tree, Mapping)
        if not group_of(self.track):
            tree = replace(tree, entries=tuple(entry for entry in tree if entry.key.text not in BESIDE))
        return _placed(tree, "")

    @cached_property
    def _known(self) -> Run | None:
        """The run, built from the tree whose nodes have their paths as places; None if it was built from no tree."""
        if self.run.tree is None:
            return None
        try:
            return compile_run(self._tree, self.run.name, self.run.folder)
        except SpecError:
            return None

    @cached_property
    def _schedulers(self) -> list[Scheduler]:
        if self._known is None:
            return []
        return schedulers_of(self._known.tracks[self.track].curve, self.steps)

    @cached_property
    def _recipes(self) -> list[Recipe]:
        """The recipes of the schedule, each before those among its arguments."""
        origin = self._known.tracks[self.track].origin if self._known else None
        waiting, found = [origin.recipe] if isinstance(origin, Use) else [], []
        while waiting:
            found.append(recipe := waiting.pop(0))
            waiting += recipe.children()
        return found

    @cached_property
    def _times(self) -> list[Time]:
        """The lengths and times that the spec gives, without shares of the run."""
        return [time for recipe in self._recipes for time in _times_of(recipe)]

    @cached_property
    def _ends(self) -> list[Time]:
        """The times at which the scheduler that is last in force ends."""
        paths = {each.place(*HORIZONS).path for each in self._schedulers if each.last}
        paths |= {recipe.arguments.given[name].span.path for recipe in self._recipes[:1] for name in recipe.bounds}
        return [time for time in self._times if time.path in paths]

    @cached_property
    def _warmup_path(self) -> str | None:
        """The path of the length of the warmup, whether it is given or not; None if the schedule has none."""
        if self._known is None:
            return None
        curve = self._known.tracks[self.track].curve
        origins = [each.origin for each in curve.segments()[:2] if each.role is Role.WARMUP and each.origin]
        for origin in origins:
            if path := self._path_of(origin, Role.WARMUP, Role.HORIZON):
                return path
        for each in self._schedulers[:1]:
            if path := self._path_of(each.origin, Role.WARMUP):
                return path
        return None

    def _path_of(self, origin: Origin, *roles: Role) -> str | None:
        """The path of the first argument with one of the roles."""
        name = origin.field(*roles)
        if not name or not isinstance(origin, Use):
            return None
        recipe = origin.recipe
        declared = next(field for field in recipe.arguments.fields if field.name == name and field.role in roles)
        if argument := recipe.arguments.given.get(declared.parameter):
            path = argument.span.path
            return f"{path}.for" if isinstance(_at(self._tree, path), Mapping) else path
        parent, _, last = recipe.span.path.rpartition(".")
        if last in ("kind", "use", "_target_"):
            return f"{parent}.{name}"
        return f"{parent}.init_args.{name}" if last == "class_path" else f"{recipe.span.path}.{name}"


def end_of(curve: Curve, steps: int) -> int | None:
    """The update at which the scheduler in force at the end of a run ends; None if it has no end."""
    own = [each for each in schedulers_of(curve, steps) if each.last and not each.together]
    return own[-1].over if own else None


def _placed(node: Node, path: str) -> Node:
    """The same tree, in which each node has its path as its place."""
    span = Span(SOURCE, path)
    if isinstance(node, Scalar):
        return replace(node, span=span)
    if isinstance(node, Listing):
        return replace(node, span=span, items=tuple(_placed(each, f"{path}.{i}") for i, each in enumerate(node.items)))
    entries = tuple(
        replace(
            entry,
            key=replace(entry.key, span=Span(SOURCE, f"{path}.{entry.key.text}")),
            value=_placed(entry.value, f"{path}.{entry.key.text}".removeprefix(".")),
        )
        for entry in node
    )
    return replace(node, span=span, entries=entries)


def _at(node: Node, path: str) -> Node | None:
    """The node at a path."""
    for key in path.split("."):
        if isinstance(node, Mapping) and (inner := node.get(key)) is not None:
            node = inner
        elif isinstance(node, Listing) and key.isdecimal() and int(key) < len(node.items):
            node = node.items[int(key)]
        else:
            return None
    return node


def _times_of(recipe: Recipe) -> Iterator[Time]:
    for field in recipe.arguments.fields:
        if argument := recipe.arguments.given.get(field.parameter):
            yield from _times_in(argument, field.role)


def _times_in(argument: Argument, role: Role | None) -> Iterator[Time]:
    match argument.quantity:
        case RecordOf(arguments=arguments):
            for field in arguments.fields:
                if inner := arguments.given.get(field.parameter):
                    yield from _times_in(inner, field.role or role)
        case Items(items=items):
            for item in items:
                yield from _times_in(item, role)
        case Duration(amount=amount, unit=unit) if unit != "%":
            yield Time(argument.span.path, amount, unit)
        case Constant(value=int() | float() as value) if role in TIMES and isfinite(value) and value > 0:
            if not isinstance(value, bool):
                yield Time(argument.span.path, exact(value) if isinstance(value, float) else Fraction(value), "")
