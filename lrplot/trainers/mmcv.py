"""mmcv's configs before 2.0 (the older OpenMMLab): Python assignments with `optimizer` and `lr_config`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import accumulate
from math import ceil
from typing import Annotated, Any, Literal

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.lazy import dataclass
from lrplot.schema.fields import Inline
from lrplot.schema.records import record
from lrplot.schema.types import Count, Flag, Many, Number, Record, Text
from lrplot.text.tree import Node, Scalar
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.config import Config, missing, number
from lrplot.trainers.shared.paramwise import groups

MARKS = ("optimizer", "lr_config", "optimizer_config", "runner", "total_epochs", "checkpoint_config", "data", "model")


@record
class Optimizer:
    """The optimizer's arguments.

    Args:
        lr: the learning rate
        momentum: momentum of SGD
        weight_decay: weight decay
        betas: coefficients of Adam
    """

    lr: Annotated[float | None, Number(at_least=0), Role.PEAK] = None
    momentum: Annotated[float | None, Number()] = None
    weight_decay: Annotated[float | None, Number()] = None
    betas: Annotated[tuple[float, ...], Many(Number())] = ()


@record
class Policy:
    """The schedule.

    Args:
        policy: its name, in any case
        by_epoch: move by epochs, not by iterations
        warmup: shape of the warmup; none if absent
        warmup_iters: its length in iterations
        warmup_ratio: its first value as a share
        warmup_by_epoch: the warmup's length is in epochs
        step: when the learning rate drops: a list of times, or the time between two
        gamma: factor of each drop
        power: exponent of a polynomial
        min_lr: the least learning rate
        min_lr_ratio: the same as a share
        target_ratio: the ends of a cycle's two halves as multiples
        cyclic_times: number of cycles
        step_ratio_up: the share of a cycle that goes up
        max_lr: the peak of a 1cycle
        total_steps: its length
        pct_start: the share of it that goes up
        div_factor: its peak is this many times the start
        final_div_factor: its start is this many times the end
        three_phase: it falls back to the start, then on to the end
        anneal_strategy: shape of a cycle's parts
        start_percent: the share of the run before a cosine begins
        periods: lengths of a cosine's restarts
        restart_weights: the start of each of them, as a share of the way down
    """

    policy: Annotated[str, Text()] = "fixed"
    by_epoch: Annotated[bool, Flag()] = True
    warmup: Literal["constant", "linear", "exp"] | None = None
    warmup_iters: Annotated[int, Count(at_least=0), Role.WARMUP] = 0
    warmup_ratio: Annotated[float, Number(), Role.START] = 0.1
    warmup_by_epoch: Annotated[bool, Flag()] = False
    step: Annotated[tuple[int, ...], Many(Count(), single=True), Role.MILESTONES] = ()
    gamma: Annotated[float | None, Number()] = None
    power: Annotated[float, Number()] = 1.0
    min_lr: Annotated[float | None, Number(at_least=0), Role.FLOOR] = None
    min_lr_ratio: Annotated[float | None, Number(at_least=0), Role.FLOOR] = None
    target_ratio: Annotated[tuple[float, ...], Many(Number(), single=True)] = (10.0, 1e-4)
    cyclic_times: Annotated[int, Count()] = 1
    step_ratio_up: Annotated[float, Number(at_least=0, at_most=1)] = 0.4
    max_lr: Annotated[float | None, Number()] = None
    total_steps: Annotated[int | None, Count(), Role.HORIZON] = None
    pct_start: Annotated[float, Number()] = 0.3
    div_factor: Annotated[float, Number()] = 25.0
    final_div_factor: Annotated[float, Number()] = 1e4
    three_phase: Annotated[bool, Flag()] = False
    anneal_strategy: Literal["cos", "linear"] = "cos"
    start_percent: Annotated[float, Number(at_least=0, at_most=1)] = 0.75
    periods: Annotated[tuple[int, ...], Many(Count()), Role.PERIOD] = ()
    restart_weights: Annotated[tuple[float, ...], Many(Number())] = (1.0,)


@record
class MomentumPolicy(Policy):
    """The schedule of the momentum.

    Args:
        min_momentum: the least momentum
        min_momentum_ratio: the same as a share
    """

    min_momentum: Annotated[float | None, Number(at_least=0)] = None
    min_momentum_ratio: Annotated[float | None, Number(at_least=0)] = None


@record
class Runner:
    """The loop.

    Args:
        max_epochs: epochs of the run
        max_iters: iterations of the run
    """

    max_epochs: Annotated[int | None, Count(), Role.HORIZON] = None
    max_iters: Annotated[int | None, Count(), Role.HORIZON] = None


@record
class Data:
    """The data.

    Args:
        samples_per_gpu: examples in a batch of one process
    """

    samples_per_gpu: Annotated[int | None, Count()] = None


@record
class Keys:
    """The keys that determine the schedule.

    Args:
        optimizer: the optimizer
        lr_config: the schedule
        momentum_config: the schedule of the momentum
        runner: the loop
        total_epochs: epochs of the run, before there was a `runner`
        total_iters: iterations of the run, likewise
        data: the data
    """

    optimizer: Annotated[Optimizer | None, Record(Optimizer), Role.PEAK] = None
    lr_config: Annotated[Policy | None, Record(Policy), Role.CURVE] = None
    momentum_config: Annotated[MomentumPolicy | None, Record(MomentumPolicy)] = None
    runner: Annotated[Runner | None, Record(Runner), Role.HORIZON] = None
    total_epochs: Annotated[int | None, Count(), Role.HORIZON] = None
    total_iters: Annotated[int | None, Count(), Role.HORIZON] = None
    data: Annotated[Data | None, Record(Data)] = None


KeysField = Annotated[Keys, Inline(Keys)]


@trainer("mmcv", marks=MARKS, surely=("lr_config",), never=("optim_wrapper",))
def mmcv_config(config: Config, keys: KeysField) -> Content:
    """MMCV config: Python with `optimizer` and `lr_config`, of OpenMMLab before mmengine.

    A step is an iteration. During the warmup the value is that of the policy, times a factor.

    Source: mmcv/runner/hooks/lr_updater.py
    """
    optimizer, policy = keys.optimizer or Optimizer(), keys.lr_config or Policy()
    if optimizer.lr is None:
        message = "`optimizer` has no `lr`: it is of several, or a class of its own builds it"
        raise Fault(message, code="undetermined").at(config.place("optimizer"))
    policy.by_epoch = policy.by_epoch and policy.policy.lower() not in BY_ITERATION
    length, scope = _length(config, keys, policy, optimizer.lr)
    own = groups(config, "optimizer", optimizer.lr, optimizer.weight_decay) or {}
    for values in own.values():
        if "lr" in values:
            values["schedule"] = _schedule(config, policy, replace(scope, lr=number(values["lr"]) or 0.0))
    return {
        **length,
        "lr": config.at(optimizer.lr, "optimizer.lr"),
        **_momenta(config, keys, optimizer, scope),
        "weight_decay": optimizer.weight_decay,
        "schedule": _schedule(config, policy, scope),
        "groups": own or None,
    }


def _momenta(config: Config, keys: Keys, optimizer: Optimizer, scope: Scope) -> Content:
    """The momentum, or Adam's first coefficient, and the policy that moves it.

    Source: mmcv/runner/hooks/momentum_updater.py
    """
    second = optimizer.betas[1] if len(optimizer.betas) > 1 else None
    name = "beta1" if optimizer.momentum is None and optimizer.betas else "momentum"
    value = optimizer.betas[0] if name == "beta1" else optimizer.momentum
    content: Content = {name: value, "beta2": second}
    policy = keys.momentum_config
    if policy is None or value is None:
        return content
    if policy.policy.lower() not in MOMENTA or (policy.warmup is not None and policy.warmup_iters > 0):
        config.derivation.append("the policy of the momentum is not shown")
        return content
    cycles = policy.policy.lower() in BY_ITERATION
    target = LOW_MOMENTUM if config.node("momentum_config.target_ratio") is None else policy.target_ratio
    gamma = 0.5 if policy.gamma is None else policy.gamma
    moved = replace(policy, by_epoch=policy.by_epoch and not cycles, target_ratio=target, gamma=gamma)
    moved.min_lr, moved.min_lr_ratio = policy.min_momentum, policy.min_momentum_ratio
    return content | {name: _regular(config, moved, replace(scope, lr=value, base=value, at="momentum_config"))}


def _length(config: Config, keys: Keys, policy: Policy, lr: float) -> tuple[Content, Scope]:
    """The run's length, with the iterations of an epoch if they are known; the scope of the policy."""
    runner = keys.runner or Runner()
    steps = config.fact("steps")
    iterations = runner.max_iters or keys.total_iters
    epochs = config.fact("epochs") or runner.max_epochs or keys.total_epochs
    per_epoch = _per_epoch(config, keys)
    warms = policy.warmup is not None and policy.warmup_iters > 0
    if epochs is None and iterations is None and steps is None:
        raise missing("how long the run is (`runner` or `total_epochs`)", ("steps",), ("epochs",))
    by_iteration = iterations is not None and (epochs is None or runner.max_iters is not None)
    mixes = policy.by_epoch if by_iteration or steps else not policy.by_epoch or (warms and not policy.warmup_by_epoch)
    if per_epoch is None and mixes and (warms or policy.policy.lower() != "fixed"):
        facts = ("dataset_size", "devices")
        ways = (("steps_per_epoch",), facts) if keys.data and keys.data.samples_per_gpu else (("steps_per_epoch",),)
        raise missing("how many iterations an epoch has: some times count iterations, others epochs", *ways)
    if steps or by_iteration:
        places = "steps", "runner.max_iters", "total_iters"
        total = steps or iterations
        total = total or 0
        scope = Scope(lr, total, epochs=epochs or ceil(total / (per_epoch or 1)))
        return {"steps": config.at(total, *places), "steps_per_epoch": per_epoch}, scope
    place = config.at(epochs, "epochs", "runner.max_epochs", "total_epochs")
    epochs = epochs or 0
    return {"epochs": place, "steps_per_epoch": per_epoch}, Scope(lr, epochs * (per_epoch or 1), epochs=epochs)


