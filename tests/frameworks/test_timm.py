"""timm's schedulers: values by hand, refusals, and how they count time."""

import math
import warnings

import numpy as np
import pytest

import lrplot
from lrplot.curves.roles import Role

approx = pytest.approx


@pytest.fixture
def load(use):
    """Load a scheduler of timm: 20 steps, by update unless the length of an epoch is given."""

    def call(name, steps=20, epoch=None, **arguments):
        if epoch is None:
            arguments["step_on_epochs" if name == "create_scheduler_v2" else "t_in_epochs"] = False
        return use(f"timm.{name}", steps=steps, spec={"steps_per_epoch": epoch}, **arguments)

    return call


def segments(schedule):
    return schedule.run.tracks["lr"].curve.segments()


def names(schedule):
    return [each.name for each in segments(schedule)]


def test_a_warmup_hides_the_beginning_or_delays_it(load):
    # By hand: (1 + cos(π·t/8))/2, at t = 4 a half; with the prefix t counts from the end of the warmup.
    hidden = load("CosineLRScheduler", t_initial=8, warmup_t=4)
    assert hidden.lr[:5] == approx([0, 0.25, 0.5, 0.75, 0.5])
    assert hidden.lr[8] == 0
    prefix = load("CosineLRScheduler", t_initial=8, warmup_t=4, warmup_prefix=True)
    assert prefix.lr[[4, 8, 12]] == approx([1, 0.5, 0])
    assert names(hidden) == names(prefix) == ["warmup", "cosine", "hold"]


def test_a_warmup_longer_than_the_cycle_leaves_nothing_of_it(load):
    schedule = load("CosineLRScheduler", t_initial=8, warmup_t=10)
    assert schedule.lr[9:11] == approx([0.9, 0])
    assert names(schedule) == ["warmup", "hold"]


def test_times_are_epochs_by_default(load):
    schedule = load("PolyLRScheduler", epoch=5, t_initial=4, power=1)
    assert schedule.lr == approx(np.repeat([1, 0.75, 0.5, 0.25], 5))
    with pytest.raises(lrplot.SpecError, match="cannot turn epochs into steps") as caught:
        lrplot.load({"steps": 20, "lr": 1, "schedule": {"use": "timm.PolyLRScheduler", "t_initial": 4}})
    assert "t_in_epochs: false" in caught.value.diagnostics[0].help


def test_without_steps_per_epoch_a_run_in_epochs_has_one_update_an_epoch():
    schedule = lrplot.load({"epochs": 4, "lr": 1, "schedule": {"use": "timm.PolyLRScheduler", "t_initial": 4}})
    assert schedule.lr == approx([math.sqrt(left) for left in (1, 0.75, 0.5, 0.25)])  # power is 0.5


def test_rounding_of_the_logarithm_delays_the_fifth_restart_by_one_step(load):
    # By hand: cycles of 1, 3, 9, 27 and 81 steps end at 121, where log(243, 3) is 4.999….
    schedule = load("CosineLRScheduler", steps=124, t_initial=1, cycle_mul=3, cycle_limit=9)
    assert schedule.lr[[1, 4, 13, 40]] == approx(1)
    assert schedule(121) == 0
    assert schedule(122) == approx((1 + math.cos(math.pi / 243)) / 2)


def test_shrinking_cycles_raise_past_the_sum_of_their_lengths(load):
    # By hand: cycles of 4, 2, 1, ½ … steps never come to 8.
    assert load("CosineLRScheduler", steps=8, t_initial=4, cycle_mul=0.5, cycle_limit=2).lr[[4, 6]] == approx([1, 0])
    with pytest.raises(lrplot.SpecError, match=r"update 8: ValueError: math domain error"):
        load("CosineLRScheduler", steps=9, t_initial=4, cycle_mul=0.5, cycle_limit=2)


def test_a_complex_value_is_refused_at_its_update(load):
    # By hand: cycles of 10 and 13 steps; at 23 the third has begun by the logarithm, but 4e-15 of the second is left.
    with pytest.raises(lrplot.SpecError, match="update 23: TypeError: must be real number, not complex"):
        load("CosineLRScheduler", steps=30, t_initial=10, cycle_mul=1.3, cycle_limit=3, k_decay=0.5)
    with pytest.raises(lrplot.SpecError, match="update 23: RuntimeError: the learning rate is a complex number"):
        load("PolyLRScheduler", steps=30, t_initial=10, cycle_mul=1.3, cycle_limit=3, k_decay=0.5)


