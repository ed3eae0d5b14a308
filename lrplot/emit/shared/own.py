"""Schedulers of a target's own: candidates that lrplot reads back, of which one that is the same schedule is taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from math import inf
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np

from lrplot.curves.expression import OneArgument
from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault, Source, Span, SpecError
from lrplot.emit import Request
from lrplot.emit.shared.equality import OWN, ROUNDING, Equality
from lrplot.emit.shared.forms import Level, named
from lrplot.emit.shared.functions import expression
from lrplot.emit.shared.pieces import Piece, pieces_of
from lrplot.engine.evaluate import raw_values
from lrplot.engine.extremes import LONGEST
from lrplot.engine.work import is_sequential
from lrplot.frameworks import find
from lrplot.lazy import dataclass
from lrplot.runs.run import Run, group_of, parameter_of
from lrplot.schema.frame import Frame
from lrplot.schema.recipe import Recipe, Use
from lrplot.spec.compile import compile_run
from lrplot.spec.configs import translate
from lrplot.spec.texts import read_tree
from lrplot.text.objects import read_mapping

T = TypeVar("T")


@dataclass(frozen=True)
class Call:
    """A scheduler of a framework with its arguments: numbers, words, lists, mappings, functions and further calls."""

    name: str
    arguments: Mapping[str, Any]

    @property
    def title(self) -> str:
        """The name without its framework."""
        return self.name.rpartition(".")[2]

    @property
    def schedule(self) -> dict[str, Any]:
        """The same in a spec."""
        return {"use": self.name, **{name: _in_spec(value) for name, value in self.arguments.items()}}

    def code(self, first: str = "", prefix: str = "") -> str:
        """The call in Python; `first` is the argument before all others, `prefix` stands before each name."""
        named = [f"{name}={_in_code(value, first, prefix)}" for name, value in self.arguments.items()]
        return f"{prefix}{self.title}({', '.join([first, *named] if first else named)})"

    def all(self) -> Iterator[Call]:
        """The call and those in it."""
        yield self
        for value in self.arguments.values():
            for each in value if isinstance(value, list | tuple) else ():
                if isinstance(each, Call):
                    yield from each.all()

    def names(self) -> list[str]:
        """The names of all schedulers in it, each once."""
        return sorted({call.title for call in self.all()})

    def functions(self) -> Iterator[Lambda]:
        """The functions in it."""
        for call in self.all():
            yield from (value for value in call.arguments.values() if isinstance(value, Lambda))

    def rounding(self, steps: int) -> float:
        """The program's rounding as a share of the peak; it adds up if each value is computed from the last one."""
        accumulates = any(find(call.name).accumulates for call in self.all())
        return OWN + (steps * ROUNDING if accumulates else 0.0)


@dataclass(frozen=True)
class Lambda:
    """A function of the update as an expression."""

    argument: str
    text: str


def _in_spec(value: Any) -> Any:
    if isinstance(value, Call):
        return value.schedule
    if isinstance(value, Lambda):
        return f"lambda {value.argument}: {value.text}"
    if isinstance(value, list | tuple):
        return [_in_spec(each) for each in value]
    return value


def _in_code(value: Any, first: str, prefix: str) -> str:
    if isinstance(value, Call):
        return value.code(first, prefix)
    if isinstance(value, Lambda):
        return f"lambda {value.argument}: {value.text}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_in_code(each, first, prefix) for each in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key!r}: {_in_code(each, first, prefix)}' for key, each in value.items())}}}"
    return ascii(value)


@dataclass(frozen=True)
class Candidate(Generic[T]):
    """A text that may be written, and the schedule that lrplot reads in it: a spec's, or the `text` of a config.

    `lr` is the base learning rate of each track of the learning rate; those that are left out have none. A text is
    read by its suffix and its format, with settings for what it does not say. `name` is that of the scheduler.
    """

    written: T
    schedule: Mapping[str, Any] | None = None
    lr: Mapping[str, float] | None = None
    text: str = ""
    suffix: str = ""
    format: str = ""
    settings: tuple[str, ...] = ()
    name: str = ""

    def run(self, run: Run) -> Run | None:
        """The run that lrplot reads; None if it raises."""
        try:
            return _reread(self) if self.schedule is None else self._spec(run)
        except (SpecError, Fault):
            return None

    def _spec(self, run: Run) -> Run:
        bases = self.lr or {}
        spec: dict[str, Any] = {"steps": run.steps, "schedule": self.schedule}
        if "lr" in bases:
            spec["lr"] = bases["lr"]
        per_epoch = run.timebase.rates.steps_per_epoch
        if per_epoch is not None and per_epoch.denominator == 1:
            spec["steps_per_epoch"] = int(per_epoch)
        spec |= {name: value for name, value in constants(run).items() if "/" not in name}
        groups = {group_of(name): {"lr": value} for name, value in bases.items() if group_of(name)}
        if groups:
            spec["groups"] = groups
        return compile_run(read_mapping(spec), "written", Path())


def _reread(candidate: Candidate[Any]) -> Run:
    """The run of a config's text, by lrplot's reader of that program."""
    tree, spec_like = read_tree(Source(f"written{candidate.suffix}", candidate.text))
    translated = translate(tree, candidate.settings, Path(), candidate.format, spec_like)
    assert translated is not None, candidate.format
    return compile_run(translated[0], "written", Path())


def constants(run: Run) -> dict[str, float]:
    """The tracks of one value, except those of the learning rate."""
    found = {}
    for name, track in run.tracks.items():
        if parameter_of(name) == "lr":
            continue
        if all(segment.role is Role.HOLD for segment in track.curve.segments()):
            first = float(raw_values(track.curve, np.zeros(1, dtype=np.int64))[0])
            if track.curve.limit(run.steps) == first:
                found[name] = first
    return found