def _per_epoch(config: Config, keys: Keys) -> int | None:
    """Iterations of an epoch; None if they are not known."""
    given, examples, devices = (config.fact(name) for name in ("steps_per_epoch", "dataset_size", "devices"))
    batch = keys.data.samples_per_gpu if keys.data else None
    if given is not None or not (examples and devices and batch):
        return given
    iterations = ceil(ceil(examples / devices) / batch)
    config.derivation.append(
        f"{examples:,} examples ÷ {devices:,} processes ÷ {batch:,} a batch = {iterations:,} iterations"
    )
    return iterations


@dataclass(frozen=True)
class Scope:
    """The surroundings of a policy: the learning rate, the run's steps and epochs, what a factor of 1 is.

    `at` is the path of the policy's section.
    """

    lr: float
    total: int
    base: float = 1.0
    epochs: int = 0
    at: str = "lr_config"

    @property
    def factor(self) -> float:
        """The factor from a learning rate to a multiple of the base."""
        return self.base / self.lr if self.lr else 1.0


def _schedule(config: Config, policy: Policy, scope: Scope) -> Any:
    """The policy, under its warmup if it has one."""
    name = policy.policy.lower()
    if name not in POLICIES:
        message = f"the policy `{policy.policy}` is not read, only {', '.join(POLICIES)}"
        raise Fault(message, code="undetermined").at(config.place("lr_config.policy"))
    warms = policy.warmup is not None and policy.warmup_iters > 0
    regular = _regular(config, policy, scope if warms else replace(scope, base=scope.lr))
    if not warms:
        return regular
    unit = " epochs" if policy.warmup_by_epoch else " steps"
    span = config.at(f"{policy.warmup_iters}{unit}", "lr_config.warmup_iters")
    first = config.at(policy.warmup_ratio, "lr_config.warmup_ratio")
    if policy.warmup == "constant":
        share: Content = {"kind": "multistep", "milestones": [span], "values": [first, 1]}
    else:
        share = {"kind": "warmup", "from": first, "to": 1, "shape": SHAPES[policy.warmup or ""], "for": span}
    of = [regular, [share] if "for" in share else share]
    return {"kind": "product", "of": of, "from": config.at(scope.lr, "optimizer.lr")}


