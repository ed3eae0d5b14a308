"""Hugging Face transformers: transformers.optimization, and how the Trainer uses it.

Every schedule is torch's LambdaLR, stepped once after each update: the value at update k is the
optimizer's learning rate times f(k), k = 0 being the first. The Trainer's part was checked
with its own `create_scheduler` and real TrainingArguments.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from functools import partial
from math import ceil
from typing import Annotated, Any, Literal

from lrplot.curves.anneals import Anneal
from lrplot.curves.curve import Curve, Flat
from lrplot.curves.exceptions import DIVISION, FLOAT_DIVISION
from lrplot.curves.formulas import line
from lrplot.curves.laws import PowerLaw
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase
from lrplot.curves.shapes import LINEAR
from lrplot.curves.wrappers import Bounded
from lrplot.diagnostics import Fault
from lrplot.frameworks.shared.arguments import (
    METRIC,
    CyclesField,
    IntegerHorizonField,
    OptionalFloorField,
    OptionalHorizonField,
    WarmupField,
)
from lrplot.frameworks.shared.framework import Framework
from lrplot.frameworks.shared.hugging_face import (
    GLOSSARY,
    SHARED,
    StepsField,
    between,
    call_by_name,
    constant,
    in_turn,
    warmed_up,
    waves,
)
from lrplot.frameworks.shared.resuming import Counted
from lrplot.frameworks.shared.shares import Share, cosine_done, done, left, root_done, root_left, waves_left
from lrplot.lazy import dataclass
from lrplot.schema.annotations import CountField, FreshField, NumberField, OptionalCount, OptionalNumber
from lrplot.schema.fields import Formerly, Inline
from lrplot.schema.frame import Frame
from lrplot.schema.resuming import Call, Restored
from lrplot.schema.types import Record

GREEDY = "it follows a metric of the run, both up and down: choose another, such as `linear`"
ADAFACTOR = "Adafactor computes its own step sizes: give it `relative_step=False` and a schedule"

FRAMEWORK = Framework(
    name="transformers",
    distribution="transformers",
    version="5.23.0",
    modules=("transformers.optimization", "transformers.trainer", "transformers.training_args"),
    glossary=GLOSSARY,
    aliases=("hf", "huggingface"),
    resuming=Counted(),
    undetermined={
        "get_reduce_on_plateau_schedule": METRIC,
        **dict.fromkeys(("get_greedy_schedule", "GreedyLR"), GREEDY),
        **dict.fromkeys(("get_adafactor_schedule", "AdafactorSchedule"), ADAFACTOR),
    },
)
scheduler = FRAMEWORK.scheduler

Shape = Literal["linear", "cosine", "1-sqrt"]
TypeName = Literal[
    "linear",
    "cosine",
    "cosine_with_restarts",
    "polynomial",
    "constant",
    "constant_with_warmup",
    "inverse_sqrt",
    "reduce_lr_on_plateau",
    "cosine_with_min_lr",
    "cosine_warmup_with_min_lr",
    "warmup_stable_decay",
    "greedy",
]


PLAIN = ("constant", "constant_with_warmup")  # they ignore further arguments

for same in PLAIN:
    scheduler()(SHARED[same])


@scheduler()
def get_linear_schedule_with_warmup(frame: Frame, steps: StepsField) -> Curve:
    """A straight line to 0 after a warmup; 0 from `num_training_steps` on.

    Formula: lr·k/w up to w = num_warmup_steps, then lr·max(0, (T − k)/(T − w)), T being num_training_steps
    Source: transformers/optimization.py, get_linear_schedule_with_warmup
    """
    fall = Anneal(max(steps.left, 0), frame.base_value(), 0.0, LINEAR)
    return warmed_up(frame, steps.num_warmup_steps, Phase("linear", fall))


for same in ("cosine", "cosine_with_restarts", "polynomial"):
    scheduler()(SHARED[same])


@scheduler()
def get_inverse_sqrt_schedule(
    frame: Frame, num_warmup_steps: WarmupField, timescale: OptionalCount = None, last_epoch: FreshField = -1
) -> Curve:
    """One over the square root of time, after a warmup; it never ends.

    Formula: lr·k/w up to w = num_warmup_steps, then lr/√((k − w + timescale)/timescale)
    Source: transformers/optimization.py, get_inverse_sqrt_schedule; Zhai et al. 2022 (arXiv:2106.04560)

    Args:
        timescale: steps after the warmup in which it falls to 1/√2; num_warmup_steps if absent, 10000 without warmup
    """
    scale = (num_warmup_steps or 10_000) if timescale is None else timescale
    base = frame.base_value()
    fall: Curve = PowerLaw(1, base, scale, 0.5) if scale else Bounded(Flat(1, base), 0, DIVISION)
    return warmed_up(frame, num_warmup_steps, Phase("inverse sqrt", fall))


@dataclass(eq=False)
class Waves:
    """A cosine with a least value.

    Args:
        num_cycles: waves of the cosine; with 0.5 it falls once, with 1 it is back at the top at the end
        min_lr: the least value; give this or min_lr_rate. A parameter group with a learning rate of its own ends at
            the same share of that
        min_lr_rate: the least value as a share of the learning rate
    """

    num_cycles: CyclesField = 0.5
    min_lr: OptionalFloorField = None
    min_lr_rate: OptionalNumber = None

    def curve(self, frame: Frame, span: int, lead: int = 0) -> Curve:
        """The waves in `span` steps, without the first `lead`."""
        return waves(frame.base_value(), self._least(frame), self.num_cycles, span, lead)

    def _least(self, frame: Frame) -> float:
        """The least value as a share of the learning rate."""
        if self.min_lr is not None and self.min_lr_rate is not None:
            raise Fault("ValueError: Only one of min_lr or min_lr_rate should be set", field="min_lr")
        if self.min_lr is not None:
            if not frame.default_value():
                raise Fault(FLOAT_DIVISION, field="min_lr", help="with a learning rate of 0, give `min_lr_rate`")
            return self.min_lr / frame.default_value()
        if self.min_lr_rate is None:
            message = "ValueError: One of min_lr or min_lr_rate should be set through the `lr_scheduler_kwargs`"
            raise Fault(message, help="add `min_lr_rate: 0.1`", code="missing-field")
        return self.min_lr_rate


WavesField = Annotated[Waves, Inline(Waves)]


@scheduler()
def get_cosine_with_min_lr_schedule_with_warmup(frame: Frame, steps: StepsField, cosine: WavesField) -> Curve:
    """Half a cosine to a least value after a warmup; past `num_training_steps` it rises again.

    Formula: lr·k/w up to w = num_warmup_steps, then lr·(r + (1 − r)·(1 + cos(2π·num_cycles·(k − w)/(T − w)))/2),
        where r is min_lr_rate or min_lr/lr, T being num_training_steps
    Source: transformers/optimization.py, get_cosine_with_min_lr_schedule_with_warmup
    """
    return warmed_up(frame, steps.num_warmup_steps, Phase("cosine", cosine.curve(frame, steps.span)))


@scheduler()
def get_cosine_with_min_lr_schedule_with_warmup_lr_rate(
    frame: Frame, steps: StepsField, cosine: WavesField, warmup_lr_rate: OptionalNumber = None
) -> Curve:
    """Half a cosine to a least value after a warmup, both one step early: the first update's is not 0.

    Formula: lr·(k + 1)/w up to w = num_warmup_steps, or lr·(q + (1 − q)·k/(w − 1)) with q = warmup_lr_rate; then
        lr·(r + (1 − r)·(1 + cos(2π·num_cycles·(k − w + 1)/(T − w)))/2), where r is min_lr_rate or min_lr/lr, T being
        num_training_steps
    Source: transformers/optimization.py, get_cosine_with_min_lr_schedule_with_warmup_lr_rate

    Args:
        num_warmup_steps: steps of the warmup
        warmup_lr_rate: where the warmup starts, as a share of the learning rate; 1/num_warmup_steps if absent
    """
    fall = cosine.curve(frame, steps.span, lead=1)
    base, warmup = frame.base_value(), steps.num_warmup_steps
    ramp: Curve = Anneal(warmup, 0.0, base, LINEAR, lead=1)
    if warmup_lr_rate is not None:
        ramp = line(warmup, base * warmup_lr_rate, base, max(1, warmup - 1))
    return in_turn(frame, Phase("warmup", ramp, Role.WARMUP), Phase("cosine", fall))


RISES: Mapping[str, Share] = {"linear": done, "cosine": cosine_done, "1-sqrt": root_done}
FALLS: Mapping[str, Share] = {"linear": left, "1-sqrt": root_left}  # and waves of a cosine


@scheduler()
def get_wsd_schedule(
    frame: Frame,
    num_warmup_steps: WarmupField,
    num_decay_steps: Annotated[CountField, Role.DECAY],
    num_training_steps: OptionalHorizonField = None,
    num_stable_steps: Annotated[OptionalCount, Role.HOLD] = None,
    warmup_type: Shape = "linear",
    decay_type: Shape = "cosine",
    min_lr_ratio: NumberField = 0,
    num_cycles: CyclesField = 0.5,
    last_epoch: FreshField = -1,
) -> Curve:
    """Warmup, a constant phase and a decay, from and to the same share of the learning rate.

    Formula: lr·(r + (1 − r)·s), r being min_lr_ratio. In the warmup s is u (linear), (1 − cos πu)/2 (cosine) or
        1 − √(1 − u); then 1; in the decay 1 − u, (1 + cos(2π·num_cycles·u))/2 or 1 − √u; afterwards 0
    Source: transformers/optimization.py, get_wsd_schedule; Hu et al. 2024, MiniCPM (arXiv:2404.06395)

    Args:
        num_warmup_steps: steps of the warmup
        num_decay_steps: steps of the decay
        num_training_steps: steps of all three phases together, used if num_stable_steps is absent
        num_stable_steps: steps at the learning rate
        warmup_type: shape of the warmup
        decay_type: shape of the decay
        min_lr_ratio: the share of the learning rate where the warmup starts and the decay ends
        num_cycles: waves of a cosine decay
    """
    stable = num_stable_steps
    if stable is None:
        if num_training_steps is None:
            message = "ValueError: Either num_training_steps or num_stable_steps must be specified."
            raise Fault(message, help=f"add `num_training_steps: {frame.length}`", code="missing-field")
        stable = num_training_steps - num_warmup_steps - num_decay_steps
    base = frame.base_value()
    # A stable phase of negative length takes its steps from the start of the decay.
    lead = max(-stable, 0)
    share, times = FALLS.get(decay_type), 0.0
    if share is None:
        share, times = partial(waves_left, num_cycles), 2 * num_cycles
    return in_turn(
        frame,
        Phase("warmup", between(base, min_lr_ratio, num_warmup_steps, RISES[warmup_type]), Role.WARMUP),
        Phase("stable", Flat(max(stable, 0), base)),
        Phase("decay", between(base, min_lr_ratio, num_decay_steps, share, lead, times)),
        constant("end", base * min_lr_ratio),
    )


@dataclass(eq=False)
class SpecificKwargs:
    """Arguments that some of the schedules have besides the warmup and the length.

    Args:
        num_cycles: of cosine, cosine_with_restarts, cosine_with_min_lr, cosine_warmup_with_min_lr and
            warmup_stable_decay
        lr_end: of polynomial
        power: of polynomial
        timescale: of inverse_sqrt
        min_lr: of cosine_with_min_lr and cosine_warmup_with_min_lr
        min_lr_rate: of cosine_with_min_lr and cosine_warmup_with_min_lr
        warmup_lr_rate: of cosine_warmup_with_min_lr
        num_decay_steps: of warmup_stable_decay
        num_stable_steps: of warmup_stable_decay
        warmup_type: of warmup_stable_decay
        decay_type: of warmup_stable_decay
        min_lr_ratio: of warmup_stable_decay
        last_epoch: only -1, the start of a run
    """

    num_cycles: OptionalNumber = None
    lr_end: OptionalNumber = None
    power: OptionalNumber = None
    timescale: OptionalCount = None
    min_lr: OptionalNumber = None
    min_lr_rate: OptionalNumber = None
    warmup_lr_rate: OptionalNumber = None
    num_decay_steps: OptionalCount = None
    num_stable_steps: OptionalCount = None
    warmup_type: Shape | None = None
    decay_type: Shape | None = None
    min_lr_ratio: OptionalNumber = None
    last_epoch: FreshField = -1

    def given(self) -> dict[str, Any]:
        """The arguments that are not None."""
        return {name: value for name, value in asdict(self).items() if value is not None}


KwargsField = Annotated[SpecificKwargs | None, Record(SpecificKwargs)]
BY_TYPE: Mapping[str, Callable[..., Curve]] = {
    **SHARED,
    "linear": get_linear_schedule_with_warmup,
    "inverse_sqrt": get_inverse_sqrt_schedule,
    "cosine_with_min_lr": get_cosine_with_min_lr_schedule_with_warmup,
    "cosine_warmup_with_min_lr": get_cosine_with_min_lr_schedule_with_warmup_lr_rate,
    "warmup_stable_decay": get_wsd_schedule,
}
CURES = {"reduce_lr_on_plateau": METRIC, "greedy": GREEDY}


@scheduler(resuming=Counted(takes_last_epoch=False))
def get_scheduler(
    frame: Frame,
    name: TypeName,
    num_warmup_steps: Annotated[OptionalCount, Role.WARMUP] = None,
    num_training_steps: OptionalHorizonField = None,
    scheduler_specific_kwargs: KwargsField = None,
) -> Curve:
    """Any of the schedules by its short name.

    Formula: that of the schedule
    Source: transformers/optimization.py, get_scheduler

    Args:
        name: which schedule
        num_warmup_steps: steps of the warmup; all but constant need it
        num_training_steps: step at which the decay ends; not needed by constant, constant_with_warmup,
            inverse_sqrt, and warmup_stable_decay with num_stable_steps
        scheduler_specific_kwargs: further arguments of the schedule; constant and constant_with_warmup ignore them
    """
    if name in CURES:
        raise Fault(f"`{name}` cannot be shown ahead of the run", field="name", code="undetermined", help=CURES[name])
    counts = {"num_warmup_steps": num_warmup_steps, "num_training_steps": num_training_steps}
    given = scheduler_specific_kwargs.given() if scheduler_specific_kwargs and name not in PLAIN else {}
    return call_by_name(frame, name, BY_TYPE[name], counts, given)


RATIO = Formerly("warmup_ratio", "a number below 1 is a share of the run")
DEFAULT_RATE = 5e-5  # of TrainingArguments


@dataclass(eq=False)
class Training:
    """The part of TrainingArguments that determines the schedule.

    Args:
        learning_rate: the optimizer's learning rate; `lr` of the spec if absent, or else 5e-5
        lr_scheduler_type: which schedule
        lr_scheduler_kwargs: further arguments of the schedule; constant and constant_with_warmup ignore them
        warmup_steps: steps of the warmup; a number below 1 is a share of the run, rounded up
        max_steps: steps of the run; the length of the spec's run if negative
    """

    learning_rate: Annotated[OptionalNumber, Role.PEAK] = None
    lr_scheduler_type: TypeName = "linear"
    lr_scheduler_kwargs: KwargsField = None
    warmup_steps: Annotated[NumberField, Role.WARMUP, RATIO] = 0
    max_steps: IntegerHorizonField = -1


TrainingField = Annotated[Training, Inline(Training)]


def _rate(arguments: Training, frame: Frame) -> float:
    """The optimizer's learning rate."""
    default = frame.default if arguments.learning_rate is None else arguments.learning_rate
    return DEFAULT_RATE if default is None else default


