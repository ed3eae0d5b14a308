"""The parts of OLMo-core's schedules: the run, warmups, decays and stages over its clock."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Literal

import numpy as np

from lrplot.curves.curve import Curve, Flat, direction
from lrplot.curves.exceptions import FLOAT_DIVISION
from lrplot.curves.formulas import Formula, cosine, line
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.shapes import Floats
from lrplot.curves.wrappers import Bounded, Lasting
from lrplot.diagnostics import Fault
from lrplot.frameworks.shared.arguments import FloorField, StartField
from lrplot.frameworks.shared.errors import require
from lrplot.lazy import dataclass
from lrplot.schema.annotations import CountField, OptionalCount, OptionalNumber
from lrplot.schema.fields import Inline
from lrplot.schema.frame import Frame
from lrplot.schema.types import Count, Number, Record

Shape = Literal["linear", "cosine"]
Level = Annotated[float | None, Number(at_least=0)]


@dataclass(eq=False)
class Units:
    """The unit of a scheduler's clock.

    Args:
        units: unit of all times
    """

    units: Literal["steps", "tokens"] = "steps"


@dataclass(eq=False)
class Run:
    """The run that a schedule is for: its learning rate, and its length in units of the clock."""

    frame: Frame
    lr: float
    total: int


RunField = Annotated[Run, Inline(Units)]


def length_of(name: str, count: int | None, share: float | None, total: int) -> int:
    """A length, be it given as a share of `total`."""
    error = f"OLMoConfigurationError: Either '{name}_fraction' or '{name}' must be specified."
    require((count is None) != (share is None), name, error, f"add `{name}: 100`, or `{name}_fraction`")
    error = f"OLMoConfigurationError: '{name}_fraction' must be between 0 and 1."
    require(share is None or 0 <= share <= 1, f"{name}_fraction", error)
    return round(total * (share or 0)) if count is None else count


@dataclass(eq=False)
class Warmup:
    """A linear warmup.

    Args:
        warmup: length of the warmup
        warmup_steps: the same under its old name
        warmup_fraction: the same as a share of the schedule's length, rounded half to even, instead
        warmup_min_lr: where the warmup starts, at update −1
    """

    warmup: Annotated[OptionalCount, Role.WARMUP] = None
    warmup_steps: Annotated[OptionalCount, Role.WARMUP] = None
    warmup_fraction: Annotated[OptionalNumber, Role.WARMUP] = None
    warmup_min_lr: StartField = 0.0

    def steps(self, total: int) -> int:
        """The length of the warmup of a schedule."""
        count = self.warmup_steps if self.warmup is None else self.warmup
        return length_of("warmup", count, self.warmup_fraction, total)


@dataclass(eq=False)
class Decay:
    """A linear decay that ends with the run.

    Args:
        decay: length of the decay, in OLMo-core beside `decay_fraction: null`
        decay_steps: the same under its old name
        decay_fraction: the same as a share of the run, rounded half to even; 0.1 if neither is given
        decay_min_lr: where the decay ends
    """

    decay: Annotated[OptionalCount, Role.DECAY] = None
    decay_steps: Annotated[OptionalCount, Role.DECAY] = None
    decay_fraction: Annotated[OptionalNumber, Role.DECAY] = None
    decay_min_lr: FloorField = 0.0

    def steps(self, total: int) -> int:
        """The length of the decay of a schedule."""
        count = self.decay_steps if self.decay is None else self.decay
        share = 0.1 if count is None and self.decay_fraction is None else self.decay_fraction
        return length_of("decay", count, share, total)


@dataclass(eq=False)
class WarmupBelow(Warmup):
    """A warmup that leads to less than the learning rate, by design."""

    warmup: OptionalCount = None
    warmup_steps: OptionalCount = None
    warmup_fraction: OptionalNumber = None


WarmupField = Annotated[Warmup, Inline(Warmup)]
DecayField = Annotated[Decay, Inline(Decay)]


def in_turn(run: Run, *phases: Phase) -> Sequence:
    """Phases one after the other, without those that have no length."""
    *early, last = phases
    return Sequence(run.total, (*(each for each in early if each.curve.length > 0), last), open=True)


def warmup_phase(lr: float, low: float, steps: int, length: int) -> Phase:
    """A warmup of `steps` that takes `length`."""
    curve: Curve = Formula(length, partial(_rising, lr, low, steps))
    return Phase("warmup", _asserted(curve, low, lr, "warmup_min_lr"), Role.WARMUP)


def _rising(lr: float, low: float, steps: int, n: Floats) -> Floats:
    return np.asarray(low + (lr - low) * np.minimum(n, steps) / steps)


def _asserted(curve: Curve, low: float, lr: float, name: str) -> Curve:
    """A curve between two values; one without values if OLMo-core refuses them."""
    return curve if 0 <= low < lr else Bounded(curve, 0, f"AssertionError: assert 0 <= {name} < initial_lr")


def flat(name: str, value: float, length: int = 1) -> Phase:
    """One value."""
    return Phase(name, Flat(length, value))


def decay_phase(lr: float, low: float, steps: int, end: int, begin: int) -> Phase:
    """A decay of `steps` up to time `end`, from time `begin` on."""
    if not steps:
        return Phase("decay", Bounded(Flat(1, lr), 0, FLOAT_DIVISION))
    function = partial(_falling, lr, low, steps, end)
    fall = Formula(1, function, over=end + 1, meant=direction(lr, low), held=True)
    return Phase("decay", _asserted(Lasting(1, fall, begin), low, lr, "decay_min_lr"))


def _falling(lr: float, low: float, steps: int, end: int, n: Floats) -> Floats:
    return np.asarray(low + (lr - low) * np.clip(end - n, 0, steps) / steps)


def value_at(curve: Curve, n: int) -> float:
    """The value of a curve at a time; a `Fault` if OLMo-core raises there."""
    (value,) = curve.values(np.array([n], dtype=np.int64)).tolist()
    if reason := curve.failure(n) if np.isnan(value) else None:
        raise Fault(reason)
    return float(value)


@dataclass(eq=False)
class Stage:
    """A stage of a composed schedule.

    Args:
        duration: length of the stage
        shape: shape of the way
        start_lr: first value; that at which the stage before ends if absent
        start_lr_fraction: the same as a share of the learning rate, instead
        end_lr: last value
        end_lr_fraction: the same as a share of the learning rate, instead
    """

    duration: Annotated[int, Count()]
    shape: Shape = "linear"
    start_lr: Level = None
    start_lr_fraction: Level = None
    end_lr: Level = None
    end_lr_fraction: Level = None

    def ends(self, lr: float, before: float) -> tuple[float, float]:
        """The first and the last value, after a stage that ends at `before`."""
        if self.start_lr is not None and self.start_lr_fraction is not None:
            message = "OLMoConfigurationError: Specify at most one of 'start_lr' or 'start_lr_fraction' for a stage."
            raise Fault(message, field="stages", help="remove one of them")
        first = self.start_lr if self.start_lr_fraction is None else lr * self.start_lr_fraction
        return before if first is None else first, _end(lr, self.end_lr, self.end_lr_fraction, "stages")


@dataclass(eq=False)
class Override:
    """A decay that replaces a schedule from a time on.

    Args:
        start: when the decay starts, at the schedule's value there
        duration: length of the decay
        shape: shape of the decay
        end_lr: last value
        end_lr_fraction: the same as a share of the learning rate, instead
    """

    start: CountField
    duration: Annotated[int, Count()]
    shape: Shape = "linear"
    end_lr: Level = None
    end_lr_fraction: Level = None

    def curve(self, run: Run, inner: Sequence) -> Sequence:
        """The schedule with the decay."""
        last = _end(run.lr, self.end_lr, self.end_lr_fraction, "override_decay")
        ramp = stage_phase(self.shape, value_at(inner, self.start), last, self.duration)
        return in_turn(run, Phase("", Lasting(self.start, inner)), ramp, flat("end", last))


OverrideField = Annotated[Override | None, Record(Override)]


def _end(lr: float, value: float | None, share: float | None, field: str) -> float:
    """The last value of a stage."""
    error = "OLMoConfigurationError: Specify exactly one of 'end_lr' or 'end_lr_fraction' for each stage."
    require((value is None) != (share is None), field, error, "give one of them")
    return lr * (share or 0.0) if value is None else value


def stage_phase(shape: Shape, first: float, last: float, steps: int) -> Phase:
    """A line or half a cosine between two values."""
    ramp = line if shape == "linear" else cosine
    return Phase(shape, ramp(steps, first, last, steps))
