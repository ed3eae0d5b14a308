"""The law of losses, against the sums of its paper, losses made by its formula, and public loss curves."""

from pathlib import Path

import numpy as np
import pytest
from support import log_of, points

import lrplot

CURVES = Path(__file__).parents[3] / "gallery" / "specs" / "logs" / "losses"
SIZES = ("25M", "100M", "400M")
WARMUP = {"kind": "constant", "warmup": 2160}


def _schedule(*phases, steps):
    return lrplot.load({"steps": steps, "lr": 3e-4, "schedule": list(phases) if len(phases) > 1 else phases[0]})


SCHEDULES = {
    "constant_24000": _schedule(WARMUP, steps=24_000),
    "constant_72000": _schedule(WARMUP, steps=72_000),
    "cosine_24000": _schedule({"kind": "cosine", "warmup": 2160, "to": "10%"}, steps=24_000),
    "cosine_72000": _schedule({"kind": "cosine", "warmup": 2160, "to": "10%"}, steps=72_000),
    "wsd_20000_24000": _schedule({**WARMUP, "for": 20_000}, {"kind": "exponential", "to": "10%"}, steps=24_000),
    "wsdld_20000_24000": _schedule({**WARMUP, "for": 20_000}, {"kind": "linear", "to": "10%"}, steps=24_000),
    **{
        f"wsdcon_{tenths}": _schedule(
            {**WARMUP, "for": 8000}, {"kind": "constant", "value": tenths * 1e-5}, steps=16_000
        )
        for tenths in (3, 9, 18)
    },
}
FINISHED = sorted(set(SCHEDULES) - {"constant_24000", "constant_72000", "wsdcon_18"})


def _curve(size, name):
    return lrplot.read_log(CURVES / size / f"{name}.csv")


def _errors(size, name):
    """The errors of the last losses of the other eight schedules, predicted from one log."""
    law = lrplot.loss_law(_curve(size, name))
    errors = []
    for other, schedule in SCHEDULES.items():
        if other != name:
            rows = _curve(size, other).points
            errors.append(abs(law.losses(schedule.run, rows.steps[-1:])[0] - rows.losses[-1]))
    return errors


@pytest.mark.parametrize(
    ("size", "mean", "most"), [("25M", 0.0054, 0.015), ("100M", 0.0029, 0.005), ("400M", 0.0073, 0.019)]
)
def test_one_wsd_log_predicts_eight_other_schedules(size, mean, most):
    # the errors of another fit of the same law to the same curves, by scipy
    errors = _errors(size, "wsd_20000_24000")
    assert np.mean(errors) == pytest.approx(mean, abs=5e-4)
    assert max(errors) <= most + 5e-4


def test_the_errors_that_the_page_states():
    errors = [error for size in SIZES for name in FINISHED for error in _errors(size, name)]
    assert round(float(np.mean(errors)), 2) == 0.01
    assert round(max(errors), 2) == 0.06


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("name", "percent"), [("constant_24000", 100), ("constant_72000", 100), ("wsdcon_18", 60)])
def test_a_log_without_a_finished_cooldown_is_refused(size, name, percent):
    with pytest.raises(lrplot.SpecError, match=f"cooldown is not finished.* {percent}% of its peak"):
        lrplot.loss_law(_curve(size, name))


@pytest.mark.parametrize("end", [20_000, 21_000, 22_000])
def test_a_log_that_ends_within_its_cooldown_is_refused(end):
    rows = _curve("100M", "wsd_20000_24000").points
    cut = rows.steps <= end
    log = log_of(points(rows.steps[cut], rows.lr.values[cut], losses=rows.losses[cut]))
    with pytest.raises(lrplot.SpecError, match="cooldown is not finished"):
        lrplot.loss_law(log)


def _as_in_the_paper(rates):
    """The law's S₁ and S₂: the sum of the rates, and that of m_i = λ·m_{i−1} + lr_{i−1} − lr_i."""
    momentum, fallen, before = 0.0, 0.0, rates[0]
    sums, falls = np.cumsum(rates), []
    for rate in rates:
        momentum = 0.999 * momentum + before - rate
        fallen += momentum
        falls.append(fallen)
        before = rate
    return sums, np.array(falls)


LAW = {"floor": 2.6, "scale": 0.55, "exponent": 0.5, "annealing": 0.45}


def _made(rates):
    sums, falls = _as_in_the_paper(rates)
    return LAW["floor"] + LAW["scale"] * sums ** -LAW["exponent"] - LAW["annealing"] * falls


WSD = {"steps": 6000, "lr": 3e-4, "schedule": {"kind": "wsd", "cooldown": "50%"}}


def test_parameters_are_those_that_made_the_losses():
    rates = lrplot.load(WSD).lr
    at = np.arange(0, 6000, 10)
    law = lrplot.loss_law(log_of(points(at, rates[at], losses=_made(rates)[at])))
    assert {name: getattr(law, name) for name in LAW} == pytest.approx(LAW, rel=1e-6)
    assert law.scatter < 1e-7
    assert law.remarks == ()