class Checkpoints(Counted):
    """A Trainer's checkpoints: unless both states are there, neither is loaded, and the schedule starts anew."""

    advice = "start a new run from the saved weights, without `resume_from_checkpoint`"

    def loads(self, asked: Restored) -> Restored:
        return asked if asked.optimizer and asked.scheduler else Restored(False, False)


def _base(call: Call) -> float:
    frame = call.frame
    return frame.base_value() if frame.own else _rate(call.arguments["arguments"], frame)


CHECKPOINTS = Checkpoints(base=_base, takes_last_epoch=False)


@scheduler(rounds_up=True, resuming=CHECKPOINTS)
def Trainer(frame: Frame, arguments: TrainingField) -> Curve:
    """The schedule that a Trainer builds from its TrainingArguments.

    Formula: that of get_scheduler, with num_training_steps = max_steps, or else the run's length, and
        num_warmup_steps = warmup_steps, or ⌈warmup_steps·num_training_steps⌉ if that is below 1
    Source: transformers/trainer.py, Trainer.create_scheduler; transformers/training_args.py
    """
    asked = arguments.warmup_steps
    if asked < 0:
        message = f"ValueError: Got warmup_steps = {asked:g}, Expected value warmup_steps >= 0"
        raise Fault(message, field="warmup_steps")
    default = _rate(arguments, frame)
    total = frame.length if arguments.max_steps < 0 else arguments.max_steps
    warmup = int(asked) if asked >= 1 else ceil(total * asked)
    inner = replace(frame, base=frame.base_value() if frame.own else default, default=default)
    return get_scheduler(inner, arguments.lr_scheduler_type, warmup, total, arguments.lr_scheduler_kwargs)


@scheduler(rounds_up=True, resuming=CHECKPOINTS)
def TrainingArguments(frame: Frame, arguments: TrainingField) -> Curve:
    """The schedule that `transformers.Trainer` builds from these arguments.

    Formula: that of transformers.Trainer
    Source: transformers/trainer.py, Trainer.create_scheduler; transformers/training_args.py
    """
    return Trainer(frame, arguments)
