"""Findings about resumed runs."""

import tracemalloc

import pytest

import lrplot
from lrplot.analysis.aftermath import findings

COSINE = {"steps": 80, "lr": 1.0, "schedule": {"use": "torch.CosineAnnealingLR", "T_max": 80}}
EXTENDED = ("steps=160", "schedule.T_max=160")
LAMBDA = {"steps": 80, "lr": 1.0, "schedule": {"use": "torch.LambdaLR", "lr_lambda": "1 - epoch / 80"}}
WARMED = {"steps": 80, "lr": 1.0, "schedule": {"use": "torch.LinearLR", "start_factor": 0.1, "total_iters": 10}}


def codes(spec, at, *overrides, **ways):
    return {each.code: each for each in findings(lrplot.resume(spec, at=at, overrides=overrides, **ways))}


def test_an_unchanged_plan_has_one_note():
    found = codes(COSINE, 40)
    assert list(found) == ["resume-follows"]
    assert found["resume-follows"].severity == "note"
    assert found["resume-follows"].message == "the run goes on exactly as the plan"


def test_the_old_horizon_comes_back_and_the_rate_climbs():
    found = codes(COSINE, 40, *EXTENDED)
    assert found["resume-climbs"].message == "from update 80 on it climbs, from 0 to 0.9996 at update 159"
    assert "the checkpoint brings back `T_max` 80 (not 160)" in found["resume-differs"].message
    assert "`scheduler.T_max = 160`" in found["resume-differs"].help


def test_a_way_that_follows_the_changed_plan_is_named():
    help = codes(LAMBDA, 40, "schedule.lr_lambda=1 - epoch / 160", "steps=160", restore="none")["resume-differs"].help
    assert "`--restore optimizer --last-epoch` follows the changed plan from update 40 on" in help


def test_one_stale_value():
    found = codes(LAMBDA, 40, "schedule.lr_lambda=1 - epoch / 160", "steps=160")
    assert found["resume-jump"].message == "update 40 still gets 0.5, then update 41 jumps to 0.7438"
    assert found["resume-follows"].message == "update 40 is stale; from update 41 on, the run follows the changed plan"


def test_a_warmup_on_top_of_the_restored_rate():
    found = codes(WARMED, 40, restore="optimizer")
    assert found["resume-exceeds"].message == "it reaches 10 at update 50, 10 times the highest rate of either plan"


def test_a_finished_decay_stays_at_zero():
    poly = {"steps": 80, "lr": 1.0, "schedule": {"use": "torch.PolynomialLR", "total_iters": 80}}
    found = codes(poly, 80, "steps=100", "schedule.total_iters=100")
    assert found["resume-zero"].message == "it stays at 0 from update 80 to the end, 20 updates"
    assert found["resume-zero"].severity == "error"


def test_a_ramp_that_is_over_holds():
    ramp = {"use": "torch.LinearLR", "start_factor": 1.0, "end_factor": 0.5, "total_iters": 80}
    found = codes({"steps": 80, "lr": 1.0, "schedule": ramp}, 80, "steps=120", "schedule.total_iters=120")
    assert found["resume-holds"].message == "it stays at 0.5 from update 80 to the end, 40 updates"


def test_a_new_rate_without_effect():
    found = codes(COSINE, 40, "lr=0.5")
    message = found["resume-differs"].message
    assert message.startswith("the change has no effect from update 41 on: the old plan goes on")
    assert "brings back `lr` 1 (not 0.5)" in message


def test_an_exception_comes_first():
    one = {"steps": 80, "lr": 1.0, "schedule": {"use": "torch.OneCycleLR", "max_lr": 1.0, "total_steps": 80}}
    found = codes(one, 40, "steps=120", "schedule.total_steps=120")
    assert next(iter(found)) == "resume-raises"
    assert found["resume-raises"].message.startswith(
        "the run raises at update 81, 39 updates before its end: ValueError"
    )


def test_a_jump_of_a_native_plan():
    found = codes({"steps": 80, "lr": 1.0, "schedule": "linear"}, 40, "steps=160")
    assert found["resume-jump"].message == "update 40 gets 0.75, where the plan has 0.5, 1.5 times as high"


