"""Schedulers of torch for a run, or LambdaLR with its functions: for torch and what steps its schedulers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import isclose
from typing import Any

from lrplot.emit import Request
from lrplot.emit.shared.equality import ROUNDING
from lrplot.emit.shared.forms import Exponential, Form, Level, Ramp, Stairs, Triangle, Waves
from lrplot.emit.shared.functions import Function, compared, constants, functions_of, imports, one_line, source, used
from lrplot.emit.shared.module import wrapped
from lrplot.emit.shared.own import Call, Candidate, bases, best, passed_on, peaks, runs_of, schedule_pieces
from lrplot.emit.shared.own import constants as constant_tracks
from lrplot.emit.shared.pieces import Piece
from lrplot.lazy import dataclass
from lrplot.runs.run import Run, group_of, parameter_of

HOME = "torch.optim.lr_scheduler"
MOST_CALLS = 12


@dataclass(frozen=True)
class Written:
    """A scheduler of torch as the parts of a module: comments, imports, constants and definitions."""

    comments: list[str]
    imports: list[list[str]]
    constants: list[str]
    definitions: list[str]


def torch_scheduler(request: Request, usage: str) -> Written:
    """`make_scheduler(optimizer)`: torch's own schedulers if they are the schedule, else LambdaLR.

    `usage` ends the sentence that says how it is stepped.
    """
    found = best(request, candidates(request))
    if found is not None and found[1].holds:
        candidate, equality = found
        rounding = candidate.written.rounding(request.run.steps)
        comments = [equality.sentence(rounding), f"by {HOME}'s own {_names(candidate.written)}", *beside(request.run)]
        home = [f"from {HOME} import {', '.join(candidate.written.names())}"]
        called = sorted({name for each in candidate.written.functions() for name in used(each.text)})
        needed = [[f"from math import {', '.join(called)}"] if called else [], home]
        lr = {} if request.run.lr.base is None and passed_on(request.run, "torch") else candidate.lr or {}
        return Written(
            comments, needed, [], [make_scheduler(request.run, lr, candidate.written.code("optimizer"), usage)]
        )
    return _by_function(request, usage)


def _names(call: Call) -> str:
    return ", ".join(call.names())


def beside(run: Run) -> list[str]:
    """A comment on the parameters that do not change."""
    held = [f"{name} {value!r}" for name, value in constant_tracks(run).items()]
    return [f"these do not change, the optimizer has them: {', '.join(held)}"] if held else []


def make_scheduler(run: Run, lr: Mapping[str, float], returned: str, usage: str) -> str:
    """The text of `make_scheduler`, which sets the base learning rates and returns an expression."""
    groups = [name for name in run.tracks if parameter_of(name) == "lr" and group_of(name)]
    lines = ["def make_scheduler(optimizer):", f'    """The scheduler of `optimizer`, {usage}."""']
    if groups and lr:
        names = ", ".join(one_line(group_of(name)) for name in groups)
        values = ", ".join(repr(lr[name]) for name in groups)
        lines += [
            f"    # parameter groups, in this order: {names}",
            f"    for group, lr in zip(optimizer.param_groups, [{values}], strict=True):",
            '        group["lr"] = lr',
        ]
    elif lr:
        lines += ["    for group in optimizer.param_groups:", f'        group["lr"] = {lr["lr"]!r}']
    return "\n".join([*lines, wrapped(f"    return {returned}")]) + "\n"


def _by_function(request: Request, usage: str) -> Written:
    run = request.run
    held = constant_tracks(run)
    functions = [each for each in functions_of(run, request.comparison) if each.track not in held]
    equality = compared(run, request.comparison, functions)
    base = {name: value or 1.0 for name, value in bases(request).items()}
    rates = [each for each in functions if parameter_of(each.track) == "lr"]
    grouped = [each for each in rates if group_of(each.track)]
    factors = ", ".join(f"lambda step: {each.name}(step) / {base[each.track]!r}" for each in grouped or rates if base)
    moved = [each for each in functions if parameter_of(each.track) != "lr"]
    scheduler = "Scheduler" if moved else "LambdaLR"
    call = f"{scheduler}(optimizer, [{factors}])" if grouped else f"{scheduler}(optimizer, {factors})"
    definitions = [source(each) for each in functions]
    if moved:
        definitions.append(_moving(run, moved, [each.track for each in grouped]))
    definitions.append(make_scheduler(run, base, call, usage))
    by = f"by {HOME}.LambdaLR with a function, as no other scheduler of torch is equal"
    home = [f"from {HOME} import LambdaLR"]
    comments = [equality.sentence(2 * ROUNDING), by, *beside(run)]
    return Written(comments, [imports(functions), home], constants(functions), definitions)


SETTERS = {
    "momentum": [
        'if "betas" in group:',
        '    group["betas"] = ({0}, group["betas"][1])',
        "else:",
        '    group["momentum"] = {0}',
    ],
    "beta1": ['group["betas"] = ({0}, group["betas"][1])'],
    "beta2": ['group["betas"] = (group["betas"][0], {0})'],
    "weight_decay": ['group["weight_decay"] = {0}'],
}


def _moving(run: Run, moved: Sequence[Function], groups: Sequence[str]) -> str:
    """A LambdaLR that sets other parameters too, those of a group if it has its own."""
    lines = [
        "class Scheduler(LambdaLR):",
        '    """Sets other parameters of the optimizer with the learning rate."""',
        "",
        "    def step(self, *args):",
        '        """Set the values of the next update."""',
        "        super().step(*args)",
        "        step = self.last_epoch",
    ]
    own = {each.track: each.name for each in moved}
    parameters = list(dict.fromkeys(parameter_of(each.track) for each in moved))
    if not groups:
        lines.append("        for group in self.optimizer.param_groups:")
        for name in parameters:
            lines += [f"            {line.format(f'{own[name]}(step)')}" for line in SETTERS[name] if name in own]
        return "\n".join(lines) + "\n"
    for index, track in enumerate(groups):
        lines.append(f"        group = self.optimizer.param_groups[{index}]  # {one_line(group_of(track))}")
        for name in parameters:
            function = own.get(f"{name}/{group_of(track)}") or own.get(name)
            if function:
                lines += [f"        {line.format(f'{function}(step)')}" for line in SETTERS[name]]
    return "\n".join(lines) + "\n"


def candidates(request: Request) -> Iterator[Candidate[Call]]:
    """Schedulers of torch's own: that which the run is made of, or one for each of its pieces."""
    if call := passed_on(request.run, "torch"):
        rates = {name: track.base for name, track in request.run.tracks.items() if parameter_of(name) == "lr"}
        yield Candidate(call, call.schedule, {name: base for name, base in rates.items() if base is not None})
    top = peaks(request)
    if not all(value > 0 for value in top.values()):
        return
    pieces = schedule_pieces(request.run)
    for lr in ({**top}, bases(request)):
        call = composed(pieces, lr["lr"])
        if call:
            yield Candidate(call, call.schedule, lr)


