"""PaddlePaddle: paddle.optimizer.lr.

The value at update k is what the scheduler holds after k calls of `step()`, as float64; the
optimizer's copy of it is float32. `learning_rate` is an argument; the spec's `lr` is not used.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Annotated

import numpy as np

from lrplot.curves.anneals import Anneal
from lrplot.curves.curve import Curve, Flat
from lrplot.curves.cycles import Restarts
from lrplot.curves.exceptions import FLOAT_DIVISION, ZERO_POWER
from lrplot.curves.formulas import Formula, cosine, line
from lrplot.curves.laws import Geometric, NaturalExponential, PowerLaw
from lrplot.curves.roles import Role
from lrplot.curves.sequence import Phase, Sequence
from lrplot.curves.shapes import LINEAR
from lrplot.curves.staircase import Plateaus
from lrplot.curves.steps import FARTHEST
from lrplot.curves.wrappers import Bounded, Lasting
from lrplot.diagnostics import Fault
from lrplot.frameworks.paddle.parts import (
    IgnoredField,
    LearningRateField,
    Polynomial,
    WarmRestarts,
    initial,
    repeated_polynomial,
)
from lrplot.frameworks.shared import updates
from lrplot.frameworks.shared.arguments import (
    FRESH,
    EveryField,
    FloorField,
    HorizonField,
    MilestonesField,
    PeakField,
    ShrinkField,
    StartField,
    WarmupField,
)
from lrplot.frameworks.shared.errors import require
from lrplot.frameworks.shared.formulas import inverse_time, multiplied, scaled
from lrplot.frameworks.shared.framework import Framework
from lrplot.frameworks.shared.one_cycle import AnnealStrategy, OneCycle
from lrplot.frameworks.shared.plateaus import Counts, Following, Plateau, PlateauField
from lrplot.frameworks.shared.resuming import Counted, Recurring
from lrplot.frameworks.shared.triangles import Cycle, ScalingField
from lrplot.schema.annotations import (
    CountField,
    FlagField,
    FunctionField,
    NumberField,
    NumbersField,
    OptionalCount,
)
from lrplot.schema.fields import Example
from lrplot.schema.frame import Frame
from lrplot.schema.recipe import Recipe
from lrplot.schema.resuming import Call
from lrplot.schema.types import Metrics, Parameter

FRAMEWORK = Framework(
    name="paddle",
    distribution="paddlepaddle",
    version="3.3.1",
    aliases=("paddlepaddle", "paddledetection"),
    resuming=Counted(saves_base=False, one=True, takes_last_epoch=False),
    modules=("paddle.optimizer.lr",),
    glossary={
        "learning_rate": "the initial learning rate",
        "last_epoch": FRESH,
        "verbose": "print values; no effect here",
        "gamma": "factor of each drop, below 1",
    },
)
scheduler = FRAMEWORK.scheduler


def positive(count: int, field: str) -> int:
    """A whole number that the constructor accepts."""
    require(count > 0, field, f"AssertionError: '{field}' must be a positive integer.", "give 1 or more")
    return count


def falling(gamma: float) -> float:
    """A factor of drops that the constructor accepts."""
    require(gamma < 1, "gamma", "ValueError: gamma should be < 1.0.", "give a number below 1, such as `0.1`")
    return gamma


@scheduler()
def NoamDecay(
    frame: Frame,
    ignored: IgnoredField,
    d_model: CountField,
    warmup_steps: WarmupField,
    learning_rate: NumberField = 1.0,
) -> Curve:
    """A straight rise from 0, then a fall by the inverse square root of the step.

    Formula: learning_rate·d_model^−½·min(k^−½, k·warmup_steps^−3⁄2)
    Source: paddle/optimizer/lr.py, NoamDecay; Vaswani et al. 2017 (arXiv:1706.03762)

    Args:
        d_model: width of the model
        warmup_steps: steps from 0 to the peak
        learning_rate: factor of all values
    """
    require(d_model > 0, "d_model", "ValueError: d_model should be grater than 0", "give 1 or more")
    require(warmup_steps > 0, "warmup_steps", ZERO_POWER, "give 1 or more: with 1 the second update is the peak")
    peak = initial(learning_rate) * d_model**-0.5 * warmup_steps**-0.5
    fall = PowerLaw(max(frame.length - warmup_steps, 1), peak, warmup_steps, 0.5)
    warmup = Phase("warmup", line(warmup_steps, 0.0, peak, warmup_steps), Role.WARMUP)
    return Sequence(frame.length, (warmup, Phase("decay", fall)), open=True)


@scheduler()
def PiecewiseDecay(
    frame: Frame,
    ignored: IgnoredField,
    boundaries: MilestonesField,
    values: Annotated[NumbersField, Example("[0.1, 0.01]")],
) -> Curve:
    """The value that belongs to the first boundary ahead; past all of them the last value.

    Formula: values[i] with the first i of k < boundaries[i]
    Source: paddle/optimizer/lr.py, PiecewiseDecay

    Args:
        boundaries: steps at which the next value begins
        values: learning rates, one more than boundaries; of further ones only the last is used
    """
    count = len(boundaries)
    require(count > 0, "boundaries", "ValueError: The boundaries cannot be empty.", "give one or more")
    error = (
        "ValueError: The values have one more element than boundaries, but received "
        f"len(values) [{len(values)}] < len(boundaries) + 1 [{count + 1}]."
    )
    require(len(values) > count, "values", error, "give one value more than boundaries")
    # A boundary after a later one is never the first one ahead.
    edges = np.maximum.accumulate(np.array(boundaries, dtype=np.int64))
    return Plateaus(frame.length, edges, np.array([*values[:count], values[-1]]))


@scheduler()
def NaturalExpDecay(frame: Frame, start: LearningRateField, gamma: NumberField) -> Curve:
    """Exponential decay with a rate.

    Formula: learning_rate·e^(−gamma·k)
    Source: paddle/optimizer/lr.py, NaturalExpDecay

    Args:
        gamma: the rate, above 0
    """
    error = "AssertionError: 'gamma' must be a positive number so that the learning rate will decay."
    require(gamma > 0, "gamma", error, "give a number above 0")
    return NaturalExponential(frame.length, start.learning_rate, gamma)


@scheduler()
def InverseTimeDecay(frame: Frame, start: LearningRateField, gamma: NumberField) -> Curve:
    """Decay by the inverse of the step.

    Formula: learning_rate/(1 + gamma·k)
    Source: paddle/optimizer/lr.py, InverseTimeDecay

    Args:
        gamma: the rate
    """
    turns = (-1 / gamma,) if gamma < 0 else ()
    curve = Formula(frame.length, partial(inverse_time, start.learning_rate, gamma), turns)
    pole = round(-1 / gamma) if gamma < 0 else 0
    return Bounded(curve, pole, FLOAT_DIVISION) if 1 + gamma * pole == 0 else curve


@scheduler()
def PolynomialDecay(
    frame: Frame,
    start: LearningRateField,
    decay_steps: HorizonField,
    end_lr: FloorField = 0.0001,
    power: NumberField = 1.0,
    cycle: FlagField = False,
) -> Curve:
    """A polynomial decay to `end_lr`, which is kept; with `cycle` a longer decay follows.

    Formula: end_lr + (learning_rate − end_lr)·(1 − k/n)^power, where k stops at n = decay_steps; with `cycle`
        n is the next multiple of decay_steps instead
    Source: paddle/optimizer/lr.py, PolynomialDecay

    Args:
        decay_steps: steps to `end_lr`
        end_lr: last value: an absolute one, not 0 by default
        power: exponent, above 0
        cycle: rise again after every `decay_steps`, less each time
    """
    positive(decay_steps, "decay_steps")
    error = "AssertionError: 'power' must be greater than 0.0 so that the learning rate will decay."
    require(power > 0, "power", error, "give a number above 0")
    first = start.learning_rate
    if not cycle:
        return Lasting(frame.length, Polynomial(decay_steps, first, end_lr, power))
    # It jumps between a multiple of decay_steps and the step after it.
    return Formula(frame.length, partial(repeated_polynomial, first, end_lr, decay_steps, power), (0.5,), decay_steps)


@scheduler()
def LinearWarmup(
    frame: Frame,
    ignored: IgnoredField,
    learning_rate: Annotated[Recipe, Parameter()],
    warmup_steps: WarmupField,
    start_lr: StartField,
    end_lr: PeakField,
) -> Curve:
    """A straight rise, then a value or a scheduler, which starts at its own step 0.

    The rise leads to `end_lr`, the value after it is `learning_rate`; if they differ, it jumps. A scheduler inside is
    set to its step; some restarts of a CosineAnnealingWarmRestarts are then one step late.

    Formula: start_lr + (end_lr − start_lr)·k/warmup_steps, then learning_rate(k − warmup_steps)
    Source: paddle/optimizer/lr.py, LinearWarmup; He et al. 2018 (arXiv:1812.01187)

    Args:
        learning_rate: a number, or a scheduler such as `{use: paddle.CosineAnnealingDecay}`
        warmup_steps: steps of the rise
        start_lr: first value
        end_lr: value at the end of the rise, above `start_lr`
    """
    positive(warmup_steps, "warmup_steps")
    error = f"AssertionError: end_lr {end_lr:g} must be greater than start_lr {start_lr:g}"
    require(end_lr > start_lr, "end_lr", error, f"above {start_lr:g}")
    warmup = line(warmup_steps, initial(start_lr, "start_lr"), end_lr, warmup_steps)
    after = _after(learning_rate, frame.part(warmup_steps, max(frame.length - warmup_steps, 1), None))
    return Sequence(frame.length, (Phase("warmup", warmup, Role.WARMUP), after), open=True)


def _after(recipe: Recipe, frame: Frame) -> Phase:
    """The phase after a LinearWarmup: a number, or one of paddle's schedulers, set to its step."""
    if recipe.framework != FRAMEWORK.name:
        level = None if recipe.framework else recipe.build(replace(frame, base=1.0))
        if isinstance(level, Flat):
            return Phase(recipe.title, level)
        message = f"TypeError: the type of learning_rate should be [int, float or LRScheduler], not `{recipe.name}`"
        raise Fault(
            message, field="learning_rate", help="give a number, or a scheduler such as `{use: paddle.StepDecay}`"
        )
    follows_a_metric = any(isinstance(each.type, Metrics) for each in recipe.definition.fields)
    error = f"LinearWarmup passes the step to {recipe.title}, which needs a metric"
    require(not follows_a_metric, "learning_rate", error, "give another scheduler, or a number")
    curve = recipe.build(frame)
    curve = curve.set_to_step if isinstance(curve, WarmRestarts) else curve
    return Phase(recipe.title, curve, origin=recipe.use(frame))


