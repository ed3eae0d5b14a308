"""The tracks of a spec: learning rate, further parameters, groups and layers."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from lrplot.curves.curve import Flat
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase
from lrplot.curves.tracks import Tracks, in_sequence
from lrplot.curves.wrappers import Scaled
from lrplot.diagnostics import Diagnostics, Fault, Span
from lrplot.engine.evaluate import raw_values
from lrplot.lazy import dataclass
from lrplot.runs.run import Track
from lrplot.runs.timebase import Timebase
from lrplot.schema.arguments import Arguments
from lrplot.schema.frame import Frame
from lrplot.schema.modifiers import held, stepped
from lrplot.schema.recipe import Recipe
from lrplot.spec.document import PARAMETERS, Group, LayerDecay
from lrplot.text.tree import Scalar

MOST_LAYERS = 1_000
CLOCK = ("interval", "scheduler_steps_per_update")
COMPARED = 100  # steps of a group that are computed without its base value


def build_tracks(
    arguments: Arguments, values: Mapping[str, Any], timebase: Timebase, report: Diagnostics
) -> dict[str, Track]:
    """Every track of a spec in the CSV's order: lr, further parameters, groups.

    `values` are those of the arguments, without faulty ones. A track that cannot be built is left out,
    and its faults are added to `report`.
    """
    return _Builder(arguments, values, timebase, report).all()


@dataclass(frozen=True)
class _Builder:
    """Builds the tracks of one spec."""

    arguments: Arguments
    values: Mapping[str, Any]
    timebase: Timebase
    report: Diagnostics

    def all(self) -> dict[str, Track]:
        """Tracks in the CSV's order."""
        self._check_epochs()
        schedule: Recipe | None = self.values.get("schedule")
        tracks = self._schedule(schedule, self._frame("lr", self._base)) if schedule else {}
        main = tracks.get("lr")
        for name in PARAMETERS:
            if recipe := self.values.get(name):
                if name in tracks and name in self._beside and schedule and schedule.framework:
                    continue  # the optimizer's own value, which a framework's scheduler moves
                if name in tracks:
                    help = f"remove it, or write `{name}: null` in the schedule"
                    message = f"the schedule already moves `{name}`"
                    self.report.error("conflict", message, self.arguments.place(name), help)
                tracks |= self._schedule(recipe, self._frame(name, None))
        groups = self._groups(schedule, main)
        return tracks | groups | self._layers(main, groups)

    def _check_epochs(self) -> None:
        """Report an `interval: epoch` without the length of an epoch, even if no schedule can be built."""
        if self.values.get("interval") == "epoch":
            try:
                self.timebase.epoch()
            except Fault as fault:
                self.report.fault(fault, self.arguments.place("interval"))

    @cached_property
    def _base(self) -> float | None:
        """The base learning rate; if the one given is faulty, a number that lets other faults be found."""
        lr: float | None = self.values.get("lr")
        return 1.0 if lr is None and "lr" in self.arguments.given else lr

    @cached_property
    def _beside(self) -> dict[str, float]:
        """The values of the parameters that are constant."""
        found = {}
        for name in PARAMETERS:
            recipe: Recipe | None = self.values.get(name)
            if recipe is None or recipe.framework:
                continue
            with suppress(Fault):  # it is reported when its own track is built
                curve = recipe.build(Frame(self.timebase, self.timebase.steps, parameter=name))
                if {segment.role for segment in curve.segments()} == {Role.HOLD} and curve.limit(0) == curve.end:
                    found[name] = curve.end
        return found

    def _frame(self, parameter: str, base: float | None, start: int = 0) -> Frame:
        """The frame of the run from update `start` on."""
        length = self.timebase.steps - start
        frame = Frame(self.timebase, length, start, base=base, parameter=parameter, beside=self._beside)
        return replace(frame, default=self._base) if parameter == "lr" else frame

    def _schedule(self, recipe: Recipe, frame: Frame) -> dict[str, Track]:
        """The tracks of the parameter and of those that its schedule moves along with it; none after a fault.

        Until the schedule begins, the parameter is 0.
        """
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
        if frame.offset:
            waiting = Phase("frozen", Flat(frame.offset, 0.0), Role.DELAY)
            phases = [(waiting, Tracks(waiting.curve)), (Phase(recipe.name, tracks.curve, origin=origin), tracks)]
            tracks = in_sequence(self.timebase.steps, phases, open=bool(recipe.framework))
        return {
            frame.parameter: Track(tracks.curve, frame.base, recipe.span, origin),
            **{name: Track(curve, None, recipe.span, origin) for name, curve in tracks.beside.items()},
        }

    def _clocked(self, recipe: Recipe, frame: Frame, tracks: Tracks) -> Tracks:
        """The tracks of a native schedule by the spec's own clock."""
        interval, times = (self.values.get(name) for name in CLOCK)
        if times in (None, 1) and interval in (None, "step"):
            return tracks
        try:
            read = tracks.each(
                lambda curve: held(stepped(curve, frame.length, frame, 1, times or 1), frame, interval or "step")
            )
        except Fault as fault:
            fault.at(self.arguments.place("interval"))
            raise
        return in_sequence(frame.length, [(Phase(recipe.name, read.curve), read)])  # its end value holds

    def _fitted(self, recipe: Recipe, frame: Frame) -> Tracks:
        """The tracks of a schedule over the whole run: after its own end its end value holds."""
        try:
            length = recipe.duration(frame)
        except Fault:
            recipe.arguments.resolve(frame)  # raises the faults of its other arguments, too
            raise
        if recipe.definition.phased and not recipe.bounds:
            return recipe.tracks(frame)  # its own phases say how far it goes
        tracks = recipe.tracks(frame.part(0, frame.length if length is None else length, frame.start))
        phase = Phase(recipe.name, tracks.curve, notes=recipe.notes(frame), origin=recipe.use(frame))
        return in_sequence(frame.length, [(phase, tracks)], open=bool(recipe.framework) and length is None)

    def _groups(self, schedule: Recipe | None, main: Track | None) -> dict[str, Track]:
        tracks: dict[str, Track] = {}
        for name, (record, key) in (self.values.get("groups") or {}).items():
            if not name.isprintable() or not name.strip():
                self.report.error("bad-value", "a group's name must be printable text", key.span)
            try:
                group: Group = record.resolve(Frame(self.timebase, self.timebase.steps, base=self._base))
            except Fault as fault:
                self.report.fault(fault, key.span)
                continue
            if group.start >= (steps := self.timebase.steps):
                message = f"group `{key.text}` starts at update {group.start:,}, and the run has {steps:,}"
                place = record.quantity.arguments.place("start")
                self.report.error("bad-value", message, place, "give an earlier `start`")
                continue
            tracks |= self._group(key, group, schedule, main)
        return tracks

    def _group(self, key: Scalar, group: Group, schedule: Recipe | None, main: Track | None) -> dict[str, Track]:
        tracks: dict[str, Track] = {}
        if recipe := group.schedule or schedule:
            own = group.lr is not None
            frame = replace(self._frame("lr", group.lr if own else self._base, group.start), own=own)
            tracks = self._schedule(recipe, frame)
            if group.schedule is None and tracks and main:
                # Without a start of its own, its momentum is the whole run's. Faults of the group are at its name.
                moved = tracks if group.start else {"lr": tracks["lr"]}
                tracks = {parameter: replace(track, span=key.span) for parameter, track in moved.items()}
                if own and group.lr != main.base and _absolute(recipe, frame):
                    tracks["lr"] = self._without_effect(key, recipe, tracks["lr"])
        for parameter in PARAMETERS:
            if override := getattr(group, parameter):
                if group.schedule and parameter in tracks:
                    self.report.error("conflict", f"the group's schedule already moves `{parameter}`", key.span)
                tracks |= self._schedule(override, self._frame(parameter, None))
        return {f"{parameter}/{key.text}": track for parameter, track in tracks.items()}

    def _without_effect(self, key: Scalar, recipe: Recipe, track: Track) -> Track:
        """The track of a group whose `lr` its schedule ignores; an error unless it is a framework's optimizer's."""
        if not recipe.framework:
            message = f"the `lr` of group `{key.text}` changes nothing: the schedule's values are absolute"
            self.report.error("no-effect", message, key.span, "give the group a `schedule` of its own")
        return replace(track, unused=key.span)

    def _layers(self, main: Track | None, groups: Mapping[str, Track]) -> dict[str, Track]:
        decay = self.values.get("layer_decay")
        place = self.arguments.place("layer_decay")
        if decay and decay.layers > MOST_LAYERS:
            self.report.error("too-large", f"`layer_decay` has more than {MOST_LAYERS:,} layers", place)
        elif decay and main:
            return self._layer_tracks(decay, main, groups, place)
        return {}

    def _layer_tracks(
        self, decay: LayerDecay, main: Track, groups: Mapping[str, Track], place: Span
    ) -> dict[str, Track]:
        tracks: dict[str, Track] = {}
        for group, depth in decay.depths.items():
            name = f"lr/{group}"
            share = decay.decay**depth
            tracks[name] = replace(main, curve=Scaled(main.curve, share), scale=share)
            if name in groups:
                message = f"`layer_decay` also makes a group `{group}`"
                self.report.error("conflict", message, place, "rename yours")
        return tracks


def _absolute(recipe: Recipe, frame: Frame) -> bool:
    """Whether a schedule ignores the base value: it can be built, and has values, without one."""
    try:
        curve = recipe.tracks(replace(frame, base=None)).curve
    except Fault:
        return False
    return not np.isnan(raw_values(curve, np.arange(min(frame.length, COMPARED)))).any()