def best(
    request: Request, candidates: Iterable[Candidate[T]], tracks: Sequence[str] | None = None
) -> tuple[Candidate[T], Equality] | None:
    """The first candidate that is the same schedule, or else the one that differs least; None if all raise.

    `tracks` are compared; those of the learning rate and of what the candidate moves by default.
    """
    found: tuple[Candidate[T], Equality] | None = None
    for candidate in candidates:
        run = candidate.run(request.run)
        if run is None or run.steps != request.run.steps or _too_long(run):
            continue
        wanted = [*request.run.tracks] if tracks is None else tracks
        if any(name not in run.tracks for name in wanted):
            continue
        values = {name: _values(run, name) for name in wanted}
        equality = request.comparison.quick(values)
        if equality.holds:
            equality = request.comparison.whole(values)
        if equality.holds:
            return candidate, equality
        if equality.largest < (inf if found is None else found[1].largest):
            found = candidate, equality
    return found


def _too_long(run: Run) -> bool:
    """Whether values would have to be computed one from the other over more updates than lrplot does."""
    return run.steps > LONGEST and any(is_sequential(track.curve) for track in run.tracks.values())


def _values(run: Run, name: str) -> Any:
    curve = run.tracks[name].curve
    return lambda steps: raw_values(curve, steps)


def refusal(request: Request, target: str, found: tuple[Candidate[T], Equality] | None) -> Fault:
    """The fault that a target has no equivalent: the place of the segment, and the nearest schedule that it has."""
    track = request.run.lr
    if found is None:
        fault = Fault(f"{target} has no equivalent of this schedule", code="no-equivalent", help=OTHERS)
        return fault.at(track.span)
    candidate, equality = found
    first = equality.first or 0
    inside = [piece for piece in pieces_of(track.curve, request.run.steps, listing=True) or () if piece.start <= first]
    span, what = track.span, "this schedule"
    if inside:
        piece = inside[-1]
        what = f"`{piece.name or 'it'}`, updates {piece.start:,} … {piece.stop - 1:,}"
        span = place(piece) or span
    name = candidate.name or "the nearest"
    help = f"the nearest, {name}, {equality.difference}; `--nearest` prints it. {OTHERS}"
    return Fault(f"{target} has no equivalent of {what}", code="no-equivalent", help=help).at(span)


OTHERS = "`--to python` writes a plain function"


def place(piece: Piece) -> Span | None:
    """The place of the recipe of a piece."""
    return piece.origin.place() if piece.origin else None


def chosen(
    request: Request, target: str, candidates: Iterable[Candidate[T]], tracks: Sequence[str] | None = None
) -> tuple[Candidate[T], Equality]:
    """The candidate to write; a `Fault` if none is the same schedule, unless the nearest is asked for."""
    found = best(request, candidates, tracks)
    if found is None or not (found[1].holds or request.nearest):
        raise refusal(request, target, found)
    return found


def passed_on(run: Run, framework: str) -> Call | None:
    """The framework's own scheduler that the run's learning rate comes from, with its arguments; None without one."""
    origin = run.lr.origin
    if not isinstance(origin, Use) or origin.framework != framework:
        return None
    return _call(origin.recipe, Frame(run.timebase, run.steps, base=run.lr.base, default=run.lr.base))


def _call(recipe: Recipe, frame: Frame) -> Call | None:
    values = recipe.use(frame).values
    if values.get("interval", "step") != "step" or values.get("scheduler_steps_per_update", 1) != 1:
        return None
    arguments: dict[str, Any] = {}
    own = {field.parameter: field.name for field in recipe.definition.fields}
    for parameter in recipe.arguments.given:
        if parameter not in own:
            continue
        value = _argument(values.get(parameter), frame)
        if value is None and values.get(parameter) is not None:
            return None
        arguments[own[parameter]] = value
    return Call(recipe.name, arguments)


def _argument(value: Any, frame: Frame) -> Any:
    """An argument as a call has it; None if it has none."""
    if isinstance(value, Recipe):
        return _call(value, frame)
    if isinstance(value, OneArgument):
        names = dict.fromkeys(value.program.names, "epoch")
        return Lambda("epoch", expression(named(deepcopy(value.program.tree), names)))
    if isinstance(value, list | tuple):
        items = [_argument(each, frame) for each in value]
        return None if None in items else items
    if isinstance(value, Mapping):
        return {key: _argument(each, frame) for key, each in value.items()}
    return value if isinstance(value, str | bool | int | float) else None


def peaks(request: Request) -> dict[str, float]:
    """The largest value of each track of the learning rate."""
    found = {}
    for name, track in request.run.tracks.items():
        if parameter_of(name) == "lr":
            found[name] = float(np.max(raw_values(track.curve, request.comparison.sample)))
    return found


def bases(request: Request) -> dict[str, float]:
    """The base of each track of the learning rate, by the spec; its largest value without one."""
    largest = peaks(request)
    return {name: request.run.tracks[name].base or value or 1.0 for name, value in largest.items()}


def schedule_pieces(run: Run) -> list[Piece]:
    """The pieces of the learning rate; none if a part of it has no formula."""
    return pieces_of(run.lr.curve, run.steps) or []


def runs_of(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Pieces in groups: neighbours of one value each are one group."""
    group: list[Piece] = []
    for piece in pieces:
        if group and not (isinstance(piece.form, Level) and isinstance(group[-1].form, Level)):
            yield group
            group = []
        group.append(piece)
    if group:
        yield group
