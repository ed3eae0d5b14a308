"""Roles are complete: an argument that reads like a horizon, a warmup, a floor … says what it is for.

What looks at a finished schedule asks for roles, never for names. So an argument without its role
would silently be left out of every check.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from frameworks.cases import REFERENCES, read

from lrplot.analysis.checks.scheduler import ENDING, schedulers_of
from lrplot.curves.roles import Role
from lrplot.diagnostics import SpecError
from lrplot.frameworks import frameworks
from lrplot.kinds import KINDS
from lrplot.schema.types import Text
from lrplot.spec.compile import compile_run
from lrplot.text.objects import read_mapping

TIMES = "(steps|step|num_steps|num_update|updates?|iters?|iterations|epochs)"
ENDS = {Role.HORIZON, Role.DECAY}

# Names of arguments, and the roles that one of such a name may have.
NAMES = {
    "horizon": (
        rf"(total|max|num_training|training|num)_{TIMES}|t_max|T_max|t_initial|duration|for|epochs",
        ENDS,
    ),
    "decay": (
        rf"(lr_|num_|wsd_)?decay_({TIMES}|t)|transition_steps|anneal_epochs",
        {*ENDS, Role.EVERY, Role.MILESTONES},
    ),
    "warmup": (rf"warmup|(lr_|num_)?warmup_({TIMES}|t|length|duration)|t_warmup", {Role.WARMUP, Role.DELAY}),
    "floor": (
        r"min|to|(lr_|eta_|f_)min|min_(lr|value)|(end|final)_(lr|value|learning_rate)|lr_end|cycle_min_lr",
        {Role.FLOOR, Role.CLIP, Role.PEAK, Role.START},
    ),
    "peak": (
        r"max|peak(_\w+)?|max_(lr|value|learning_rate)|(eta|f)_max|(cycle|warmup)_max_lr|warmup_(target|end_value)",
        {Role.PEAK},
    ),
    "period": (
        rf"periods?|[Tt]_0|first_(cycle|decay)_{TIMES}|cycle_size|lr_period_updates|lr_deacy_period|decay_period",
        {Role.PERIOD, Role.EVERY},
    ),
    "milestones": (r"(decay_)?(milestones|boundaries)(_\w+)?|step_rules", {Role.MILESTONES, Role.HANDOVERS}),
    "every": (r"every|step_size|interval_steps", {Role.EVERY, Role.RISE}),
}

UNIT = "the unit of a rate: nothing happens at its multiples unless `staircase` is set"
PART = "only a factor of the horizon, which is `epochs` times `steps_per_epoch`"
SHARE = "a share of the base: `FLOOR` and `PEAK` are values of the parameter"
PAIRS = "times together with values, not a list of times"
RELATIVE = "a share of `num_updates`, which is stretched over the run"
TURN = "the value at which a cycle turns, above or below its start"
BETWEEN = "a way up after each cycle, not before the schedule"
MIXED = "counts epochs, beside a warmup that counts batches"
LEADS = "by design it leads to the value of an epoch, which is less than the learning rate"
PART_OF_IT = "only a share is taken of it"
CUT = "the end of a whole cosine, which another decay cuts short"
FROZEN = "epochs of the second of two cycles"
HALF_CYCLE = "half a cycle, not a whole one"
HALF = "leads to the middle of a cosine, whose top the learning rate is"
FACTOR = "leads to a value of its own: the learning rate is a factor"
UNUSED = "it has no effect on the schedule"
LASTS = "the way to a learning rate that is meant to stay"

# Arguments that need no role, with the reason.
EXCEPTIONS = {
    ("exponential", "every"): UNIT,
    ("inverse_time", "every"): UNIT,
    ("power_law", "every"): UNIT,
    ("composer.ExponentialScheduler", "decay_period"): UNIT,
    ("keras.ExponentialDecay", "decay_steps"): UNIT,
    ("keras.InverseTimeDecay", "decay_steps"): UNIT,
    ("optax.exponential_decay", "transition_steps"): UNIT,
    ("optax.warmup_exponential_decay_schedule", "transition_steps"): UNIT,
    ("torch.OneCycleLR", "epochs"): PART,
    ("diffusers.get_linear_schedule_with_warmup", "f_min"): SHARE,
    ("diffusers.get_linear_schedule_with_warmup", "f_max"): SHARE,
    ("diffusers.get_piecewise_constant_schedule", "step_rules"): PAIRS,
    ("diffusers.get_scheduler", "step_rules"): PAIRS,
    ("ignite.PiecewiseLinear", "milestones_values"): PAIRS,
    ("optax.piecewise_constant_schedule", "boundaries_and_scales"): PAIRS,
    ("optax.piecewise_interpolate_schedule", "boundaries_and_scales"): PAIRS,
    ("fvcore.MultiStepParamScheduler", "num_updates"): RELATIVE,
    ("fvcore.MultiStepParamScheduler", "milestones"): RELATIVE,
    ("fvcore.StepParamScheduler", "num_updates"): RELATIVE,
    ("fvcore.StepWithFixedGammaParamScheduler", "num_updates"): RELATIVE,
    ("nemo.NoamAnnealing", "max_steps"): PART_OF_IT,
    ("nemo.NoamAnnealing", "warmup_steps"): FACTOR,
    ("olmo_core.CosWithWarmupAndLinearDecay", "t_max"): CUT,
    ("olmo_core.HalfCosWithWarmup", "warmup"): HALF,
    ("olmo_core.HalfCosWithWarmup", "warmup_steps"): HALF,
    ("t5x.create_learning_rate_scheduler", "warmup_steps"): FACTOR,
    ("thinc.cyclic_triangular", "period"): HALF_CYCLE,
    ("speechbrain.TriStageLRSchedule", "total_steps"): UNUSED,
    ("torch.SWALR", "anneal_epochs"): LASTS,
    ("fastai.fine_tune", "epochs"): FROZEN,
    ("ultralytics.BaseTrainer", "epochs"): MIXED,
    ("ultralytics.BaseTrainer", "warmup_epochs"): LEADS,
    ("ignite.LinearCyclicalScheduler", "end_value"): TURN,
    ("ignite.CosineAnnealingScheduler", "end_value"): TURN,
    ("ignite.LinearCyclicalScheduler", "warmup_duration"): BETWEEN,
    ("ignite.CosineAnnealingScheduler", "warmup_duration"): BETWEEN,
}

SCHEDULERS = {kind.name: kind for each in frameworks() for kind in each.schedulers.values()}
DEFINITIONS = {**KINDS, **SCHEDULERS}
LEAST = 8  # steps of a run in which half the horizon leaves something to see
CONVENTIONS = 2  # steps by which frameworks differ in where a schedule of n steps ends


def family(name):
    """The group of names that an argument's name belongs to; None if it belongs to none."""
    return next((group for group, (pattern, _) in NAMES.items() if re.fullmatch(pattern, name)), None)


