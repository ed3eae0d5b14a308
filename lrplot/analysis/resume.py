"""A run that goes on from a checkpoint: the values that each further update really gets.

The rules are those of each framework's own schedulers (`schema.resuming`); here they meet a run, with its parameter
groups and other parameters, and become curves, values and an exception.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from lrplot.curves.curve import Curve, Flat
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.shapes import Floats
from lrplot.curves.wrappers import Lasting, Scaled
from lrplot.diagnostics import Fault, NotFinite
from lrplot.display import Shown
from lrplot.engine.evaluate import evaluate
from lrplot.engine.extremes import check_finite
from lrplot.runs.checkpoint import Saved
from lrplot.runs.run import Run, Track, group_of, parameter_of
from lrplot.schema.recipe import Use
from lrplot.schema.resuming import Checkpoint, Clocked, Restored, failing, value_at

GROUPS = "ValueError: loaded state dict has a different number of parameter groups"


class Restore(StrEnum):
    """The states of a checkpoint that are loaded."""

    both = "both"
    optimizer = "optimizer"
    scheduler = "scheduler"
    none = "none"

    def parts(self, last_epoch: bool) -> Restored:
        """The parts that are loaded; with `last_epoch` only the optimizer's state, if it is at all."""
        optimizer = self in (Restore.both, Restore.optimizer)
        return Restored(optimizer, not last_epoch and self in (Restore.both, Restore.scheduler), last_epoch)


class Raised(NamedTuple):
    """An exception of the framework: the first update that the run does not get to."""

    update: int
    type: str
    message: str


@dataclass(frozen=True)
class Resumption(Shown):
    """A run that follows `plan` up to update `at` and then goes on under the changed plan `new`.

    `curves` are the real values of each track from update `at` on, in steps from there. `stateful` says that a
    framework's scheduler goes on from its state; without one, the run goes on at step `at` of the new plan. `raises`
    is the exception that ends the run; None if there is none. `restored` are the parts that are loaded: those asked
    for by `restore` that the checkpoint has.
    """

    plan: Run = field(repr=False)
    new: Run = field(repr=False)
    at: int
    restore: Restore
    restored: Restored
    stateful: bool
    curves: Mapping[str, Curve] = field(repr=False)
    raises: Raised | None
    saved: Saved | None = None

    @property
    def stop(self) -> int:
        """The update after the last one that the run gets to."""
        stop = max(self.new.steps, self.at)
        return stop if self.raises is None else self.raises.update

    @cached_property
    def resumed(self) -> dict[str, Floats]:
        """float64 values of each track for updates `at` … `stop` − 1."""
        return {name: evaluate(curve, 0, self.stop - self.at) for name, curve in self.curves.items()}

    @property
    def run(self) -> Run | None:
        """The real run: as planned up to `at`, then as resumed, up to where it raises; None if it has no update."""
        if not self.stop:
            return None
        tracks = {}
        for name, track in self.new.tracks.items():
            planned = self.plan.tracks.get(name, track).curve
            phases = [Phase("as planned", Lasting(self.at, planned))] if self.at else []
            if self.stop > self.at:
                phases.append(Phase("resumed", Lasting(self.stop - self.at, self.curves[name])))
            tracks[name] = replace(track, curve=Sequence(self.stop, tuple(phases), open=True), origin=None)
        return replace(_shortened(self.new, self.stop), tracks=tracks)

    @property
    def replanned(self) -> Run:
        """The changed plan from its start, up to where it raises by itself."""
        return _shortened(self.new, max(min(_last(self.new), self.new.steps), 1))


def _shortened(run: Run, steps: int) -> Run:
    """A run with another number of updates."""
    base = run.timebase
    return replace(run, timebase=replace(base, steps=steps, amount=base.amount * steps / base.steps))


def _last(run: Run) -> int:
    """The first update at which a plan raises by itself; its length if it does not."""
    try:
        for track in run.tracks.values():
            check_finite(track.curve, run.steps, len(run.tracks))
    except NotFinite as error:
        return error.step
    return run.steps


