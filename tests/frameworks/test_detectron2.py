"""detectron2's schedulers: values computed by hand, segments, and refusals."""

import pytest
from frameworks.outlines import segments

import lrplot
from lrplot.curves.roles import Role


@pytest.fixture
def load(load):
    return lambda schedule, steps=20: load(schedule, steps, 0.02)


def detectron2(name, **arguments):
    return {"use": f"detectron2.{name}", **arguments}


DROPS = {"use": "fvcore.MultiStepParamScheduler", "values": [1, 0.1, 0.01], "milestones": [12, 16], "num_updates": 20}
LINE = {"use": "fvcore.LinearParamScheduler", "start_value": 1.0, "end_value": 0.0}


def multiplied(inner, max_iter=20, **arguments):
    warmup = {"warmup_factor": 0.1, "warmup_length": 0.2, **arguments}
    multiplier = detectron2("WarmupParamScheduler", scheduler=inner, **warmup)
    return detectron2("LRMultiplier", multiplier=multiplier, max_iter=max_iter)


def test_a_multiplier_scales_a_warmup_and_its_drops(load):
    found = load(multiplied(DROPS)).lr
    assert found[:4] == pytest.approx([0.002, 0.0065, 0.011, 0.0155])
    assert found[4:] == pytest.approx([0.02] * 8 + [0.002] * 4 + [0.0002] * 4)


def test_warmup_ends_at_the_value_of_the_schedule(load):
    # At a fifth of the run the line has come down to 0.8.
    found = load(multiplied(LINE))
    assert [found(0), found(2), found(4), found(5)] == pytest.approx([0.002, 0.009, 0.016, 0.015])
    # Rescaled, it starts there from 1.
    rescaled = load(multiplied(LINE, rescale_interval=True))
    assert [rescaled(0), rescaled(2), rescaled(4), rescaled(12)] == pytest.approx([0.002, 0.011, 0.02, 0.01])


def test_a_constant_warmup(load):
    assert load(multiplied(DROPS, warmup_method="constant")).lr[:5] == pytest.approx([0.002] * 4 + [0.02])


def test_segments_of_a_multiplier_are_its_own(load):
    schedule = load(multiplied(DROPS))
    found = schedule.run.tracks["lr"].curve.segments()
    assert [(each.name, each.origin.name) for each in found] == [
        ("warmup", "detectron2.LRMultiplier"),
        ("MultiStepParamScheduler", "detectron2.LRMultiplier"),
    ]
    assert segments(schedule) == [(Role.WARMUP, 0, 4, None), (Role.STAIRS, 4, 20, None)]
    assert found[0].curve.end == pytest.approx(0.02)


def test_segments_after_a_warmup_come_from_the_scheduler(load):
    warmup = {"warmup_factor": 0.1, "warmup_length": 0.2}
    found = load(detectron2("WarmupParamScheduler", scheduler=LINE, **warmup)).run.tracks["lr"].curve.segments()
    assert [each.origin.name for each in found] == ["detectron2.WarmupParamScheduler", "fvcore.LinearParamScheduler"]


@pytest.mark.parametrize("end", [30, 50, 150])
def test_decay_ends_at_its_horizon(load, end):
    cosine = {"use": "fvcore.CosineParamScheduler", "start_value": 1, "end_value": 0}
    for schedule in (
        multiplied(cosine, max_iter=end, warmup_length=6 / end),
        detectron2("WarmupCosineLR", max_iters=end, warmup_iters=6),
    ):
        found = segments(load(schedule, 50))
        assert found[:2] == [(Role.WARMUP, 0, 6, None), (Role.DECAY, 6, end, Role.AFTER)]
        assert found[2:] == ([(Role.AFTER, 30, 50, None)] if end == 30 else [])


def test_warmup_longer_than_the_run_keeps_its_planned_end(load):
    steps = detectron2("WarmupMultiStepLR", milestones=[12], warmup_iters=1000)
    assert segments(load(steps))[0] == (Role.WARMUP, 0, 1000, None)


def test_warmup_multiplies_the_cosine_of_WarmupCosineLR(load):
    # At half of 20 steps the cosine is at 1/2, the warmup of 10 just over.
    schedule = load(detectron2("WarmupCosineLR", max_iters=20, warmup_iters=10, warmup_factor=0.0))
    assert [schedule(0), schedule(10), schedule(20)] == pytest.approx([0, 0.01, 0])
    assert schedule(9) == pytest.approx(0.02 * 0.9 * 0.5782172325201155)  # (1 + cos 0.45π)/2


def test_WarmupMultiStepLR_drops_during_the_warmup(load):
    old = detectron2("WarmupMultiStepLR", milestones=[2, 8], warmup_iters=4, warmup_factor=0.0, gamma=0.5)
    assert load(old).lr[:9] == pytest.approx([0, 0.005, 0.005, 0.0075, *[0.01] * 4, 0.005])


@pytest.mark.parametrize(
    ("schedule", "message"),
    [
        (detectron2("WarmupMultiStepLR", milestones=[9, 3]), "list of increasing integers"),
        (detectron2("WarmupCosineLR", max_iters=0), "ZeroDivisionError"),
        (detectron2("LRMultiplier", multiplier=LINE, max_iter=0), "ZeroDivisionError"),
        (detectron2("LRMultiplier", multiplier="cosine", max_iter=9), "takes fvcore's own schedulers, not `cosine`"),
        (multiplied(LINE, warmup_method="cosine"), "must be one of `linear`, `constant`"),
        (multiplied({"use": "fvcore.ConstantParamScheduler", "value": 1}, warmup_length=1.0), "RuntimeError: where"),
        (detectron2("LRMultiplier", multiplier=LINE, max_iter=9, last_iter=3), "`last_iter` can only be -1"),
        (detectron2("build_lr_scheduler"), "detectron2 has no scheduler `build_lr_scheduler`"),
    ],
)
def test_refusals(load, schedule, message):
    with pytest.raises(lrplot.SpecError, match=message):
        load(schedule)


def test_import_paths(load):
    path = {"_target_": "detectron2.solver.LRMultiplier", "multiplier": LINE, "max_iter": 20}
    assert load(path)(10) == load({**path, "_target_": "detectron2.solver.lr_scheduler.LRMultiplier"})(10) == 0.01
