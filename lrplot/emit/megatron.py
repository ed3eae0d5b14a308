"""Megatron-LM: the arguments that hold the schedule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lrplot.emit import Request, emitter
from lrplot.emit.shared.equality import OWN
from lrplot.emit.shared.own import Candidate, chosen, constants
from lrplot.emit.shared.plan import Plan, plan_of

STYLES = {"linear": "linear", "cosine": "cosine"}
WSD = {"linear": "linear", "cosine": "cosine", "sqrt": "minus_sqrt"}


@emitter
def megatron(request: Request) -> str:
    """Arguments of pretrain_gpt.py, one a line."""
    held = {name: value for name, value in constants(request.run).items() if name == "weight_decay"}
    candidate, equality = chosen(request, "megatron", _candidates(plan_of(request), held), ["lr", *held])
    others = [name for name in request.run.tracks if name != "lr" and name not in held]
    lines = [f"# {equality.sentence(OWN)}", *([f"# not included: {', '.join(others)}"] if others else [])]
    return "\n".join(lines) + "\n" + candidate.written


def _candidates(plan: Plan, held: Mapping[str, float]) -> Iterator[Candidate[str]]:
    flags: dict[str, object] = {"train-iters": plan.steps, "lr": plan.peak, "min-lr": plan.floor}
    if plan.warmup:
        flags["lr-warmup-iters"] = plan.warmup
        if plan.start:
            flags["lr-warmup-init"] = plan.start
    end = {"lr-decay-iters": max(plan.end, plan.warmup + 1)}
    for more in _styles(plan):
        yield _candidate({**flags, **end, **more, **{name.replace("_", "-"): value for name, value in held.items()}})


def _styles(plan: Plan) -> Iterator[dict[str, object]]:
    if plan.decay is not None:
        yield from _decays(plan)
    yield {"lr-decay-style": "constant"}


def _decays(plan: Plan) -> Iterator[dict[str, object]]:
    if not plan.stable and plan.shape in STYLES:
        yield {"lr-decay-style": STYLES[plan.shape]}
    wsd = {"lr-decay-style": "WSD", "lr-wsd-decay-iters": plan.end - plan.begin}
    if plan.shape in WSD:
        yield {**wsd, "lr-wsd-decay-style": WSD[plan.shape]}
        return
    yield {"lr-decay-style": "inverse-square-root"}
    yield {**wsd, "lr-wsd-decay-style": "exponential"}
    yield {**wsd, "lr-wsd-decay-style": "cosine"}


def _candidate(flags: Mapping[str, object]) -> Candidate[str]:
    lines = [f"--{name} {value}" for name, value in flags.items()]
    text = " \\\n".join(lines) + "\n"
    style = f"--lr-decay-style {flags['lr-decay-style']}"
    return Candidate(text, None, None, text, ".sh", "megatron", name=style)