def test_epochs_are_those_of_the_run_if_the_scheduler_starts_later():
    warmup = {"kind": "linear", "from": 0, "to": 1, "for": 3}
    poly = {"use": "timm.PolyLRScheduler", "t_initial": 4, "power": 1}
    spec = {"steps": 12, "steps_per_epoch": 4, "lr": 1, "schedule": [warmup, poly]}
    assert lrplot.load(spec).lr[3:] == approx([1, 0.75, 0.75, 0.75, 0.75, 0.5, 0.5, 0.5, 0.5])
    repeated = {**spec, "schedule": {"kind": "repeat", "times": 2, "of": {**poly, "for": 6}}}
    with pytest.raises(lrplot.SpecError, match="repetitions do not start with an epoch"):
        lrplot.load(repeated)


def test_the_peaks_decay_from_cycle_to_cycle(load):
    schedule = load("PolyLRScheduler", t_initial=5, power=2, cycle_decay=0.5, cycle_limit=3, lr_min=0.1)
    assert schedule.lr[[0, 5, 10, 15, 19]] == approx([1, 0.5, 0.25, 0.1, 0.1])
    assert schedule(1) == approx(0.1 + 0.9 * 0.64)


def test_tanh_starts_at_the_learning_rate_and_warms_up_to_the_formula(load):
    # By hand: (1 − tanh(−1))/2 = 0.880797…, and halfway tanh(0) leaves a half.
    plain = load("TanhLRScheduler", t_initial=10, lb=-1, ub=1)
    assert plain.lr[[0, 5, 10]] == approx([1, 0.5, 0])
    assert plain(1) == approx((1 - math.tanh(-0.8)) / 2)
    assert names(plain) == ["initial", "tanh", "hold"]
    assert load("TanhLRScheduler", t_initial=10, lb=-1, ub=1, warmup_t=5).lr[1:6] == approx([0.1, 0.2, 0.3, 0.4, 0.5])
    prefix = load("TanhLRScheduler", t_initial=10, lb=-1, ub=1, warmup_t=5, warmup_prefix=True)
    assert prefix.lr[4:6] == approx([0.8, 0.880797], abs=1e-6)


def test_step_starts_after_the_warmup_and_takes_a_fraction(load):
    schedule = load("StepLRScheduler", decay_t=2.5, decay_rate=0.5, warmup_t=2)
    assert schedule.lr[:9] == approx([0, 0.5, 1, 1, 1, 0.5, 0.5, 0.25, 0.25])
    assert set(load("StepLRScheduler", decay_t=3).lr) == {1.0}  # decay_rate is 1


def test_multistep_drops_one_step_early(load):
    # From the documentation: without a warmup, a milestone of 10 applies at schedule index 9.
    schedule = load("MultiStepLRScheduler", decay_t=[10, 15], decay_rate=0.1)
    assert schedule.lr[[8, 9, 13, 14]] == approx([1, 0.1, 0.1, 0.01])
    late = load("MultiStepLRScheduler", decay_t=[10], decay_rate=0.1, warmup_t=4)
    assert late.lr[[12, 13]] == approx([1, 0.1])


def test_multistep_searches_milestones_as_if_they_ascended(load):
    # By hand, halving [12, 3, 7] for t + 1 = 13: all three are found; for 3 … 11 none is, 12 being in front.
    assert load("MultiStepLRScheduler", decay_t=[12, 3, 7], decay_rate=0.5).lr[[2, 6, 11]] == approx(
        [0.25, 0.125, 0.125]
    )


@pytest.mark.parametrize(
    ("decay_fn", "half"),
    [("linear", 0.5), ("1-sqrt", 1 - math.sqrt(0.5)), ("cosine", 0.5), ("power", 0.75), ("lambda u: 1 - u**3", 0.875)],
)
def test_wsd_decays_by_its_function(load, decay_fn, half):
    schedule = load("WSDLRScheduler", t_initial=12, decay_t=4, decay_fn=decay_fn, decay_power=2, warmup_t=2)
    assert schedule.lr[[0, 1, 2, 10, 12, 14, 19]] == approx([0, 0.5, 1, 1, half, 0, 0])


def test_wsd_exponential_decay_ends_at_0(load):
    # By hand: (0.01^½ − 0.01)/0.99 = 0.09/0.99 = 1/11.
    schedule = load("WSDLRScheduler", t_initial=8, decay_t=8, decay_fn="exp", decay_ratio=0.01)
    assert schedule.lr[[0, 4, 8]] == approx([1, 1 / 11, 0])


def test_wsd_stable_phase_continues_under_the_decay(load):
    # By hand: (1 + 12/4)^−½ = ½, and half of it is left halfway.
    schedule = load(
        "WSDLRScheduler", t_initial=18, decay_t=12, stable_fn="rsqrt", stable_timescale=4, decay_fn="linear"
    )
    assert schedule(12) == approx(0.25)
    assert names(schedule) == ["stable", "decay", "hold"]