def _regular(config: Config, policy: Policy, scope: Scope) -> Node:
    """The policy without its warmup."""
    regular = POLICIES[policy.policy.lower()](config, policy, scope)
    if policy.by_epoch:
        regular["interval"] = "epoch"
    return config.at(regular, f"{scope.at}.policy")


def _floor(config: Config, policy: Policy, scope: Scope) -> Any:
    """The least value, in multiples of the base."""
    return config.at(_least(policy, scope), f"{scope.at}.min_lr_ratio", f"{scope.at}.min_lr")


def _least(policy: Policy, scope: Scope) -> float:
    if policy.min_lr_ratio is not None:
        return policy.min_lr_ratio * scope.base
    return (policy.min_lr or 0.0) * scope.factor


def _step(config: Config, policy: Policy, scope: Scope) -> Content:
    gamma = 0.1 if policy.gamma is None else policy.gamma
    unit = " epochs" if policy.by_epoch else " steps"
    times = config.at([f"{each}{unit}" for each in policy.step], f"{scope.at}.step")
    content: Content = {"kind": "multistep", "from": scope.base, "milestones": times, "gamma": gamma}
    if isinstance(config.node(f"{scope.at}.step"), Scalar):  # the time between two drops
        every = config.at(f"{policy.step[0]}{unit}", f"{scope.at}.step")
        content = {"kind": "step", "from": scope.base, "every": every, "gamma": gamma}
    return content | ({"min": _floor(config, policy, scope)} if policy.min_lr else {})


