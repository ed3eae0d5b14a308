"""pytorch_optimizer: values computed by hand, outlines and errors; update 0 has min_lr, which its constructors set."""

from math import cos, pi

import pytest
from frameworks.outlines import outline

import lrplot


def wsd(warmup, stable, decay, **further):
    return {"num_warmup_steps": warmup, "num_stable_steps": stable, "num_decay_steps": decay, **further}


@pytest.fixture
def load(use):
    """Load a scheduler of pytorch_optimizer."""
    return lambda name, lr=0.4, **arguments: use(f"pytorch_optimizer.{name}", lr=lr, **arguments)


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
def test_values(load, name, arguments, expected):
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
def test_order_of_chebyshev_steps(load, epochs, order, count):
    found = load("get_chebyshev_schedule", steps=12, num_epochs=epochs).lr
    assert found[: len(order)] == pytest.approx([chebyshev(index, count) for index in order])


def test_chebyshev_needs_no_table_as_long_as_the_run(load):
    schedule = load("get_chebyshev_schedule", steps=10**9, num_epochs=10**9)
    assert schedule.at(3)["lr"] == pytest.approx(chebyshev(2**30 - 1, 2**30))
    assert (load("get_chebyshev_schedule", num_epochs=8, is_warmup=True).lr == 0.4).all()


def test_the_optimizers_own_learning_rate_is_not_used():
    schedule = {"use": "pytorch_optimizer.REXScheduler", "total_steps": 4}
    assert lrplot.load({"steps": 4, "schedule": schedule}).lr[2] == pytest.approx(2 / 3)


WARMED = {"max_lr": 0.1, "warmup_steps": 100}


@pytest.mark.parametrize(
    ("name", "arguments", "segments"),
    [
        ("LinearScheduler", {"t_max": 600, **WARMED}, [("decay", 101, 601), ("after", 601, 1000)]),
        ("CosineScheduler", {"t_max": 600, **WARMED}, [("decay", 101, 601), ("after", 601, 1000)]),
        ("CosineScheduler", {"t_max": 3000, **WARMED}, [("decay", 101, 3001)]),
        ("PolyScheduler", {"t_max": 600, **WARMED}, [("hold", 101, 102), ("rise", 102, 1000)]),
    ],
)
def test_outline_after_a_warmup_that_starts_at_update_1(load, name, arguments, segments):
    assert outline(load(name, steps=1000, **arguments)) == [("hold", 0, 1), ("warmup", 1, 101), *segments]


@pytest.mark.parametrize(
    ("name", "arguments", "segments"),
    [
        ("REXScheduler", {"total_steps": 600}, [("hold", 0, 1), ("decay", 1, 600), ("hold", 600, 1000)]),
        ("REXScheduler", {"total_steps": 3000}, [("hold", 0, 1), ("decay", 1, 3000)]),
        ("CosineAnnealingWarmupRestarts", {"first_cycle_steps": 100}, [("hold", 0, 1), ("cycles", 1, 1000)]),
        ("get_chebyshev_schedule", {"num_epochs": 500}, [("curve", 0, 513), ("hold", 513, 1000)]),
        ("get_chebyshev_schedule", {"num_epochs": 3000}, [("curve", 0, 4097)]),
        (
            "get_wsd_schedule",
            wsd(100, 300, 200),
            [("warmup", 0, 100), ("hold", 100, 400), ("decay", 400, 600), ("hold", 600, 1000)],
        ),
        (
            "get_wsd_schedule",
            wsd(0, 900, 200, cooldown_type="cosine"),
            [("hold", 0, 900), ("decay", 900, 1100)],
        ),
        (
            "get_wsd_schedule",
            wsd(0, 0, 600, cooldown_type="cosine", num_cycles=2),
            [("cycles", 0, 600), ("hold", 600, 1000)],
        ),
    ],
)
def test_outline(load, name, arguments, segments):
    assert outline(load(name, steps=1000, **arguments)) == segments


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
def test_errors(load, name, arguments, message):
    with pytest.raises(lrplot.SpecError, match=message):
        load(name, **arguments)


@pytest.mark.parametrize("name", ["LinearScheduler", "CosineScheduler"])
def test_a_warmup_as_long_as_t_max_raises_after_the_peak(load, name):
    with pytest.raises(lrplot.SpecError, match="raises at update 6: ZeroDivisionError"):
        load(name, t_max=4, max_lr=0.1, warmup_steps=4)
    assert load(name, steps=6, t_max=4, max_lr=0.1, warmup_steps=4).lr[5] == 0.1
