"""torchtitan's container of schedulers where its values are known by hand, and what is refused."""

import pytest

import lrplot

USE = "torchtitan.LRSchedulersContainer"


def load(steps, use=USE, **arguments):
    return lrplot.load({"steps": steps, "lr": 0.8, "schedule": {"use": use, **arguments}})


def values(steps, **arguments):
    return load(steps, **arguments).lr.tolist()


def test_the_first_update_is_not_zero_and_neither_is_the_last():
    # Two updates of warmup, one at the top, and the decay of eight would end with update 10, which is not made.
    lr = values(10, warmup_steps=2)
    assert lr == pytest.approx([0.4, 0.8, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1], rel=1e-14)


@pytest.mark.parametrize(("shape", "after"), [("linear", -0.1), ("cosine", 0.030448), ("sqrt", -0.048528)])
def test_past_its_end_the_decay_goes_on(shape, after):
    # Nine eighths of the way: 1 - 9/8, (1 + cos(9π/8))/2 and 1 - √(9/8), each times 0.8.
    schedule = load(12, total_steps=10, warmup_steps=2, decay_type=shape)
    assert schedule(10) == pytest.approx(0, abs=1e-16)
    assert schedule(11) == pytest.approx(after, abs=1e-6)


def test_half_way_through_a_decay():
    arguments = {"warmup_steps": 0, "decay_ratio": 0.4, "min_lr_factor": 0.5}
    # Steps 0 - 6 are stable, step 8 is two of four steps into the decay from 0.8 to 0.4.
    assert values(10, **arguments)[6:9:2] == pytest.approx([0.8, 0.6])
    assert values(10, **arguments, decay_type="cosine")[8] == pytest.approx(0.6)
    assert values(10, **arguments, decay_type="sqrt")[7] == pytest.approx(0.6)  # √(1/4)


@pytest.mark.parametrize(("total", "decay"), [(25, 2), (35, 4), (15, 2)])
def test_half_a_step_of_decay_is_rounded_to_even(total, decay):
    lr = values(total, warmup_steps=0, decay_ratio=0.1)
    assert sum(value < 0.8 for value in lr) == decay - 1  # the last step of the decay comes after the run


def test_a_warmup_longer_than_the_run_is_shortened():
    assert values(4) == [0.2, 0.4, 0.6000000000000001, 0.8]


def test_without_a_decay_the_run_may_not_go_on():
    schedule = load(4, warmup_steps=0, decay_ratio=0)
    assert schedule(4) == 0.8
    with pytest.raises(lrplot.SpecError, match="update 5: AssertionError: decay_steps must not be zero"):
        schedule(5)


def test_the_length_of_the_schedule_need_not_be_the_runs():
    assert values(5, warmup_steps=1, total_steps=20) == values(20, warmup_steps=1)[:5]


@pytest.mark.parametrize(
    "module", ["torchtitan.components.optimizer.lr_scheduler", "torchtitan.components.lr_scheduler"]
)
def test_it_is_known_by_its_import_paths(module):
    assert load(9, f"{module}.LRSchedulersContainer").lr.tolist() == values(9)


def test_the_base_is_needed():
    with pytest.raises(lrplot.SpecError, match="`lr`, the base learning rate, is missing"):
        lrplot.load({"steps": 4, "schedule": USE})


def test_a_shape_it_does_not_have_is_refused():
    with pytest.raises(lrplot.SpecError, match="`decay_type` must be one of `linear`, `sqrt`, `cosine`"):
        load(9, decay_type="exponential")
