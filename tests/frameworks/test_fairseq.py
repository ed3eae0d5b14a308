"""fairseq's schedulers: values computed by hand, segments, and refusals."""

from math import sqrt

import pytest
from frameworks.outlines import segments

import lrplot
from lrplot.curves.roles import Role


@pytest.fixture
def fairseq(load):
    """Load a scheduler: a run of 12 steps in epochs of 3, with a learning rate of 0.8."""
    return lambda name, steps=12, **arguments: load(
        {"use": f"fairseq.{name}", **arguments}, steps, 0.8, steps_per_epoch=3
    )


@pytest.fixture
def values(fairseq):
    return lambda name, steps=12, **arguments: fairseq(name, steps, **arguments).lr.tolist()


@pytest.mark.parametrize(
    ("name", "own", "arguments"),
    [
        ("cosine", "CosineLRSchedule", {"lr_period_updates": 5}),
        ("fixed", "FixedLRSchedule", {"lr": [0.2, 0.1]}),
        ("inverse_sqrt", "InverseSquareRootSchedule", {"warmup_updates": 3}),
        ("manual", "ManualSchedule", {"epoch2lr": "{'2': 0.1}"}),
        ("polynomial_decay", "PolynomialDecayLRSchedule", {"power": 2}),
        ("step", "StepLRSchedule", {"lr_deacy_period": 4}),
        ("tri_stage", "TriStageLRSchedule", {"decay_steps": 5}),
        ("triangular", "TriangularLRSchedule", {"max_lr": 2, "lr_period_updates": 4}),
    ],
)
def test_names_of_the_command_line_and_import_paths(values, name, own, arguments):
    expected = values(own, **arguments)
    assert len(set(expected)) > 1
    assert values(name, **arguments) == expected
    assert values(f"optim.lr_scheduler.{own}", **arguments) == expected
    assert values(f"optim.lr_scheduler.{name}_lr_scheduler.{own}", **arguments) == expected


@pytest.mark.parametrize("name", ["reduce_lr_on_plateau", "ReduceLROnPlateauLRSchedule"])
def test_plateau_cannot_be_shown_ahead_of_the_run(fairseq, name):
    with pytest.raises(lrplot.SpecError, match="cannot be shown ahead of the run") as caught:
        fairseq(name)
    assert "torch.ReduceLROnPlateau" in caught.value.diagnostics[0].help


def test_schedule_of_the_optimizer_cannot_be_shown_ahead_of_the_run(fairseq):
    with pytest.raises(lrplot.SpecError, match="cannot be shown ahead of the run"):
        fairseq("pass_through")


def test_both_ends_of_cosines_shrink(values):
    lr = values("cosine", warmup_updates=2, lr_period_updates=4, min_lr=0.4)
    assert lr[:7] == pytest.approx([0.4, 0.6, 0.8, lr[3], 0.6, lr[5], 0.08])  # the warmup starts from min_lr
    assert lr[8] == pytest.approx(0.06)  # half way between 0.08 and 0.04


def test_without_a_period_one_cosine_fills_the_run(values):
    lr = values("cosine", warmup_updates=2, warmup_init_lr=0, steps=10)
    assert lr[:3] + lr[6:7] == pytest.approx([0, 0.4, 0.8, 0.4])
    assert values("cosine", steps=10, max_update=20) == pytest.approx(values("cosine", steps=20)[:10])


def test_cosines_grow_by_a_factor(fairseq):
    schedule = fairseq("cosine", lr_period_updates=4, t_mult=2, lr_shrink=0.5)
    # Cycles of 4, 8 and 16 begin at 0, 4 and 12.
    assert [schedule(step) for step in (2, 4, 8, 12, 20)] == pytest.approx([0.4, 0.4, 0.2, 0.2, 0.1])


def test_a_rounded_logarithm_ends_a_cycle_one_step_late(fairseq):
    # The fifth cycle begins at 10·(3⁵ − 1)/(3 − 1), where log 243/log 3 is 4.999999999999999 in float64.
    schedule = fairseq("cosine", lr_period_updates=10, t_mult=3, lr_shrink=1, steps=2000)
    assert schedule(1210) == 0
    assert schedule(1211) == pytest.approx(0.8, rel=1e-5)
    assert schedule.run.tracks["lr"].curve.turning_points(1000, 1500).tolist() == [1210, 1211]


