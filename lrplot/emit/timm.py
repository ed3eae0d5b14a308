"""timm: `make_scheduler(optimizer)`, one of its own schedulers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lrplot.emit import Request, emitter
from lrplot.emit.shared.equality import OWN
from lrplot.emit.shared.forms import Exponential, Level, Waves
from lrplot.emit.shared.module import module
from lrplot.emit.shared.own import Call, Candidate, bases, chosen, passed_on, peaks, schedule_pieces
from lrplot.emit.shared.plan import Plan, plan_of
from lrplot.emit.shared.torch_schedulers import beside, make_scheduler
from lrplot.runs.run import parameter_of

BY_UPDATES = "after update k, counted from 0: scheduler.step_update(num_updates=k + 1)"
BY_EPOCHS = "after epoch k, counted from 0: scheduler.step(k + 1)"


@emitter
def timm(request: Request) -> str:
    """A scheduler of timm.scheduler."""
    rates = [name for name in request.run.tracks if parameter_of(name) == "lr"]
    candidate, equality = chosen(request, "timm", _candidates(request), rates)
    call = candidate.written
    usage = BY_EPOCHS if call.arguments.get("t_in_epochs", True) else BY_UPDATES
    comments = [equality.sentence(OWN), f"by timm's own {call.title}", usage, *beside(request.run)]
    scheduler = make_scheduler(request.run, candidate.lr or {}, call.code("optimizer"), "stepped as above")
    return module(comments, request, [[f"from timm.scheduler import {call.title}"]], [], [scheduler])


def _candidates(request: Request) -> Iterator[Candidate[Call]]:
    if call := passed_on(request.run, "timm"):
        yield Candidate(call, call.schedule, bases(request), name=call.title)
    lr = peaks(request)
    for call in _calls(request, plan_of(request)):
        yield Candidate(call, call.schedule, lr, name=call.title)


def _calls(request: Request, plan: Plan) -> Iterator[Call]:
    warmup: dict[str, Any] = {}
    if plan.warmup:
        warmup = {"warmup_t": plan.warmup, "warmup_lr_init": plan.start, "warmup_prefix": True}
    steps = {"t_in_epochs": False}
    floor = {"lr_min": plan.floor} if plan.floor else {}
    span = plan.end - plan.warmup
    pieces = [piece for piece in schedule_pieces(request.run) if piece.start >= plan.warmup]
    if plan.decay is None or all(isinstance(piece.form, Level) for piece in pieces):
        levels = [piece.form.value for piece in pieces if isinstance(piece.form, Level)]
        ratio = levels[1] / levels[0] if len(levels) > 1 and levels[0] else 1.0
        ratio = float(f"{ratio:.12g}")
        milestones = [piece.start - plan.warmup + 1 for piece in pieces[1:]]
        if len(levels) < 2:
            yield Call("timm.StepLRScheduler", {"decay_t": plan.steps, "decay_rate": 1.0, **warmup, **steps})
        yield Call("timm.MultiStepLRScheduler", {"decay_t": milestones, "decay_rate": ratio, **warmup, **steps})
        return
    match plan.decay:
        case Exponential():
            every = plan.decay.every if plan.decay.staircase else 1
            rate = plan.decay.gamma if plan.decay.staircase else plan.decay.gamma ** (1 / plan.decay.every)
            yield Call("timm.StepLRScheduler", {"decay_t": every, "decay_rate": rate, **warmup, **steps})
        case Waves():
            cycles: dict[str, float] = {"cycle_limit": -(-plan.steps // plan.decay.period)}
            if plan.decay.decay != 1:
                cycles["cycle_decay"] = plan.decay.decay
            low = {"lr_min": plan.decay.last} if plan.decay.last else {}
            yield Call("timm.CosineLRScheduler", {"t_initial": plan.decay.period, **low, **cycles, **warmup, **steps})
    if not plan.stable:
        if plan.shape in ("linear", "fall"):
            yield Call("timm.PolyLRScheduler", {"t_initial": span, **floor, "power": plan.power, **warmup, **steps})
        yield Call("timm.CosineLRScheduler", {"t_initial": span, **floor, **warmup, **steps})
    names = {"linear": "linear", "sqrt": "1-sqrt", "cosine": "cosine"}
    last = {key: value for key, value in warmup.items() if key != "warmup_prefix"}
    decay = {"decay_t": plan.end - plan.begin, **floor, "decay_fn": names.get(plan.shape, "cosine")}
    yield Call("timm.WSDLRScheduler", {"t_initial": span, **decay, **last, **steps})
