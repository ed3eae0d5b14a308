"""DeepSpeed: the optimizer and the scheduler of its JSON config."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product

from lrplot.emit import Request, emitter
from lrplot.emit.shared.own import Call, Candidate, chosen, constants, passed_on, peaks, schedule_pieces
from lrplot.emit.shared.plan import Plan, plan_of
from lrplot.emit.shared.torch_schedulers import composed
from lrplot.runs.run import Run


@emitter
def deepspeed(request: Request) -> str:
    """The parts of a DeepSpeed config: JSON, in which the key `//` is the comment."""
    candidate, equality = chosen(request, "deepspeed", _candidates(request), ["lr"])
    left_out = [name for name in request.run.tracks if name != "lr" and name not in _optimizer(request.run)]
    rounding = candidate.written.rounding(request.run.steps)
    said = [f"# {equality.sentence(rounding)}", *([f"not included: {', '.join(left_out)}"] if left_out else [])]
    first, rest = json.dumps({"//": "; ".join(said)}), json.dumps(json.loads(candidate.text), indent=2)
    return f"{first[:-1]},{rest[1:]}\n"


def _optimizer(run: Run) -> dict[str, float]:
    """The values that the config gives the optimizer."""
    return {name: value for name, value in constants(run).items() if name in ("weight_decay", "momentum")}


def _candidates(request: Request) -> Iterator[Candidate[Call]]:
    run = request.run
    top = peaks(request)["lr"]
    base = run.lr.base or top
    calls = [(passed_on(run, "deepspeed"), base), (passed_on(run, "torch"), base)]
    calls.append((composed(schedule_pieces(run), top), top))
    for call, lr in (*calls, *((call, top) for call in _calls(plan_of(request)))):
        if call and len([*call.all()]) == 1 and not [*call.functions()]:  # JSON has no others
            yield _candidate(run, call, lr)


def _candidate(run: Run, call: Call, lr: float) -> Candidate[Call]:
    params = {"lr": lr, **_optimizer(run)}
    kind = "SGD" if "momentum" in params else "AdamW"
    config = {
        "optimizer": {"type": kind, "params": params},
        "scheduler": {"type": call.title, "params": dict(call.arguments)},
    }
    settings = (f"steps={run.steps}",)
    return Candidate(call, None, None, json.dumps(config), ".json", "deepspeed", settings, call.title)


def _calls(plan: Plan) -> Iterator[Call]:
    """DeepSpeed's own schedulers, with the warmup and the end an update earlier or later, and torch's without one."""
    ends = [plan.end + more for more in (0, -1, 1)]
    warmups = [plan.warmup + more for more in (0, -1, 1) if plan.warmup + more >= 0]
    for total, warmup, shape in product(ends, warmups, ("linear", "log")):
        steps = {"warmup_num_steps": warmup, "warmup_type": shape}
        levels = {"warmup_min_lr": plan.start, "warmup_max_lr": plan.peak}
        yield Call("deepspeed.WarmupLR", {**levels, **steps})
        yield Call("deepspeed.WarmupDecayLR", {"total_num_steps": total, **levels, **steps})
        ratios = {"warmup_min_ratio": plan.start / plan.peak if plan.peak else 0.0, "cos_min_ratio": plan.ratio}
        yield Call("deepspeed.WarmupCosineLR", {"total_num_steps": total, **ratios, **steps})
    yield Call("torch.CosineAnnealingLR", {"T_max": plan.end, "eta_min": plan.floor})
    yield Call("torch.LinearLR", {"start_factor": 1.0, "end_factor": plan.ratio, "total_iters": plan.end})