@np.errstate(all="ignore")
def resume(
    plan: Run,
    new: Run,
    at: int,
    restore: Restore = Restore.both,
    last_epoch: bool = False,
    saved: Saved | None = None,
) -> Resumption:
    """Follow `plan` up to update `at`, save, and go on under `new`; `Fault` if the plan raises before.

    The parts of a checkpoint `saved`, if it is given, take the place of those that the plan leaves.
    """
    for name, track in plan.tracks.items():
        try:
            check_finite(track.curve, at + 1, len(plan.tracks))
        except NotFinite as error:
            reason = track.curve.failure(error.step) or str(error)
            help = "save the run before that update"
            raise Fault(f"`{name}` of the plan raises at update {error.step:,}: {reason}", help=help) from None
    restored = restore.parts(last_epoch)
    if saved:
        has = saved.groups is not None, saved.states is not None
        restored = replace(restored, optimizer=restored.optimizer and has[0], scheduler=restored.scheduler and has[1])
    length = max(new.steps - at, 1)
    curves: dict[str, Curve] = {}
    stateful = False
    for group in dict.fromkeys(map(group_of, new.tracks)):
        scheduler = _scheduler(new, group)
        if last_epoch and scheduler and not scheduler.resuming.takes_last_epoch:
            raise Fault("its schedulers are not built with `last_epoch`", help="leave out `--last-epoch`")
        if scheduler:
            stateful, restored = True, scheduler.resuming.loads(restored)
        curves |= _of_group(plan, new, group, scheduler, at, restored, length, saved)
    curves = {name: curves[name] for name in new.tracks}
    raises = None if new.steps <= at else _raised(curves, at, new.steps - at)
    return Resumption(plan, new, at, restore, restored, stateful, curves, raises, saved)


@dataclass(frozen=True)
class BroughtBack:
    """An argument that was changed, and that the scheduler's state brings back; `place` is where it is in the code."""

    name: str
    saved: Any
    wanted: Any
    place: str


def brought_back(resumption: Resumption) -> list[BroughtBack]:
    """The arguments that were changed and that the scheduler's state brings back."""
    old, new = (_scheduler(run, group_of(next(iter(run.tracks)))) for run in (resumption.plan, resumption.new))
    if old is None or new is None or not resumption.restored.scheduler:
        return []
    saved, wanted = old.resuming.saves(old.call), new.resuming.saves(new.call)
    return [
        BroughtBack(name, saved[name], wanted[name], new.resuming.place(name))
        for name in wanted
        if name in saved and saved[name] != wanted[name]
    ]


def advice(resumption: Resumption) -> str:
    """The advice if no way of restoring follows the changed plan; empty if there is none."""
    scheduler = _scheduler(resumption.new, group_of(next(iter(resumption.new.tracks))))
    return scheduler.resuming.advice if scheduler else ""


def _scheduler(run: Run, group: str) -> Clocked | None:
    """The scheduler of a group's learning rate as it is saved and resumed; None if it has no state."""
    track = run.tracks.get(f"lr/{group}" if group else "lr")
    return track.origin.clocked() if track and isinstance(track.origin, Use) else None


def _of_group(
    plan: Run,
    new: Run,
    group: str,
    scheduler: Clocked | None,
    at: int,
    restored: Restored,
    length: int,
    saved: Saved | None,
) -> dict[str, Curve]:
    """The values of a parameter group's tracks from update `at` on."""
    own = {name: track for name, track in new.tracks.items() if group_of(name) == group}
    curves: dict[str, Curve] = {name: Lasting(length, track.curve, at) for name, track in own.items()}
    if scheduler is None or at < scheduler.start:
        return curves
    old = _counterpart(plan, new, group)
    checkpoint = _checkpoint(plan, old, at)
    if saved:
        checkpoint = _of_files(saved, scheduler, checkpoint, restored, _place(new, group, saved))
    if restored.optimizer and scheduler.resuming.holds_groups:
        if old is None or not _fits(plan, new, saved):
            return {name: failing(GROUPS, length).curve for name in own}
        curves |= _held(plan, own, old, checkpoint, at, length)
    try:
        tracks = scheduler.resumed(checkpoint, at, restored, length)
    except Fault as fault:
        return {name: failing(fault.message, length).curve for name in own}
    moved = {**tracks.beside, "lr": tracks.curve}
    for name, track in own.items():
        if curve := moved.get(parameter_of(name)):
            curves[name] = curve if track.scale == 1 else Scaled(curve, track.scale)
    return curves


