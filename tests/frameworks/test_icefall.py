"""icefall's schedulers: values computed by hand, turning points and errors."""

import numpy as np
import pytest

import lrplot


@pytest.fixture
def load(use):
    """Load one of icefall's schedulers, of 10 steps, 4 in an epoch, and a base of 1 by default."""
    return lambda name, steps=10, **more: use(f"icefall.{name}", steps=steps, spec={"steps_per_epoch": 4}, **more)


def test_update_k_has_batch_k_plus_one_and_epochs_from_zero(values):
    lr = values("Eden", lr_batches=2, lr_epochs=1, warmup_batches=0.0)
    assert lr[1] == pytest.approx(2**-0.25)  # batch 2, epoch 0
    assert lr[7] == pytest.approx(17**-0.25 * 2**-0.25)  # batch 8, epoch 1


def test_the_warmup_starts_at_a_share(values):
    plain = values("Eden2", lr_batches=50, warmup_batches=0.0)
    lr = values("Eden2", lr_batches=50, warmup_batches=5.0, warmup_start=0.5)
    assert np.array(lr) / plain == pytest.approx([0.6, 0.7, 0.8, 0.9, 1, 1, 1, 1, 1, 1])


def test_noam_does_not_use_the_learning_rate(values):
    lr = values("Noam", lr=None, model_size=100, factor=5.0, warm_step=4)
    assert lr[3] == pytest.approx(0.5 * 4**-0.5)
    assert lr[8] == pytest.approx(0.5 / 3)


@pytest.mark.parametrize("name", ["Eden", "Eden2"])
@pytest.mark.parametrize("scale", [10, 40, 300])
def test_turning_points_within_a_warmup(load, name, scale):
    epochs = {"lr_epochs": 3} if name == "Eden" else {}
    schedule = load(name, 200, lr_batches=scale, warmup_batches=150.0, warmup_start=0.1, **epochs)
    points = schedule.run.tracks["lr"].curve.turning_points(0, 200)
    values = schedule.lr
    turns = np.flatnonzero(np.sign(np.diff(values))[1:] != np.sign(np.diff(values))[:-1]) + 1
    assert set(turns.tolist()) <= set(points.tolist())


def test_turning_points_of_many_epochs_are_not_listed(load):
    schedule = load("Eden", 100, lr_batches=10, lr_epochs=3, warmup_batches=1e9)
    assert schedule.run.tracks["lr"].curve.turning_points(0, 100) is None


def test_epochs_need_their_length(use):
    with pytest.raises(lrplot.SpecError, match="steps_per_epoch"):
        use("icefall.Eden", lr_batches=10, lr_epochs=2)
