"""DeepSpeed: the optimizer and the scheduler of its JSON config."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from typing import Any

from lrplot.emit import Request, emitter
from lrplot.emit.shared.equality import OWN
from lrplot.emit.shared.own import Call, Candidate, chosen, constants, passed_on, peaks, schedule_pieces
from lrplot.emit.shared.plan import Plan, plan_of
from lrplot.emit.shared.torch_schedulers import composed
from lrplot.runs.run import Run


@emitter
def deepspeed(request: Request) -> str:
    """The parts of a DeepSpeed config: JSON, in which the key `//` is the comment."""
    candidate, equality = chosen(request, "deepspeed", _candidates(request), ["lr"])
    left_out = [name for name in request.run.tracks if name != "lr" and name not in _optimizer(request.run)]
    said = [f"# {equality.sentence(OWN)}", *([f"not said here: {', '.join(left_out)}"] if left_out else [])]
    return _text(candidate.written, "; ".join(said))


def _text(config: dict[str, Any], comment: str) -> str:
    """JSON whose first line has the comment."""
    first, rest = json.dumps({"//": comment})[:-1], json.dumps(config, indent=2)
    return f"{first},{rest[1:]}\n"


def _optimizer(run: Run) -> dict[str, float]:
    """The values that the config gives the optimizer."""
    return {name: value for name, value in constants(run).items() if name in ("weight_decay", "momentum")}


def _candidates(request: Request) -> Iterator[Candidate[dict[str, Any]]]:
    run = request.run
    top = peaks(request)["lr"]
    base = run.lr.base or top
    if call := passed_on(run, "deepspeed"):
        yield _candidate(run, call, base)
    if call := passed_on(run, "torch"):
        yield _candidate(run, call, base)
    call = composed(schedule_pieces(run), top)
    if call and not any(
        isinstance(value, list) and value and isinstance(value[0], Call) for value in call.arguments.values()
    ):
        yield _candidate(run, call, top)
    for call in _calls(plan_of(request)):
        yield _candidate(run, call, top)


def _candidate(run: Run, call: Call, lr: float) -> Candidate[dict[str, Any]]:
    params = {"lr": lr, **_optimizer(run)}
    kind = "SGD" if "momentum" in params else "AdamW"
    config = {
        "optimizer": {"type": kind, "params": params},
        "scheduler": {"type": call.title, "params": dict(call.arguments)},
    }
    try:
        text = json.dumps(config)
    except TypeError:  # a function has no JSON
        text = "{}"
    return Candidate(config, None, None, text, ".json", "deepspeed", (f"steps={run.steps}",), call.title)


def _calls(plan: Plan) -> Iterator[Call]:
    """DeepSpeed's own schedulers, with the warmup and the end an update earlier or later."""
    ends = [plan.end + more for more in (0, -1, 1)]
    warmups = [plan.warmup + more for more in (0, -1, 1) if plan.warmup + more >= 0]
    for total, warmup, shape in product(ends, warmups, ("linear", "log")):
        steps = {"warmup_num_steps": warmup, "warmup_type": shape}
        levels = {"warmup_min_lr": plan.start, "warmup_max_lr": plan.peak}
        yield Call("deepspeed.WarmupLR", {**levels, **steps})
        yield Call("deepspeed.WarmupDecayLR", {"total_num_steps": total, **levels, **steps})
        ratios = {"warmup_min_ratio": plan.start / plan.peak if plan.peak else 0.0, "cos_min_ratio": plan.ratio}
        yield Call("deepspeed.WarmupCosineLR", {"total_num_steps": total, **ratios, **steps})
