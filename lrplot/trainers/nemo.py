"""NeMo's YAML: an optimizer and its schedule within the model, the length within the trainer."""

from __future__ import annotations

from math import ceil
from typing import Annotated

from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.schema.annotations import FlagField
from lrplot.schema.records import record
from lrplot.schema.types import Count, Number, Record, Text
from lrplot.text.tree import Node
from lrplot.trainers import Content, trainer
from lrplot.trainers.shared.choices import chosen
from lrplot.trainers.shared.config import Config, missing, whole
from lrplot.trainers.shared.interpolation import arguments_of
from lrplot.trainers.shared.phases import Phase, constant, fall, listed, rise

AT = "model.optim.sched"
NAMES = (
    "CosineAnnealing",
    "NoamAnnealing",
    "NoamHoldAnnealing",
    "WarmupAnnealing",
    "InverseSquareRootAnnealing",
    "SquareAnnealing",
    "SquareRootAnnealing",
    "PolynomialDecayAnnealing",
    "PolynomialHoldDecayAnnealing",
    "WarmupPolicy",
    "WarmupHoldPolicy",
    "StepLR",
    "CyclicLR",
)
FLOORS = {"SquareAnnealing": 1e-5}  # where the least value is not 0 if absent


@record
class Sched:
    """The schedule.

    Args:
        name: which one
        max_steps: update at which it ends; that of the run if absent
        warmup_steps: last update of the warmup
        warmup_ratio: the same as a share of `max_steps`, instead
        hold_steps: updates of the constant part
        hold_ratio: the same as a share of `max_steps`, instead
        constant_steps: updates at `min_lr` after a cosine
        constant_ratio: the same as a share of `max_steps`, instead
        min_lr: where it ends
        power: exponent of a polynomial decay
        cycle: start a polynomial decay again at its end
        d_model: the model's width, for Noam
        decay_rate: exponent of Noam's decay after a constant part
    """

    name: Annotated[str | None, Text(), Role.CURVE] = None
    max_steps: Annotated[int | None, Count(at_least=None), Role.HORIZON] = None
    warmup_steps: Annotated[int | None, Count(at_least=0), Role.WARMUP] = None
    warmup_ratio: Annotated[float | None, Number(at_least=0, at_most=1), Role.WARMUP] = None
    hold_steps: Annotated[int | None, Count(at_least=0), Role.HOLD] = None
    hold_ratio: Annotated[float | None, Number(at_least=0, at_most=1), Role.HOLD] = None
    constant_steps: Annotated[int | None, Count(at_least=0), Role.HOLD] = None
    constant_ratio: Annotated[float | None, Number(at_least=0, at_most=1), Role.HOLD] = None
    min_lr: Annotated[float | None, Number(at_least=0), Role.FLOOR] = None
    power: Annotated[float, Number(above=0)] = 1.0
    cycle: FlagField = False
    d_model: Annotated[int | None, Count(), Role.CURVE] = None
    decay_rate: Annotated[float, Number()] = 0.5


@record
class Optim:
    """The optimizer.

    Args:
        lr: the learning rate, or the factor of Noam
        weight_decay: weight decay
        sched: its schedule
    """

    lr: Annotated[float, Number(at_least=0), Role.PEAK]
    weight_decay: Annotated[float | None, Number()] = None
    sched: Annotated[Sched | None, Record(Sched)] = None


@record
class Model:
    """The model.

    Args:
        optim: the optimizer
    """

    optim: Annotated[Optim, Record(Optim)]


@record
class Trainer:
    """The trainer.

    Args:
        max_steps: updates of the run, if above 0
        max_epochs: epochs of the run, if above 0
        accumulate_grad_batches: batches accumulated into an update
    """

    max_steps: Annotated[int, Count(at_least=None), Role.HORIZON] = -1
    max_epochs: Annotated[int, Count(at_least=None), Role.HORIZON] = -1
    accumulate_grad_batches: Annotated[int, Count(), Role.CURVE] = 1