@scheduler()
def ExponentialDecay(frame: Frame, start: LearningRateField, gamma: ShrinkField) -> Curve:
    """The learning rate shrinks by the same factor at each step.

    Formula: learning_rate·gamma^k
    Source: paddle/optimizer/lr.py, ExponentialDecay

    Args:
        gamma: factor of each step, above 0 and below 1
    """
    error = "AssertionError: 'gamma' must be in interval (0.0, 1.0) so that the learning rate will decay."
    require(0 < gamma < 1, "gamma", error, "write, for example, `0.99`")
    return Geometric(frame.length, start.learning_rate, gamma)


@scheduler()
def MultiStepDecay(
    frame: Frame, start: LearningRateField, milestones: MilestonesField, gamma: ShrinkField = 0.1
) -> Curve:
    """A drop by the same factor at each milestone.

    Formula: learning_rate·gamma^(milestones at or before k)
    Source: paddle/optimizer/lr.py, MultiStepDecay

    Args:
        milestones: steps at which it drops, ascending; a drop at 0 applies from the first update on
    """
    edges = np.array(milestones, dtype=np.int64)
    error = "ValueError: The elements of milestones must be incremented"
    require(bool(np.all(edges[1:] > edges[:-1])), "milestones", error, "give them in ascending order, each once")
    levels = start.learning_rate * np.power(falling(gamma), np.arange(len(edges) + 1.0))
    return Plateaus(frame.length, edges, levels)