def test_cosines_that_get_shorter_end(fairseq, values):
    # Cycles of 4, 2, 1 … end at 8.
    assert len(values("cosine", 8, lr_period_updates=4, t_mult=0.5)) == 8
    with pytest.raises(lrplot.SpecError, match="update 8: ValueError: math domain error"):
        fairseq("cosine", 9, lr_period_updates=4, t_mult=0.5)


def test_warmup_as_long_as_the_run_leaves_no_period(fairseq, values):
    assert values("cosine", 4, warmup_updates=4) == pytest.approx([0, 0.2, 0.4, 0.6])
    with pytest.raises(lrplot.SpecError, match="update 4: ZeroDivisionError"):
        fairseq("cosine", 5, warmup_updates=4, max_update=4)


def test_fixed_rates_change_by_epoch_and_shrink_after_the_last(values):
    lr = values("fixed", 15, lr=[0.8, 0.6], force_anneal=4, lr_shrink=0.5, warmup_updates=2)
    # Epoch 4 is the first to shrink, and its warmup does not begin from 0.
    assert lr == pytest.approx([0.4, 0.8, 0.8] + [0.6] * 6 + [0.3] * 3 + [0.15] * 3)


def test_rates_by_epoch_need_steps_per_epoch():
    with pytest.raises(lrplot.SpecError, match="`steps_per_epoch` is missing"):
        lrplot.load({"steps": 9, "schedule": {"use": "fairseq.fixed", "lr": [0.1, 0.2]}})
    flat = lrplot.load({"steps": 9, "schedule": {"use": "fairseq.fixed", "lr": 0.1}})
    assert set(flat.lr) == {0.1}


def test_inverse_square_root_of_the_update(fairseq):
    schedule = fairseq("inverse_sqrt", 20, warmup_updates=4)
    assert [schedule(step) for step in (0, 2, 4, 9, 16)] == pytest.approx([0, 0.4, 0.8, 0.8 * 2 / 3, 0.4])


def test_inverse_square_root_needs_a_warmup(fairseq):
    with pytest.raises(lrplot.SpecError, match="ZeroDivisionError") as caught:
        fairseq("inverse_sqrt", warmup_updates=0)
    assert caught.value.diagnostics[0].help == "give at least 1 update of warmup"


def test_manual_rates_by_epoch_and_by_update(values):
    lr = values("manual", epoch2lr="{'2-3': 0.5}", update2lr="{'8, 10': 0.1, '11': 0.2}")
    assert lr == [0.8] * 3 + [0.5] * 5 + [0.1] * 3 + [0.2]


def test_manual_rate_for_update_1_holds_from_update_0_without_lr():
    schedule = {"use": "fairseq.manual", "update2lr": "{'1': 0.3, '3': 0.2}"}
    assert lrplot.load({"steps": 4, "schedule": schedule}).lr.tolist() == [0.3, 0.3, 0.3, 0.2]


def test_later_entry_overrides_overlapping_manual_rates(values):
    assert values("manual", 7, update2lr="{'0-5': 0.1, '2': 0.3}") == [0.1, 0.1, 0.3, 0.1, 0.1, 0.1, 0.1]
    assert values("manual", 7, update2lr="{'2': 0.3, '0-5': 0.1, '9-1': 7}") == [0.1] * 7


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[1]", "ValueError: epoch2lr/update2lr must be abel to evaluated to a dict"),
        ("{1: 0.1}", "TypeError: argument of type 'int' is not iterable"),
        ("{'-3': 0.1}", "ValueError: invalid literal for int"),
        ("{'1': 'x'}", "ValueError: could not convert string to float"),
        ("{'1': 1" + "0" * 400 + "}", "OverflowError"),
        ("{'1': ", "SyntaxError"),
        ("__import__('os').getcwd()", "ValueError: malformed node"),
    ],
)
def test_manual_table_that_cannot_be_read(fairseq, text, message):
    with pytest.raises(lrplot.SpecError, match=message):
        fairseq("manual", epoch2lr=text)