@trainer(
    "nemo",
    marks=(
        "model.optim.sched.name",
        "model.optim.lr",
        "model.train_ds",
        "trainer.max_steps",
        "trainer.max_epochs",
        "exp_manager",
    ),
    surely=("model.optim.lr",),
)
def nemo_config(
    config: Config,
    model: Annotated[Model, Record(Model)],
    trainer: Annotated[Trainer | None, Record(Trainer)] = None,
) -> Content:
    """NeMo config: YAML with `model.optim.sched` and `trainer`.

    Source: nemo/core/optim/lr_scheduler.py

    Args:
        model: the model with its optimizer
        trainer: the length of the run
    """
    sched = model.optim.sched or Sched()
    steps, per_epoch = length(config, trainer or Trainer(), sched)
    rate = model.optim.lr
    weight_decay = model.optim.weight_decay
    return {
        "steps": config.at(steps, "steps", "trainer.max_steps", "trainer.max_epochs", f"{AT}.max_steps"),
        "steps_per_epoch": per_epoch,
        "lr": config.at(rate, "model.optim.lr"),
        "weight_decay": config.at(weight_decay, "model.optim.weight_decay") if weight_decay else None,
        "schedule": schedule(config, sched, rate, steps),
    }


def length(config: Config, trainer: Trainer, sched: Sched) -> tuple[int, int | None]:
    """Updates of the run, and of an epoch if they are known."""
    per_epoch = config.fact("steps_per_epoch")
    if per_epoch is None and (examples := config.fact("dataset_size")):
        size = config.fact("batch_size") or whole(config.node("model.train_ds.batch_size"))
        devices = config.fact("devices")
        if size is None or devices is None:
            raise missing("how many processes train", ("devices",))
        batches = ceil(ceil(examples / devices) / size)
        per_epoch = ceil(batches / trainer.accumulate_grad_batches)
        config.derivation.append(f"{examples:,} examples ÷ ({size:,} × {devices:,} devices) = {batches:,} batches")
    if (steps := config.fact("steps")) is not None:
        return steps, per_epoch
    if trainer.max_steps > 0:
        return trainer.max_steps, per_epoch
    if trainer.max_epochs > 0 and per_epoch is not None:
        steps = trainer.max_epochs * per_epoch
        config.derivation.append(f"{trainer.max_epochs:,} epochs × {per_epoch:,} updates = {steps:,} updates")
        return steps, per_epoch
    if sched.max_steps is not None and sched.max_steps > 0:
        config.derivation.append(f"the run is taken to be as long as its schedule: {sched.max_steps:,} updates")
        return sched.max_steps, per_epoch
    raise missing("how many updates the run has", ("steps",), ("steps_per_epoch",), ("dataset_size", "devices"))


def share(given: int | None, ratio: float | None, end: int, key: str) -> int:
    """A length in updates, or as a share of the schedule."""
    if given is not None and ratio is not None:
        message = "AssertionError: Either use particular number of step or ratio"
        raise Fault(message, field=f"{AT}.{key}_ratio", help="remove one of them")
    return given if given is not None else int(ratio * end) if ratio is not None else 0


def schedule(config: Config, sched: Sched, rate: float, steps: int) -> list[Node] | Content:
    """The phases of a run of `steps` updates; constant without a schedule."""
    if sched.name is None:
        return {"kind": "constant"}
    at, name = f"{AT}.name", sched.name
    chosen(dict.fromkeys(NAMES, ""), name, at, "NeMo")
    if name in ("StepLR", "CyclicLR"):
        given = arguments_of(config.inner(AT))
        ours = {
            key: node for key, node in given.items() if key not in ("name", "max_steps", "monitor", "reduce_on_plateau")
        }
        return {"use": config.at(f"torch.{name}", at), **ours}
    end = sched.max_steps if sched.max_steps is not None and sched.max_steps > 0 else steps
    warmup = share(sched.warmup_steps, sched.warmup_ratio, end, "warmup")
    low = FLOORS.get(name, 0.0) if sched.min_lr is None else sched.min_lr
    if name == "NoamAnnealing":
        return noam(config, sched, rate, warmup, low, steps)
    if name == "CosineAnnealing":
        if rate < low:
            message = "ValueError: received an initial learning rate that was lower than the minimum learning rate."
            raise Fault(message, field=f"{AT}.min_lr", help="give less than `lr`")
        kept = share(sched.constant_steps, sched.constant_ratio, end, "constant")
        begin, stop = (0, end - kept) if kept else (-1, end)
        phases = [
            (rise(0.0, rate, begin, warmup, 0, warmup), f"{AT}.warmup_steps"),
            (fall("cosine", rate, low, warmup, stop, warmup, stop), at),
            (constant(low), f"{AT}.min_lr"),
        ]
        return listed(config, steps, *phases)
    hold = share(sched.hold_steps, sched.hold_ratio, end, "hold") if "Hold" in name else 0
    # The warmup's last update has the peak; a constant part, if there is one, counts from the warmup's end.
    start = max(warmup + 1 if warmup else 0, warmup + hold)
    begin = warmup + hold if hold or name != "PolynomialHoldDecayAnnealing" else 0
    plain = name.startswith("Polynomial") and not sched.cycle and begin >= warmup
    start = begin if plain else start  # where it has the peak too
    updates = max(end + 1 - start, 0)
    if name == "WarmupAnnealing":
        falling = fall("linear", rate, low, warmup, end, start, start + updates)
    elif plain:
        falling = {"kind": "polynomial", "power": sched.power, "from": rate, "to": low, "for": max(end - begin, 0)}
    elif name == "InverseSquareRootAnnealing":
        falling = inverse_root(rate * ((warmup + 1) / (start + 1)) ** 0.5, start + 1, updates)
    elif name in ("WarmupPolicy", "WarmupHoldPolicy"):
        falling = constant(rate, updates)
    else:
        falling = expression(FORMULAS[name](sched, rate, low, warmup, begin, end), start, updates)
    phases = [
        (rise(0.0, rate, -1, warmup, 0, warmup), f"{AT}.warmup_steps"),
        (constant(rate, start - warmup), f"{AT}.hold_steps"),
        (falling, at),
        (constant(low), f"{AT}.min_lr"),
    ]
    return listed(config, steps, *phases)