def test_the_factory_has_its_own_defaults(load):
    assert load("create_scheduler_v2", updates_per_epoch=2, num_epochs=5, cycle_limit=2)(10) == approx(0.1)
    poly = load("create_scheduler_v2", updates_per_epoch=2, num_epochs=5, sched="poly")
    assert poly(5) == approx(0.5**0.1)  # decay_rate is the power
    warm = load("create_scheduler_v2", updates_per_epoch=2, num_epochs=5, warmup_epochs=2, sched="constant")
    assert warm.lr[[0, 2, 4]] == approx([1e-5, (1 + 1e-5) / 2, 1])
    # By hand: 10 epochs less 2 of warmup, of which the last fifth, 1.6, rounds to 2 for the decay.
    wsd = load("create_scheduler_v2", epoch=1, steps=12, num_epochs=10, warmup_epochs=2, sched="wsd")
    assert wsd.lr[[7, 8, 9, 10]] == approx([1, 1, 1 - math.sqrt(0.5), 0])
    assert set(load("create_scheduler_v2", updates_per_epoch=2, sched="none", warmup_epochs=3).lr) == {1.0}


REFUSED = [
    ("CosineLRScheduler", {"t_initial": 0}, "AssertionError: t_initial > 0"),
    ("PolyLRScheduler", {"t_initial": 5, "lr_min": -1}, "AssertionError: lr_min >= 0"),
    ("TanhLRScheduler", {"t_initial": 5, "lb": 3}, "AssertionError: lb < ub"),
    ("TanhLRScheduler", {"t_initial": 5, "cycle_limit": -1}, "AssertionError: cycle_limit >= 0"),
    ("TanhLRScheduler", {"t_initial": 4, "cycle_mul": 0.5, "warmup_t": 9}, "ValueError: math domain error"),
    ("CosineLRScheduler", {"t_initial": 5, "initialize": False}, "KeyError: 'initial_lr missing"),
    ("StepLRScheduler", {"decay_t": 0}, "update 1: ZeroDivisionError"),
    ("StepLRScheduler", {"decay_t": 1, "decay_rate": 1e40}, "update 8: OverflowError"),
    ("WSDLRScheduler", {"t_initial": 5, "decay_t": 6}, r"Invalid decay_t \(6\), must be in \(0, t_initial\]"),
    ("WSDLRScheduler", {"t_initial": 5, "decay_t": 2, "decay_fn": "quick"}, r"Invalid decay_fn \(quick\)"),
    ("WSDLRScheduler", {"t_initial": 5, "decay_t": 2, "stable_fn": "rsqrt"}, "requires a positive stable_timescale"),
    ("create_scheduler_v2", {}, "AssertionError: updates_per_epoch must be set"),
    (
        "create_scheduler_v2",
        {"updates_per_epoch": 2, "sched": "wsd", "num_epochs": 3, "warmup_epochs": 3},
        "ValueError: wsd schedule requires 0 < decay_epochs",
    ),
    ("create_scheduler_v2", {"updates_per_epoch": 2, "cycle_mul": 2, "cycle_limit": 10_000}, "OverflowError"),
    ("create_scheduler_v2", {"sched": "plateau"}, "the plateaus cannot be shown"),
    ("create_scheduler_v2", {"noise": 0.5}, "noise is random"),
    ("PolyLRScheduler", {"t_initial": 5, "noise_range_t": [2, 4]}, "noise is random"),
]


@pytest.mark.parametrize(("name", "arguments", "message"), REFUSED)
def test_bad_arguments_are_refused(load, name, arguments, message):
    with pytest.raises(lrplot.SpecError, match=message):
        load(name, **arguments)


def test_plateau_scheduler_is_refused_as_it_depends_on_a_metric(load):
    with pytest.raises(lrplot.SpecError, match="cannot be shown ahead") as caught:
        load("PlateauLRScheduler")
    assert "torch.ReduceLROnPlateau" in caught.value.diagnostics[0].help


def test_noise_settings_have_no_effect(load):
    quiet = load("CosineLRScheduler", t_initial=8, noise_range_t=None, noise_pct=0.1, noise_std=3, noise_seed=1)
    assert np.array_equal(quiet.lr, load("CosineLRScheduler", t_initial=8).lr)


@pytest.mark.parametrize("path", ["timm.scheduler", "timm.scheduler.cosine_lr"])
def test_import_paths_are_known(path):
    schedule = {"use": f"{path}.CosineLRScheduler", "t_initial": 8, "t_in_epochs": False}
    assert lrplot.load({"steps": 9, "lr": 1, "schedule": schedule})(4) == approx(0.5)


