"""A run in the words of most configs: warmup, constant part, decay and what follows it."""

from __future__ import annotations

from math import isclose

import numpy as np

from lrplot.emit import Request
from lrplot.emit.shared.forms import Form, Level, Ramp
from lrplot.emit.shared.own import peaks, schedule_pieces
from lrplot.engine.evaluate import raw_values
from lrplot.lazy import dataclass


@dataclass(frozen=True)
class Plan:
    """The learning rate of a run in these words, as far as it has such parts.

    It climbs from `start` to `peak` in `warmup` updates, is constant up to update `begin`, and falls along `shape` to
    `floor` at update `end`, which may be past the run. `stable` is whether there is a constant part, and `decay` the
    form of the decay; None if there is none.
    """

    steps: int
    start: float
    peak: float
    warmup: int
    begin: int
    decay: Form | None
    end: int
    floor: float

    @property
    def stable(self) -> bool:
        """Whether there is a constant part before the decay."""
        return self.begin > self.warmup

    @property
    def ratio(self) -> float:
        """The floor as a share of the peak."""
        return self.floor / self.peak if self.peak else 0.0

    @property
    def shape(self) -> str:
        """The shape of the decay; empty if it is no anneal."""
        return self.decay.shape if isinstance(self.decay, Ramp) else ""

    @property
    def power(self) -> float:
        """The exponent of the decay."""
        return self.decay.parameter if isinstance(self.decay, Ramp) else 1.0


def plan_of(request: Request) -> Plan:
    """The parts of a run, the nearest ones if it has others."""
    run, rest, peak = request.run, schedule_pieces(request.run), peaks(request)["lr"]
    start, warmup = peak, 0
    if len(rest) > 1 and isinstance(rest[0].form, Level) and rest[0].stop == 1 and _rises(rest[1].form):
        warmup = rest.pop(0).stop  # the first value is used twice
    while rest and _rises(rest[0].form) and warmup == rest[0].start:
        warmup = rest.pop(0).stop
    if warmup:
        start = float(raw_values(run.lr.curve, np.zeros(1, dtype=np.int64))[0])
    begin = warmup
    while rest and isinstance(rest[0].form, Level) and isclose(rest[0].form.value, peak, rel_tol=1e-9):
        begin = rest.pop(0).stop
    if not rest:
        return Plan(run.steps, start, peak, warmup, begin, None, run.steps, peak)
    decay = rest[0].form
    if isinstance(decay, Ramp):
        begin, end = rest[0].start - int(decay.lead), rest[0].start + int(decay.span - decay.lead)
        return Plan(run.steps, start, peak, warmup, begin, decay, end, min(decay.last, peak))
    floor = min(float(run.lr.curve.limit(run.steps)), peak)
    return Plan(run.steps, start, peak, warmup, rest[0].start, decay, rest[-1].stop, floor)


def _rises(form: Form) -> bool:
    return isinstance(form, Ramp) and form.last > form.first
