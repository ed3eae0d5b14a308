"""MMEngine: `make_scheduler(optimizer)`, the list of its parameter schedulers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise, product
from math import isclose

import numpy as np

from lrplot.emit import Request, emitter
from lrplot.emit.shared.equality import OWN
from lrplot.emit.shared.forms import Exponential, Form, Level, Ramp, Stairs
from lrplot.emit.shared.module import module
from lrplot.emit.shared.own import Call, Candidate, bases, chosen, passed_on, peaks, runs_of, schedule_pieces
from lrplot.emit.shared.pieces import Piece
from lrplot.emit.shared.torch_schedulers import beside, make_scheduler
from lrplot.runs.run import parameter_of

USAGE = "after each update: for scheduler in schedulers: scheduler.step()"
BY_EPOCHS = "but those by epoch after each epoch"
BY_STEP = {"by_epoch": False}
ANNEALS = ("linear", "cosine", "fall")
LEAST = 1e-6  # of the base: where the nearest warmup starts in place of 0


@emitter
def mmengine(request: Request) -> str:
    """The parameter schedulers of mmengine.optim."""
    rates = [name for name in request.run.tracks if parameter_of(name) == "lr"]
    candidate, equality = chosen(request, "mmengine", _candidates(request), rates)
    calls = candidate.written
    names = sorted({call.title for call in calls})
    by = f"by MMEngine's own {', '.join(names)}" if names else "without a scheduler, as nothing changes"
    slow = [BY_EPOCHS] if any(call.arguments.get("by_epoch", True) for call in calls) else []
    rounding = sum(call.rounding(request.run.steps) for call in calls) or OWN
    comments = [equality.sentence(rounding), by, USAGE, *slow, *beside(request.run)]
    listed = f"[{', '.join(call.code('optimizer') for call in calls)}]"
    scheduler = make_scheduler(request.run, candidate.lr or {}, listed, "each stepped after each update")
    home = [f"from mmengine.optim import {', '.join(names)}"] if names else []
    return module(comments, request, [home], [], [scheduler])


def _candidates(request: Request) -> Iterator[Candidate[list[Call]]]:
    call = passed_on(request.run, "mmengine")
    if call:
        yield _candidate(_flat(call), bases(request))
    pieces = schedule_pieces(request.run)
    top = peaks(request)
    for lr in (top, bases(request)):
        for more in product((1, 0), repeat=2):
            calls = _calls(pieces, lr["lr"], *more)
            if calls is not None:
                yield _candidate(calls, lr)
    for shape in ("cosine", "linear"):
        calls = _calls([_near(piece, shape, top["lr"]) for piece in pieces], top["lr"], 1, 0)
        if calls is not None:
            yield _candidate(calls, top)
    floor = {"T_max": request.run.steps, "eta_min": float(request.run.lr.curve.limit(request.run.steps))}
    yield _candidate([Call("mmengine.CosineAnnealingLR", {**floor, "end": request.run.steps, **BY_STEP})], top)


def _near(piece: Piece, shape: str, base: float) -> Piece:
    """The nearest anneal to a piece, if there is none for it; a warmup cannot start at 0, by which it would divide."""
    if isinstance(piece.form, Level):
        return piece
    first, last = piece.form.values(np.array([0, piece.stop - piece.start], dtype=np.int64)).tolist()
    shape = piece.form.shape if isinstance(piece.form, Ramp) and piece.form.shape in ANNEALS else shape
    rises = last > first
    near = Ramp(max(first, LEAST * base), last, piece.stop - piece.start, "linear" if rises else shape)
    return replace(piece, form=near)


def _flat(call: Call) -> list[Call]:
    """The schedulers of a list of them."""
    return list(call.arguments["schedulers"]) if "schedulers" in call.arguments else [call]


def _candidate(calls: Sequence[Call], lr: dict[str, float]) -> Candidate[list[Call]]:
    schedule = {"use": "mmengine.param_scheduler", "schedulers": [call.schedule for call in calls]}
    if not calls:
        schedule = {"kind": "constant"}
    return Candidate([*calls], schedule, lr, name=" and ".join(sorted({call.title for call in calls})) or "a constant")


def _calls(pieces: Sequence[Piece], base: float, more: int, after: int) -> list[Call] | None:
    """A scheduler for each part; windows of anneals are `more` updates longer than them; None if a part has none."""
    calls: list[Call] = []
    value = base
    for group in runs_of(pieces):
        start, stop = group[0].start, group[-1].stop
        form = group[0].form
        if isinstance(form, Level):
            drops = _drops(group, value)
            if drops is None:
                return None
            calls += drops
            last = group[-1].form
            assert isinstance(last, Level)
            value = last.value
            continue
        call = _own(form, base, value, start, stop, more, after)
        if call is None:
            return None
        calls.append(call)
        value = form.last if isinstance(form, Ramp) else -1.0
    return calls


def _own(form: Form, base: float, value: float, start: int, stop: int, more: int, after: int) -> Call | None:
    begin = {"begin": start} if start else {}
    match form:
        case Ramp(lead=0) if form.shape in ANNEALS:
            window = {**begin, "end": start + form.span + more, **BY_STEP}
            if form.shape == "cosine" and isclose(form.first, value, rel_tol=1e-12) and form.first > form.last:
                return Call("mmengine.CosineAnnealingLR", {"T_max": form.span, "eta_min": form.last, **window})
            if form.shape == "linear" and isclose(value, base, rel_tol=1e-12):
                factors = {"start_factor": form.first / base, "end_factor": form.last / base}
                return Call("mmengine.LinearLR", {**factors, **window})
            if form.shape != "cosine" and isclose(form.first, value, rel_tol=1e-12):
                power = {"power": form.parameter} if form.parameter != 1 else {}
                return Call("mmengine.PolyLR", {"eta_min": form.last, **power, **window})
        case Exponential() if isclose(form.first, value, rel_tol=1e-12):
            window = {**begin, "end": stop + after, **BY_STEP}
            if form.staircase:
                return Call("mmengine.StepLR", {"step_size": form.every, "gamma": form.gamma, **window})
            return Call("mmengine.ExponentialLR", {"gamma": form.gamma ** (1 / form.every), **window})
        case Stairs() if isclose(form.levels[0], value, rel_tol=1e-12):
            ratios = [b / a if a else 0.0 for a, b in pairwise(form.levels)]
            if all(isclose(ratio, ratios[0], rel_tol=1e-12) for ratio in ratios):
                milestones = [start + edge for edge in form.edges]
                gamma = float(f"{ratios[0]:.12g}")
                return Call(
                    "mmengine.MultiStepLR", {"milestones": milestones, "gamma": gamma, "end": stop + 1, **BY_STEP}
                )
    return None


def _drops(group: Sequence[Piece], value: float) -> list[Call] | None:
    """Drops to constant values, by one MultiStepLR for each factor; no scheduler if nothing changes."""
    calls: dict[float, list[int]] = {}
    for piece in group:
        assert isinstance(piece.form, Level)
        level = piece.form.value
        if not isclose(level, value, rel_tol=1e-12, abs_tol=1e-30):
            if not value:
                return None
            calls.setdefault(float(f"{level / value:.12g}"), []).append(piece.start)
        value = level
    end = {"end": group[-1].stop + 1}
    return [
        Call("mmengine.MultiStepLR", {"milestones": edges, "gamma": gamma, **end, **BY_STEP})
        for gamma, edges in calls.items()
    ]
