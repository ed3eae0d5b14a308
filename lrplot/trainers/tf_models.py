"""TensorFlow's model garden: YAML with a learning rate and a warmup within the trainer's optimizer_config."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import ceil, cos, floor, pi
from typing import Annotated, Any

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.schema.annotations import FlagField
from lrplot.schema.records import record
from lrplot.schema.types import Choice, Count, Many, Number, Record
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.config import Config, missing
from lrplot.trainers.shared.phases import constant, fall, listed

AT = "trainer.optimizer_config"
TYPES = (
    "constant",
    "stepwise",
    "exponential",
    "polynomial",
    "cosine",
    "power",
    "power_linear",
    "power_with_offset",
    "step_cosine_with_offset",
)
LEVELS = ("stepwise", "step_cosine_with_offset")  # types with a list of values


@record
class Schedule:
    """A schedule; each type has some of the arguments.

    Args:
        learning_rate: value of `constant`
        initial_learning_rate: value at the start
        boundaries: last update of each value of `stepwise`; where each half cosine of `step_cosine_with_offset` begins
        values: values of `stepwise`, one more than boundaries, or of `step_cosine_with_offset`, as many as boundaries
        decay_steps: updates of the decay
        decay_rate: factor of `exponential` in `decay_steps`
        staircase: apply the factor at once
        end_learning_rate: end of `polynomial`
        power: exponent
        cycle: start `polynomial` again at its end
        alpha: share of the learning rate at the end of `cosine`
        offset: update at which it begins
        total_decay_steps: update at which `power_linear` ends
        linear_decay_fraction: share of them in which it falls to 0
        pre_offset_learning_rate: the most of `power_with_offset`
    """

    learning_rate: Annotated[float, Number(at_least=0), Role.PEAK] = 0.1
    initial_learning_rate: Annotated[float | None, Number(at_least=0), Role.PEAK] = None
    boundaries: Annotated[tuple[int, ...], Many(Count(at_least=0)), Role.MILESTONES] = ()
    values: Annotated[tuple[float, ...], Many(Number(at_least=0)), Role.CURVE] = ()
    decay_steps: Annotated[int | None, Count(), Role.HORIZON] = None
    decay_rate: Annotated[float | None, Number(), Role.SHRINK] = None
    staircase: FlagField = False
    end_learning_rate: Annotated[float, Number(at_least=0), Role.FLOOR] = 1e-4
    power: Annotated[float | None, Number(), Role.CURVE] = None
    cycle: FlagField = False
    alpha: Annotated[float, Number(at_least=0), Role.FLOOR] = 0.0
    offset: Annotated[int, Count(at_least=0), Role.CURVE] = 0
    total_decay_steps: Annotated[int | None, Count(), Role.HORIZON] = None
    linear_decay_fraction: Annotated[float, Number(at_least=0), Role.DECAY] = 0.1
    pre_offset_learning_rate: Annotated[float, Number(at_least=0)] = 1e6


@record
class Warmup:
    """A warmup.

    Args:
        warmup_steps: updates of the warmup
        warmup_learning_rate: where a linear one starts
        power: exponent of a polynomial one
    """

    warmup_steps: Annotated[int | None, Count(at_least=0), Role.WARMUP] = None
    warmup_learning_rate: Annotated[float, Number(at_least=0), Role.START] = 0.0
    power: Annotated[float, Number(above=0)] = 1.0


ScheduleField = Annotated[Schedule | None, Record(Schedule)]
WarmupField = Annotated[Warmup | None, Record(Warmup)]


@record
class LearningRate:
    """The learning rate.

    Args:
        type: its schedule, the one that is given if absent
    """

    type: Annotated[str | None, Choice(TYPES), Role.CURVE] = None
    constant: ScheduleField = None
    stepwise: ScheduleField = None
    exponential: ScheduleField = None
    polynomial: ScheduleField = None
    cosine: ScheduleField = None
    power: ScheduleField = None
    power_linear: ScheduleField = None
    power_with_offset: ScheduleField = None
    step_cosine_with_offset: ScheduleField = None


@record
class Warmups:
    """The warmup.

    Args:
        type: its shape, the one that is given if absent
    """

    type: Annotated[str | None, Choice(("linear", "polynomial")), Role.CURVE] = None
    linear: WarmupField = None
    polynomial: WarmupField = None


@record
class OptimizerConfig:
    """The optimizer.

    Args:
        learning_rate: the schedule
        warmup: the warmup before it
    """

    learning_rate: Annotated[LearningRate | None, Record(LearningRate)] = None
    warmup: Annotated[Warmups | None, Record(Warmups)] = None


@record
class Trainer:
    """The trainer.

    Args:
        train_steps: updates of the run, which the schedule does not use
        optimizer_config: the optimizer with its schedule
    """

    train_steps: Annotated[int | None, Count(at_least=None), Role.HORIZON] = None
    optimizer_config: Annotated[OptimizerConfig | None, Record(OptimizerConfig)] = None


@trainer(
    "tf-models",
    marks=(
        "trainer.optimizer_config.learning_rate",
        "trainer.optimizer_config",
        "trainer.train_steps",
        "trainer.optimizer_config.warmup",
        "task.train_data",
    ),
    surely=("trainer.optimizer_config",),
)
def experiment_config(config: Config, trainer: Annotated[Trainer, Record(Trainer)]) -> Content:
    """TensorFlow model garden config: YAML with sections `task` and `trainer`.

    Source: official/modeling/optimization/lr_schedule.py; official/modeling/optimization/optimizer_factory.py

    Args:
        trainer: the length of the run and its optimizer
    """
    optimizer = trainer.optimizer_config or OptimizerConfig()
    rates = optimizer.learning_rate or LearningRate()
    steps = config.fact("steps") or trainer.train_steps
    if steps is None or steps < 1:
        raise missing("how many updates the run has", ("steps",))
    given = [name for name in TYPES if config.node(f"{AT}.learning_rate.{name}")]
    name = rates.type or (given[0] if len(given) == 1 else None)
    if name is None:
        raise missing("the type of the schedule", (f"{AT}.learning_rate.type=cosine",))
    at = f"{AT}.learning_rate.{name}"
    curve = curve_of(name, getattr(rates, name) or Schedule(), at, steps)
    phases, start = warmup(config, optimizer.warmup, curve)
    at_value = "learning_rate" if name == "constant" else "values" if name in LEVELS else "initial_learning_rate"
    return {
        "steps": config.at(steps, "steps", "trainer.train_steps"),
        "lr": config.at(curve.peak, f"{at}.{at_value}"),
        "schedule": listed(config, steps, *phases, *((phase, at) for phase in curve.phases(start, steps))),
    }


@record
class Curve:
    """A schedule over the updates of the run: its value at one of them, its phases from one on, its peak."""

    peak: float
    value: Callable[[int], float]
    phases: Callable[[int, int], list[dict[str, Any]]]


def curve_of(name: str, keys: Schedule, at: str, steps: int) -> Curve:
    """The schedule of a type for a run of `steps` updates."""
    if name == "step_cosine_with_offset":
        return half_cosines(keys, at, steps)
    if name == "constant":
        return Curve(
            keys.learning_rate, lambda s: keys.learning_rate, lambda start, stop: [constant(keys.learning_rate)]
        )
    if name == "stepwise":
        return stepwise(keys, at)
    rate = needed(keys.initial_learning_rate, f"{at}.initial_learning_rate", "the learning rate")
    offset = keys.offset
    if name == "cosine":
        return cosine(keys, rate, needed(keys.decay_steps, f"{at}.decay_steps", "how long the decay is"))
    power = keys.power if keys.power is not None else 1.0 if name == "polynomial" else -0.5
    if name == "polynomial":
        span = needed(keys.decay_steps, f"{at}.decay_steps", "how long the decay is")
        low = keys.end_learning_rate
        if keys.cycle:
            return cycling(keys, rate, power, span, at)
        text = f"{low!r} + {rate - low!r} * (1 - min(s@ - {offset}, {span}) / {span}) ** {power!r}"
        return Curve(
            rate,
            lambda s: low + (rate - low) * (1 - min(s - offset, span) / span) ** power,
            lambda start, stop: falling(text, "linear" if power == 1 else "", rate, low, offset, span, start),
        )
    if name == "exponential":
        span = needed(keys.decay_steps, f"{at}.decay_steps", "how long the decay is")
        factor = needed(keys.decay_rate, f"{at}.decay_rate", "by which factor it decays")
        rounds, text = (floor, "floor({})") if keys.staircase else (float, "({})")
        text = f"{rate!r} * {factor!r} ** {text.format(f'(s@ - {offset}) / {span}')}"
        return Curve(
            rate,
            lambda s: float(rate * factor ** rounds((s - offset) / span)),
            lambda start, stop: [expression(text, start)],
        )
    return powered(name, keys, rate, power, at)


def stepwise(keys: Schedule, at: str) -> Curve:
    """Values up to boundaries, each of which still has the value before it."""
    values, edges = keys.values, [edge + keys.offset + 1 for edge in keys.boundaries]
    if len(values) != len(edges) + 1:
        message = "ValueError: The length of boundaries should be 1 less than the length of values"
        raise Fault(message, field=f"{at}.values", help=f"give {len(edges) + 1} values")

    def phases(start: int, stop: int) -> list[dict[str, Any]]:
        cuts = [start, *(max(edge, start) for edge in edges)]
        found = [constant(value, end - begin) for value, begin, end in zip(values, cuts, cuts[1:], strict=False)]
        return [*found, constant(values[-1])]

    return Curve(max(values), lambda s: values[sum(s >= edge for edge in edges)], phases)


def cycling(keys: Schedule, rate: float, power: float, span: int, at: str) -> Curve:
    """A polynomial decay over a multiple of `span`, the next one whenever its end is passed."""
    low = keys.end_learning_rate
    if keys.offset:
        message = "before its offset, a polynomial decay that starts again divides by 0"
        raise Fault(message, field=f"{at}.offset", code="undetermined")
    text = f"{low!r} + {rate - low!r} * (1 - s@ / ({span} * max(ceil(s@ / {span}), 1))) ** {power!r}"

    def value(s: int) -> float:
        return float(low + (rate - low) * (1 - s / (span * max(ceil(s / span), 1))) ** power)

    return Curve(rate, value, lambda start, stop: [expression(text, start)])


def half_cosines(keys: Schedule, at: str, steps: int) -> Curve:
    """Half a cosine from each value to the next one; the first one counts from the offset, not from its boundary."""
    values, edges = keys.values, keys.boundaries
    if len(values) != len(edges):
        message = f"ValueError: Boundaries length is equal to learning rate levels length{len(edges)} != {len(values)}"
        raise Fault(message, field=f"{at}.values", help=f"give {len(edges)} values")
    ends = [edge + keys.offset for edge in edges[1:]]
    if not ends or steps > ends[-1]:
        message = f"after its last boundary, at update {ends[-1] if ends else 0:,}, the value is not a number: 0 / 0"
        raise Fault(message, field=f"{at}.boundaries", help="end the run there, or give a further boundary and value")
    begins = [keys.offset, *ends[:-1]]
    spans = [after - before for before, after in pairwise(edges)]
    if min(spans) < 1:
        raise Fault("the boundaries must ascend", field=f"{at}.boundaries")
    parts = list(zip(values[:-1], values[1:], begins, spans, ends, strict=True))

    def value(s: int) -> float:
        first, last, begin, span, _ = next((part for part in parts if s < part[-1]), parts[-1])
        return (first - last) * (cos(pi * (s - begin) / span) + 1) / 2 + last

    def phases(start: int, stop: int) -> list[dict[str, Any]]:
        found = []
        for first, last, begin, span, end in parts:
            found.append(fall("cosine", first, last, begin, begin + span, start, max(end, start)))
            start = max(end, start)
        return found

    return Curve(max(values), value, phases)


def cosine(keys: Schedule, rate: float, span: int) -> Curve:
    """Half a cosine from the offset on."""
    low, offset = rate * keys.alpha, keys.offset

    def value(s: int) -> float:
        return low + (rate - low) * (1 + cos(pi * min(s - offset, span) / span)) / 2

    text = f"{low!r} + {rate - low!r} * (1 + cos(pi * min(s@ - {offset}, {span}) / {span})) / 2"
    return Curve(rate, value, lambda start, stop: falling(text, "cosine", rate, low, offset, span, start))


def powered(name: str, keys: Schedule, rate: float, power: float, at: str) -> Curve:
    """A power of the update's number; it can fall to 0 at the end, or be limited."""
    if name == "power":
        text = f"{rate!r} * max(s@, 1) ** {power!r}"

        def value(s: int) -> float:
            return float(rate * max(s, 1) ** power)

    elif name == "power_linear":
        total = needed(keys.total_decay_steps, f"{at}.total_decay_steps", "how long the decay is")
        offset, last = keys.offset, total * keys.linear_decay_fraction
        text = f"{rate!r} * max(s@ - {offset}, 1) ** {power!r}"
        text += f" * max(min(1, ({total} - (s@ - {offset})) / {last!r}), 0)" if last else ""

        def value(s: int) -> float:
            left = max(min(1, (total - s + offset) / last), 0) if last else 1
            return float(rate * max(s - offset, 1) ** power * left)

    else:
        offset, most = keys.offset, keys.pre_offset_learning_rate

        def value(s: int) -> float:
            return float(min(rate * max(s - offset, 1) ** power if s > offset else most, most))

        text = f"min({rate!r} * max(s@ - {offset}, 1) ** {power!r} if s@ > {offset} else {most!r}, {most!r})"
    return Curve(rate, value, lambda start, stop: [expression(text, start)])


