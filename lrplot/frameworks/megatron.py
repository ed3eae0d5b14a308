"""Megatron-Core: megatron.core.optimizer_param_scheduler.

The value at update k is the one after the constructor and k calls of `step(increment)`: a function of
n = k·increment. Megatron-LM steps by the global batch size, so that n and all lengths are in samples there.
The values are those of param groups without overrides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from math import floor
from typing import Annotated, Any, Literal

import numpy as np

from lrplot.curves.clocks import Stepped
from lrplot.curves.curve import Curve, Flat, direction
from lrplot.curves.exceptions import FLOAT_DIVISION
from lrplot.curves.formulas import Formula, until
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase
from lrplot.curves.sequence import Sequence as InTurn
from lrplot.curves.shapes import Floats
from lrplot.curves.tracks import Tracks
from lrplot.curves.wrappers import Bounded, Lasting
from lrplot.diagnostics import Fault
from lrplot.frameworks.shared.arguments import A_WARMUP, FloorField, PeakField, StartField
from lrplot.frameworks.shared.framework import Framework
from lrplot.frameworks.shared.resuming import group_of, own_base
from lrplot.frameworks.shared.shares import Share, done, left, root_left, waves_left
from lrplot.lazy import dataclass
from lrplot.schema.annotations import FlagField, NumberField, OptionalNumber
from lrplot.schema.fields import Example
from lrplot.schema.frame import Frame
from lrplot.schema.resuming import Call, Checkpoint, Restored, Resuming, after_first, value_at
from lrplot.schema.types import Count

RATES = ("max_lr", "min_lr", "lr_warmup_steps", "lr_decay_steps", "lr_decay_style")
DECAYS = ("start_wd", "end_wd", "wd_incr_steps", "wd_incr_style")


class Numbered(Resuming):
    """Loading steps by the saved number of steps, and so writes the values at once.

    A state has the arguments in `RATES` and `DECAYS`. The checkpoint's win, unless the scheduler overrides them; if it
    does neither, they have to be equal. The step of the loading still uses the new plan's weight decay.
    Source: megatron/core/optimizer_param_scheduler.py, OptimizerParamScheduler.load_state_dict
    """

    takes_last_epoch = False
    advice = "let the new arguments win: `override_opt_param_scheduler: true` (`--override-opt_param-scheduler`)"

    def saves(self, call: Call) -> Mapping[str, Any]:
        overrides = call.arguments["override_opt_param_scheduler"]
        return {} if overrides else {name: call.arguments[name] for name in (*RATES, *DECAYS)}

    def read(self, call: Call, states: Sequence[Mapping[str, Any]], index: int) -> Any:
        given = states[0]
        return {name: given.get(name, call.arguments[name]) for name in (*RATES, *DECAYS)}, int(given["num_steps"])

    def saved(self, call: Call, done: int) -> Checkpoint:
        numbers = {name: call.arguments[name] for name in (*RATES, *DECAYS)}
        return Checkpoint(done, group_of(call, done, own_base(call)), (numbers, done * call.arguments["increment"]))

    def resumed(self, call: Call, checkpoint: Checkpoint, restored: Restored, length: int) -> Tracks:
        if restored.scheduler and isinstance(checkpoint.state, tuple):
            saved, count = checkpoint.state
            times = call.arguments["increment"]
            wanted, loaded = (
                Numbers.of({**call.arguments, **numbers})
                .tracks(length * times)
                .each(lambda curve: Stepped(length, Lasting(length * times, curve, count), times=times))
                for numbers in ({}, self._merged(call, saved))
            )
            first = value_at(wanted.beside["weight_decay"], 0)
            decay = after_first("resumed", first, loaded.beside["weight_decay"], 0, length)
            return Tracks(loaded.curve, {"weight_decay": decay})
        tracks = call.tracks()
        if not restored.optimizer:
            return tracks.each(lambda curve: Lasting(length, curve))
        group = checkpoint.group
        decay = after_first("resumed", group.get("weight_decay", 0.0), tracks.beside["weight_decay"], 0, length)
        return Tracks(after_first("resumed", group["lr"], tracks.curve, 0, length), {"weight_decay": decay})

    def _merged(self, call: Call, saved: Mapping[str, Any]) -> Mapping[str, Any]:
        """The saved arguments that replace those of the changed plan."""
        own = call.arguments
        if own["override_opt_param_scheduler"]:
            return {}
        if not own["use_checkpoint_opt_param_scheduler"]:
            for name in (*RATES, *DECAYS):
                if own[name] != saved[name]:
                    values = f"class input value {own[name]} and checkpointvalue {saved[name]}"
                    raise Fault(f"AssertionError: OptimizerParamScheduler: {values} for {name} do not match")
        return saved


FRAMEWORK = Framework(
    name="megatron",
    distribution="megatron-core",
    version="0.16.1",
    aliases=("megatron-lm", "megatron-core"),
    modules=("megatron.core.optimizer_param_scheduler",),
    resuming=Numbered(),
)
scheduler = FRAMEWORK.scheduler

PositiveCount = Annotated[int, Count(at_least=1)]
WarmStableDecay = Literal["linear", "cosine", "exponential", "minus_sqrt"]


@scheduler()
def OptimizerParamScheduler(
    frame: Frame,
    init_lr: StartField,
    max_lr: PeakField,
    min_lr: FloorField,
    lr_warmup_steps: Annotated[NumberField, Role.WARMUP, A_WARMUP],
    lr_decay_steps: Annotated[NumberField, Role.HORIZON, Example("1000")],
    lr_decay_style: Literal["constant", "linear", "cosine", "inverse-square-root", "WSD"],
    start_wd: NumberField,
    end_wd: NumberField,
    wd_incr_steps: Annotated[NumberField, Example("1000")],
    wd_incr_style: Literal["constant", "linear", "cosine"],
    use_checkpoint_opt_param_scheduler: FlagField = True,
    override_opt_param_scheduler: FlagField = False,
    wsd_decay_steps: Annotated[OptionalNumber, Role.DECAY] = None,
    lr_wsd_decay_style: WarmStableDecay | None = None,
    increment: PositiveCount = 1,
) -> Tracks:
    """Warmup and decay of the learning rate, and a growth of the weight decay.

    A decay lasts from lr_warmup_steps to lr_decay_steps; only WSD's has a length of its own, and if it starts within
    the warmup, the learning rate jumps down after the warmup. Past lr_decay_steps it is min_lr, unless constant.

    Formula: init_lr → max_lr while n ≤ lr_warmup_steps, then min_lr + (max_lr − min_lr)·c(u), c falling 1 → 0;
        or max(min_lr, max_lr·√(lr_warmup_steps/n)); n = k·increment
    Source: megatron/core/optimizer_param_scheduler.py, OptimizerParamScheduler

    Args:
        init_lr: where the warmup starts
        max_lr: the peak; the optimizer's own learning rate is not used
        min_lr: where the decay ends
        lr_warmup_steps: length of the warmup
        lr_decay_steps: end of the decay, counted from the run's start
        lr_decay_style: shape of the decay; WSD keeps the peak until wsd_decay_steps before the end
        start_wd: weight decay at the start
        end_wd: weight decay from wd_incr_steps on
        wd_incr_steps: length of the weight decay's growth
        wd_incr_style: shape of the weight decay's growth; constant needs start_wd = end_wd
        use_checkpoint_opt_param_scheduler: the arguments of a checkpoint that is loaded win; otherwise they have to be
            equal
        override_opt_param_scheduler: the arguments win over those of a checkpoint that is loaded; cannot be combined
            with use_checkpoint_opt_param_scheduler
        wsd_decay_steps: length of WSD's decay
        lr_wsd_decay_style: shape of WSD's decay
        increment: growth of n per update; the global batch size if lengths are in samples
    """
    _assert(
        (min_lr >= 0, "min_lr", "self.min_lr >= 0.0"),
        (max_lr >= min_lr, "max_lr", "self.max_lr >= self.min_lr"),
        (init_lr <= max_lr, "init_lr", "self.init_lr <= self.max_lr"),
        (lr_decay_steps > 0, "lr_decay_steps", "self.lr_decay_steps > 0"),
        (lr_warmup_steps < lr_decay_steps, "lr_warmup_steps", "self.lr_warmup_steps < self.lr_decay_steps"),
        (lr_decay_style != "WSD" or wsd_decay_steps is not None, None, "self.wsd_decay_steps is not None"),
        (start_wd >= 0, "start_wd", "self.start_wd >= 0.0"),
        (end_wd >= start_wd, "end_wd", "self.end_wd >= self.start_wd"),
    )
    if override_opt_param_scheduler and use_checkpoint_opt_param_scheduler:
        message = "AssertionError: both override and use-checkpoint are set."
        raise Fault(message, field="override_opt_param_scheduler", help="set only one of them")
    rates = Rate(init_lr, max_lr, min_lr, lr_warmup_steps, lr_decay_steps, lr_decay_style)
    decay = Growth(start_wd, end_wd, wd_incr_steps, wd_incr_style)
    numbers = Numbers(rates, decay, wsd_decay_steps or 0.0, lr_wsd_decay_style)
    return numbers.tracks(frame.length * increment).each(lambda curve: Stepped(frame.length, curve, times=increment))


def _assert(*conditions: tuple[bool, str | None, str]) -> None:
    """Raise the framework's bare AssertionError for the first condition that does not hold."""
    for holds, field, condition in conditions:
        if not holds:
            help = condition.replace("self.", "").replace("0.0", "0")
            raise Fault(f"AssertionError: assert {condition}", field=field, help=f"it takes {help}")


