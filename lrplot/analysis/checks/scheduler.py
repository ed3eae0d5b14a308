"""The schedulers of a run: what each was asked for, and when its steps fall."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import groupby
from typing import Any

from lrplot.analysis.checks.plans import HANDOVERS, NO_PLAN, PLANS, TOGETHER, Plan
from lrplot.diagnostics import Fault, Span
from lrplot.frozen import frozen, replace
from lrplot.schedules.combinators import phases_of
from lrplot.schedules.fields import Recipe
from lrplot.schedules.frame import Frame
from lrplot.schedules.run import Run, Track


@frozen
class Scheduler:
    """A schedule in force from update `start` up to `stop`, stepped `times` times every `every` updates.

    `stop` may lie past the end of a run of `steps` updates.
    """

    recipe: Recipe
    frame: Frame
    start: int
    stop: int
    steps: int
    every: int = 1
    times: int = 1

    @property
    def name(self) -> str:
        """The scheduler's name, without its framework."""
        return self.recipe.name.rpartition(".")[2]

    @property
    def native(self) -> bool:
        """Whether it is a kind of lrplot's own, whose times are updates of the run."""
        return "." not in self.recipe.name

    @cached_property
    def plan(self) -> Plan:
        """What its fields mean."""
        return PLANS.get(self.recipe.name, NO_PLAN)

    def value(self, field: str) -> Any:
        """A field's value; None where it has none, or none that this frame can tell."""
        try:
            return self.recipe.value(field, self.frame) if field else None
        except Fault:
            return None

    def whole(self, field: str) -> int | None:
        """A field's value where it is a whole number above 0."""
        return whole(self.value(field))

    def place(self, *fields: str) -> Span:
        """Where the first of some fields was given, or else where it is named."""
        unnamed = self.recipe.place()
        return next((place for field in fields if (place := self.recipe.place(field)) != unnamed), unnamed)

    @cached_property
    def horizon(self) -> int | None:
        """Its own steps until its decay is over; None if it has no such end."""
        names = self.plan.horizon
        first = self.whole(names[0]) if names else None
        if first is None or (self.plan.cycles and self.value(self.plan.cycles) != 1):
            return None
        added = [*names[1:], *([self.plan.warmup] if self.value(self.plan.prefix) is True else [])]
        total = first + sum(self._counted(name) for name in added)
        return -(-total // (self.whole(self.plan.per) or 1))

    @cached_property
    def warmup(self) -> int:
        """Updates of its warmup; 0 without one."""
        own = self._counted(self.plan.warmup) or self._ramp()
        return self.at(-(-own // (self.whole(self.plan.per) or 1))) - self.start if own else 0

    def _counted(self, field: str) -> int:
        """Steps that a field adds; a warmup adds none without what it needs."""
        idle = field == self.plan.warmup and self.plan.needs and self.value(self.plan.needs) is None
        return 0 if idle else self.whole(field) or 0

    def _ramp(self) -> int:
        if self.recipe.name != "torch.LinearLR" or not self.value("end_factor") > self.value("start_factor"):
            return 0
        return self.whole("total_iters") or 0

    @property
    def readings(self) -> int:
        """How often it is stepped until the run ends, or another one takes over."""
        return -(-(min(self.stop, self.steps) - self.start) // self.every) * self.times

    @property
    def last(self) -> bool:
        """Whether it is in force when the run ends."""
        return self.start < self.steps <= self.stop

    def at(self, reading: int) -> int:
        """The run's update at which it has made so many steps."""
        return self.start + -(-reading // self.times) * self.every

    @property
    def over(self) -> int | None:
        """The run's update at which its decay is over, by its plan; None if it has no such end."""
        if self.native:
            return self.stop if self.plan.horizon else None
        return None if self.horizon is None else self.at(self.horizon)

    @property
    def titled(self) -> str:
        """Its horizon as a spec writes it: `T_max` 90."""
        return f"`{self.plan.horizon[0]}` {self.whole(self.plan.horizon[0]):,}"


def whole(value: object) -> int | None:
    """A number as a whole one above 0; frameworks take counts as floats too."""
    known = isinstance(value, int | float) and value > 0 and value == int(value)
    return int(value) if known and isinstance(value, int | float) else None


def schedulers_of(run: Run, track: Track) -> list[Scheduler]:
    """The schedules a track is made of, in the order they take over; those inside another one follow it."""
    frame = Frame(run.timebase, run.steps, base=track.base)
    asked = run.settings.get("scheduler_steps_per_update")
    found: list[Scheduler] = []
    for _, group in groupby(phases_of(track.curve), key=lambda each: id(each[2].recipe)):
        parts = list(group)
        if recipe := parts[0][2].recipe:
            times = asked.value if asked and "." not in recipe.name else 1
            own = Scheduler(recipe, frame, parts[0][0], parts[-1][1], run.steps, times=times)
            found += _clocked(own)
    return found


def _clocked(asked: Scheduler) -> Iterator[Scheduler]:
    every = asked.frame.timebase.epoch() if _by_epoch(asked) else 1
    times = asked.whole("scheduler_steps_per_update") or 1
    own = replace(asked, every=every, times=times * asked.times)
    yield own
    yield from _parts(own)


def _by_epoch(asked: Scheduler) -> bool:
    if asked.native or not asked.frame.timebase.rates.knows("epochs"):
        return False
    return asked.value("interval") == "epoch" or asked.value(asked.plan.epochs) is True


def _parts(outer: Scheduler) -> Iterator[Scheduler]:
    """The schedulers that a scheduler hands over to, each with its share of the time."""
    children = outer.recipe.children()
    if outer.recipe.name in TOGETHER:
        edges = [(outer.start, outer.stop)] * len(children)
    elif outer.recipe.name in HANDOVERS:
        times = outer.value(HANDOVERS[outer.recipe.name]) or ()
        starts = [outer.start, *(outer.at(time) for time in times)]
        edges = list(zip(starts, [*starts[1:], outer.stop], strict=True))
    else:
        return
    for child, (start, stop) in zip(children, edges, strict=False):
        own = replace(outer, recipe=child, start=start, stop=max(start, stop))
        yield own
        yield from _parts(own)