def composed(pieces: Sequence[Piece], base: float) -> Call | None:
    """A scheduler for each part of the pieces, one after the other; None if a part has none."""
    if base <= 0:  # the schedulers have shares of it
        return None
    parts: list[tuple[int, Call]] = []
    for group in runs_of(pieces):
        start, stop = group[0].start, group[-1].stop
        form = group[0].form
        held = _held(parts[-1][1], base) if parts else -1.0
        if isinstance(form, Level) and len(group) == 1 and isclose(held, form.value, rel_tol=1e-14):
            continue  # the scheduler before it keeps its last value
        call = _stairs(group, base) if isinstance(form, Level) else _own(form, base, stop - start)
        if call is None:
            return None
        parts.append((start, call))
    if not parts or len(parts) > MOST_CALLS:
        return None
    if len(parts) == 1:
        return parts[0][1]
    calls, starts = [call for _, call in parts], [start for start, _ in parts[1:]]
    return Call("torch.SequentialLR", {"schedulers": calls, "milestones": starts})


def _held(call: Call, base: float) -> float:
    """The value that a scheduler keeps after its end; -1 if it keeps none."""
    match call.title:
        case "LinearLR":
            return float(base * call.arguments["end_factor"])
        case "PolynomialLR":
            return 0.0
    return -1.0