@scheduler()
def StepDecay(frame: Frame, start: LearningRateField, step_size: EveryField, gamma: ShrinkField = 0.1) -> Curve:
    """A drop by the same factor every `step_size` steps.

    Formula: learning_rate·gamma^⌊k/step_size⌋
    Source: paddle/optimizer/lr.py, StepDecay

    Args:
        step_size: steps between two drops
    """
    every = positive(step_size, "step_size")
    return Geometric(frame.length, start.learning_rate, falling(gamma), every, staircase=True)


@scheduler()
def LambdaDecay(frame: Frame, ignored: IgnoredField, learning_rate: NumberField, lr_lambda: FunctionField) -> Curve:
    """The initial learning rate times a function of the step.

    Formula: learning_rate·lr_lambda(k)
    Source: paddle/optimizer/lr.py, LambdaDecay

    Args:
        lr_lambda: the function, as an expression such as `0.95 ** epoch`
    """
    return scaled(frame.length, initial(learning_rate), lr_lambda)


def _judge(plateau: Plateau, counts: Counts, metric: float) -> tuple[Counts, bool]:
    """Paddle's `step`."""
    best, bad, cooling = counts.best, counts.bad, counts.cooling
    if cooling > 0:
        return Counts(best, bad, cooling - 1), False
    if best is None or _improves(plateau, metric, best):
        best, bad = metric, 0
    else:
        bad += 1
    if bad > plateau.patience:
        return Counts(best, 0, plateau.cooldown), True
    return Counts(best, bad, cooling), False


