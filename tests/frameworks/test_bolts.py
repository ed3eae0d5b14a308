"""Lightning Bolts' schedulers: values computed by hand, segments, and errors."""

import pytest

import lrplot
from lrplot.curves.roles import Role


@pytest.fixture
def load(use):
    """Load one of Bolts' schedulers, of 10 steps and a base of 0.4 by default."""
    return lambda name, steps=10, **arguments: use(f"bolts.{name}", steps=steps, lr=0.4, **arguments)


@pytest.fixture
def annealing(values):
    """The values of LinearWarmupCosineAnnealingLR."""

    def call(steps, warmup, end, **arguments):
        return values("LinearWarmupCosineAnnealingLR", steps, warmup_epochs=warmup, max_epochs=end, **arguments)

    return call


def test_two_updates_have_the_peak(annealing):
    lr = annealing(8, 3, 7)
    assert lr[:4] == pytest.approx([0, 0.2, 0.4, 0.4], rel=1e-15)
    assert lr[5] == pytest.approx(0.2, rel=1e-15)  # half of four epochs later
    assert lr[7] == pytest.approx(0, abs=1e-16)


def test_cosine_rises_again_after_its_end(annealing):
    assert annealing(12, 3, 7)[11] == pytest.approx(0.4, rel=1e-15)


def test_warmup_of_one_epoch_is_its_first_value(annealing):
    assert annealing(4, 1, 9, warmup_start_lr=0.1)[:2] == [0.1, 0.4]


def test_first_half_cosine_without_a_warmup_is_zero(annealing):
    lr = annealing(9, 0, 4)
    assert lr[:5] == [0] * 5
    assert lr[6:9:2] == pytest.approx([0.2, 0.4], rel=1e-15)


def test_first_half_cosine_without_a_warmup_leads_to_eta_min(annealing):
    lr = annealing(9, 0, 4, eta_min=0.2)
    assert lr[:5:2] == pytest.approx([0, 0.1, 0.2], rel=1e-15)


def test_end_before_the_warmups_is_mirrored(annealing):
    assert annealing(20, 6, 2) == annealing(20, 6, 10)


@pytest.mark.parametrize(("warmup", "step"), [(0, 1), (1, 2), (4, 5)])
def test_decay_of_no_epochs_divides_by_zero(load, annealing, warmup, step):
    with pytest.raises(lrplot.SpecError, match=f"update {step}: .*ZeroDivisionError"):
        load("LinearWarmupCosineAnnealingLR", warmup_epochs=warmup, max_epochs=warmup)
    assert len(annealing(step, warmup, warmup)) == step


def test_factor_with_half_a_cosine(values):
    lr = values("linear_warmup_decay", 9, warmup_steps=2, total_steps=6)
    assert lr == pytest.approx([0, 0.2, 0.4, *lr[3:4], 0.2, *lr[5:6], 0, *lr[7:8], 0.2], abs=1e-16)
    assert lr[3] + lr[5] == pytest.approx(0.4)


def test_factor_with_a_line_goes_below_zero(values):
    lr = values("linear_warmup_decay", 8, warmup_steps=2, total_steps=6, cosine=False, linear=True)
    assert lr == pytest.approx([0, 0.2, 0.4, 0.3, 0.2, 0.1, 0, -0.1], abs=1e-16)


def test_factor_without_a_decay_is_one(values):
    assert values("linear_warmup_decay", 4, warmup_steps=2, total_steps=3, cosine=False) == [0, 0.2, 0.4, 0.4]


def test_factor_without_a_warmup(values):
    lr = values("linear_warmup_decay", 3, warmup_steps=0, total_steps=4, cosine=False, linear=True)
    assert lr == pytest.approx([0.4, 0.3, 0.2])


def test_factor_with_an_end_before_the_warmups_ends_one_step_after_it(values):
    lr = values("linear_warmup_decay", 5, warmup_steps=3, total_steps=0)
    assert lr[3:] == pytest.approx([0.4, 0], abs=1e-16)


def test_linear_needs_cosine_to_be_false(load):
    with pytest.raises(lrplot.SpecError, match="AssertionError") as raised:
        load("linear_warmup_decay", warmup_steps=2, total_steps=6, linear=True)
    assert raised.value.diagnostics[0].help == "add `cosine: false`"


def test_missing_base_learning_rate():
    for name in ("LinearWarmupCosineAnnealingLR", "linear_warmup_decay"):
        arguments = {"warmup_epochs": 2, "max_epochs": 5} if name[0] == "L" else {"warmup_steps": 2, "total_steps": 5}
        with pytest.raises(lrplot.SpecError, match="`lr`, the base learning rate, is missing"):
            lrplot.load({"steps": 5, "schedule": {"use": f"bolts.{name}", **arguments}})


@pytest.mark.parametrize("module", ["pl_bolts.optimizers", "pl_bolts.optimizers.lr_scheduler"])
@pytest.mark.parametrize("key", ["use", "_target_", "class_path"])
def test_import_paths(annealing, module, key):
    schedule = {key: f"{module}.LinearWarmupCosineAnnealingLR", "warmup_epochs": 3, "max_epochs": 7}
    assert lrplot.load({"steps": 8, "lr": 0.4, "schedule": schedule}).lr.tolist() == annealing(8, 3, 7)


def test_last_epoch_can_only_be_minus_one(load):
    with pytest.raises(lrplot.SpecError, match="`last_epoch` can only be -1"):
        load("LinearWarmupCosineAnnealingLR", warmup_epochs=3, max_epochs=7, last_epoch=2)


@pytest.mark.parametrize(
    ("name", "warmup", "horizon"),
    [
        ("LinearWarmupCosineAnnealingLR", "warmup_epochs", "max_epochs"),
        ("linear_warmup_decay", "warmup_steps", "total_steps"),
    ],
)
@pytest.mark.parametrize("stop", [60, 300])
def test_horizon_is_the_planned_stop_of_the_decay(load, name, warmup, horizon, stop):
    curve = load(name, 100, **{warmup: 10, horizon: stop}).run.tracks["lr"].curve
    first, decay, *rest = [(each.role, each.start, each.stop) for each in curve.segments()]
    assert (first, decay) == ((Role.WARMUP, 0, 10), (Role.DECAY, 10, stop))
    assert rest == ([(Role.AFTER, 60, 100)] if stop < 100 else [])
