"""Resumed runs: native schedules, groups, layers, other parameters, exceptions."""

import numpy as np
import pytest

import lrplot

NATIVE = {"steps": 10, "lr": 1.0, "schedule": "linear"}
COSINE = {"steps": 8, "lr": 1.0, "schedule": {"use": "torch.CosineAnnealingLR", "T_max": 8}}
POLY = {"steps": 8, "lr": 1.0, "schedule": {"use": "torch.PolynomialLR", "total_iters": 8}}
ONE_CYCLE = {"steps": 8, "lr": 1.0, "schedule": {"use": "torch.OneCycleLR", "max_lr": 1.0, "total_steps": 8}}


@pytest.mark.parametrize("restore", ["both", "optimizer", "scheduler", "none"])
def test_a_native_schedule_goes_on_at_its_step_of_the_new_plan(restore):
    found = lrplot.resume(NATIVE, at=5, overrides=["steps=20"], restore=restore)
    np.testing.assert_allclose(found.resumed["lr"], 1 - np.arange(5, 20) / 20)
    assert found.raises is None


def test_the_real_run_is_the_plan_and_then_what_is_resumed():
    found = lrplot.resume(NATIVE, at=5, overrides=["steps=20"])
    values = found.run.tracks["lr"].curve.values(np.arange(20))
    np.testing.assert_allclose(values[:7], [1, 0.9, 0.8, 0.7, 0.6, 0.75, 0.7])
    assert found.run.steps == 20


@pytest.mark.parametrize("at", [10, 12])
def test_a_finished_run_may_go_on(at):
    found = lrplot.resume(NATIVE, at=at, overrides=["steps=20"])
    np.testing.assert_allclose(found.resumed["lr"], 1 - np.arange(at, 20) / 20)


@pytest.mark.parametrize("at", [10, 12])
def test_no_update_is_left_after_the_end(at):
    found = lrplot.resume(NATIVE, at=at)
    assert found.resumed["lr"].tolist() == []
    assert found.raises is None


def test_a_moment_may_be_written_as_in_the_command():
    assert lrplot.resume(NATIVE, at="50%").at == 5


def test_an_unchanged_plan_goes_on():
    plan = lrplot.load(COSINE).lr
    for at in range(8):
        np.testing.assert_allclose(lrplot.resume(COSINE, at=at).resumed["lr"], plan[at:], atol=1e-15)


def test_each_group_goes_on_from_its_own_rate():
    spec = {**POLY, "groups": {"head": {"lr": 10.0}}}
    found = lrplot.resume(spec, at=4, overrides=["lr=0.5"], restore="scheduler").resumed
    assert found["lr"][:2] == pytest.approx([0.5, 0.375])
    assert found["lr/head"][:2] == pytest.approx([10.0, 7.5])


def test_the_layers_have_their_shares_of_the_resumed_rate():
    spec = {**COSINE, "layer_decay": {"layers": 2, "decay": 0.5}}
    found = lrplot.resume(spec, at=4, overrides=["steps=12", "schedule.T_max=12"]).resumed
    layers = [name for name in found if name != "lr"]
    assert layers
    for name in layers:
        share = found[name][0] / found["lr"][0]
        np.testing.assert_allclose(found[name], share * found["lr"])


def test_another_number_of_groups_does_not_load():
    plan = {**POLY, "groups": {"head": {"lr": 10.0}}}
    for restore in ("both", "optimizer"):
        found = lrplot.resume(plan, at=4, overrides=["groups={head: {lr: 1}, tail: {lr: 2}}"], restore=restore)
        assert (found.raises.update, found.raises.type) == (4, "ValueError")
        assert "different number of parameter groups" in found.raises.message


def test_constant_parameters_come_back_with_the_optimizer():
    spec = {**POLY, "momentum": 0.9, "weight_decay": 0.1}
    for restore, momentum in (("both", 0.9), ("optimizer", 0.9), ("scheduler", 0.5), ("none", 0.5)):
        found = lrplot.resume(spec, at=4, overrides=["momentum=0.5"], restore=restore).resumed
        assert found["momentum"].tolist() == [momentum] * 4
        assert found["weight_decay"].tolist() == [0.1] * 4


def test_an_exception_is_an_answer():
    found = lrplot.resume(ONE_CYCLE, at=5, overrides=["steps=12", "schedule.total_steps=12"])
    assert (found.raises.update, found.raises.type) == (9, "ValueError")
    assert found.raises.message == "Tried to step 9 times. The specified number of total steps is 8"
    assert len(found.resumed["lr"]) == 4
    assert found.run.steps == 9


def test_a_plan_whose_schedule_ends_before_the_run_may_be_resumed():
    found = lrplot.resume(ONE_CYCLE, at=5, overrides=["steps=12"])
    assert found.raises.update == 9
    assert found.replanned.steps == 9


def test_a_plan_that_raises_before_the_checkpoint_is_refused():
    with pytest.raises(lrplot.SpecError, match="raises at update 9"):
        lrplot.resume(ONE_CYCLE, at=10, overrides=["steps=12"])


def test_last_epoch_needs_the_optimizer():
    for restore in ("scheduler", "none"):
        found = lrplot.resume(COSINE, at=4, restore=restore, last_epoch=True)
        assert (found.raises.update, found.raises.type) == (4, "KeyError")
    assert lrplot.resume(COSINE, at=4, last_epoch=True).resumed["lr"][0] == pytest.approx(0.5)


def test_a_state_of_a_plain_function_goes_on_in_a_scheduler_of_torch():
    found = lrplot.resume(NATIVE, at=5, overrides=["schedule={use: torch.ExponentialLR, gamma: 0.5}"])
    np.testing.assert_allclose(found.resumed["lr"], 0.5 * 0.5 ** np.arange(5))


def test_a_long_run_goes_on_in_closed_form():
    spec = {"steps": 10**9, "lr": 1.0, "schedule": {"use": "torch.CosineAnnealingLR", "T_max": 10**9}}
    found = lrplot.resume(spec, at=5 * 10**8)
    assert found.curves["lr"].limit(5 * 10**8) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    ("arguments", "error"), [({"restore": "all"}, "restore must be"), ({"at": -1}, "count from 0")]
)
def test_wrong_arguments(arguments, error):
    with pytest.raises(ValueError, match=error):
        lrplot.resume(COSINE, **{"at": 4, **arguments})
