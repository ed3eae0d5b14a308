"""A spec's tree to a validated run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from lrplot.curves.sequence import Phase
from lrplot.curves.steps import ascending
from lrplot.curves.tracks import Tracks, in_sequence
from lrplot.curves.wrappers import Scaled
from lrplot.diagnostics import Diagnostics, Fault
from lrplot.kinds import KINDS
from lrplot.runs.run import Run, Setting, Track
from lrplot.runs.timebase import Timebase
from lrplot.schema.arguments import NO_FRAME, Arguments, Pairs
from lrplot.schema.fields import fields_of
from lrplot.schema.frame import Frame
from lrplot.schema.modifiers import held, stepped
from lrplot.schema.quantities import Constant
from lrplot.schema.recipe import Recipe
from lrplot.schema.scalars import NULL
from lrplot.spec.document import PARAMETERS, Document, Group
from lrplot.spec.length import read_timebase
from lrplot.spec.schedules import SpecBinder
from lrplot.text.tree import Mapping, Node, Scalar, describe


def compile_run(tree: Node, default_name: str, folder: Path) -> Run:
    """Validate a spec and build its curves; `SpecError` holds every fault.

    `default_name` is the run's name where the spec gives none; paths in the spec are
    relative to `folder`.
    """
    report = Diagnostics()
    if not isinstance(tree, Mapping):
        report.error(
            "bad-type", f"a spec is a mapping, this is {describe(tree)}", tree.span, "start with `steps: 1000`"
        )
        report.raise_any()
    assert isinstance(tree, Mapping)
    arguments = SpecBinder(report, folder).arguments("a spec", fields_of(Document), tree)
    timebase = read_timebase(arguments, report)
    with np.errstate(all="ignore"):  # what overflows is reported as not finite, with its step
        tracks = _Tracks(arguments, timebase, report).all() if timebase else {}
    report.raise_any()
    _check_reasons(arguments, report)
    report.raise_any()
    assert timebase is not None
    name, source = (arguments.resolve(NO_FRAME, key)[key] for key in ("name", "source"))
    return Run(name or default_name, source, timebase, tracks, _settings(arguments), _accepted(arguments))


def _settings(arguments: Arguments) -> dict[str, Setting]:
    """The top-level values that need no frame."""
    return {
        name: Setting(argument.quantity.value, argument.span)
        for name, argument in arguments.given.items()
        if isinstance(argument.quantity, Constant) and not isinstance(argument.quantity.value, Recipe | dict)
    }


def _accepted(arguments: Arguments) -> dict[str, Setting]:
    """The findings a spec accepts, each with its reason and the place of its code."""
    argument = arguments.given.get("accept")
    pairs = argument.quantity.pairs if argument and isinstance(argument.quantity, Pairs) else ()
    return {code.resolve(NO_FRAME): Setting(reason.resolve(NO_FRAME), code.span) for code, reason in pairs}


def _check_reasons(arguments: Arguments, report: Diagnostics) -> None:
    for code, setting in _accepted(arguments).items():
        if setting.value.strip() in NULL:
            report.error("missing-value", f"`{code}` is accepted without a reason", setting.span, "say why it is meant")


@dataclass(frozen=True)
class _Tracks:
    """Builds the curve of each parameter and group of one spec."""

    arguments: Arguments
    timebase: Timebase
    report: Diagnostics

    def all(self) -> dict[str, Track]:
        """Tracks in the CSV's order: lr, further parameters, groups."""
        base = self._base()
        schedule = self._get("schedule")
        tracks = self._schedule(schedule, "lr", base) if schedule else {}
        for name in PARAMETERS:
            if recipe := self._get(name):
                if name in tracks and name in self._beside and schedule and schedule.framework:
                    continue  # the optimizer's own value, which a framework's scheduler moves
                self._refuse_twice(name, tracks)
                tracks |= self._schedule(recipe, name, None)
        return tracks | self._groups(schedule, base)

    def _base(self) -> float | None:
        lr: float | None = self._get("lr")
        # Where `lr` is given and wrong, any number serves to find what else is.
        return 1.0 if lr is None and "lr" in self.arguments.given else lr

    @cached_property
    def _beside(self) -> dict[str, float]:
        """The parameters that are plain numbers."""
        recipes = {name: self._get(name) for name in PARAMETERS}
        plain = {name: each for name, each in recipes.items() if each and each.definition is KINDS["constant"]}
        given = {name: each.arguments.given.get("value") for name, each in plain.items()}
        quantities = {name: argument.quantity for name, argument in given.items() if argument}
        return {name: each.value for name, each in quantities.items() if isinstance(each, Constant)}

    def _get(self, key: str) -> Any:
        """A top-level value; None where it is absent or its fault is reported."""
        try:
            return self.arguments.resolve(NO_FRAME, key)[key]
        except Fault as fault:
            self.report.fault(fault, self.arguments.place(key))
            return None

    def _refuse_twice(self, name: str, tracks: dict[str, Track]) -> None:
        if name in tracks:
            self.report.error(
                "conflict",
                f"the schedule already moves `{name}`",
                self.arguments.place(name),
                f"remove it, or write `{name}: null` in the schedule",
            )

    def _schedule(self, recipe: Recipe, parameter: str, base: float | None) -> dict[str, Track]:
        """The parameter's track, and those of the parameters its schedule moves along with it; none after a fault."""
        frame = Frame(self.timebase, self.timebase.steps, base=base, parameter=parameter, beside=self._beside)
        if recipe.framework:
            for name in CLOCK:
                recipe = recipe.with_default(name, self.arguments.given.get(name))
        try:
            tracks = self._fitted(recipe, frame)
            if not recipe.framework:
                tracks = self._clocked(recipe, frame, tracks)
        except Fault as fault:
            self.report.fault(fault, recipe.span)
            return {}
        origin = recipe.use(frame)
        return {
            parameter: Track(tracks.curve, base, recipe.span, origin),
            **{name: Track(curve, None, recipe.span, origin) for name, curve in tracks.beside.items()},
        }

    def _clocked(self, recipe: Recipe, frame: Frame, tracks: Tracks) -> Tracks:
        """A native schedule as the spec's own clock reads it."""
        times, interval = self._get("scheduler_steps_per_update") or 1, self._get("interval") or "step"
        if times == 1 and interval == "step":
            return tracks
        try:
            read = tracks.each(lambda curve: held(stepped(curve, frame.length, frame, 1, times), frame, interval))
        except Fault as fault:
            fault.span = fault.span or self.arguments.place("interval")
            raise
        return in_sequence(frame.length, [(Phase(recipe.name, read.curve), read)])  # its end value holds

    def _fitted(self, recipe: Recipe, frame: Frame) -> Tracks:
        """A schedule fitted to the run: after its own end its end value holds."""
        length = recipe.duration(frame)
        if recipe.definition is KINDS["sequence"] and "for_" not in recipe.arguments.given:
            return recipe.tracks(frame)  # its own phases say how far it goes
        part = frame.part(0, frame.length if length is None else length, frame.start)
        tracks = recipe.tracks(part)
        phase = Phase(recipe.name, tracks.curve, notes=recipe.notes(frame), origin=recipe.use(frame))
        return in_sequence(frame.length, [(phase, tracks)], open=bool(recipe.framework) and length is None)

    def _groups(self, schedule: Recipe | None, base: float | None) -> dict[str, Track]:
        tracks: dict[str, Track] = {}
        for name, (record, key) in (self._get("groups") or {}).items():
            self._check_name(name, key)
            try:
                group: Group = record.resolve(Frame(self.timebase, self.timebase.steps, base=base))
            except Fault as fault:
                self.report.fault(fault, key.span)
                continue
            tracks |= self._group(key, group, schedule, base)
        return tracks | self._layers(schedule, base, tracks)

    def _group(self, key: Scalar, group: Group, schedule: Recipe | None, base: float | None) -> dict[str, Track]:
        recipe = group.schedule or schedule
        tracks: dict[str, Track] = {}
        if recipe is not None:
            tracks = self._schedule(recipe, "lr", base if group.lr is None else group.lr)
            main = self._schedule(recipe, "lr", base) if recipe is schedule and tracks else {}
            if main:
                tracks = {"lr": tracks["lr"]}  # the momentum it moves is the whole run's
                self._check_effect(key, group, tracks["lr"], main["lr"])
        for parameter in PARAMETERS:
            override = getattr(group, parameter)
            if override is not None:
                if parameter in tracks:
                    self.report.error("conflict", f"the group's schedule already moves `{parameter}`", key.span)
                tracks |= self._schedule(override, parameter, None)
        return {f"{parameter}/{key.text}": track for parameter, track in tracks.items()}

    def _check_effect(self, key: Scalar, group: Group, own: Track, main: Track) -> None:
        """A group's `lr` that its schedule never looks at would be ignored without a word."""
        if group.lr is None or group.lr == main.base:
            return
        steps = ascending(np.linspace(0, self.timebase.steps - 1, 101).astype(np.int64))
        if np.array_equal(own.curve.values(steps), main.curve.values(steps)):
            message = f"the `lr` of group `{key.text}` changes nothing: the schedule's values are absolute"
            self.report.error("no-effect", message, key.span, "give the group a `schedule` of its own")

    def _layers(self, schedule: Recipe | None, base: float | None, taken: dict[str, Track]) -> dict[str, Track]:
        decay = self._get("layer_decay")
        if decay is None or schedule is None:
            return {}
        place = self.arguments.place("layer_decay")
        if decay.layers > MOST_LAYERS:
            self.report.error("too-large", f"`layer_decay` has more than {MOST_LAYERS:,} layers", place)
            return {}
        main = self._schedule(schedule, "lr", base).get("lr")
        if main is None:
            return {}
        tracks: dict[str, Track] = {}
        for layer in range(1, decay.layers + 1):
            factor = decay.decay ** (decay.layers - layer)
            tracks[f"lr/layer_{layer}"] = replace(main, curve=Scaled(main.curve, factor))
        for name in tracks.keys() & taken.keys():
            group = name.partition("/")[2]
            self.report.error("conflict", f"`layer_decay` makes a group `{group}` too", place, "rename yours")
        return tracks

    def _check_name(self, name: str, key: Scalar) -> None:
        if not name.isprintable() or not name.strip():
            self.report.error("bad-value", "a group's name must be printable text", key.span)


MOST_LAYERS = 1_000
CLOCK = ("interval", "scheduler_steps_per_update")
