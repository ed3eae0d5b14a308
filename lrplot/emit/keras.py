"""Keras: `schedule`, one of its own LearningRateSchedules or one with a function."""

from __future__ import annotations

from collections.abc import Iterator

from lrplot.emit import Request, emitter
from lrplot.emit.shared.absolute import SINGLE, own_schedules
from lrplot.emit.shared.equality import OWN, ROUNDING
from lrplot.emit.shared.forms import Exponential, Form, Law, Level, Ramp, Waves
from lrplot.emit.shared.functions import (
    Dialect,
    Function,
    compared,
    constants,
    for_arrays,
    functions_of,
    imports,
    source,
)
from lrplot.emit.shared.module import module, wrapped
from lrplot.emit.shared.own import Call
from lrplot.emit.shared.pieces import Piece, expanded
from lrplot.runs.run import Run

OPS = Dialect(
    prefix="ops.",
    array='ops.cast({}, "float32")',
    looked_up='ops.take({levels}, ops.searchsorted({edges}, {local}, side="right"))',
)
HOME = "keras.optimizers.schedules"
FLOAT32 = f"in float32, as Keras computes, within {SINGLE:g} of the peak"


@emitter
def keras(request: Request) -> str:
    """A LearningRateSchedule of keras.optimizers.schedules."""
    run = request.run
    alone = Request(request.tree, Run(run.name, run.source, run.timebase, {"lr": run.lr}))
    others = [name for name in run.tracks if name != "lr"]
    left_out = (
        [f"only the learning rate: a Keras optimizer takes no schedule for {', '.join(others)}"] if others else []
    )
    if found := own_schedules(alone, "keras", composed):
        own, equality = found
        call = own["lr"].call
        comments = [equality.sentence(OWN), FLOAT32, "by Keras's own schedule", *left_out]
        line = wrapped(f"schedule = {call.code(prefix=f'{HOME}.')}")
        return module(comments, request, [["import keras"]], [line], [])
    functions = functions_of(alone.run, alone.comparison, single=True)
    for_arrays(functions)
    equality = compared(alone.run, alone.comparison, functions)
    comments = [
        equality.sentence(ROUNDING),
        FLOAT32,
        "by a function, as no schedule of Keras is equal",
        *left_out,
    ]
    needed = [imports(functions, OPS), ["from keras import ops", f"from {HOME} import LearningRateSchedule"]]
    (function,) = functions
    return module(comments, request, needed, constants(functions), [source(function, OPS), _schedule(function)])


def _schedule(function: Function) -> str:
    return f'''\
class Schedule(LearningRateSchedule):
    """The function as a schedule of Keras."""

    def __call__(self, step):
        """Learning rate at update `step`."""
        return {function.name}(step)

    def get_config(self):
        """No arguments."""
        return {{}}


schedule = Schedule()
'''


def composed(pieces: list[Piece]) -> Iterator[Call]:
    """A schedule of Keras for all pieces."""
    forms = [piece.form for piece in pieces]
    match forms:
        case [Ramp(shape="linear", lead=0) as rise, Ramp(shape="cosine", lead=0) as fall, *rest] if rise.last > 0:
            if rise.last == fall.first and all(form == Level(fall.last) for form in rest):
                arguments = {"initial_learning_rate": rise.first, "decay_steps": fall.span, **_alpha(fall)}
                arguments |= {"warmup_target": rise.last, "warmup_steps": rise.span}
                yield Call("keras.CosineDecay", arguments)
        case [Ramp(shape="cosine", lead=0) as fall, *rest] if fall.first > 0 and _holds(rest, fall.last):
            arguments = {"initial_learning_rate": fall.first, "decay_steps": fall.span, **_alpha(fall)}
            yield Call("keras.CosineDecay", arguments)
        case [Ramp(shape="linear" | "fall", lead=0) as fall, *rest] if _holds(rest, fall.last):
            arguments = {"initial_learning_rate": fall.first, "decay_steps": fall.span, "end_learning_rate": fall.last}
            arguments |= {"power": fall.parameter} if fall.parameter != 1 else {}
            yield Call("keras.PolynomialDecay", arguments)
        case [Ramp(shape="geometric", lead=0) as fall]:
            arguments = {"initial_learning_rate": fall.first, "decay_steps": fall.span}
            yield Call("keras.ExponentialDecay", {**arguments, "decay_rate": fall.last / fall.first})
        case [Exponential() as fall] if fall.gamma > 0 and not fall.staircase:
            arguments = {"initial_learning_rate": fall.first, "decay_steps": fall.every, "decay_rate": fall.gamma}
            yield Call("keras.ExponentialDecay", arguments)
        case [Law(exponent=1.0) as law]:
            arguments = {"initial_learning_rate": law.first, "decay_steps": law.scale, "decay_rate": 1.0}
            yield Call("keras.InverseTimeDecay", arguments)
        case [Waves() as waves] if waves.first > 0:
            arguments = {"initial_learning_rate": waves.first, "first_decay_steps": waves.period, "t_mul": 1.0}
            arguments |= {"m_mul": waves.decay, "alpha": waves.last / waves.first}
            yield Call("keras.CosineDecayRestarts", arguments)
    stairs = expanded(pieces)
    values = [piece.form.value for piece in stairs if isinstance(piece.form, Level)]
    if len(values) == len(stairs) > 1:
        boundaries = [piece.start - 1 for piece in stairs[1:]]
        yield Call("keras.PiecewiseConstantDecay", {"boundaries": boundaries, "values": values})


def _alpha(fall: Ramp) -> dict[str, float]:
    return {"alpha": fall.last / fall.first} if fall.last else {}


def _holds(rest: list[Form], value: float) -> bool:
    return all(form == Level(value) for form in rest)
