"""Cooldown branches off one trunk: runs that share its first updates and then decay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from lrplot.curves.anneals import Anneal, GeometricAnneal
from lrplot.curves.curve import Curve, Flat, Segment
from lrplot.curves.laws import Geometric, NaturalExponential, PowerLaw
from lrplot.curves.roles import Role
from lrplot.curves.shapes import COSINE, LINEAR, Floats
from lrplot.curves.staircase import Plateaus
from lrplot.curves.steps import Steps
from lrplot.curves.wrappers import Ended
from lrplot.diagnostics import Fault
from lrplot.display import Shown
from lrplot.engine.evaluate import evaluate_at, raw_values
from lrplot.engine.extremes import spread
from lrplot.lazy import dataclass
from lrplot.runs.numbers import nearest
from lrplot.runs.run import Run
from lrplot.schema.quantities import Duration
from lrplot.schema.scalars import read_number
from lrplot.spec.compile import compile_run
from lrplot.spec.document import CONVERSIONS, PARAMETERS
from lrplot.text.objects import Literal, read_mapping
from lrplot.text.tree import Mapping as Tree
from lrplot.text.write import write_yaml
from lrplot.wording import one_of

SHAPES = ("linear", "cosine", "sqrt", "exponential")
COMPARED = 1 << 16  # updates of a trunk that are compared with a branch; of more, a sample
CLOSE = 1e-12  # of a value: a branch has the trunk's values to within rounding
KEPT = ("source", *CONVERSIONS, "drop_last")  # keys of the trunk that a branch keeps

Phase = dict[str, Any]


@dataclass(frozen=True)
class Branch:
    """A run that leaves the trunk before update `at`, cools down for `cooldown` updates, and ends after `steps`.

    `rate` is the trunk's learning rate there. `tokens` are those of the branch's run, `shared_tokens` those that it
    shares with the trunk; None if the trunk does not know them. `spec` is the branch as a spec.
    """

    name: str
    at: int
    cooldown: int
    steps: int
    rate: float
    tokens: float | None
    shared_tokens: float | None
    spec: Mapping[str, Any]

    @property
    def text(self) -> str:
        """The spec in YAML."""
        tree = read_mapping(self.spec)
        assert isinstance(tree, Tree)
        return write_yaml(tree)


@dataclass(frozen=True)
class Fork(Shown):
    """The branches of a trunk, in the order of their first own updates.

    `trained` are the updates that it takes to train all of them, each shared one once, and `separate` those of the
    branches as runs of their own.
    """

    name: str
    branches: tuple[Branch, ...]
    trained: int
    separate: int


def fork_of(run: Run, at: Sequence[int], cooldown: Duration, shape: str = "linear", to: float | str = 0) -> Fork:
    """The branches of a run, each with a cooldown to `to`: a value, or text such as `10%` of the base.

    A cooldown in percent is that share of the branch, as the cooldown of a run is of the run. A `Fault` if the trunk
    is not known up to a branch, or cannot be written as phases that end there.
    """
    if shape not in SHAPES:
        raise Fault(f"the shape of a cooldown is {one_of(SHAPES)}, not `{shape}`", field="shape")
    _check(run)
    end = _value(to) if isinstance(to, str) else to
    branches = tuple(_branch(run, step, cooldown, shape, end) for step in sorted(set(at)))
    own = sum(branch.cooldown for branch in branches)
    return Fork(run.name, branches, branches[-1].at + own, sum(branch.steps for branch in branches))


def _value(text: str) -> float | str:
    """A value as a spec holds it: a number, or a text such as `10%`."""
    number = read_number(text)
    if number is None:
        return Literal(text)
    return int(number) if number.denominator == 1 else float(number)


def _check(run: Run) -> None:
    """Refuse a trunk with more than a learning rate and constant parameters, or that is a log."""
    if run.points:
        raise Fault(f"{run.name}: a log has no schedule that a branch could follow")
    others = [name for name, track in run.tracks.items() if name != "lr" and not _constant(track.curve, run.steps)]
    groups = [name for name in run.tracks if "/" in name]
    if left := groups or others:
        what = "groups" if groups else "parameters with schedules of their own"
        raise Fault(f"{run.name} has {what}, which a branch cannot take over: {', '.join(left)}")


def _constant(curve: Curve, steps: int) -> bool:
    values = evaluate_at(curve, np.array([0, steps - 1], dtype=np.int64))
    return {segment.role for segment in curve.segments()} == {Role.HOLD} and bool(values[0] == values[1])


def _branch(run: Run, at: int, cooldown: Duration, shape: str, to: float | str) -> Branch:
    if not 0 < at <= run.steps:
        help = f"give updates from 1 to {run.steps:,}, or a time with its unit, such as `50%`"
        help += f"; a longer trunk has `--set steps={at}`"
        raise Fault(f"{run.name} has no update {at:,} to branch off before", field="at", help=help)
    length = _length(run, at, cooldown)
    steps = at + length
    tokens = run.timebase.rates.tokens_per_step
    name = f"{run.name}, cooldown at {at:,}"
    spec = _spec(run, at, name, {"kind": shape, "to": to, "for": length}, steps)
    branch = compile_run(read_mapping(spec), name, Path())
    _compare(run, branch, at)
    return Branch(
        name=name,
        at=at,
        cooldown=length,
        steps=steps,
        rate=run.lr.curve.limit(at),
        tokens=None if tokens is None else float(tokens * steps),
        shared_tokens=None if tokens is None else float(tokens * at),
        spec=spec,
    )


def _length(run: Run, at: int, cooldown: Duration) -> int:
    """The updates of a cooldown."""
    if cooldown.unit == "%":
        if not 0 < cooldown.amount < 100:
            raise Fault(
                f"a cooldown is more than 0% and less than 100% of its branch, not {cooldown}", field="cooldown"
            )
        return max(nearest(Fraction(at) * cooldown.amount / (100 - cooldown.amount)), 1)
    length = run.timebase.to_steps(cooldown.amount, cooldown.unit)
    if length < 1:
        raise Fault(f"a cooldown takes at least one update, not {cooldown}", field="cooldown")
    return length


def _spec(run: Run, at: int, name: str, cooldown: Phase, steps: int) -> dict[str, Any]:
    """A branch as a spec: what it keeps of the trunk, its phases, and the cooldown."""
    kept = {key: run.settings[key].value for key in KEPT if key in run.settings}
    lr = {} if run.lr.base is None else {"lr": run.lr.base}
    constants = {key: run.tracks[key].curve.limit(0) for key in PARAMETERS if key in run.tracks}
    phases = [*_phases(run, at), cooldown]
    return {"name": name, **kept, "steps": steps, **lr, **constants, "schedule": phases}


def _phases(run: Run, at: int) -> Iterator[Phase]:
    """The phases of a run before update `at`, which may cut the last one."""
    curve, covered, value = run.lr.curve, 0, run.lr.base
    segments = curve.segments()
    for index, segment in enumerate(segments):
        after = (each.start for each in segments[index + 1 :])
        start, stop = segment.start, min([segment.stop, run.steps, *after])
        if start >= min(stop, at):
            continue
        phase = _phase(segment, min(stop, at) - start, run.lr.base)
        if phase is None:
            place = f"the phase `{segment.name or 'schedule'}`, from {start:,} to {stop:,}"
            message = f"update {at:,} would cut {place}" if stop > at else f"a branch cannot take over {place}"
            help = "branch off where the rate is held, or follows a law without an end"
            raise Fault(f"{run.name}: {message}", field="at", help=help)
        yield _continued(phase, value)
        covered, value = min(stop, at), curve.limit(min(stop, at))
    if covered < at:
        yield _continued({"kind": "constant", "value": curve.limit(at), "for": at - covered}, value)


def _continued(phase: Phase, value: float | None) -> Phase:
    """A phase after one that ended at a value, which a constant need not repeat."""
    same = phase["kind"] == "constant" and phase["value"] == value
    return {key: each for key, each in phase.items() if key != "value"} if same else phase


def _phase(segment: Segment, length: int, base: float | None) -> Phase | None:
    """The first updates of a segment as a native phase; None if there is none, or if it would not be the same."""
    curve = segment.curve
    while isinstance(curve, Ended):
        curve = curve.curve
    whole = length == curve.length
    match curve:
        case Flat():
            return {"kind": "constant", "value": curve.value, "for": length}
        case Anneal() | GeometricAnneal() if whole:
            return _ramp(curve, segment.role, base)
        case PowerLaw(exponent=0.5) if curve.scale == round(curve.scale):
            return {"kind": "inverse_sqrt", "from": curve.first, "timescale": round(curve.scale), "for": length}
        case PowerLaw():
            law = {"rate": 1 / curve.scale, "every": 1, "exponent": curve.exponent}
            return {"kind": "power_law", "from": curve.first, **law, "for": length}
        case Geometric(staircase=True):
            return {"kind": "step", "from": curve.first, "every": curve.every, "gamma": curve.gamma, "for": length}
        case Geometric():
            law = {"gamma": curve.gamma, "every": curve.every}
            return {"kind": "exponential", "from": curve.first, **law, "for": length}
        case NaturalExponential():
            return {"kind": "exponential", "from": curve.first, "rate": curve.rate, "for": length}
        case Plateaus():
            edges = [edge for edge in curve.edges.tolist() if edge < length]
            values = curve.levels[: len(edges) + 1].tolist()
            return {"kind": "multistep", "milestones": edges, "values": values, "for": length}
    return _by_values(segment, length, base)


def _by_values(segment: Segment, length: int, base: float | None) -> Phase | None:
    """A phase with the values of a framework's own formula: a constant, or a ramp up to the segment's end."""
    steps = _places(length)
    values = raw_values(segment.curve, steps)
    if np.isfinite(values).all() and _are_close(values, np.full(len(steps), values[0])):
        return {"kind": "constant", "value": float(values[0]), "for": length}
    if length < segment.stop - segment.start:
        return None
    with np.errstate(all="ignore"):
        first, last = float(values[0]), segment.curve.limit(length)
    ramps = [Anneal(length, first, last, shape) for shape in (LINEAR, COSINE)]
    same = (ramp for ramp in ramps if _are_close(raw_values(ramp, steps), values))
    return next((_ramp(ramp, segment.role, base) for ramp in same), None)


def _places(count: int) -> Steps:
    """All of the first updates, or a sample of many."""
    return np.arange(count, dtype=np.int64) if count <= COMPARED else spread(0, count, COMPARED)


def _are_close(values: Floats, others: Floats) -> bool:
    return bool((np.abs(values - others) <= CLOSE * np.abs(others)).all())


def _ramp(curve: Anneal | GeometricAnneal, role: Role, base: float | None) -> Phase | None:
    """A warmup or an anneal; None for a shape with a parameter of its own."""
    shape = "exponential" if isinstance(curve, GeometricAnneal) else curve.shape.name
    rises = role in (Role.WARMUP, Role.RISE) and not curve.inclusive
    if shape not in SHAPES or curve.lead > rises:
        return None
    ends: Phase = {"from": curve.first, "to": curve.last, "for": curve.length}
    if rises:
        if curve.first == 0:
            del ends["from"]
        if curve.last == base:
            del ends["to"]
        skip = {"skip_zero": True} if curve.lead else {}
        return {"kind": "warmup", **ends, **({} if shape == "linear" else {"shape": shape}), **skip}
    return {"kind": shape, **ends, **({"inclusive": True} if curve.inclusive else {})}


def _compare(run: Run, branch: Run, at: int) -> None:
    """Refuse a branch that does not have the trunk's values."""
    steps = _places(at)
    own, trunk = evaluate_at(branch.lr.curve, steps), evaluate_at(run.lr.curve, steps)
    apart = np.flatnonzero(np.abs(own - trunk) > CLOSE * np.abs(trunk))
    if len(apart):
        step = int(steps[apart[0]])
        raise Fault(f"{run.name}: the schedule cannot be written as phases: a branch would differ at update {step:,}")
