"""Frameworks' schedulers in a spec: how they are named, stepped and refused."""

import numpy as np
import pytest

import lrplot
from lrplot.spec.schedules import NAMING

STEP = {"step_size": 3, "gamma": 0.5}
HALVING = [1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125]


def rates(schedule, **more):
    return lrplot.load({"steps": 10, "lr": 1.0, "schedule": schedule, **more}).lr.tolist()


@pytest.mark.parametrize(
    "schedule",
    [
        {"use": "torch.StepLR", **STEP},
        {"use": "torch.optim.lr_scheduler.StepLR", **STEP, "last_epoch": -1},
        {"_target_": "torch.optim.lr_scheduler.StepLR", "_partial_": True, **STEP},
        {"class_path": "torch.optim.lr_scheduler.StepLR", "init_args": STEP},
        [{"use": "torch.StepLR", **STEP}],
    ],
)
def test_ways_to_name_a_scheduler(schedule):
    assert rates(schedule) == HALVING


def test_a_name_alone_is_a_scheduler_with_its_defaults():
    assert rates("torch.ConstantLR")[4:6] == [1 / 3, 1]


def test_settings_reach_into_a_scheduler():
    spec = {"steps": 10, "lr": 1.0, "schedule": "torch.StepLR"}
    assert lrplot.load(spec, ["schedule.step_size=3", "schedule.gamma=0.5"]).lr.tolist() == HALVING
    spec["schedule"] = {"use": "torch.SequentialLR", "milestones": [], "schedulers": ["torch.ConstantLR"]}
    assert lrplot.load(spec, ["schedule.schedulers.0.factor=0.5"])(0) == 0.5


def test_a_scheduler_stepped_once_per_epoch_counts_epochs():
    expected = [1] * 6 + [0.5] * 4
    assert rates({"use": "torch.StepLR", **STEP, "interval": "epoch"}, steps_per_epoch=2) == expected
    assert rates({"use": "torch.StepLR", **STEP}, steps_per_epoch=2, interval="epoch") == expected


def test_a_scheduler_stepped_by_each_process_runs_ahead():
    assert rates({"use": "torch.StepLR", **STEP, "scheduler_steps_per_update": 3}) == [0.5**k for k in range(10)]
    assert rates({"use": "torch.StepLR", **STEP}, scheduler_steps_per_update=3) == [0.5**k for k in range(10)]


def test_a_native_schedule_stepped_by_each_process_holds_its_end():
    np.testing.assert_allclose(rates("linear", scheduler_steps_per_update=4), [1, 0.6, 0.2] + [0] * 7, atol=1e-15)
    np.testing.assert_allclose(rates({"kind": "linear", "scheduler_steps_per_update": 5})[:3], [1, 0.5, 0], atol=1e-15)


def test_a_native_schedule_ends_where_a_scheduler_goes_on():
    cosine = lrplot.load({"steps": 10, "lr": 1.0, "schedule": {"use": "torch.CosineAnnealingLR", "T_max": 10}})
    assert cosine(20) == pytest.approx(1, rel=1e-12)
    assert lrplot.load({"steps": 10, "lr": 1.0, "schedule": "cosine"})(20) == 0


def test_a_scheduler_as_a_phase_sees_its_own_time_and_holds_its_end():
    phases = [{"kind": "constant", "for": 4}, {"use": "torch.StepLR", **STEP, "for": 4}, "constant"]
    assert rates(phases) == [1, 1, 1, 1, 1, 1, 1, 0.5, 0.5, 0.5]


def test_a_scheduler_with_for_holds_its_end():
    assert rates({"use": "torch.ExponentialLR", "gamma": 0.5, "for": 2}) == [1, 0.5] + [0.25] * 8


def test_a_scheduler_s_momentum_replaces_the_optimizer_s():
    schedule = {"use": "torch.OneCycleLR", "max_lr": 1, "total_steps": 10}
    both = lrplot.load({"steps": 10, "lr": 0.1, "momentum": 0.9, "schedule": schedule}).evaluate()
    assert list(both) == ["lr", "momentum"]
    assert (both["momentum"].max(), both["momentum"].min()) == (0.95, 0.85)


