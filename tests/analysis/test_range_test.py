"""LR range tests, against runs of fastai 2.8.12 and pytorch-lr-finder 0.2.2 with the same losses."""

from math import exp, inf, nan, sin

import numpy as np
import pytest
from support import log_of, points

from lrplot.analysis.range_test import range_test_of, slide, valley
from lrplot.diagnostics import Fault


def losses_of(rows, noise=0.0, steepness=4.0):
    """Losses that fall near 1e-3 and rise from 0.16 on."""
    found = []
    for i in range(rows):
        x = -7 + 8 * i / rows
        loss = 2.3 - 1.6 / (1 + exp(-2.2 * (x + 3))) + steepness * max(x + 0.8, 0) ** 2
        found.append(loss + noise * sin(7 * i) * sin(3 * i * i))
    return found


def sweep(rates, losses, smoothing="none"):
    return range_test_of(log_of(points(range(len(rates)), rates, losses=np.array(losses, dtype=float))), smoothing)


# Learner.lr_find(num_it=rows, suggest_funcs=(valley, slide, minimum)) of a learner that gets these losses; its floats
# are single. The last column is the rate at which it stopped, None if it did not.
@pytest.mark.parametrize(
    ("rows", "noise", "steepness", "suggested", "stopped"),
    [
        (100, 0, 4, (0.0003981071640737355, 0.004365158267319202, 0.03630780577659607), None),
        (100, 0.05, 4, (0.0014454397605732083, 0.00363078061491251, 0.03630780577659607), None),
        (100, 0.2, 40, (0.0020892962347716093, 0.00363078061491251, 0.02089296132326126), 1.9054607179632481),
        (230, 0.05, 400, (0.001173721975646913, 0.046726711094379425, 0.01683011054992676), 0.3748979308704187),
        (60, 0.02, 4, (0.0005411695456132293, 0.00184784980956465, 0.03414548933506012), None),
    ],
)
def test_rules_equal_a_run_of_fastai(rows, noise, steepness, suggested, stopped):
    rates = [1e-7 * 1e8 ** (i / rows) for i in range(rows)]
    found = sweep(rates, losses_of(rows, noise, steepness), "fastai")
    assert (found.valley, found.slide, found.minimum_10) == pytest.approx(suggested, rel=1e-6)
    assert found.diverges_at == (None if stopped is None else pytest.approx(stopped, rel=1e-9))


# LRFinder.range_test(end_lr=10, num_iter=rows) of a finder whose batches have these losses, and what plot() suggests.
@pytest.mark.parametrize(
    ("rows", "noise", "steepness", "suggested", "stopped"),
    [
        (100, 0, 4, 0.005857020818056661, None),
        (100, 0.05, 4, 0.004862601580065354, None),
        (100, 0.2, 40, 0.004862601580065354, 1.2915496650148828),
        (230, 0.05, 400, 0.0032103340000982964, 0.3146419274882085),
        (60, 0.02, 4, 0.007609496685459884, None),
    ],
)
def test_steepest_equals_a_run_of_pytorch_lr_finder(rows, noise, steepness, suggested, stopped):
    rates = [1e-7 * 1e8 ** (i / (rows - 1)) for i in range(rows)]
    found = sweep(rates, losses_of(rows, noise, steepness), "lr-finder")
    # It leaves out ten rows at the start, lrplot a tenth of the rows.
    assert found.steepest == pytest.approx(suggested, rel=1e-12)
    assert found.diverges_at == (None if stopped is None else pytest.approx(stopped, rel=1e-12))


def longest_valley(losses):
    """The end and the length of the longest falling subsequence, by fastai's double loop."""
    lengths, end = [1] * len(losses), 0
    for i in range(1, len(losses)):
        for j in range(i):
            if losses[i] < losses[j]:
                lengths[i] = max(lengths[i], lengths[j] + 1)
        if lengths[i] > lengths[end]:
            end = i
    return end, lengths[end]


@pytest.mark.parametrize("seed", range(30))
def test_valley_is_a_half_down_the_longest_falling_subsequence(seed):
    random = np.random.default_rng(seed)
    losses = random.integers(0, 12, 40) + np.linspace(9, 0, 40) * (seed % 3)
    end, length = longest_valley(losses.tolist())
    index = end - length + int(length / 3) + int(length / 3 / 2)
    assert valley(np.arange(40.0), losses) == index