def _improves(plateau: Plateau, metric: float, best: float) -> bool:
    margin = best * plateau.threshold if plateau.threshold_mode == "rel" else plateau.threshold
    return metric > best + margin if plateau.mode == "max" else metric < best - margin


def _first_rate(call: Call) -> float:
    rate: float = call.arguments["learning_rate"]
    return rate


@scheduler(resuming=Following(_judge, "epsilon", _first_rate, saves_arguments=False, one=True))
def ReduceOnPlateau(
    frame: Frame,
    learning_rate: PeakField,
    plateau: PlateauField,
    epsilon: NumberField = 1e-8,
    verbose: FlagField = False,
) -> Curve:
    """A drop whenever a metric has not improved for longer than `patience`.

    Unlike torch's, it ignores the metric during a cooldown.

    Formula: max(lr·factor, min_lr) at each drop, if that is more than epsilon lower
    Source: paddle/optimizer/lr.py, ReduceOnPlateau

    Args:
        cooldown: steps after a drop in which the metric is ignored
        epsilon: drops by this much or less are skipped
    """
    error = "ValueError: new_lr = origin_lr * gamma and gamma should be < 1.0."
    require(plateau.factor < 1, "factor", error, "give a number below 1, such as `0.1`")
    return plateau.curve(frame.length, learning_rate, epsilon, _judge)


def _cosine_update(call: Call) -> updates.Update:
    start, half = call.arguments["start"], call.arguments["T_max"]
    return partial(updates.cosine, start.learning_rate, call.arguments["eta_min"], half)


@scheduler(accumulates=True, resuming=Recurring(_cosine_update))
def CosineAnnealingDecay(
    frame: Frame, start: LearningRateField, T_max: HorizonField, eta_min: FloorField = 0.0
) -> Curve:
    """Half a cosine to `eta_min` in `T_max` steps; after them it rises again, and so on.

    Formula: eta_min + (learning_rate − eta_min)·(1 + cos(π·k/T_max))/2
    Source: paddle/optimizer/lr.py, CosineAnnealingDecay; Loshchilov & Hutter 2017 (arXiv:1608.03983)

    Args:
        T_max: steps from the learning rate to `eta_min`
        eta_min: the least value
    """
    return cosine(frame.length, start.learning_rate, eta_min, positive(T_max, "T_max"))