def test_functions_are_expressions_of_their_argument():
    for text in ("0.5 ** epoch", "0.5 ** step", "pow(0.5, x)", "lambda k: 0.5 ** k", "math.exp(-math.log(2) * epoch)"):
        found = rates({"use": "torch.LambdaLR", "lr_lambda": text})
        np.testing.assert_allclose(found, 0.5 ** np.arange(10.0), rtol=1e-14)


def test_a_metric_comes_from_a_list_or_a_file(tmp_path, monkeypatch):
    (tmp_path / "loss.csv").write_text("step,loss\n" + "".join(f"{i},1\n" for i in range(10)))
    monkeypatch.chdir(tmp_path)
    expected = [1.0] * 4 + [0.1] * 3 + [0.1 * 0.1] * 3  # a drop once three values in a row are no better
    for metrics in ([1.0] * 10, "loss.csv"):
        assert rates({"use": "torch.ReduceLROnPlateau", "patience": 2, "metrics": metrics}) == expected


REFUSED = [
    ({"use": "torch.OneCycel", "max_lr": 1}, "unknown-scheduler", "did you mean `OneCycleLR`?"),
    ({"use": "troch.StepLR"}, "unknown-framework", "did you mean `torch.StepLR`?"),
    ({"use": "torch.nn.StepLR"}, "unknown-framework", "did you mean `torch`?"),
    ({"use": "StepLR"}, "unknown-framework", "`torch.StepLR`"),
    ({"use": "torch.StepLR", "step_sise": 3, "step_size": 3}, "unknown-field", "did you mean `step_size`?"),
    ({"use": "torch.StepLR"}, "missing-field", "add `step_size:"),
    ({"use": ["torch.StepLR"]}, "bad-type", None),
    ({"use": "torch.StepLR", "kind": "cosine", **STEP}, "conflict", "keep one of them"),
    ({"use": "torch.StepLR", "_target_": "torch.StepLR", **STEP}, "conflict", "keep one of them"),
    ({"class_path": "torch.StepLR", "init_args": [3]}, "bad-type", None),
    ({"use": "torch.StepLR", **STEP, "last_epoch": 7}, "bad-value", "leave it out"),
    ({"use": "torch.StepLR", **STEP, "interval": "epoch"}, "missing-conversion", "give `steps_per_epoch`"),
    ({"use": "torch.LambdaLR", "lr_lambda": "lambda epoch: open('x')"}, "bad-expression", None),
    ({"use": "torch.MultiStepLR", "milestones": 5}, "bad-type", "write `[1000]`"),
    (
        {"use": "optax.piecewise_constant_schedule", "init_value": 1, "boundaries_and_scales": [5]},
        "bad-type",
        "write `{1000: 0.1}`",
    ),
    ({"use": "torch.LambdaLR", "lr_lambda": [0.5]}, "bad-type", "under `groups`"),
    ({"use": "torch.ReduceLROnPlateau", "metrics": [1, 2]}, "would-raise", None),
    ({"use": "torch.ReduceLROnPlateau", "metrics": "nowhere.csv"}, "unreadable", None),
    ({"use": "torch.SequentialLR", "schedulers": ["cosine"], "milestones": []}, "bad-value", None),
]


@pytest.mark.parametrize(("schedule", "code", "help"), REFUSED)
def test_a_faulty_scheduler_is_refused(schedule, code, help):
    with pytest.raises(lrplot.SpecError) as caught:
        rates(schedule)
    found = caught.value.diagnostics[0]
    assert found.code == code
    if help:
        assert help in (found.help or "")


def test_the_step_at_which_a_framework_raises_is_reported():
    schedule = {"use": "torch.OneCycleLR", "max_lr": 1.0, "total_steps": 8}
    with pytest.raises(lrplot.SpecError, match=r"raises at update 9: ValueError: Tried to step 9 times"):
        rates(schedule)
    fitting = lrplot.load({"steps": 9, "schedule": schedule})
    with pytest.raises(lrplot.SpecError, match="raises at update 9:"):
        fitting(9)


def test_a_fault_in_init_args_is_located(spec):
    text = "steps: 9\nlr: 1\nschedule:\n  class_path: torch.StepLR\n  init_args: {step_size: x}\n"
    with pytest.raises(lrplot.SpecError) as caught:
        lrplot.load(spec(text))
    assert caught.value.diagnostics[0].span.line == 4


def test_every_way_of_naming_is_tested():
    assert set(NAMING) == {"use", "_target_", "class_path"}