def test_a_group_is_named():
    spec = {**COSINE, "groups": {"head": {"schedule": {"use": "torch.LinearLR", "total_iters": 10}}}}
    found = codes(spec, 40, restore="optimizer")
    assert found["resume-exceeds"].message.startswith("group `head`: it reaches 3 at update 50")


@pytest.mark.parametrize("at", [80, 90])
def test_no_update_is_left(at):
    (found,) = codes(COSINE, at).values()
    assert found.message == f"the run has 80 updates, and {at} are done: no update is left"


def test_a_rate_below_zero():
    one = {"use": "torch.OneCycleLR", "max_lr": 1.0, "total_steps": 80, "anneal_strategy": "linear"}
    found = codes({"steps": 80, "lr": 1.0, "schedule": one}, 40, "steps=90", "schedule.total_steps=90")
    assert found["resume-negative"].message.startswith("it falls below 0, to -")
    assert found["resume-negative"].message.endswith("at update 80")


def test_zeros_that_end_before_the_run():
    sequence = {
        "use": "torch.SequentialLR",
        "schedulers": [{"use": "torch.PolynomialLR", "total_iters": 20}, {"use": "torch.ConstantLR", "factor": 0.5}],
        "milestones": [60],
    }
    found = codes({"steps": 80, "lr": 1.0, "schedule": sequence}, 10, "schedule.schedulers.0.total_iters=60")
    assert found["resume-zero"].message == "it is 0 from update 20 on, for 40 updates"
    assert found["resume-zero"].severity == "warning"


def test_a_changed_plan_that_raises_by_itself():
    one = {"use": "torch.OneCycleLR", "max_lr": 1.0, "total_steps": 80}
    found = codes({"steps": 80, "lr": 1.0, "schedule": one}, 80, "steps=120", restore="optimizer")
    assert "resume-raises" not in found
    assert "resume-differs" in found


def test_megatron_s_arguments_have_to_be_equal():
    arguments = {"init_lr": 0, "max_lr": 1, "min_lr": 0, "lr_warmup_steps": 0, "lr_decay_steps": 10}
    arguments |= {
        "lr_decay_style": "linear",
        "start_wd": 0,
        "end_wd": 0,
        "wd_incr_steps": 10,
        "wd_incr_style": "constant",
    }
    schedule = {"use": "megatron.OptimizerParamScheduler", **arguments, "use_checkpoint_opt_param_scheduler": False}
    found = codes({"steps": 10, "schedule": schedule}, 6, "steps=20", "schedule.lr_decay_steps=20")
    assert "for lr_decay_steps do not match" in found["resume-raises"].message
    assert "--override-opt_param-scheduler" in found["resume-raises"].help


def test_mmengine_s_attributes_are_those_of_its_runner():
    fall = {"use": "mmengine.CosineAnnealingLR", "end": 80, "by_epoch": False}
    schedule = {"use": "mmengine.param_scheduler", "schedulers": [fall]}
    found = codes({"steps": 80, "lr": 1.0, "schedule": schedule}, 40, "steps=160", "schedule.schedulers.0.end=160")
    assert "`runner.param_schedulers[0].end = 160`" in found["resume-differs"].help
    assert found["resume-holds"].message.startswith("it stays at")


LONG = ("steps=16000", "schedule.T_max=16000")


def test_many_further_updates_are_sampled(monkeypatch):
    monkeypatch.setattr("lrplot.analysis.aftermath.EXAMINED", 50)
    found = codes({"steps": 8000, "lr": 1.0, "schedule": {**COSINE["schedule"], "T_max": 8000}}, 4000, *LONG)
    assert found["resume-climbs"].message.endswith("at update 15,999")


def test_memory_does_not_grow_with_the_run():
    native = {"steps": 100, "lr": 1.0, "schedule": "cosine"}
    tracemalloc.start()
    codes(native, 50, "steps=1_000_000_000")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 200e6  # one value of each update would be 8e9