def named_fields(name):
    """The fields of a definition whose name belongs to a group, each with the group."""
    kind = DEFINITIONS[name]
    fields = kind.fields if kind.framework else (*kind.fields, *kind.shared_fields)
    return [(field, group) for field in fields if (group := family(field.name))]


@pytest.mark.parametrize("name", DEFINITIONS)
def test_an_argument_that_reads_like_a_time_or_a_value_has_a_role(name):
    missing = {field.name: group for field, group in named_fields(name) if field.role is None}
    assert missing.keys() <= {argument for owner, argument in EXCEPTIONS if owner == name}, missing


@pytest.mark.parametrize("name", DEFINITIONS)
def test_a_role_suits_the_argument_s_name(name):
    wrong = {
        field.name: field.role
        for field, group in named_fields(name)
        if field.role and field.role not in NAMES[group][1]
    }
    assert not wrong


@pytest.mark.parametrize(("owner", "argument"), EXCEPTIONS)
def test_an_exception_is_needed(owner, argument):
    assert [field.role for field, _ in named_fields(owner) if field.name == argument] == [None]


@cache
def reference_specs():
    """The reference specs of every framework's scheduler."""
    specs = {}
    for path in sorted(REFERENCES.glob("*.jsonl")):
        for case in read(path)[1]:
            specs.setdefault(case.use, []).append(case.spec)
    return specs


def scheduler_of(spec):
    """The scheduler that a spec names, in the track that it moves; None if the framework refuses the spec."""
    try:
        with np.errstate(all="ignore"):
            run = compile_run(read_mapping(spec), "run", Path())
            schedulers = [each for track in run.tracks.values() for each in schedulers_of(track.curve, run.steps)]
    except SpecError:
        return None
    return next((each for each in schedulers if each.origin.name == spec["schedule"]["use"]), None)


def decays(scheduler):
    """Whether a scheduler has a segment that it may end with; cycles may go on for ever."""
    return any(
        segment.role in ENDING and not (segment.role is Role.CYCLES and segment.past is None)
        for segment in scheduler.segments
    )


def variations(use, argument):
    """For each reference spec of a scheduler that decays, its scheduler and a function that changes its horizon."""
    for spec in reference_specs()[use]:
        given = spec["schedule"].get(argument)
        scheduler = scheduler_of(spec) if type(given) in (int, float) else None
        if (
            scheduler
            and decays(scheduler)
            and scheduler.readings >= max(LEAST, 3 * (scheduler.value(Role.WARMUP) or 0))
        ):
            yield (
                scheduler,
                lambda horizon, spec=spec: scheduler_of({**spec, "schedule": {**spec["schedule"], argument: horizon}}),
            )


def horizon_field(kind):
    """The argument of a scheduler that is its horizon, if it is a number; composer's are texts such as `1dur`."""
    field = next((field for field in kind.fields if field.role is Role.HORIZON), None)
    return None if field is None or isinstance(field.type, Text) else field.name


ENDLESS = {"pytorch_optimizer.PolyScheduler"}  # does not use its `t_max`: a power that grows for ever
PERIODIC = {"mmengine.CosineRestartLR", "mmengine.CosineRestartMomentum"}  # end with their periods, if not before
HORIZONS = [
    (name, argument) for name, kind in SCHEDULERS.items() if (argument := horizon_field(kind)) and name not in PERIODIC
]


@pytest.mark.parametrize(("use", "argument"), HORIZONS)
def test_the_end_of_a_schedule_moves_with_its_horizon(use, argument):
    cases = [(scheduler, change) for scheduler, change in variations(use, argument)]
    ended = [(scheduler.readings, change) for scheduler, change in cases if scheduler.over is not None]
    assert bool(ended) == (bool(cases) and use not in ENDLESS), f"no reference spec of {use} has an end of its own"
    for readings, change in ended[:1]:
        length = 1 << readings.bit_length() - 1  # pytorch_optimizer rounds a length up to a power of two
        half, twice = change(length // 2), change(2 * length)
        assert half.horizon is not None
        assert abs((twice.horizon - half.horizon) - (2 * length - length // 2)) <= CONVENTIONS