def test_manual_table_with_a_huge_number(values):
    assert values("manual", 3, update2lr="{'1-99999999999999999999': 0.5}") == [0.5] * 3


def test_polynomial_starts_from_zero_and_holds_its_end(values):
    lr = values("polynomial_decay", 8, warmup_updates=2, total_num_update=6, power=2, end_learning_rate=0.4)
    assert lr == pytest.approx([0, 0.4, 0.8, 0.4 + 0.4 * 9 / 16, 0.5, 0.4 + 0.4 / 16, 0.4, 0.4])


def test_polynomial_leaves_out_the_first_of_several_rates(values):
    lr = values("polynomial_decay", 6, lr=[9, 0.8, 0.4], total_num_update=6)
    assert lr == pytest.approx([0.8, 0.8 * 5 / 6, 0.8 * 4 / 6, 0.4 * 3 / 6, 0.4 * 2 / 6, 0.4 / 6])


def test_polynomial_decays_from_the_value_at_which_an_epoch_begins(values):
    lr = values("polynomial_decay", 10, force_anneal=2, total_num_update=12)
    assert lr[2:5] == pytest.approx([0.8 * 10 / 12, 0.8 * (9 / 12) ** 2, 0.8 * 9 / 12 * 8 / 12])
    assert lr[9] == pytest.approx(0.8 * 9 / 12 * 6 / 12 * (3 / 12) ** 2)


def test_annealing_from_the_first_epoch_on_stays_at_zero(values):
    assert values("polynomial_decay", force_anneal=1, warmup_updates=4) == [0] * 12


def test_steps_stop_at_min_lr(values):
    lr = values("step", lr=[0.8, 9], warmup_updates=2, lr_deacy_period=3, min_lr=0.3)
    assert lr == pytest.approx([0.3, 0.55] + [0.8] * 3 + [0.4] * 3 + [0.3] * 4)


def test_three_stages(values):
    lr = values("tri_stage", 9, warmup_steps=2, hold_steps=2, decay_steps=4, init_lr_scale=0.5, final_lr_scale=0.25)
    assert lr == pytest.approx([0.4, 0.6, 0.8, 0.8, 0.8, 0.8 / sqrt(2), 0.4, 0.4 / sqrt(2), 0.2])


def test_shares_of_the_stages_are_truncated_to_whole_updates(values):
    lr = values("tri_stage", 10, phase_ratio=[0.25, 0.25, 0.5], init_lr_scale=0, final_lr_scale=0.5, max_update=10)
    assert lr[:5] == pytest.approx([0, 0.4, 0.8, 0.8, 0.8])  # two updates each, not two and a half
    assert lr[5] < lr[4]


def test_triangle_below_its_foot(values):
    # Peaks 1.6, 0.16: the second triangle points down from 0.8.
    assert values("triangular", 9, max_lr=1.6, lr_period_updates=5) == pytest.approx(
        [0.8, 1.2, 1.6, 1.2, 0.8, 0.48, 0.16, 0.48, 0.8]
    )
    with_foot = values("triangular", 9, max_lr=1.6, lr_period_updates=4, shrink_min=True, lr_shrink=0.5)
    assert with_foot[4:9] == pytest.approx([0.4, 0.6, 0.8, 0.6, 0.2])


HORIZONS = [30, 50, 150]  # of a run of 50 updates


@pytest.mark.parametrize("end", HORIZONS)
@pytest.mark.parametrize(
    ("name", "horizon", "past"),
    [("cosine", "max_update", Role.AFTER), ("polynomial_decay", "total_num_update", Role.HOLD)],
)
def test_decay_ends_at_its_horizon_after_the_warmup(fairseq, name, horizon, past, end):
    warmup, decay, *rest = segments(fairseq(name, 50, warmup_updates=5, **{horizon: end}))
    assert warmup == (Role.WARMUP, 0, 5, None)
    assert decay == (Role.DECAY, 5, end, past)
    assert [(role, stop) for role, start, stop, _ in rest if start < 50] == ([(past, 50)] if end < 50 else [])