def expression(formula: str, start: int, updates: int | str) -> Phase:
    """The phase of a formula over the update s, from update `start` on."""
    return {"kind": "expression", "value": formula.replace("s@", f"(t + {start})"), "for": updates}


def inverse_root(first: float, number: int, updates: int | str) -> Phase:
    """A decay with the root of the update's number, which is `number` at its first update."""
    return {"kind": "inverse_sqrt", "from": first, "timescale": number, "for": updates}


def noam(config: Config, sched: Sched, rate: float, warmup: int, low: float, steps: int) -> list[Node]:
    """Noam's schedule: the learning rate is a factor. Updates are counted from 1, but 0 and 1 have the same value."""
    if sched.d_model is None:
        raise missing("the model's width", (f"{AT}.d_model",))
    factor = rate * sched.d_model**-0.5
    top = factor * max(warmup, 1) ** -0.5
    first = top / max(warmup, 1)
    start = max(warmup + 1, 2)
    return listed(
        config,
        steps,
        (constant(max(first, low) if not warmup else first, 1), f"{AT}.warmup_steps"),
        (rise(0.0, top, 0, max(warmup, 1), 1, warmup + 1), f"{AT}.warmup_steps"),
        (constant(max(factor, low), 0 if warmup else 1), f"{AT}.name"),
        ({**inverse_root(factor * start**-0.5, start, "rest"), "min": low}, f"{AT}.name"),
    )


def _square(sched: Sched, rate: float, low: float, warmup: int, begin: int, end: int) -> str:
    return f"max({rate!r} * (({end} - s@) / {end - warmup}) ** 2, {low!r})"


def _root(sched: Sched, rate: float, low: float, warmup: int, begin: int, end: int) -> str:
    return f"max({rate!r} * sqrt(({end} - s@) / {end}), {low!r})"


def _polynomial(sched: Sched, rate: float, low: float, warmup: int, begin: int, end: int) -> str:
    span = end - max(warmup, begin)
    done = f"min(s@ - {begin}, {span}) / {span}"
    if sched.cycle:
        done = f"(s@ - {begin}) / ({span} * max(1, ceil((s@ - {begin}) / {span})))"
    return f"{low!r} + {rate - low!r} * (1 - {done}) ** {sched.power!r}"


def _noam_hold(sched: Sched, rate: float, low: float, warmup: int, begin: int, end: int) -> str:
    if not warmup:
        message = "ValueError: Noam scheduler cannot be used without warmup steps"
        raise Fault(message, field=f"{AT}.name", help="give `warmup_steps`")
    top = rate * max(1, warmup**sched.decay_rate)
    return f"max({top!r} / max(1, (s@ - {begin - warmup}) ** {sched.decay_rate!r}), {low!r})"


FORMULAS = {
    "SquareAnnealing": _square,
    "SquareRootAnnealing": _root,
    "PolynomialDecayAnnealing": _polynomial,
    "PolynomialHoldDecayAnnealing": _polynomial,
    "NoamHoldAnnealing": _noam_hold,
}