@dataclass(eq=False)
class Rate:
    """The fixed points of the learning rate, over n."""

    init: float
    peak: float
    low: float
    warmup: float
    end: float
    style: str

    def phases(self, decay: float, shape: str | None) -> list[Phase]:
        """The phases, the last one without end; `decay` and `shape` are those of WSD's decay."""
        phases: list[Phase] = []
        start = 0
        if self.warmup > 0:
            start = floor(self.warmup) + 1  # its end belongs to it
            ramp = partial(_between, RISES["linear"], self.init, self.peak, 0.0, self.warmup)
            phases.append(Phase("warmup", Formula(start, ramp), Role.WARMUP))
        if self.style == "constant":
            return [*phases, Phase("constant", Flat(1, self.peak))]
        if self.style == "WSD":
            return [*phases, *self._stable_decay(start, decay, shape)]
        if self.style == "inverse-square-root":
            return [*phases, self._fall("inverse-square-root", start, self._inverse_root, floor(self.end) + 1)]
        fall = partial(_between, FALLS[self.style], self.low, self.peak, self.warmup, self.end - self.warmup)
        return [*phases, self._fall(self.style, start, fall, self.end)]

    def _inverse_root(self, n: Floats) -> Floats:
        falling = self.peak * max(self.warmup, 1.0) ** 0.5 / np.sqrt(np.maximum(n, 1.0))
        return np.asarray(np.maximum(self.low, falling))

    def _stable_decay(self, start: int, decay: float, shape: str | None) -> Iterator[Phase]:
        """WSD's phases after the warmup, which stops at `start`."""
        stop = floor(self.end) + 1
        stable_end = self.end - decay
        begin = min(max(floor(stable_end) + 1, start), stop)
        if begin > start:
            yield Phase("stable", Flat(begin - start, self.peak))
        if shape is not None and begin < stop:
            ramp = partial(_between, FALLS[shape], self.low, self.peak, stable_end, decay)
            yield self._fall("decay", begin, ramp, self.end)
            return
        if begin < stop:  # an error, if a step falls between them
            error = "AssertionError: assert coeff is not None"
            yield Phase("decay", Bounded(Flat(stop - begin, self.low), 0, error))
        yield Phase("min", Flat(1, self.low))

    def _fall(self, name: str, start: int, function: Callable[[Floats], Floats], over: float) -> Phase:
        """A falling function of n from `start` up to the end, and the least value after it; `over` is its own end."""
        values = partial(until, floor(self.end) + 1, function, self.low)
        fall = Formula(1, values, over=over, meant=direction(self.peak, self.low), held=True)
        return Phase(name, Lasting(1, fall, lead=start))


