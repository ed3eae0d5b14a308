"""Hugging Face transformers: `training_arguments` for the Trainer, or a scheduler to give it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lrplot.emit import Request, emitter
from lrplot.emit.shared.equality import OWN
from lrplot.emit.shared.forms import Law, Ramp, Waves
from lrplot.emit.shared.module import module
from lrplot.emit.shared.own import Candidate, best, constants
from lrplot.emit.shared.plan import Plan, plan_of
from lrplot.emit.shared.torch_schedulers import torch_scheduler
from lrplot.runs.run import Run

HELD = {"weight_decay": "weight_decay", "beta1": "adam_beta1", "beta2": "adam_beta2"}  # by the arguments' names


@emitter
def transformers(request: Request) -> str:
    """TrainingArguments with an equal lr_scheduler_type, else a LambdaLR to give the Trainer with its optimizer."""
    run = request.run
    held = {name: value for name, value in constants(run).items() if name in HELD}
    only_lr = all(name == "lr" or name in held for name in run.tracks)
    found = best(request, _candidates(run, plan_of(request)), ["lr"]) if only_lr else None
    if found is not None and found[1].holds:
        candidate, equality = found
        arguments = {**candidate.written, **{HELD[name]: value for name, value in held.items()}}
        lines = ["training_arguments = {", *(f"    {name!r}: {value!r}," for name, value in arguments.items()), "}"]
        comments = [equality.sentence(OWN), "by lr_scheduler_type; with TrainingArguments(**training_arguments)"]
        return module(comments, request, [], lines, [])
    written = torch_scheduler(request, "which the Trainer steps: Trainer(optimizers=(optimizer, scheduler))")
    usage = "no lr_scheduler_type is equal: give the Trainer the optimizer and this scheduler, with max_steps={:d}"
    comments = [*written.comments, usage.format(run.steps)]
    return module(comments, request, written.imports, written.constants, written.definitions)


def _candidates(run: Run, plan: Plan) -> Iterator[Candidate[dict[str, Any]]]:
    """Arguments by the types that suit the decay, those with the fewest further arguments first."""
    for warmup in dict.fromkeys((plan.warmup, plan.warmup + 1)):
        for name, kwargs in _types(plan):
            yield _candidate(run, plan, name, kwargs, warmup)


def _candidate(run: Run, plan: Plan, name: str, kwargs: dict[str, Any], warmup: int) -> Candidate[dict[str, Any]]:
    arguments: dict[str, Any] = {"learning_rate": plan.peak, "lr_scheduler_type": name}
    if kwargs:
        arguments["lr_scheduler_kwargs"] = kwargs
    arguments |= {"warmup_steps": warmup, "max_steps": run.steps}
    return Candidate(arguments, {"use": "transformers.Trainer", **arguments}, {"lr": plan.peak}, name=name)


def _types(plan: Plan) -> Iterator[tuple[str, dict[str, Any]]]:
    """Types with their arguments."""
    if plan.decay is None:
        yield "constant" if not plan.warmup else "constant_with_warmup", {}
        return
    ratio = plan.ratio
    match plan.decay:
        case Law(exponent=0.5):
            yield "inverse_sqrt", {"timescale": round(plan.decay.scale)}
        case Waves():
            cycles = (plan.steps - plan.begin) / plan.decay.period
            yield "cosine_with_restarts", {"num_cycles": round(cycles)}
        case Ramp(shape="cosine", last=0.0) if not plan.stable:
            yield "cosine", {}
        case Ramp(shape="cosine") if not plan.stable:
            yield "cosine_with_min_lr", {"min_lr": plan.floor}
            yield "cosine_warmup_with_min_lr", {"min_lr": plan.floor}
        case Ramp(shape="linear", last=0.0) if not plan.stable:
            yield "linear", {}
        case Ramp(shape="linear" | "fall") if not plan.stable:
            yield "polynomial", {"power": plan.power, "lr_end": plan.floor}
    shapes = {"linear": "linear", "cosine": "cosine", "sqrt": "1-sqrt"}
    if plan.shape in shapes:
        kwargs = {"num_decay_steps": plan.end - plan.begin, "min_lr_ratio": ratio, "decay_type": shapes[plan.shape]}
        yield "warmup_stable_decay", kwargs