def test_a_valley_at_the_very_start_has_no_row_before_it():
    assert valley(np.array([1.0, 2.0]), np.array([2.0, 1.0])) == 1.0


def test_a_loss_that_never_falls_has_no_valley():
    assert valley(np.arange(5.0), np.array([1.0, 1.0, 2.0, 2.0, 3.0])) is None


def test_slide_needs_sixteen_rows_and_stops_where_slopes_are_alike():
    assert slide(np.arange(15.0), np.arange(15.0)) is None
    assert slide(np.arange(16.0), np.arange(16.0)) == 0.0
    bent = np.where(np.arange(40) < 20, 0.0, np.arange(40) - 19.0)
    # slopes: 0 up to row 18, 0.5 at 19, then 1; places 39 and 24 have the same one
    assert slide(np.arange(40.0), bent) == 24.0


def test_marks_lie_on_the_losses_that_are_judged():
    rates = [10.0 ** (i / 10 - 5) for i in range(60)]
    found = sweep(rates, losses_of(60))
    assert found.loss_at(rates[7]) == pytest.approx(losses_of(60)[7], rel=1e-12)
    known = [rate for rate in found.marks.values() if rate is not None]
    assert found.interval == (min(known), max(known))


@pytest.mark.parametrize("bad", [nan, inf])
def test_losses_that_are_not_finite_at_the_end_are_where_it_diverges(bad):
    rates = [10.0 ** (i / 10 - 5) for i in range(45)]
    losses = losses_of(80)[:40] + [bad] * 5
    found = sweep(rates, losses)
    assert found.diverges_at == rates[40]
    assert found.stop == 35
    assert (found.start, len(found.smoothed)) == (4, 40)


def test_rows_without_a_loss_or_a_rate_in_between_are_left_out():
    rates = [0.0, *(10.0 ** (i / 10 - 5) for i in range(40))]
    losses = [3.0, *losses_of(80)[:40]]
    losses[20] = nan
    found = sweep(rates, losses)
    assert len(found.rates) == 39
    assert found.diverges_at is None


def test_rows_after_the_sweep_are_left_out():
    rates = [10.0 ** (i / 10 - 5) for i in range(40)]
    found = sweep([*rates, 1e-3, 1e-3], [*losses_of(80)[:40], 0.5, 0.4])
    assert len(found.rates) == 40
    assert found.remarks == ("2 rows from where the learning rate falls are left out",)


def test_rows_with_the_same_rate_are_averaged():
    rates = np.repeat([10.0 ** (i / 10 - 5) for i in range(40)], 2)
    losses = np.repeat(losses_of(80)[:40], 2) + np.tile([0.1, -0.1], 40)
    found = sweep(rates, losses)
    np.testing.assert_allclose(found.losses, losses_of(80)[:40], rtol=1e-12)
    assert found.remarks == ("rows with the same learning rate are averaged: 80 rows, 40 rates",)


def test_losses_below_zero_do_not_diverge():
    rates = [10.0 ** (i / 10 - 5) for i in range(40)]
    assert sweep(rates, -1 - np.linspace(0, 1, 40)).diverges_at is None


@pytest.mark.parametrize(
    ("rates", "losses", "message"),
    [
        ([1e-3] * 30, [1.0] * 30, "the learning rate does not rise"),
        ([10.0**-i for i in range(30)], [1.0] * 30, "the learning rate does not rise"),
        ([10.0 ** (i / 2 - 5) for i in range(9)], [1.0] * 9, "4 rows between the first tenth and the last five"),
        ([1e-3, 2e-3], [nan, nan], "0 rows between"),
    ],
)
def test_what_is_no_range_test_is_refused(rates, losses, message):
    with pytest.raises(Fault, match=message):
        sweep(rates, losses)


def test_a_log_without_losses_is_refused():
    with pytest.raises(Fault, match="the log has no losses"):
        range_test_of(log_of(points([0, 1], [1e-3, 2e-3])))


def test_an_unknown_smoothing_is_refused():
    with pytest.raises(Fault, match="smoothing is `none`, `fastai` or `lr-finder`, not `ema`"):
        sweep([1e-3, 2e-3], [1.0, 1.0], "ema")