def _fixed(config: Config, policy: Policy, scope: Scope) -> Content:
    return {"kind": "constant"}


def _exponential(config: Config, policy: Policy, scope: Scope) -> Content:
    if policy.gamma is None:
        raise Fault("the policy `exp` needs `gamma`", code="missing-field").at(config.place(scope.at))
    every = "1 epochs" if policy.by_epoch else "1 steps"
    return {"kind": "exponential", "gamma": config.at(policy.gamma, f"{scope.at}.gamma"), "every": every}


def _polynomial(config: Config, policy: Policy, scope: Scope) -> Content:
    return {"kind": "polynomial", "power": policy.power, "to": _floor(config, policy, scope)}


def _cosine(config: Config, policy: Policy, scope: Scope) -> Content:
    return {"kind": "cosine", "from": scope.base, "to": _floor(config, policy, scope)}


def _flat_cosine(config: Config, policy: Policy, scope: Scope) -> Content:
    """A constant, then half a cosine; both in whole epochs if it moves by them."""
    start = round((scope.epochs if policy.by_epoch else scope.total) * policy.start_percent)
    flat = f"{start}{' epochs' if policy.by_epoch else ' steps'}"
    place = config.at(flat, f"{scope.at}.start_percent")
    return {"kind": "sequence", "of": [{"kind": "constant", "for": place}, _cosine(config, policy, scope)]}


def _restarts(config: Config, policy: Policy, scope: Scope) -> Content:
    """Half cosines to the same floor; the weight of each one is the share of the way down at which it starts."""
    periods, weights, place = policy.periods, policy.restart_weights, config.place(f"{scope.at}.periods", scope.at)
    if len(periods) != len(weights):
        raise Fault("AssertionError: periods and restart_weights should have the same length.").at(place)
    length = scope.epochs if policy.by_epoch else scope.total
    if sum(periods) < length:
        ends = list(accumulate(periods))
        raise Fault(f"ValueError: Current iteration {sum(periods)} exceeds cumulative_periods {ends}").at(place)
    low, base, unit = _least(policy, scope), scope.base, " epochs" if policy.by_epoch else " steps"
    phases = [
        {
            "kind": "cosine",
            "from": low + weight * (base - low),
            "to": low,
            "for": config.at(f"{period}{unit}", f"{scope.at}.periods"),
        }
        for period, weight in zip(periods, weights, strict=True)
    ]
    return {"kind": "sequence", "of": phases}