@pytest.mark.parametrize("end", HORIZONS)
def test_three_stages_have_planned_ends(fairseq, end):
    schedule = fairseq("tri_stage", 50, warmup_steps=5, hold_steps=5, decay_steps=end - 10)
    assert segments(schedule)[:3] == [
        (Role.WARMUP, 0, 5, None),
        (Role.HOLD, 5, 10, None),
        (Role.DECAY, 10, end, Role.HOLD),
    ]


@pytest.mark.parametrize(
    ("name", "arguments", "roles"),
    [
        ("cosine", {"lr_period_updates": 4, "warmup_updates": 2}, [Role.WARMUP, Role.CYCLES]),
        ("cosine", {"lr_period_updates": 4, "t_mult": 2, "warmup_updates": 2}, [Role.WARMUP, Role.CYCLES]),
        ("fixed", {"lr": [0.2, 0.1], "warmup_updates": 2}, [Role.WARMUP, Role.STAIRS]),
        ("inverse_sqrt", {"warmup_updates": 2}, [Role.WARMUP, Role.DECAY]),
        ("step", {"lr_deacy_period": 4, "warmup_updates": 2}, [Role.WARMUP, Role.STAIRS]),
        ("triangular", {"max_lr": 2, "lr_period_updates": 4}, [Role.CYCLES]),
    ],
)
def test_schedules_without_an_end_last_as_long_as_the_run(fairseq, name, arguments, roles):
    found = segments(fairseq(name, **arguments))
    assert [role for role, *_ in found] == roles
    assert found[-1][2:] == (12, None)


@pytest.mark.parametrize("name", ["cosine", "inverse_sqrt", "polynomial_decay", "step"])
def test_warmup_longer_than_the_run_keeps_its_planned_end(fairseq, name):
    assert segments(fairseq(name, warmup_updates=30))[0][:3] == (Role.WARMUP, 0, 30)


@pytest.mark.parametrize(
    ("name", "wrong", "message"),
    [
        ("cosine", {"min_lr": 0.8}, r"max_lr \(=\[0.8\]\) must be more than min_lr \(=0.8\)"),
        ("cosine", {"max_update": 0}, "Either --max_update or --lr-period-updates must be set"),
        ("cosine", {"lr": [0.8, 0.4]}, "Cannot use a fixed learning rate schedule with cosine"),
        ("inverse_sqrt", {"lr": [0.8, 0.4]}, "Consider --lr-scheduler=fixed instead"),
        ("fixed", {"lr": []}, "IndexError: list index out of range"),
        ("cosine", {"t_mult": 0}, "update 0: ValueError: math domain error"),
        ("polynomial_decay", {"total_num_update": 0}, "assert cfg.total_num_update > 0"),
        ("step", {"lr_deacy_period": 0}, "assert self.lr_deacy_period > 0"),
        ("step", {"lr_decay": 1.1}, "assert self.lr_decay <= 1"),
        ("step", {"min_lr": -1}, "assert self.min_lr >= 0"),
        ("step", {"min_lr": 1}, "assert self.max_lr > self.min_lr"),
        ("tri_stage", {}, "please specify steps or phase_ratio"),
        ("tri_stage", {"hold_steps": 3}, "ZeroDivisionError"),
        ("tri_stage", {"decay_steps": 3, "final_lr_scale": 0}, "ValueError: math domain error"),
        ("tri_stage", {"phase_ratio": [0.7, 0.2, 0.1]}, "phase ratios must add up to 1"),  # 0.9999999999999999
        ("tri_stage", {"phase_ratio": [0.5, 0.5]}, "takes three shares"),
        ("triangular", {"max_lr": 0.8}, "max_lr must be more than lr"),
        ("triangular", {"max_lr": 1, "lr_period_updates": 1}, "ZeroDivisionError"),
        ("triangular", {}, "needs `max_lr`"),
    ],
)
def test_refusals(fairseq, name, wrong, message):
    with pytest.raises(lrplot.SpecError, match=message):
        fairseq(name, **wrong)