def test_losses_of_another_schedule_are_those_of_the_formula():
    rates = lrplot.load(WSD).lr
    law = lrplot.loss_law(log_of(points(np.arange(6000), rates, losses=_made(rates))))
    other = {"steps": 40_000, "lr": 3e-4, "schedule": {"kind": "step", "every": 9000, "gamma": 0.3}}
    expected = _made(lrplot.load(other).lr)
    at = np.array([10, 8999, 9000, 32_767, 32_768, 39_999])
    assert law.losses(lrplot.load(other).run, at) == pytest.approx(expected[at], rel=1e-6)
    assert lrplot.theory(other, law=law).final_loss == pytest.approx(expected[-1], rel=1e-6)


def test_outliers_barely_move_the_law():
    rates = lrplot.load(WSD).lr
    losses = _made(rates)
    losses[500::500] += 2
    law = lrplot.loss_law(log_of(points(np.arange(6000), rates, losses=losses)))
    assert lrplot.theory(WSD, law=law).final_loss == pytest.approx(_made(rates)[-1], abs=2e-3)


def test_a_very_long_run_is_sampled():
    rates = lrplot.load(WSD).lr
    law = lrplot.loss_law(log_of(points(np.arange(6000), rates, losses=_made(rates))))
    steps = 10**9
    constant = {"steps": steps, "lr": 3e-4, "schedule": "constant"}
    expected = LAW["floor"] + LAW["scale"] * (3e-4 * steps) ** -LAW["exponent"]
    assert lrplot.theory(constant, law=law).final_loss == pytest.approx(expected, rel=1e-5)


def test_a_warmup_before_the_log_does_not_move_the_prediction_of_its_own_end():
    log = _curve("100M", "wsd_20000_24000")
    law = lrplot.loss_law(log)
    assert law.remarks == ("before update 2,176 the log has no rows: a line from 0 is assumed",)
    assert law.losses(SCHEDULES["wsd_20000_24000"].run, log.points.steps[-1:])[0] == pytest.approx(2.951, abs=0.01)


def test_another_peak_has_no_prediction():
    law = lrplot.loss_law(_curve("100M", "wsd_20000_24000"))
    high = lrplot.load({"steps": 24_000, "lr": 1e-3, "schedule": "linear"})
    short = lrplot.load({"steps": 2000, "lr": 3e-4, "schedule": "linear"})
    assert lrplot.theory(high, law=law).final_loss is None
    assert lrplot.theory(short, law=law).final_loss is None
    assert law.notes([high.run, short.run])[1:] == [
        "schedule: no loss is predicted: its peak is 1e-3, that of wsd_20000_24000 3e-4",
        "schedule: no loss is predicted: it ends before update 2,176, the first that is fitted",
    ]


@pytest.mark.parametrize("steps", [72_000, 200_000])
def test_a_run_far_longer_than_the_log_has_a_note(steps):
    law = lrplot.loss_law(_curve("100M", "wsd_20000_24000"))
    (note,) = law.notes([lrplot.load({"steps": steps, "lr": 3e-4, "schedule": "linear"}).run])[1:] or [""]
    assert ("more than 3 times as long" in note) is (steps > 72_000)


def _with(losses, unit="updates"):
    rates = lrplot.load({**WSD, "steps": len(losses)}).lr
    return log_of(points(np.arange(len(losses)), rates, losses=np.asarray(losses, dtype=float)), unit=unit)


@pytest.mark.parametrize(
    ("log", "message"),
    [
        (log_of(points([0, 1, 2], [1, 0.5, 0])), "no losses"),
        (_with([2.0] * 30, unit="epochs"), "counts epochs"),
        (_with([2.0] * 12), "12 rows with a loss"),
        (_with([2.0] * 5000 + [-1.0]), "losses above 0"),
        (_with(np.linspace(2, 3, 6000)), "do not fall as the law has it"),
    ],
    ids=["no losses", "epochs", "few", "negative", "rising"],
)
def test_a_log_that_settles_no_law_is_refused(log, message):
    with pytest.raises(lrplot.SpecError, match=message):
        lrplot.loss_law(log)


def test_a_log_without_a_learning_rate_above_0_is_refused():
    with pytest.raises(lrplot.SpecError, match="its learning rate is never above 0"):
        lrplot.loss_law(log_of(points(np.arange(30), np.zeros(30), losses=np.linspace(3, 2, 30))))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("rate", "loss"), [(1.0, 1e300), (1.0, 1e-300), (1e300, 1.0), (1e-300, 1.0)])
def test_losses_and_rates_of_any_size_have_a_law(rate, loss):
    rates = lrplot.load(WSD).lr
    law = lrplot.loss_law(log_of(points(np.arange(6000), rates * rate, losses=_made(rates) * loss)))
    assert law.exponent == pytest.approx(LAW["exponent"], rel=1e-6)
    assert law.floor == pytest.approx(LAW["floor"] * loss, rel=1e-6)
    assert law.annealing == pytest.approx(LAW["annealing"] * (loss / rate), rel=1e-5)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("loss", [5e-324, 1.7e308, 2.0])
def test_losses_that_never_change_settle_no_law(loss):
    with pytest.raises(lrplot.SpecError, match="do not fall as the law has it"):
        lrplot.loss_law(_with([loss] * 6000))


def test_rows_without_a_loss_are_left_out():
    rates = lrplot.load(WSD).lr
    losses = _made(rates)
    losses[::3], losses[1::3] = np.nan, np.inf
    law = lrplot.loss_law(log_of(points(np.arange(6000), rates, losses=losses)))
    assert law.annealing == pytest.approx(LAW["annealing"], rel=1e-5)
    assert len(law.updates) == 2000