def _inverse(config: Config, policy: Policy, scope: Scope) -> Content:
    if policy.gamma is None:
        raise Fault("the policy `inv` needs `gamma`", code="missing-field").at(config.place(scope.at))
    every = "1 epochs" if policy.by_epoch else "1 steps"
    rate = config.at(policy.gamma, f"{scope.at}.gamma")
    return {"kind": "power_law", "exponent": policy.power, "rate": rate, "every": every}


def _linear(config: Config, policy: Policy, scope: Scope) -> Content:
    return {"kind": "linear", "from": scope.base, "to": _floor(config, policy, scope)}


def _cyclic(config: Config, policy: Policy, scope: Scope) -> Content:
    """A way up and one down, `cyclic_times` times, and again in what is left of the run; `gamma` shrinks the tops."""
    length = scope.total // policy.cyclic_times
    up = int(policy.step_ratio_up * length)
    if not policy.target_ratio or not 0 < up < length:
        message = "each half of a cycle needs an iteration, and `target_ratio` a number"
        raise Fault(message).at(config.place(f"{scope.at}.policy"))
    top, *rest = policy.target_ratio
    low, gamma = rest[0] if rest else top / 1e5, 1.0 if policy.gamma is None else policy.gamma
    shape = "cosine" if policy.anneal_strategy == "cos" else "linear"

    def cycle(peak: float) -> list[Content]:
        rise = {"kind": "warmup", "shape": shape, "from": scope.base, "to": scope.base * peak, "for": up}
        fall = {"kind": shape, "from": scope.base * peak, "to": scope.base * low, "for": length - up}
        return [rise, fall]

    if gamma == 1:
        return {"kind": "repeat", "of": cycle(top)}
    count = -(-scope.total // length)
    if count > MOST_CYCLES:
        raise Fault(f"more than {MOST_CYCLES} cycles", code="too-large").at(config.place(f"{scope.at}.cyclic_times"))
    return {"kind": "sequence", "of": [phase for i in range(count) for phase in cycle(1 + gamma**i * (top - 1))]}


def _one_cycle(config: Config, policy: Policy, scope: Scope) -> Content:
    if policy.max_lr is None:
        raise Fault("the policy `OneCycle` needs `max_lr`", code="missing-field").at(config.place(scope.at))
    return {
        "use": "torch.OneCycleLR",
        "max_lr": config.at(policy.max_lr * scope.factor, f"{scope.at}.max_lr"),
        "total_steps": config.at(policy.total_steps or scope.total, f"{scope.at}.total_steps"),
        "pct_start": config.at(policy.pct_start, f"{scope.at}.pct_start"),
        "div_factor": config.at(policy.div_factor, f"{scope.at}.div_factor"),
        "final_div_factor": config.at(policy.final_div_factor, f"{scope.at}.final_div_factor"),
        "three_phase": policy.three_phase,
        "anneal_strategy": policy.anneal_strategy,
        "cycle_momentum": False,
    }


SHAPES = {"linear": "linear", "exp": "exponential"}
BY_ITERATION = ("cyclic", "onecycle")
MOMENTA = ("step", "cosineannealing", "linearannealing", "cyclic")  # policies of the momentum that are shown
LOW_MOMENTUM = (0.85 / 0.95, 1.0)  # the ends of a cycle's two halves, by default
MOST_CYCLES = 500  # that differ from one another
POLICIES: dict[str, Callable[[Config, Policy, Scope], Content]] = {
    "step": _step,
    "fixed": _fixed,
    "exp": _exponential,
    "poly": _polynomial,
    "cosineannealing": _cosine,
    "flatcosineannealing": _flat_cosine,
    "cosinerestart": _restarts,
    "linearannealing": _linear,
    "inv": _inverse,
    "cyclic": _cyclic,
    "onecycle": _one_cycle,
}
