"""optax: `schedule`, by its own schedules or a function with jax.numpy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from lrplot.emit import Request, emitter
from lrplot.emit.shared.absolute import SINGLE, own_schedules
from lrplot.emit.shared.equality import OWN, ROUNDING
from lrplot.emit.shared.forms import Exponential, Form, Level, Ramp
from lrplot.emit.shared.functions import (
    Dialect,
    compared,
    constants,
    for_arrays,
    function_names,
    functions_of,
    imports,
    one_line,
    source,
)
from lrplot.emit.shared.module import module, wrapped
from lrplot.emit.shared.own import Call, runs_of
from lrplot.emit.shared.pieces import Piece, expanded
from lrplot.runs.run import Run, group_of, parameter_of

JAX = Dialect(
    prefix="jnp.",
    array="jnp.asarray({})",
    looked_up='{levels}[jnp.searchsorted({edges}, {local}, side="right")]',
)
NAMES = {"lr": "schedule", "momentum": "momentum_schedule", "weight_decay": "weight_decay_schedule"}
FLOAT32 = f"in float32, JAX's default, within {SINGLE:g} of the peak"
MOST_CALLS = 24


@emitter
def optax(request: Request) -> str:
    """A schedule of optax."""
    names = function_names(request.run.tracks, NAMES)
    if found := own_schedules(request, "optax", composed):
        own, equality = found
        comments = [equality.sentence(OWN), FLOAT32, "by optax's own schedules"]
        lines = [wrapped(f"{names[track]} = {each.call.code(prefix='optax.')}") for track, each in own.items()]
        return module(comments, request, [["import optax"]], [*lines, *_groups(request.run, names)], [])
    functions = functions_of(request.run, request.comparison, single=True, names=names)
    for_arrays(functions)
    equality = compared(request.run, request.comparison, functions)
    comments = [equality.sentence(ROUNDING), FLOAT32, "by a function, as no schedule of optax is equal"]
    definitions = [source(each, JAX) for each in functions]
    if groups := _groups(request.run, names):
        definitions.append("\n".join(groups) + "\n")
    needed = [imports(functions, JAX), ["import jax.numpy as jnp"]]
    return module(comments, request, needed, constants(functions, numpy="jnp.asarray"), definitions)


def _groups(run: Run, names: dict[str, str]) -> list[str]:
    """The schedules of parameter groups, by name, for optax.multi_transform."""
    groups = {group_of(track): name for track, name in names.items() if parameter_of(track) == "lr" and group_of(track)}
    if not groups:
        return []
    return ["schedules = {", *(f"    {one_line(group)!r}: {name}," for group, name in groups.items()), "}"]


def composed(pieces: list[Piece]) -> Iterator[Call]:
    """One of optax's schedules for all pieces, or one for each."""
    pieces = expanded(pieces)
    if whole := _warmup_cosine(pieces):
        yield whole
    parts: list[tuple[int, Call]] = []
    for group in runs_of(pieces):
        levels = [piece.form.value for piece in group if isinstance(piece.form, Level)]
        if levels:
            if len(levels) == 1 and parts and levels[0] == _held(parts[-1][1]):
                continue
            calls = _levels(group, levels)
        else:
            call = _own(group[0].form)
            calls = [(0, call)] if call else []
        if not calls:
            return
        parts += ((group[0].start + start, call) for start, call in calls)
    if len(parts) == 1:
        yield parts[0][1]
    elif len(parts) <= MOST_CALLS:
        schedules, boundaries = [call for _, call in parts], [start for start, _ in parts[1:]]
        yield Call("optax.join_schedules", {"schedules": schedules, "boundaries": boundaries})


def _warmup_cosine(pieces: Sequence[Piece]) -> Call | None:
    match [piece.form for piece in pieces[:3]]:
        case [Ramp(shape="linear", lead=0) as rise, Ramp(shape="cosine", lead=0) as fall, *rest] if (
            rise.last == fall.first and all(form == Level(fall.last) for form in rest)
        ):
            arguments = {"init_value": rise.first, "peak_value": rise.last, "warmup_steps": rise.span}
            arguments |= {"decay_steps": rise.span + fall.span}
            arguments |= {"end_value": fall.last} if fall.last else {}
            return Call("optax.warmup_cosine_decay_schedule", arguments)
    return None


def _held(call: Call) -> float:
    """The value that a transition keeps after its end; −1 if it keeps none."""
    arguments = call.arguments
    if "alpha" in arguments:
        return float(arguments["init_value"] * arguments["alpha"])
    return float(arguments.get("end_value", -1.0)) if "transition_steps" in arguments else -1.0


def _levels(group: Sequence[Piece], levels: Sequence[float]) -> list[tuple[int, Call]]:
    """Constant values, one after the other."""
    edges = [piece.start - group[0].start for piece in group]
    if len(levels) > 2 and all(levels[:-1]):
        ratios = [float(f"{after / before:.15g}") for before, after in pairwise(levels)]
        scales = dict(zip(edges[1:], ratios, strict=True))
        return [
            (0, Call("optax.piecewise_constant_schedule", {"init_value": levels[0], "boundaries_and_scales": scales}))
        ]
    return [
        (edge, Call("optax.constant_schedule", {"value": level})) for edge, level in zip(edges, levels, strict=True)
    ]


def _own(form: Form) -> Call | None:
    arguments: dict[str, Any]
    match form:
        case Ramp(shape="linear"):
            first = form.first + (form.last - form.first) * form.lead / form.span
            steps = form.span - form.lead
            return Call(
                "optax.linear_schedule", {"init_value": first, "end_value": form.last, "transition_steps": steps}
            )
        case Ramp(shape="fall", lead=0):
            arguments = {"init_value": form.first, "end_value": form.last, "power": form.parameter}
            return Call("optax.polynomial_schedule", {**arguments, "transition_steps": form.span})
        case Ramp(shape="cosine", lead=0) if form.first > 0 and form.last < form.first:
            arguments = {"init_value": form.first, "decay_steps": form.span}
            return Call("optax.cosine_decay_schedule", {**arguments, "alpha": form.last / form.first})
        case Ramp(shape="cosine", lead=0) if form.first > 0:
            scales = {form.span: form.last / form.first}
            arguments = {"interpolate_type": "cosine", "init_value": form.first, "boundaries_and_scales": scales}
            return Call("optax.piecewise_interpolate_schedule", arguments)
        case Ramp(shape="geometric", lead=0):
            arguments = {"init_value": form.first, "transition_steps": form.span, "decay_rate": form.last / form.first}
            return Call("optax.exponential_decay", arguments)
        case Exponential(staircase=False) if form.gamma > 0:
            arguments = {"init_value": form.first, "transition_steps": form.every, "decay_rate": form.gamma}
            return Call("optax.exponential_decay", arguments)
    return None