def test_long_runs_are_exact_far_out(load):
    # By hand: cycles of 10^6·2^i steps; the restart 10 is at 1023·10^6.
    schedule = load("CosineLRScheduler", steps=2**31, t_initial=10**6, cycle_mul=2, cycle_limit=20)
    assert schedule.at(np.array([1_023_000_000, 1_022_999_999]))["lr"] == approx([1, 0], abs=1e-12)


@pytest.mark.parametrize("mul", [1, 1.7])
def test_turning_points_include_every_restart(load, mul):
    schedule = load("CosineLRScheduler", steps=200, t_initial=7, cycle_mul=mul, cycle_limit=4, cycle_decay=1.1)
    points = schedule.run.tracks["lr"].curve.turning_points(0, 200)
    restarts = np.flatnonzero(np.diff(schedule.lr) > 0) + 1
    assert len(restarts) == 3
    assert set(restarts) | set(restarts - 1) <= set(points)


@pytest.mark.parametrize("warmup", [0, 100])
@pytest.mark.parametrize("period", [600, 1_000, 3_000])
@pytest.mark.parametrize("name", ["CosineLRScheduler", "TanhLRScheduler", "PolyLRScheduler"])
def test_a_single_cycle_is_a_decay_with_a_planned_stop(load, name, period, warmup):
    schedule = load(name, steps=1_000, t_initial=period, warmup_t=warmup)
    decay = next(each for each in segments(schedule) if each.role is Role.DECAY)
    assert (decay.stop, decay.past) == (period, Role.HOLD)
    assert [each.stop for each in segments(schedule) if each.role is Role.WARMUP] == [warmup] * bool(warmup)


@pytest.mark.parametrize("period", [12, 60])
def test_the_factory_has_the_segments_of_the_class(load, period):
    arguments = {"warmup_epochs": 4, "num_epochs": period, "warmup_lr": 0}
    factory = load("create_scheduler_v2", epoch=5, steps=100, **arguments)
    scheduler = load("CosineLRScheduler", epoch=5, steps=100, warmup_t=4, t_initial=period)
    rows = [
        [(each.name, each.role, each.start, each.stop, each.past) for each in segments(schedule)]
        for schedule in (factory, scheduler)
    ]
    assert rows[0] == rows[1]
    assert rows[0][:2] == [
        ("warmup", Role.WARMUP, 0, 20, Role.HOLD),
        ("cosine", Role.DECAY, 20, 5 * period, Role.HOLD),
    ]


def test_several_cycles_end_after_the_last(load):
    schedule = load("CosineLRScheduler", t_initial=8, cycle_mul=2, cycle_limit=3, warmup_t=2, warmup_prefix=True)
    assert [(each.start, each.stop, each.role) for each in segments(schedule)][:2] == [
        (0, 2, Role.WARMUP),
        (2, 58, Role.CYCLES),
    ]


@pytest.mark.parametrize("length", [12, 60])
def test_wsd_has_a_stable_phase_and_a_decay_with_a_planned_stop(load, length):
    schedule = load("WSDLRScheduler", t_initial=length, decay_t=8, warmup_t=2)
    expected = [(0, 2, Role.WARMUP), (2, length - 6, Role.HOLD), (length - 6, length + 2, Role.DECAY)]
    assert [(each.start, each.stop, each.role) for each in segments(schedule)][:3] == expected


def test_drops_are_stairs(load):
    step = load("StepLRScheduler", decay_t=5, decay_rate=0.5, warmup_t=3)
    multistep = load("MultiStepLRScheduler", decay_t=[5, 9], decay_rate=0.5, warmup_t=3)
    for schedule in (step, multistep):
        assert [each.role for each in segments(schedule)] == [Role.WARMUP, Role.STAIRS]


def test_a_scheduler_by_epoch_is_not_stepped_more_often_with_the_batches_of_an_update():
    drops = {"use": "timm.MultiStepLRScheduler", "decay_t": [2, 4], "decay_rate": 0.5}
    spec = {"steps": 24, "steps_per_epoch": 4, "lr": 1, "schedule": drops}
    often = {**spec, "schedule": {**drops, "scheduler_steps_per_update": 3}}
    assert lrplot.load(often).lr.tolist() == lrplot.load(spec).lr.tolist()


def test_cycles_that_come_to_an_end_are_refused_without_a_warning():
    cycles = {"use": "timm.PolyLRScheduler", "t_initial": 50, "t_in_epochs": False, "cycle_mul": 0.25, "cycle_limit": 5}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(lrplot.SpecError, match="raises at update 77: ValueError"):
            lrplot.load({"steps": 200_000, "lr": 1, "schedule": [{"kind": "warmup", "for": 10}, cycles]})