@scheduler(accumulates=True)
def MultiplicativeDecay(
    frame: Frame, ignored: IgnoredField, learning_rate: StartField, lr_lambda: FunctionField
) -> Curve:
    """At each step the learning rate is multiplied by a function of the step, which is not called for step 0.

    Formula: learning_rate·lr_lambda(1)·…·lr_lambda(k)
    Source: paddle/optimizer/lr.py, MultiplicativeDecay

    Args:
        lr_lambda: the factor, as an expression such as `0.95`
    """
    return multiplied(frame.length, initial(learning_rate), lr_lambda)


@scheduler()
def OneCycleLR(
    frame: Frame,
    ignored: IgnoredField,
    max_learning_rate: PeakField,
    total_steps: HorizonField,
    divide_factor: NumberField = 25.0,
    end_learning_rate: FloorField = 0.0001,
    phase_pct: NumberField = 0.3,
    anneal_strategy: AnnealStrategy = "cos",
    three_phase: FlagField = False,
) -> Curve:
    """One rise and one fall; after its end it raises an error.

    Formula: max/divide_factor → max at phase_pct·total − 1, then → end_learning_rate at total − 1; with
        `three_phase` back to max/divide_factor at 2·phase_pct·total − 2 first
    Source: paddle/optimizer/lr.py, OneCycleLR; Smith & Topin 2018 (arXiv:1708.07120)

    Args:
        max_learning_rate: the peak
        total_steps: steps in the cycle
        divide_factor: the peak is this many times the start
        end_learning_rate: last value: an absolute one
        phase_pct: share of the cycle spent rising
        anneal_strategy: shape of the rise and of the falls
        three_phase: fall back to the start first, then to the end; `phase_pct` must be below 0.5
    """
    peak, end, share = max_learning_rate, end_learning_rate, phase_pct
    error = "ValueError: '{}' must be a positive integer."
    out_of_range = f"ValueError: 'phase_pct' must be between 0 and 1, but received {share:g}"
    too_late = "ValueError: When three_phase is True, 'phase_pct' must be less than 0.5"
    require(peak >= 0, "max_learning_rate", error.format("max_learning_rate"), "give 0 or more")
    require(end >= 0, "end_learning_rate", error.format("end_learning_rate"), "give 0 or more")
    require(total_steps > 0, "total_steps", error.format("total_step"), "give 1 or more")
    require(0 <= share <= 1, "phase_pct", out_of_range, "write, for example, `0.3`")
    require(divide_factor != 0, "divide_factor", FLOAT_DIVISION, "give a number above 0")
    require(not three_phase or share < 0.5, "phase_pct", too_late, "write, for example, `0.3`")
    require(
        share * total_steps != 1, "phase_pct", FLOAT_DIVISION, "give another one: the first phase would have no steps"
    )
    cycle = OneCycle(total_steps, share, anneal_strategy, three_phase)
    curve = cycle.curve(frame.length, initial(peak / divide_factor, "divide_factor"), peak, end)
    stop = total_steps + 1
    reason = f"ValueError: Tried to step {stop} times. However the number of total steps is {total_steps}"
    return Bounded(curve, stop, reason)


