"""torchtitan's container of schedulers: values computed by hand, outlines and errors."""

import pytest
from frameworks.outlines import outline

import lrplot

USE = "torchtitan.LRSchedulersContainer"


@pytest.fixture
def load(use):
    """Load the container of schedulers."""
    return lambda steps, name=USE, **arguments: use(name, steps=steps, lr=0.8, **arguments)


@pytest.fixture
def values(load):
    """The learning rate at every step of the run."""
    return lambda steps, **arguments: load(steps, **arguments).lr.tolist()


def test_neither_the_first_nor_the_last_update_is_zero(values):
    # Two updates of warmup, one at the top, and the decay of eight would end with update 10, which is not made.
    lr = values(10, warmup_steps=2)
    assert lr == pytest.approx([0.4, 0.8, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1], rel=1e-14)


@pytest.mark.parametrize(("shape", "after"), [("linear", -0.1), ("cosine", 0.030448), ("sqrt", -0.048528)])
def test_past_its_end_the_decay_goes_on(load, shape, after):
    # Nine eighths of the way: 1 - 9/8, (1 + cos(9π/8))/2 and 1 - √(9/8), each times 0.8.
    schedule = load(12, total_steps=10, warmup_steps=2, decay_type=shape)
    assert schedule(10) == pytest.approx(0, abs=1e-16)
    assert schedule(11) == pytest.approx(after, abs=1e-6)


def test_values_in_the_middle_of_a_decay(values):
    arguments = {"warmup_steps": 0, "decay_ratio": 0.4, "min_lr_factor": 0.5}
    # Steps 0 - 6 are stable, step 8 is two of four steps into the decay from 0.8 to 0.4.
    assert values(10, **arguments)[6:9:2] == pytest.approx([0.8, 0.6])
    assert values(10, **arguments, decay_type="cosine")[8] == pytest.approx(0.6)
    assert values(10, **arguments, decay_type="sqrt")[7] == pytest.approx(0.6)  # √(1/4)


@pytest.mark.parametrize(("total", "decay"), [(25, 2), (35, 4), (15, 2)])
def test_half_a_step_of_decay_is_rounded_to_even(values, total, decay):
    lr = values(total, warmup_steps=0, decay_ratio=0.1)
    assert sum(value < 0.8 for value in lr) == decay - 1  # the last step of the decay comes after the run


def test_a_warmup_longer_than_the_run_is_cut_to_it(values):
    assert values(4) == [0.2, 0.4, 0.6000000000000001, 0.8]


def test_without_a_decay_it_raises_past_its_end(load):
    schedule = load(4, warmup_steps=0, decay_ratio=0)
    assert schedule(4) == 0.8
    with pytest.raises(lrplot.SpecError, match="update 5: AssertionError: decay_steps must not be zero"):
        schedule(5)


def test_total_steps_replaces_the_length_of_the_run(values):
    assert values(5, warmup_steps=1, total_steps=20) == values(20, warmup_steps=1)[:5]


@pytest.mark.parametrize(
    "module", ["torchtitan.components.optimizer.lr_scheduler", "torchtitan.components.lr_scheduler"]
)
def test_import_paths(load, values, module):
    assert load(9, f"{module}.LRSchedulersContainer").lr.tolist() == values(9)


def test_it_needs_a_learning_rate():
    with pytest.raises(lrplot.SpecError, match="`lr`, the base learning rate, is missing"):
        lrplot.load({"steps": 4, "schedule": USE})


def test_an_unknown_shape_is_refused(load):
    with pytest.raises(lrplot.SpecError, match="`decay_type` must be one of `linear`, `sqrt`, `cosine`"):
        load(9, decay_type="exponential")


@pytest.mark.parametrize("shape", ["linear", "sqrt", "cosine"])
def test_outline_has_the_planned_end(load, shape):
    arguments = {"warmup_steps": 100, "decay_type": shape, "decay_ratio": 0.2}
    early = [("warmup", 0, 100), ("hold", 100, 481), ("decay", 481, 600), ("after", 600, 1000)]
    assert outline(load(1000, total_steps=600, **arguments)) == early
    assert outline(load(1000, **arguments)) == [("warmup", 0, 100), ("hold", 100, 801), ("decay", 801, 1000)]
    cut = [("warmup", 0, 100), ("hold", 100, 961), ("decay", 961, 1200)]
    assert outline(load(1000, total_steps=1200, **arguments)) == cut
