"""Composer: the optimizer, the scheduler and the duration of an llm-foundry config."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lrplot.emit import Request, emitter
from lrplot.emit.shared.equality import OWN
from lrplot.emit.shared.own import Candidate, chosen, constants
from lrplot.emit.shared.plan import Plan, plan_of
from lrplot.runs.run import Run
from lrplot.text.objects import read_mapping
from lrplot.text.tree import Mapping
from lrplot.text.write import write_yaml


@emitter
def composer(request: Request) -> str:
    """The keys of an llm-foundry config: YAML."""
    held = {name: value for name, value in constants(request.run).items() if name == "weight_decay"}
    candidates = _candidates(request.run, plan_of(request), held)
    candidate, equality = chosen(request, "composer", candidates, ["lr"])
    others = [name for name in request.run.tracks if name != "lr" and name not in held]
    lines = [f"# {equality.sentence(OWN)}", *([f"# not included: {', '.join(others)}"] if others else [])]
    return "\n".join(lines) + "\n" + candidate.written


def _candidates(run: Run, plan: Plan, held: dict[str, float]) -> Iterator[Candidate[str]]:
    for scheduler in _schedulers(plan):
        yield _candidate(run, scheduler, plan.peak, held)


def _schedulers(plan: Plan) -> Iterator[dict[str, Any]]:
    """Schedulers, which Composer steps one batch late: those that begin one batch earlier first."""
    for late in (1, 0):
        # Composer has no schedule that ends before the run.
        warmup, end = max(plan.warmup - late, 0), max(plan.end - late, plan.steps)
        times = {"t_warmup": f"{warmup}ba"} | ({"t_max": f"{end}ba"} if end != plan.steps else {})
        ratio = plan.ratio
        if plan.decay is None:
            yield {"name": "constant_with_warmup", "t_warmup": f"{warmup}ba"}
        if plan.shape in ("linear", "fall", ""):
            yield {"name": "linear_decay_with_warmup", **times, "alpha_f": ratio}
        yield {"name": "cosine_with_warmup", **times, "alpha_f": ratio}


def _candidate(run: Run, scheduler: dict[str, Any], lr: float, held: dict[str, float]) -> Candidate[str]:
    optimizer = {"name": "decoupled_adamw", "lr": lr, **held}
    tree = read_mapping({"max_duration": f"{run.steps}ba", "optimizer": optimizer, "scheduler": scheduler})
    assert isinstance(tree, Mapping)
    text = write_yaml(tree)
    return Candidate(text, None, None, text, ".yaml", "llm-foundry", name=scheduler["name"])