def falling(text: str, kind: str, rate: float, low: float, offset: int, span: int, start: int) -> list[dict[str, Any]]:
    """A decay that holds its end, from update `start` on; by its formula before its beginning, or if it has no kind."""
    if not kind or start < offset:
        return [expression(text, start)]
    stop = max(offset + span, start)
    return [fall(kind, rate, low, offset, offset + span, start, stop), constant(low)]


def expression(formula: str, start: int) -> dict[str, Any]:
    """The phase of a formula over the update s, from update `start` on."""
    return {"kind": "expression", "value": formula.replace("s@", f"(t + {start})"), "for": "rest"}


def needed(value: Any, path: str, what: str) -> Any:
    """A value that the schedule needs; the program's own default for it is in its code."""
    if value is None:
        raise missing(what, (path,))
    return value


def warmup(config: Config, keys: Warmups | None, curve: Curve) -> tuple[list[tuple[dict[str, Any], str]], int]:
    """The warmup's phases, up to the value that the schedule has at its end, and that update."""
    given = [name for name in ("linear", "polynomial") if config.node(f"{AT}.warmup.{name}")]
    name = keys.type if keys and keys.type else given[0] if len(given) == 1 else None
    if keys is None or name is None:
        config.derivation.append("the file has no warmup; one that the experiment's code sets is not known")
        return [], 0
    own, at = getattr(keys, name) or Warmup(), f"{AT}.warmup.{name}"
    steps = needed(own.warmup_steps, f"{at}.warmup_steps", "how long the warmup is")
    top = curve.value(steps)
    if name == "linear":
        return [({"kind": "warmup", "from": own.warmup_learning_rate, "to": top, "for": steps}, at)], steps
    text = f"{top!r} * (max(t, 1) / {max(steps, 1)}) ** {own.power!r}"
    return [({"kind": "expression", "value": text, "for": steps}, at)], steps