def _own(form: Form, base: float, length: int) -> Call | None:
    match form:
        case Ramp(shape="linear") if (form.first > 0 or form.lead) and form.last >= 0:
            span = form.span - form.lead
            first = form.first + (form.last - form.first) * form.lead / form.span
            return Call(
                "torch.LinearLR", {"start_factor": first / base, "end_factor": form.last / base, "total_iters": span}
            )
        case Ramp(shape="cosine", lead=0) if isclose(form.first, base, rel_tol=1e-14) and form.last < form.first:
            return Call("torch.CosineAnnealingLR", {"T_max": form.span, "eta_min": form.last})
        case Ramp(shape="linear" | "fall", lead=0, last=0.0) if isclose(form.first, base, rel_tol=1e-14):
            return Call("torch.PolynomialLR", {"total_iters": form.span, "power": form.parameter})
        case Ramp(shape="geometric", lead=0) if isclose(form.first, base, rel_tol=1e-14):
            return Call("torch.ExponentialLR", {"gamma": (form.last / form.first) ** (1 / form.span)})
        case Exponential(every=1, staircase=False) if isclose(form.first, base, rel_tol=1e-14):
            return Call("torch.ExponentialLR", {"gamma": form.gamma})
        case Exponential(staircase=True) if isclose(form.first, base, rel_tol=1e-14):
            return Call("torch.StepLR", {"step_size": form.every, "gamma": form.gamma})
        case Stairs() if isclose(form.levels[0], base, rel_tol=1e-14):
            return _drops(list(form.edges), list(form.levels), length)
        case Waves(decay=1.0) if isclose(form.first, base, rel_tol=1e-14):
            return Call("torch.CosineAnnealingWarmRestarts", {"T_0": form.period, "eta_min": form.last})
        case Triangle():
            mode = "triangular2" if form.halving else "triangular" if form.gamma == 1 else "exp_range"
            arguments: dict[str, Any] = {"base_lr": form.low, "max_lr": form.high, "step_size_up": form.up}
            arguments |= {"step_size_down": form.down} if form.down != form.up else {}
            arguments |= {"mode": mode} if mode != "triangular" else {}
            arguments |= {"gamma": form.gamma} if mode == "exp_range" else {}
            return Call("torch.CyclicLR", {**arguments, "cycle_momentum": False})
    return None


def _stairs(group: Sequence[Piece], base: float) -> Call | None:
    """A scheduler for constant values, one after the other."""
    levels = [piece.form.value for piece in group if isinstance(piece.form, Level)]
    edges = [piece.start - group[0].start for piece in group[1:]]
    if len(levels) == 1:
        return Call("torch.ConstantLR", {"factor": levels[0] / base, "total_iters": group[0].stop - group[0].start})
    return _drops(edges, levels, group[-1].stop - group[0].start) if isclose(levels[0], base, rel_tol=1e-14) else None


def _drops(edges: list[int], levels: list[float], length: int) -> Call | None:
    """Drops by the same factor within `length` updates."""
    ratios = [after / before if before else 0.0 for before, after in pairwise(levels)]
    gamma = max(ratios)
    if any(not isclose(ratio, gamma, rel_tol=1e-12) for ratio in ratios):
        return None
    gamma = float(f"{gamma:.12g}")
    if len(edges) > 1 and edges == [*range(edges[0], length, edges[0])]:
        return Call("torch.StepLR", {"step_size": edges[0], "gamma": gamma})
    return Call("torch.MultiStepLR", {"milestones": edges, "gamma": gamma})
