"""detectron2's schedulers: values by hand, phases, and refusals."""

import pytest

import lrplot
from lrplot.curves.sequence import phases_of


def load(schedule, steps=20, **more):
    return lrplot.load({"steps": steps, "lr": 0.02, "schedule": schedule, **more})


def detectron2(name, **arguments):
    return {"use": f"detectron2.{name}", **arguments}


DROPS = {"use": "fvcore.MultiStepParamScheduler", "values": [1, 0.1, 0.01], "milestones": [12, 16], "num_updates": 20}
LINE = {"use": "fvcore.LinearParamScheduler", "start_value": 1.0, "end_value": 0.0}


def multiplied(inner, **arguments):
    warmup = {"warmup_factor": 0.1, "warmup_length": 0.2, **arguments}
    multiplier = detectron2("WarmupParamScheduler", scheduler=inner, **warmup)
    return detectron2("LRMultiplier", multiplier=multiplier, max_iter=20)


def test_a_multiplier_scales_a_warmup_and_its_drops():
    found = load(multiplied(DROPS)).lr
    assert found[:4] == pytest.approx([0.002, 0.0065, 0.011, 0.0155])
    assert found[4:] == pytest.approx([0.02] * 8 + [0.002] * 4 + [0.0002] * 4)


def test_the_warmup_leads_to_where_the_schedule_will_be():
    # At a fifth of the run the line has come down to 0.8.
    found = load(multiplied(LINE))
    assert [found(0), found(2), found(4), found(5)] == pytest.approx([0.002, 0.009, 0.016, 0.015])
    # Rescaled, it starts there from 1.
    rescaled = load(multiplied(LINE, rescale_interval=True))
    assert [rescaled(0), rescaled(2), rescaled(4), rescaled(12)] == pytest.approx([0.002, 0.011, 0.02, 0.01])


def test_a_constant_warmup():
    assert load(multiplied(DROPS, warmup_method="constant")).lr[:5] == pytest.approx([0.002] * 4 + [0.02])


def test_phases_end_where_their_scaled_values_do():
    found = phases_of(load(multiplied(DROPS)).run.tracks["lr"].curve)
    assert [(start, stop, phase.name) for start, stop, phase in found] == [
        (0, 4, "warmup"),
        (4, 20, "MultiStepParamScheduler"),
    ]
    assert found[0][2].curve.end == pytest.approx(0.02)


def test_the_old_cosine_takes_the_warmup_out_of_its_own_time():
    # At half of 20 steps the cosine is at 1/2, the warmup of 10 just over.
    schedule = load(detectron2("WarmupCosineLR", max_iters=20, warmup_iters=10, warmup_factor=0.0))
    assert [schedule(0), schedule(10), schedule(20)] == pytest.approx([0, 0.01, 0])
    assert schedule(9) == pytest.approx(0.02 * 0.9 * 0.5782172325201155)  # (1 + cos 0.45π)/2


def test_the_old_steps_drop_under_the_warmup_too():
    old = detectron2("WarmupMultiStepLR", milestones=[2, 8], warmup_iters=4, warmup_factor=0.0, gamma=0.5)
    assert load(old).lr[:9] == pytest.approx([0, 0.005, 0.005, 0.0075, *[0.01] * 4, 0.005])


@pytest.mark.parametrize(
    ("schedule", "message"),
    [
        (detectron2("WarmupMultiStepLR", milestones=[9, 3]), "list of increasing integers"),
        (detectron2("WarmupCosineLR", max_iters=0), "ZeroDivisionError"),
        (detectron2("LRMultiplier", multiplier=LINE, max_iter=0), "ZeroDivisionError"),
        (detectron2("LRMultiplier", multiplier="cosine", max_iter=9), "takes fvcore's schedulers, not `cosine`"),
        (multiplied(LINE, warmup_method="cosine"), "must be one of `linear`, `constant`"),
        (multiplied({"use": "fvcore.ConstantParamScheduler", "value": 1}, warmup_length=1.0), "RuntimeError: where"),
        (detectron2("LRMultiplier", multiplier=LINE, max_iter=9, last_iter=3), "`last_iter` can only be -1"),
        (detectron2("build_lr_scheduler"), "detectron2 has no scheduler `build_lr_scheduler`"),
    ],
)
def test_refusals(schedule, message):
    with pytest.raises(lrplot.SpecError, match=message):
        load(schedule)


def test_it_is_known_by_its_import_path():
    path = {"_target_": "detectron2.solver.LRMultiplier", "multiplier": LINE, "max_iter": 20}
    assert load(path)(10) == load({**path, "_target_": "detectron2.solver.lr_scheduler.LRMultiplier"})(10) == 0.01
