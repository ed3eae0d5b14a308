"""torchtitan: the sections of its TOML config that hold the schedule."""

from __future__ import annotations

from collections.abc import Iterator

from lrplot.emit import Request, emitter
from lrplot.emit.shared.equality import OWN
from lrplot.emit.shared.own import Candidate, chosen
from lrplot.emit.shared.plan import Plan, plan_of

SHAPES = ("linear", "sqrt", "cosine")


@emitter
def torchtitan(request: Request) -> str:
    """The sections optimizer, lr_scheduler and training of a job config."""
    candidate, equality = chosen(request, "torchtitan", _candidates(plan_of(request)), ["lr"])
    others = [name for name in request.run.tracks if name != "lr"]
    lines = [f"# {equality.sentence(OWN)}", *([f"# not included: {', '.join(others)}"] if others else [])]
    return "\n".join(lines) + "\n" + candidate.written


def _candidates(plan: Plan) -> Iterator[Candidate[str]]:
    shapes = [plan.shape] if plan.shape in SHAPES else ["cosine", "linear"]
    decay = 0 if plan.decay is None else plan.end - plan.begin
    # A warmup that does not begin at 0 may be one update longer than its climb.
    for warmup in dict.fromkeys((plan.warmup + 1, plan.warmup, 0) if plan.warmup else (0,)):
        for shape in shapes:
            ratio = None if decay and not plan.stable else decay / plan.end
            yield _candidate(plan, warmup, shape, ratio)
            if ratio is None:
                yield _candidate(plan, warmup, shape, decay / plan.end)


def _candidate(plan: Plan, warmup: int, shape: str, ratio: float | None) -> Candidate[str]:
    lines = ["[optimizer]", f"lr = {plan.peak!r}", "", "[lr_scheduler]", f"warmup_steps = {warmup}"]
    if plan.end != plan.steps:
        lines.append(f"total_steps = {plan.end}")
    if ratio is not None:
        lines.append(f"decay_ratio = {ratio!r}")
    lines += [f'decay_type = "{shape}"', f"min_lr_factor = {plan.ratio!r}"]
    text = "\n".join([*lines, "", "[training]", f"steps = {plan.steps}"]) + "\n"
    return Candidate(text, None, None, text, ".toml", "torchtitan", name=f"lr_scheduler with a {shape} decay")
