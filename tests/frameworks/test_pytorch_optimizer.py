"""pytorch_optimizer's schedulers, by hand: update 0 has min_lr, which its constructors set."""

from math import cos, pi

import pytest

import lrplot


def wsd(warmup, stable, decay, **further):
    return {"num_warmup_steps": warmup, "num_stable_steps": stable, "num_decay_steps": decay, **further}


def load(name, steps=10, lr=0.4, **arguments):
    return lrplot.load({"steps": steps, "lr": lr, "schedule": {"use": f"pytorch_optimizer.{name}", **arguments}})


CASES = [
    ("LinearScheduler", {"t_max": 4, "max_lr": 0.4, "warmup_steps": 2}, [0, 0, 0.2, 0.4, 0.2, 0, -0.2, -0.4]),
    ("LinearScheduler", {"t_max": 2, "max_lr": 0.4, "min_lr": 0.1}, [0.1, 0.4, 0.25, 0.1, -0.05]),
    ("CosineScheduler", {"t_max": 2, "max_lr": 0.2}, [0, 0.2, 0.1, 0, 0.1, 0.2, 0.1]),
    (
        "CosineScheduler",
        {"t_max": 4, "max_lr": 0.3, "min_lr": 0.1, "init_lr": 0.2, "warmup_steps": 2},
        [0.1, 0.2, 0.25, 0.3, 0.2, 0.1],
    ),
    ("PolyScheduler", {"t_max": 9, "max_lr": 0.1}, [0, 0.1, 0.1, 0.1 * 2**0.5, 0.1 * 3**0.5, 0.2]),
    ("PolyScheduler", {"poly_order": 2, "t_max": 9, "max_lr": 0.2, "min_lr": 0.1}, [0.1, 0.2, 0.2, 0.5, 1.0]),
    ("REXScheduler", {"total_steps": 4}, [0, 6 / 7, 2 / 3, 0.4, 0, 0]),
    ("REXScheduler", {"total_steps": 0, "min_lr": 0.1}, [0.1, 0.1]),
    (
        "CosineAnnealingWarmupRestarts",
        {"first_cycle_steps": 4, "warmup_steps": 2, "max_lr": 1, "min_lr": 0, "gamma": 0.5},
        [0, 0.5, 1, 0.5, 0, 0.25, 0.5, 0.25, 0],
    ),
    (  # without a warmup too, update 0 has min_lr; then 2 + int(3.0) steps
        "CosineAnnealingWarmupRestarts",
        {"first_cycle_steps": 2, "cycle_mult": 1.5, "max_lr": 1, "min_lr": 0, "gamma": 1},
        [0, 0.5, 1, 0.75, 0.25, 1],
    ),
    (
        "get_wsd_schedule",
        wsd(2, 1, 4, cooldown_type="linear", min_lr_ratio=0.1),
        [0, 0.2, 0.4, 0.4, 0.3, 0.2, 0.1, 0.04, 0.04],  # to 0, then up to the ratio
    ),
    (
        "get_wsd_schedule",
        wsd(0, 0, 4),
        [0.4, 0.2, 0.4 * (1 - 0.5**0.5), 0.4 * (1 - 0.75**0.5), 0, 0],
    ),
    (
        "get_wsd_schedule",
        wsd(0, 0, 2, cooldown_type="cosine", min_lr_ratio=0.5),
        [0.4, 0.3, 0.2, 0.2],
    ),
    (
        "get_wsd_schedule",
        wsd(0, 1, 2, cooldown_type="1-square"),
        [0.4, 0.4, 0.3, 0],
    ),
]


@pytest.mark.parametrize(("name", "arguments", "expected"), CASES)
def test_values(name, arguments, expected):
    assert load(name, **arguments).lr[: len(expected)] == pytest.approx(expected, abs=1e-15)


def chebyshev(index, count):
    return 0.4 / (0.525 - 0.475 * cos(pi * (index + 0.5) / count))


