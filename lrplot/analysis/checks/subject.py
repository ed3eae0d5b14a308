"""What rules look at: a run's learning rate, its numbers and its schedulers, worked out once."""

from __future__ import annotations

from functools import cached_property
from math import isfinite

import numpy as np

from lrplot.analysis.checks.scheduler import Scheduler, schedulers_of
from lrplot.diagnostics import Span
from lrplot.engine.evaluate import evaluate_at, raw_values
from lrplot.engine.extremes import CHECKED, columns, first_step_at
from lrplot.frozen import frozen
from lrplot.schedules.combinators import Phase, phases_of
from lrplot.schedules.curve import Curve, Steps, ascending
from lrplot.schedules.fields import Recipe
from lrplot.schedules.run import Run, Track

SAMPLE = 1 << 18  # steps of a run whose turning points are not known
VISIBLE = 0.01  # of the peak: a smaller difference is not worth a word


@frozen
class Numbers:
    """The first value, the highest and the step of it, and where the curve leads: one update after the last."""

    first: float
    peak: float
    peak_step: int
    end: float


@frozen
class Subject:
    """A run as rules see it."""

    run: Run

    @property
    def track(self) -> Track:
        """The learning rate."""
        return self.run.tracks["lr"]

    @property
    def curve(self) -> Curve:
        """The learning rate's curve."""
        return self.track.curve

    @property
    def steps(self) -> int:
        """Updates in the run."""
        return self.run.steps

    @cached_property
    def numbers(self) -> Numbers:
        """Its values where rules look first."""
        _, peak = self.between(0, self.steps)
        return Numbers(self.at(0), peak, self._first_at(peak), self.curve.limit(self.steps))

    def _first_at(self, peak: float) -> int:
        steps = _sampled(self.curve, 0, self.steps)
        if steps is None:
            return first_step_at(self.curve, 0, self.steps, peak)
        return int(steps[evaluate_at(self.curve, steps).argmax()])

    @cached_property
    def phases(self) -> list[tuple[int, int, Phase]]:
        """Its phases with their start and planned stop."""
        return phases_of(self.curve)

    @cached_property
    def schedulers(self) -> list[Scheduler]:
        """Its schedules, each with what it was asked for."""
        return schedulers_of(self.run, self.track)

    @property
    def epochs(self) -> float | None:
        """Epochs in the run; None where an epoch is not known, or is one update."""
        epoch = self.run.timebase.rates.steps_per_epoch
        return float(self.steps / epoch) if epoch and epoch > 1 else None

    @cached_property
    def pace(self) -> int:
        """Updates between two readings of the schedule: an epoch's where it is read once an epoch."""
        asked = self.run.settings.get("interval")
        held = (asked is not None and asked.value == "epoch") or any(
            each.every > 1 or each.value("interval") == "epoch" for each in self.schedulers
        )
        return self.run.timebase.epoch() if held else 1

    def setting(self, name: str) -> int:
        """A number of the spec's top level, 1 where it was not given."""
        found = self.run.settings.get(name)
        return found.value if found and isinstance(found.value, int) else 1

    def constant(self, name: str) -> float | None:
        """A parameter's value, if it has one and the same throughout."""
        track = self.run.tracks.get(name)
        if track is None:
            return None
        low, high = self.between(0, self.steps, track.curve)
        return low if low == high else None

    def at(self, step: int) -> float:
        """The learning rate of an update of the run."""
        return float(evaluate_at(self.curve, np.array([step], dtype=np.int64))[0])

    def beyond(self, step: int) -> float:
        """The learning rate at a step that may lie past the run's end; its limit where there is none."""
        value = float(raw_values(self.curve, np.array([step], dtype=np.int64))[0])
        return value if isfinite(value) else self.curve.limit(step)

    def between(self, start: int, stop: int, curve: Curve | None = None) -> tuple[float, float]:
        """The least and greatest value in a stretch of updates."""
        curve = curve or self.curve
        steps = _sampled(curve, start, stop)
        if steps is not None:
            values = evaluate_at(curve, steps)
            return float(values.min()), float(values.max())
        cut = columns(curve, start, stop, 16)
        return float(cut.lows.min()), float(cut.highs.max())

    def steady(self, start: int) -> bool:
        """Whether the learning rate is the same from an update on to the end, for more than that update."""
        if start >= self.steps - 1:
            return False
        low, high = self.between(start, self.steps)
        return low == high

    def visible(self, difference: float) -> bool:
        """Whether a difference is large enough, beside the peak, to matter."""
        return difference > VISIBLE * abs(self.numbers.peak)

    @property
    def place(self) -> Span:
        """Where the schedule is named."""
        return self.track.recipe.place() if self.track.recipe else self.track.span

    @cached_property
    def warmup(self) -> tuple[int, Span]:
        """Updates of the warmup the run begins with, the whole of what was asked, and where it was."""
        place = self.place
        for each in self.schedulers:
            if each.warmup and each.start == 0:
                return each.warmup, each.place(each.plan.warmup, "total_iters")
            if not each.native:
                place = each.place(each.plan.warmup)
                break
        return self._warmup_phases(place)

    def _warmup_phases(self, place: Span) -> tuple[int, Span]:
        begin = end = 0
        for start, stop, phase in self.phases:
            if phase.name != "warmup":
                # A level stretch before a ramp is no part of it.
                if end or phase.name != "constant":
                    break
                continue
            begin = begin if end else start
            end, place = stop, _asked(phase.recipe, place)
        return end - begin, place


def _sampled(curve: Curve, start: int, stop: int) -> Steps | None:
    """Steps spread over a stretch that is too long to look at one by one; None where its extremes are known."""
    if stop - start <= CHECKED or curve.turning_points(start, stop) is not None:
        return None
    return ascending(np.linspace(start, stop - 1, SAMPLE).astype(np.int64))


def _asked(recipe: Recipe | None, otherwise: Span) -> Span:
    if recipe is None or "." in recipe.name:
        return otherwise
    return recipe.place("for" if recipe.name == "warmup" else "warmup")
