"""Lightning Bolts' schedulers where their values are known by hand, and what is refused."""

import pytest

import lrplot


def load(name, steps=10, **arguments):
    return lrplot.load({"steps": steps, "lr": 0.4, "schedule": {"use": f"bolts.{name}", **arguments}})


def values(name, steps=10, **arguments):
    return load(name, steps, **arguments).lr.tolist()


def annealing(steps, warmup, end, **arguments):
    return values("LinearWarmupCosineAnnealingLR", steps, warmup_epochs=warmup, max_epochs=end, **arguments)


def test_the_peak_is_there_twice():
    lr = annealing(8, 3, 7)
    assert lr[:4] == pytest.approx([0, 0.2, 0.4, 0.4], rel=1e-15)
    assert lr[5] == pytest.approx(0.2, rel=1e-15)  # half of four epochs later
    assert lr[7] == pytest.approx(0, abs=1e-16)


def test_it_climbs_back_past_its_end():
    assert annealing(12, 3, 7)[11] == pytest.approx(0.4, rel=1e-15)


def test_a_warmup_of_one_epoch_is_its_first_value():
    assert annealing(4, 1, 9, warmup_start_lr=0.1)[:2] == [0.1, 0.4]


def test_without_a_warmup_the_first_half_is_at_zero_and_the_second_climbs():
    lr = annealing(9, 0, 4)
    assert lr[:5] == [0] * 5
    assert lr[6:9:2] == pytest.approx([0.2, 0.4], rel=1e-15)


def test_without_a_warmup_it_rises_to_eta_min_first():
    lr = annealing(9, 0, 4, eta_min=0.2)
    assert lr[:5:2] == pytest.approx([0, 0.1, 0.2], rel=1e-15)


def test_an_end_before_the_warmups_is_mirrored():
    assert annealing(20, 6, 2) == annealing(20, 6, 10)


@pytest.mark.parametrize(("warmup", "step"), [(0, 1), (1, 2), (4, 5)])
def test_nothing_after_the_warmup_divides_by_zero(warmup, step):
    with pytest.raises(lrplot.SpecError, match=f"update {step}: .*ZeroDivisionError"):
        load("LinearWarmupCosineAnnealingLR", warmup_epochs=warmup, max_epochs=warmup)
    assert len(annealing(step, warmup, warmup)) == step


def test_the_factor_is_a_warmup_and_half_a_cosine():
    lr = values("linear_warmup_decay", 9, warmup_steps=2, total_steps=6)
    assert lr == pytest.approx([0, 0.2, 0.4, *lr[3:4], 0.2, *lr[5:6], 0, *lr[7:8], 0.2], abs=1e-16)
    assert lr[3] + lr[5] == pytest.approx(0.4)


def test_the_factor_is_a_line_that_goes_below_zero():
    lr = values("linear_warmup_decay", 8, warmup_steps=2, total_steps=6, cosine=False, linear=True)
    assert lr == pytest.approx([0, 0.2, 0.4, 0.3, 0.2, 0.1, 0, -0.1], abs=1e-16)


def test_the_factor_is_one_without_a_decay():
    assert values("linear_warmup_decay", 4, warmup_steps=2, total_steps=3, cosine=False) == [0, 0.2, 0.4, 0.4]


def test_a_warmup_of_nothing_is_left_out():
    lr = values("linear_warmup_decay", 3, warmup_steps=0, total_steps=4, cosine=False, linear=True)
    assert lr == pytest.approx([0.4, 0.3, 0.2])


def test_an_end_before_the_warmups_is_one_step_after_it():
    lr = values("linear_warmup_decay", 5, warmup_steps=3, total_steps=0)
    assert lr[3:] == pytest.approx([0.4, 0], abs=1e-16)


def test_linear_alone_is_refused_as_cosine_is_on_by_default():
    with pytest.raises(lrplot.SpecError, match="AssertionError") as raised:
        load("linear_warmup_decay", warmup_steps=2, total_steps=6, linear=True)
    assert raised.value.diagnostics[0].help == "add `cosine: false`"


def test_both_start_from_the_optimizers_learning_rate():
    for name in ("LinearWarmupCosineAnnealingLR", "linear_warmup_decay"):
        arguments = {"warmup_epochs": 2, "max_epochs": 5} if name[0] == "L" else {"warmup_steps": 2, "total_steps": 5}
        with pytest.raises(lrplot.SpecError, match="`lr`, the base learning rate, is missing"):
            lrplot.load({"steps": 5, "schedule": {"use": f"bolts.{name}", **arguments}})


@pytest.mark.parametrize("module", ["pl_bolts.optimizers", "pl_bolts.optimizers.lr_scheduler"])
@pytest.mark.parametrize("key", ["use", "_target_", "class_path"])
def test_the_import_path_names_it_too(module, key):
    schedule = {key: f"{module}.LinearWarmupCosineAnnealingLR", "warmup_epochs": 3, "max_epochs": 7}
    assert lrplot.load({"steps": 8, "lr": 0.4, "schedule": schedule}).lr.tolist() == annealing(8, 3, 7)


def test_a_resumed_run_is_refused():
    with pytest.raises(lrplot.SpecError, match="`last_epoch` can only be -1"):
        load("LinearWarmupCosineAnnealingLR", warmup_epochs=3, max_epochs=7, last_epoch=2)