@scheduler()
def CyclicLR(
    frame: Frame,
    ignored: IgnoredField,
    scaling: ScalingField,
    base_learning_rate: FloorField,
    max_learning_rate: PeakField,
    step_size_up: Annotated[CountField, Role.RISE],
    step_size_down: Annotated[OptionalCount, Role.DECAY] = None,
    exp_gamma: ShrinkField = 1.0,
) -> Curve:
    """Triangles between two learning rates.

    Formula: base + (max − base)·s·c, where s climbs 0 → 1 in step_size_up and falls back in step_size_down;
        c is 1 (triangular), ½^(cycle − 1) (triangular2), exp_gamma^k (exp_range) or scale_fn
    Source: paddle/optimizer/lr.py, CyclicLR; Smith 2017 (arXiv:1506.01186)

    Args:
        base_learning_rate: value at the minimum
        max_learning_rate: value at the peak
        step_size_up: steps from minimum to peak
        step_size_down: steps from peak to minimum; as many as up if absent
        exp_gamma: factor per step of the mode exp_range
    """
    foot = initial(base_learning_rate, "base_learning_rate")
    error = f"ValueError: 'max_learning_rate' must be a positive integer, but received {max_learning_rate:g}"
    require(max_learning_rate >= 0, "max_learning_rate", error, "give 0 or more")
    for field, size in (("step_size_up", step_size_up), ("step_size_down", step_size_down)):
        require(size != 0, field, f"ValueError: '{field}' must be a positive integer, but received 0", "give 1 or more")
    down = step_size_down or step_size_up
    cycle = Cycle(step_size_up, down, scaling, exp_gamma)
    return cycle.curve(frame.length, foot, max_learning_rate)


def _line_update(call: Call) -> updates.Update:
    given = call.arguments
    return partial(updates.line, given["start_factor"], given["end_factor"], given["total_steps"])


@scheduler(accumulates=True, resuming=Recurring(_line_update))
def LinearLR(
    frame: Frame,
    ignored: IgnoredField,
    learning_rate: NumberField,
    total_steps: HorizonField,
    start_factor: NumberField = 1 / 3,
    end_factor: NumberField = 1.0,
) -> Curve:
    """A straight line between two shares of the learning rate; the second one is kept.

    Formula: learning_rate·(start_factor + (end_factor − start_factor)·min(k, total_steps)/total_steps)
    Source: paddle/optimizer/lr.py, LinearLR

    Args:
        total_steps: steps from the first to the second
        start_factor: the first share, above 0 and at most 1
        end_factor: the second share, from 0 to 1
    """
    error = f"ValueError: `start_factor` must be greater than 0 and less or equal to 1, but got {start_factor:g}"
    require(0 < start_factor <= 1, "start_factor", error, "write, for example, `1/3`")
    error = f"ValueError: `end_factor` must be greater than 0 and less than 1, but got {end_factor:g}"
    require(0 <= end_factor <= 1, "end_factor", error, "give a number from 0 to 1")
    require(
        total_steps > 0, "total_steps", "ValueError: `total_steps` must be greater than 0, but got 0", "give 1 or more"
    )
    base = initial(learning_rate)
    meant = Role.WARMUP if end_factor > start_factor else None
    return Lasting(frame.length, Anneal(total_steps, base * start_factor, base * end_factor, LINEAR, meant=meant))


# The place in a cycle is not in its state.
@scheduler(resuming=Counted(saves_base=False, saves_count=False, one=True, takes_last_epoch=False))
def CosineAnnealingWarmRestarts(
    frame: Frame,
    start: LearningRateField,
    T_0: Annotated[CountField, Role.PERIOD],
    T_mult: Annotated[CountField, Role.GROWTH] = 1,
    eta_min: FloorField = 0.0,
) -> Curve:
    """Half cosines from the learning rate to `eta_min`, one after the other.

    Formula: eta_min + (learning_rate − eta_min)·(1 + cos(π·T_cur/T_i))/2, where T_i = T_0·T_mult^i
    Source: paddle/optimizer/lr.py, CosineAnnealingWarmRestarts; Loshchilov & Hutter 2017 (arXiv:1608.03983)

    Args:
        T_0: steps of the first cosine
        T_mult: each is this many times as long as the one before
        eta_min: value at the end of each
    """
    require(T_0 > 0, "T_0", "ValueError: Expected positive integer T_0, but got 0", "give 1 or more")
    require(T_mult > 0, "T_mult", "ValueError: Expected integer T_mult >= 1, but got 0", "give 1 or more")
    peak = eta_min + (start.learning_rate - eta_min)  # not the same as the learning rate if that is much smaller
    cosines = Restarts(FARTHEST, peak, eta_min, T_0, float(T_mult), 1.0)
    return WarmRestarts(Lasting(frame.length, cosines), T_0, T_mult, eta_min)