def _groups(run: Run) -> int:
    return sum(parameter_of(name) == "lr" for name in run.tracks)


def _place(run: Run, group: str, saved: Saved) -> int:
    """The place of a parameter group among those of a checkpoint's optimizer.

    An optimizer has the named groups of a spec, in order; if it has more, the run's own comes first.
    """
    named = [group_of(name) for name in run.tracks if parameter_of(name) == "lr" and group_of(name)]
    own_first = saved.count is not None and saved.count > len(named)
    return named.index(group) + own_first if group in named else 0


def _of_files(saved: Saved, scheduler: Clocked, checkpoint: Checkpoint, restored: Restored, place: int) -> Checkpoint:
    """A checkpoint whose parts are those in its files."""
    loads = saved.states and restored.scheduler
    state = scheduler.resuming.read(scheduler.call, saved.states or (), place) if loads else None
    return Checkpoint(checkpoint.done, saved.group(place) if saved.groups else checkpoint.group, state)


def _fits(plan: Run, new: Run, saved: Saved | None) -> bool:
    """Whether the optimizer of the changed plan has the parameter groups of the checkpoint."""
    if saved is None or saved.groups is None:
        return _groups(plan) == _groups(new)
    named = max(_groups(new) - 1, 1)  # an optimizer may have more groups than a spec names, such as one without decay
    return named <= len(saved.groups)


def _counterpart(plan: Run, new: Run, group: str) -> str | None:
    """The plan's group that has the place of a group of the new plan; None if there is none."""
    places = [[group_of(name) for name in run.tracks if parameter_of(name) == "lr"] for run in (plan, new)]
    index = places[1].index(group)
    return places[0][index] if index < len(places[0]) else None


def _checkpoint(plan: Run, group: str | None, at: int) -> Checkpoint:
    """The checkpoint of a group: its scheduler's, or the learning rate alone."""
    if group is None:
        return Checkpoint(at)
    scheduler = _scheduler(plan, group)
    if scheduler is not None:
        return scheduler.saved(at)
    track = plan.tracks[f"lr/{group}" if group else "lr"]
    lr = value_at(track.curve, at)
    return Checkpoint(at, {"lr": lr, "initial_lr": lr if track.base is None else track.base})


def _held(
    plan: Run, own: Mapping[str, Track], group: str, checkpoint: Checkpoint, at: int, length: int
) -> dict[str, Curve]:
    """Constant parameters, which come back with the optimizer's group."""
    held: dict[str, Curve] = {}
    for name, track in own.items():
        parameter = parameter_of(name)
        before = plan.tracks.get(f"{parameter}/{group}" if group else parameter)
        if parameter != "lr" and before and _is_constant(track.curve):
            value = value_at(before.curve, at)
            held[name] = Flat(length, value if _is_constant(before.curve) else checkpoint.group.get(parameter, value))
    return held


def _is_constant(curve: Curve) -> bool:
    return {segment.role for segment in curve.segments()} == {Role.HOLD}


def _raised(curves: Mapping[str, Curve], at: int, length: int) -> Raised | None:
    """The first exception in some curves; a `NotFinite` fault is not one."""
    found: list[tuple[int, str]] = []
    for curve in curves.values():
        try:
            check_finite(curve, length, len(curves))
        except NotFinite as error:
            found.append((error.step, curve.failure(error.step) or f"ArithmeticError: the value is {error.value}"))
    if not found:
        return None
    step, reason = min(found, key=lambda each: each[0])
    match = re.fullmatch(r"(\w+(?:Error|Exception)): (.*)", reason, re.DOTALL)
    kind, message = match.groups() if match else ("", reason)
    return Raised(at + step, kind, message)
