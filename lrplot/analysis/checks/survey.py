"""The run as rules see it: a learning rate, its extremes and schedulers, each computed once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from math import isfinite

import numpy as np

from lrplot.analysis.checks.scheduler import HORIZONS, Scheduler, schedulers_of
from lrplot.analysis.checks.stretches import Stretch, is_zero, stretches
from lrplot.analysis.outline import unheld
from lrplot.analysis.summary import ROUNDING
from lrplot.curves.clocks import Hold
from lrplot.curves.computed import Computed
from lrplot.curves.curve import Curve, Segment
from lrplot.curves.roles import Role
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import ascending
from lrplot.curves.wrappers import Ended
from lrplot.diagnostics import Span
from lrplot.engine.evaluate import evaluate_at, raw_values
from lrplot.engine.extremes import Extremes, all_values, columns, extremes, spread
from lrplot.lazy import dataclass
from lrplot.runs.run import Run, Track, group_of, parameter_of
from lrplot.wording import part_of

RISE = 4096  # updates at which a rise is looked at
DENT = 0.1  # of the peak: a smaller fall does not end a rise
COMPARED = 101  # updates at which two groups are compared
VISIBLE = 0.01  # of the peak: smaller differences are ignored


@dataclass(eq=False)
class Survey:
    """The facts that rules read: about the learning rate of a run, or that of a parameter group.

    `name` is the name of its track. It `repeats` a track before it if it is a multiple of that one: a group
    with further parameters of its own.
    """

    run: Run
    name: str = "lr"
    repeats: bool = False

    @property
    def group(self) -> str:
        """The name of the parameter group; empty for the learning rate of the run."""
        return group_of(self.name)

    @property
    def track(self) -> Track:
        """The learning rate."""
        return self.run.tracks[self.name]

    @property
    def curve(self) -> Curve:
        """The learning rate's curve."""
        return self.track.curve

    @property
    def steps(self) -> int:
        """Updates in the run."""
        return self.run.steps

    @cached_property
    def values(self) -> Floats | None:
        """The learning rates of all updates; None if only some are computed, because the run is long."""
        return all_values(self.curve, self.steps)

    @cached_property
    def extremes(self) -> Extremes:
        """The learning rate's ends and extremes."""
        return extremes(self.curve, self.steps)

    @cached_property
    def zeros(self) -> list[Stretch]:
        """The first, the longest and the last stretch of the run in which the learning rate is 0."""
        return stretches(self.curve, self.steps, is_zero) if self.extremes.low <= 0 <= self.extremes.peak else []

    @cached_property
    def segments(self) -> tuple[Segment, ...]:
        """The segments of the learning rate, with their planned stops."""
        return self.curve.segments()

    @cached_property
    def schedulers(self) -> list[Scheduler]:
        """The schedulers of the learning rate, each with its recipe."""
        return schedulers_of(self.curve, self.steps)

    @property
    def epochs(self) -> float | None:
        """Epochs in the run; None if an epoch is not known, or is one update."""
        epoch = self.run.timebase.rates.steps_per_epoch
        return float(self.steps / epoch) if epoch and epoch > 1 else None

    @cached_property
    def pace(self) -> int:
        """Updates between two readings of the schedule: those of an epoch if it is read once per epoch."""
        return max(pace_of(each) for each in self.segments)

    def setting(self, name: str) -> int:
        """A number of the spec's top level, 1 if it was not given."""
        found = self.run.settings.get(name)
        return found.value if found and isinstance(found.value, int) else 1

    def beside(self, name: str) -> Track | None:
        """The track of another parameter: the group's own, or else that of the run."""
        own = self.run.tracks.get(f"{name}/{self.group}")
        return own or self.run.tracks.get(name)

    def constant(self, name: str) -> float | None:
        """A parameter's value, if it is the same throughout."""
        track = self.beside(name)
        if track is None:
            return None
        low, high = self.between(0, self.steps, track.curve)
        return low if low == high else None

    def at(self, step: int) -> float:
        """The learning rate of an update of the run."""
        if self.values is not None:
            return float(self.values[step])
        return float(evaluate_at(self.curve, np.array([step], dtype=np.int64))[0])

    def beyond(self, step: int) -> float:
        """The learning rate at a step that may lie past the run's end; its limit if there is none."""
        value = float(raw_values(self.curve, np.array([step], dtype=np.int64))[0])
        return value if isfinite(value) else self.curve.limit(step)

    def between(self, start: int, stop: int, curve: Curve | None = None) -> tuple[float, float]:
        """The least and greatest value in a range of updates."""
        values = self.values if curve is None else all_values(curve, self.steps)
        if values is not None:
            return float(values[start:stop].min()), float(values[start:stop].max())
        cut = columns(curve or self.curve, start, stop, 16)
        return float(cut.lows.min()), float(cut.highs.max())

    def steady(self, start: int) -> bool:
        """Whether the learning rate is the same from an update on to the end, for more than that update."""
        if start >= self.steps - 1:
            return False
        low, high = self.between(start, self.steps)
        return low == high

    def visible(self, difference: float) -> bool:
        """Whether a difference is large enough, beside the peak, to matter."""
        return difference > VISIBLE * abs(self.extremes.peak)

    @property
    def place(self) -> Span:
        """The place of the schedule's name, or that of a group that has none of its own."""
        return self.track.span

    @cached_property
    def warmup(self) -> tuple[int, Span]:
        """Updates of the warmup that the run begins with, as planned, and where it was asked for."""
        begin = end = 0
        place = self.place
        for segment in self.segments:
            if segment.role is Role.WARMUP:
                begin, end = (begin if end else segment.start), segment.stop
            elif end or segment.role not in (Role.HOLD, Role.DELAY):  # a constant part before it is not counted
                break
        for segment in self.segments:
            if segment.role is Role.WARMUP and segment.stop == end and segment.origin:
                place = segment.origin.place(Role.WARMUP, Role.HORIZON)
        return end - begin, place

    def counted(self, each: Scheduler, length: int, *roles: Role) -> tuple[float, str]:
        """A length in updates as an amount in the unit that the argument with a role is given in, and that unit.

        By default that argument is the scheduler's horizon.
        """
        unit, epoch = each.origin.unit(*(roles or HORIZONS)), self.run.timebase.rates.steps_per_epoch
        if unit == "%":
            return 100 * length / self.steps, unit
        if unit != "steps":
            return float(length * self.run.timebase.rates.per_step(unit)), unit
        if each.every > 1:
            return -(-length // each.every) * each.times, "epochs"
        if epoch and each.counts_epochs(epoch):
            return float(length / epoch), "epochs"
        if each.times > 1:
            return length * each.times, "scheduler steps"
        return length, "epochs" if epoch == 1 and self.run.timebase.unit == "epochs" else "updates"

    @property
    def formless(self) -> bool:
        """Whether the curve has no outline: it is a product, an expression, or a function of the user's."""
        return all(segment.role is Role.CURVE for segment in self.segments if segment.start < self.steps)

    def of_run(self, each: Scheduler, step: int) -> str:
        """An update as a part of the run, in the unit that the scheduler's horizon is given in: `60 of 120 epochs`."""
        part, unit = self.counted(each, step)
        whole, _ = self.counted(each, self.steps)
        return part_of(step, self.steps, "updates") if unit == "%" else part_of(part, whole, unit)

    @cached_property
    def rise(self) -> int:
        """Updates that a curve without an outline rises to its peak, if that is a warmup by its values; otherwise 0.

        A warmup starts at half the peak or less, does not fall on its way, leads to the base at most (that of
        a range test is its least value), and is not one of several cycles.
        """
        peak, top = self.extremes.peak, self.extremes.peak_step
        if not self.relative or self.extremes.first > peak / 2 or peak > (self.track.base or 0) * (1 + ROUNDING):
            return 0
        places = ascending(np.linspace(0, top, RISE).astype(np.int64))
        way = evaluate_at(self.curve, places)
        after = evaluate_at(self.curve, ascending(np.linspace(top, self.steps - 1, RISE).astype(np.int64)))
        falls = (np.maximum.accumulate(way) - way).max() > DENT * peak
        returns = (after - np.minimum.accumulate(after)).max() > peak / 2
        near = int(places[(way >= (1 - DENT) * peak).argmax()])
        return 0 if falls or returns else top if near > top / 2 else near  # one that slows down is over before

    @property
    def rises_to_the_end(self) -> bool:
        """Whether the run ends in a rise that is a warmup by its values."""
        return self.rise == self.steps - 1

    @property
    def relative(self) -> bool:
        """Whether a curve without an outline is computed as a multiple of the base `lr`."""
        return self.formless and bool(self.track.base) and all(map(_is_relative, self.segments))

    def segment(self, step: int) -> Segment | None:
        """The segment that an update of the run belongs to."""
        return next((each for each in reversed(self.segments) if each.start <= step < each.stop), None)


def surveys(run: Run) -> Iterator[Survey]:
    """The learning rate of a run, and that of each group with parameters of its own.

    A group whose learning rate is a multiple of one before it has nothing of its own, unless it has other parameters.
    """
    rates = [name for name in run.tracks if parameter_of(name) == "lr"]
    if len(rates) == 1:  # there is none to compare it with
        yield Survey(run, rates[0])
        return
    own = {group_of(name) for name in run.tracks if parameter_of(name) != "lr"}
    seen: list[tuple[Span, Floats]] = []
    places = spread(0, run.steps, COMPARED) if run.steps > COMPARED else np.arange(run.steps)
    for name in rates:
        track = run.tracks[name]
        values = raw_values(track.curve, places)
        schedule = track.origin.place() if track.origin else track.span
        repeats = any(schedule == at and _is_multiple(values, other) for at, other in seen)
        if not repeats or group_of(name) in own:
            seen.append((schedule, values))
            yield Survey(run, name, repeats)


def _is_multiple(values: Floats, other: Floats) -> bool:
    """Whether values are the same positive multiple of others, but for rounding."""
    most = np.abs(other).max()
    factor = np.abs(values).max() / most if most else 0.0
    return bool(factor > 0 and np.allclose(values, factor * other, rtol=1e-9, atol=1e-12 * factor * most))


def is_computed(segment: Segment) -> bool:
    """Whether a segment is a product, an expression, or a function of the user's: its values are not listed."""
    curve, origin = unheld(segment.curve), segment.origin
    return isinstance(curve, Computed) or bool(curve.factors) or bool(origin and origin.calls)


def _is_relative(segment: Segment) -> bool:
    curve, origin = unheld(segment.curve), segment.origin
    stated = origin is not None and origin.place(Role.START) != origin.place()
    return is_computed(segment) and not stated and (curve.uses_base if isinstance(curve, Computed) else True)


def pace_of(segment: Segment) -> int:
    """Updates between two readings of a segment."""
    curve = segment.curve
    while isinstance(curve, Ended):
        curve = curve.curve
    return curve.every if isinstance(curve, Hold) else segment.every
