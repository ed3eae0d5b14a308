"""A run in the words of most configs: warmup, constant part, decay and what follows it."""

from __future__ import annotations

from dataclasses import dataclass
from math import isclose

import numpy as np

from lrplot.emit import Request
from lrplot.emit.shared.forms import Form, Level, Ramp
from lrplot.emit.shared.own import peaks, schedule_pieces

_ZERO = np.zeros(1, dtype=np.int64)


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
    run = request.run
    pieces = schedule_pieces(run)
    peak = peaks(request)["lr"]
    first = float(pieces[0].form.values(_ZERO)[0]) if pieces else peak
    start, warmup, rest = peak, 0, list(pieces)
    if len(rest) > 1 and isinstance(rest[0].form, Level) and rest[0].stop == 1 and _rises(rest[1].form):
        warmup = rest.pop(0).stop  # the first value is used twice
        start = first
    while rest and _rises(rest[0].form) and warmup == rest[0].start:
        form = rest.pop(0)
        start = _first(form.form) if form.start == 0 else start
        warmup = form.stop
    # A level before the peak belongs to the warmup, as far as there are words for it.
    begin = warmup
    while rest and isinstance(rest[0].form, Level) and isclose(rest[0].form.value, peak, rel_tol=1e-9):
        begin = rest.pop(0).stop
    decay = rest[0].form if rest else None
    end, floor = run.steps, peak
    if rest:
        final = rest[-1]
        end = rest[0].start + int(decay.span - decay.lead) if isinstance(decay, Ramp) else final.stop
        floor = decay.last if isinstance(decay, Ramp) else float(run.lr.curve.limit(run.steps))
        begin = rest[0].start - int(decay.lead) if isinstance(decay, Ramp) else rest[0].start
    return Plan(run.steps, start, peak, warmup, begin, decay, end, min(floor, peak))


def _rises(form: Form) -> bool:
    return isinstance(form, Ramp) and form.last > form.first


def _first(form: Form) -> float:
    assert isinstance(form, Ramp)
    return form.first