@pytest.mark.parametrize(
    ("epochs", "order", "count"),
    [
        (8, [0, 0, 0, 7, 3, 4, 1, 6, 2, 5, 5, 5], 8),  # as Agarwal et al. give it for T = 8
        (5, [0, 0, 0, 7, 3, 4, 1, 6, 2, 5, 5, 5], 8),
        (4, [0, 0, 0, 1, 1, 1], 4),  # an order for two steps less, so that half the steps are left out
        (2, [0, 0, 0, 0], 2),
        (1, [0, 0, 0, 0], 1),
        (0, [0, 0, 0, 0], 1),
    ],
)
def test_the_order_of_chebyshev_steps(epochs, order, count):
    found = load("get_chebyshev_schedule", steps=12, num_epochs=epochs).lr
    assert found[: len(order)] == pytest.approx([chebyshev(index, count) for index in order])


def test_chebyshev_needs_no_table_as_long_as_the_run():
    schedule = load("get_chebyshev_schedule", steps=10**9, num_epochs=10**9)
    assert schedule.at(3)["lr"] == pytest.approx(chebyshev(2**30 - 1, 2**30))
    assert (load("get_chebyshev_schedule", num_epochs=8, is_warmup=True).lr == 0.4).all()


def test_the_optimizer_s_own_learning_rate_is_not_used():
    schedule = {"use": "pytorch_optimizer.REXScheduler", "total_steps": 4}
    assert lrplot.load({"steps": 4, "schedule": schedule}).lr[2] == pytest.approx(2 / 3)


def test_phases_have_names():
    schedule = load("LinearScheduler", t_max=8, max_lr=0.1, warmup_steps=3)
    found = [(each.start, each.name) for each in schedule.run.tracks["lr"].curve.segments()]
    assert found == [(0, "start"), (1, "warmup"), (4, "linear")]


@pytest.mark.parametrize(
    "path",
    [
        "pytorch_optimizer.REXScheduler",
        "pytorch_optimizer.lr_scheduler.REXScheduler",
        "pytorch_optimizer.lr_scheduler.rex.REXScheduler",
    ],
)
def test_import_paths(path):
    schedule = {"use": path, "total_steps": 4}
    assert lrplot.load({"steps": 4, "lr": 0.1, "schedule": schedule}).lr[3] == pytest.approx(0.4)


REFUSED = [
    ("LinearScheduler", {"t_max": 4, "max_lr": -0.1}, "max_lr must be positive. \\(-0.1 > 0\\)"),
    ("CosineScheduler", {"t_max": 4, "max_lr": 0.1, "min_lr": -1}, "min_lr must be positive"),
    ("PolyScheduler", {"t_max": 4, "max_lr": 0.1, "init_lr": -1}, "init_lr must be positive"),
    ("LinearScheduler", {"t_max": -4, "max_lr": 0.1}, "NegativeStepError: t_max"),
    ("LinearScheduler", {"t_max": 4, "max_lr": 0.1, "warmup_steps": -1}, "NegativeStepError: warmup_steps"),
    ("PolyScheduler", {"t_max": 4, "max_lr": 0.1, "poly_order": 0}, "poly_order must be positive. 0"),
    ("PolyScheduler", {"max_lr": 0.1}, "needs `t_max`"),
    ("CosineAnnealingWarmupRestarts", {"first_cycle_steps": 4, "warmup_steps": 4}, "4 < 4"),
    ("get_wsd_schedule", {"num_warmup_steps": 1, "num_stable_steps": 1}, "needs `num_decay_steps`"),
    ("get_chebyshev_schedule", {"num_epochs": 4, "last_epoch": 3}, "can only be -1"),
    ("ProportionScheduler", {}, "has no scheduler `ProportionScheduler`"),
]


@pytest.mark.parametrize(("name", "arguments", "message"), REFUSED)
def test_refusals(name, arguments, message):
    with pytest.raises(lrplot.SpecError, match=message):
        load(name, **arguments)


@pytest.mark.parametrize("name", ["LinearScheduler", "CosineScheduler"])
def test_a_warmup_as_long_as_all_raises_after_the_peak(name):
    with pytest.raises(lrplot.SpecError, match="raises at update 6: ZeroDivisionError"):
        load(name, t_max=4, max_lr=0.1, warmup_steps=4)
    assert load(name, steps=6, t_max=4, max_lr=0.1, warmup_steps=4).lr[5] == 0.1