def _between(share: Share, low: float, high: float, begin: float, span: float, n: Floats) -> Floats:
    """Values low + share(u)·(high − low), u being the progress through the `span` steps from `begin` on."""
    return np.asarray(low + share(np.minimum((n - begin) / span, 1.0)) * (high - low))


def _cosine_done(u: Floats) -> Floats:
    return waves_left(0.5, 1 - u)


def _halving(u: Floats) -> Floats:
    return np.asarray(2 * np.power(0.5, u) - 1)


RISES: Mapping[str, Share] = {"linear": done, "cosine": _cosine_done}
FALLS: Mapping[str, Share] = {
    "linear": left,
    "cosine": partial(waves_left, 0.5),
    "exponential": _halving,
    "minus_sqrt": root_left,
}


@dataclass(eq=False)
class Growth:
    """The fixed points of the weight decay, over n."""

    start: float
    end: float
    span: float
    style: str

    def curve(self, length: int) -> Curve:
        """The weight decay over n: `end` past `span`."""
        if self.span < 0 or (self.style == "constant" and self.start == self.end):
            return Flat(length, self.end)
        if self.style == "constant":
            message = "AssertionError: assert start_wd == end_wd"
            raise Fault(message, field="wd_incr_style", help="write `linear` or `cosine`, or give both the same value")
        if self.span == 0:
            raise Fault(FLOAT_DIVISION, field="wd_incr_steps", help="give at least 1 step")
        ramp = partial(_between, RISES[self.style], self.start, self.end, 0.0, self.span)
        return Formula(length, partial(until, floor(self.span) + 1, ramp, self.end), over=self.span, held=True)


@dataclass(eq=False)
class Numbers:
    """Learning rate and weight decay over n; `decay` and `shape` are those of WSD's decay."""

    rate: Rate
    growth: Growth
    decay: float
    shape: str | None

    def tracks(self, length: int) -> Tracks:
        """The curves of both."""
        phases = tuple(self.rate.phases(self.decay, self.shape))
        return Tracks(InTurn(length, phases, open=True), {"weight_decay": self.growth.curve(length)})

    @staticmethod
    def of(given: Mapping[str, Any]) -> Numbers:
        """The numbers that arguments give, which the constructor has checked or a checkpoint has brought back."""
        rate = Rate(given["init_lr"], *(given[name] for name in RATES))
        growth = Growth(*(given[name] for name in DECAYS))
        return Numbers(rate, growth, given["wsd_decay_steps"] or 0.0, given["lr_wsd_decay_style"])
