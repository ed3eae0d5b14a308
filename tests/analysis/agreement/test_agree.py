"""Runs beside their logs: conventions, causes with their numbers, what is not judged."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from analysis.agreement.simulated import (
    KINDS,
    by_epoch,
    cosine,
    cosine_forever,
    linear,
    log_of,
    logged,
    skipping,
    smoothed,
    stable,
    stairs,
    torch_cosine,
    torch_line,
)

from lrplot.analysis.agreement.agree import agree
from lrplot.api import load
from lrplot.diagnostics import Fault
from lrplot.runs.log import Points, Values

TOTAL, WARMUP, PEAK = 1000, 100, 1e-3
STEPS = np.arange(10, 1001, 10)
COSINE = {"steps": TOTAL, "lr": PEAK, "schedule": {"kind": "cosine", "warmup": WARMUP}}
TORCH = {"steps": TOTAL, "lr": PEAK, "schedule": {"use": "torch.CosineAnnealingLR", "T_max": TOTAL}}
EPOCHS = {"epochs": 20, "steps_per_epoch": 50, "lr": PEAK, "schedule": {"kind": "cosine", "warmup": WARMUP}}


def rate(s, total=TOTAL, warmup=WARMUP, peak=PEAK):
    return cosine(s, total, warmup, peak)


def compared(spec, log, **settings):
    return agree(load(spec).run, log, **settings)


def causes(spec, log):
    return [(each.code, each.number) for each in compared(spec, log).causes]


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize(
    ("shown", "words"), [("next", "update N, counted"), ("used", "update N − 1"), ("after", "update N + 1")]
)
@pytest.mark.parametrize("digits", ["full", "float32", -8, 3, 6])
def test_sound_logs_agree_by_their_convention(name, shown, words, digits):
    kind = KINDS[name]
    steps = np.arange(7, 992, 7)
    found = compared(
        kind.spec(TOTAL, WARMUP, PEAK), logged(lambda s: kind.rate(s, TOTAL, WARMUP, PEAK), steps, shown, digits)
    )
    assert found.causes == ()
    assert found.points == len(steps)
    assert words in found.convention or name == "stairs" or digits == 3


def test_the_largest_difference_is_a_share_of_the_peak():
    values = rate(STEPS)
    values[40] += 2e-5
    found = compared(COSINE, log_of(STEPS, values))
    assert not found.agrees
    assert found.largest == pytest.approx(2e-5)
    assert found.share == pytest.approx(0.02)
    assert (found.step, found.line) == (410, 42)


def test_rounding_to_printed_digits_is_no_difference():
    found = compared(COSINE, logged(rate, STEPS, digits=-6))
    assert found.agrees
    assert found.largest == pytest.approx(np.abs(np.round(rate(STEPS), 6) - rate(STEPS)).max())


@pytest.mark.parametrize("summary", ["lower median", "median"])
def test_values_smoothed_over_the_last_twenty_updates(summary):
    found = compared(COSINE, smoothed(rate, np.arange(0, 1000, 10), 20, summary))
    assert found.agrees
    assert found.convention == f"step N has the {summary} of 20 updates up to N"


def test_mean_of_the_updates_since_the_row_before():
    found = compared(COSINE, smoothed(rate, np.arange(0, 1000, 50), 50, "mean"))
    assert found.convention == "step N has the mean of 50 updates up to N"


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize(
    ("summary", "words"),
    [
        ("mean", "the mean of the epoch"),
        ("median", "the median of the epoch"),
        ("first", "the value of the first update of the epoch"),
        ("last", "the value of the last update of the epoch"),
    ],
)
def test_a_row_for_each_epoch(first, summary, words):
    found = compared(EPOCHS, by_epoch(rate, 20, 50, summary, first))
    assert found.agrees
    assert found.convention == f"a row has {words}, counted from {first}"


def test_the_value_of_the_epoch_before():
    spec = {"epochs": 90, "lr": 0.1, "schedule": "cosine"}
    epochs = np.arange(90)
    found = compared(spec, log_of(epochs, torch_cosine(np.maximum(epochs - 1, 0), 90, 0, 0.1), unit="epochs"))
    assert found.convention == "a row has the value of the epoch before; epochs count from 0"


def test_the_length_of_an_epoch_follows_from_the_epochs_of_the_log():
    assert compared(COSINE, by_epoch(rate, 20, 50, "last")).agrees
    with pytest.raises(Fault, match="does not say how long one is"):
        compared({**COSINE, "steps": 1001}, by_epoch(rate, 20, 50, "last"))


def test_rows_counted_in_updates_for_a_plan_that_counts_epochs():
    spec = {"epochs": 20, "lr": 0.1, "schedule": "cosine"}
    steps = np.arange(10, 1000, 10)
    log = log_of(steps, torch_cosine(steps // 50, 20, 0, 0.1))
    with pytest.raises(Fault, match="the log counts updates, and the plan only epochs"):
        compared(spec, log)
    with_epochs = replace(log, runs=(replace(log.points, epochs=steps / 50),))
    assert compared(spec, with_epochs).agrees
    assert compared(spec, replace(log, stated={"steps": 1000, "epochs": 20})).agrees


def test_rows_counted_in_tokens_and_in_batches():
    tokens = {**COSINE, "tokens": 1_000_000, "tokens_per_step": 1000}
    del tokens["steps"]
    assert compared(tokens, log_of(STEPS * 1000, rate(STEPS), unit="tokens")).agrees
    batches = {**COSINE, "per_device_batch_size": 2, "accumulate": 4}
    assert compared(batches, log_of(STEPS * 4, rate(STEPS), unit="batches")).agrees
    assert compared(COSINE, log_of(STEPS, rate(STEPS), unit="batches")).agrees
    with pytest.raises(Fault, match="`tokens_per_step` is missing"):
        compared(COSINE, log_of(STEPS * 1000, rate(STEPS), unit="tokens"))


def test_skipped_updates_are_looked_for_in_runs_of_any_length_without_their_memory():
    found = compared(COSINE, log_of(np.arange(50) * 10**12, 1 / (1 + np.arange(50.0))))
    assert found.skipped == ()


def test_skipped_updates_are_named_and_no_fault():
    found = compared(COSINE, skipping(rate, STEPS, [0, 1, 503]))
    assert found.agrees
    assert [(each.update, each.updates) for each in found.skipped] == [(10, 2), (510, 1)]
    assert "Mixed precision skipped 2 updates by step 10, 1 update by step 510." in found.sentence


def test_everything_skipped_so_far():
    found = compared(COSINE, skipping(rate, np.arange(1, 500), [0, 1, 2, 3, 4]))
    assert found.agrees
    assert sum(each.updates for each in found.skipped) == 5


HF = {"learning_rate": PEAK, "max_steps": TOTAL, "warmup_steps": WARMUP, "lr_scheduler_type": "cosine"}


def late(found):
    return [(each.code, each.number) for each in found.causes]


@pytest.mark.parametrize(
    ("config", "causes"),
    [
        ({**HF, "bf16": True}, [("log-late", 5.0)]),
        ({**HF, "fp16": True}, []),
        ({**HF, "fp16": False}, []),  # accelerate may have chosen fp16
        ({**HF, "fp16": True, "bf16": False}, []),
        (HF, []),
    ],
)
def test_a_late_start_is_no_skipped_update_without_fp16(config, causes):
    assert late(compared(config, skipping(rate, np.arange(10, 1001), [0, 1, 2, 3, 4]))) == causes


def test_skipped_updates_at_three_digits():
    assert compared(COSINE, skipping(rate, STEPS, [3, 4], digits=3)).agrees


def test_many_skipped_updates_are_listed_in_part():
    found = compared(COSINE, skipping(rate, STEPS, [0, 100, 200, 300]))
    assert "… (4 updates in all)" in found.sentence


@pytest.mark.parametrize(
    ("factor", "number"),
    [(lambda s: 4 * s, 4), (lambda s: 7 * s, 7), (lambda s: s // 2, 0.5), (lambda s: s // 8, 0.125)],
)
def test_a_scheduler_by_another_clock(factor, number):
    assert ("log-clock", number) in causes(COSINE, logged(lambda s: rate(factor(s)), STEPS))


def test_a_scheduler_stepped_once_an_epoch():
    spec = {**COSINE, "steps_per_epoch": 70}
    assert causes(spec, logged(lambda s: rate(s // 70), STEPS)) == [("log-clock", 1 / 70)]


def test_a_schedule_without_an_end_goes_on_by_another_clock():
    kind = KINDS["root"]
    log = logged(lambda s: kind.rate(3 * s, TOTAL, WARMUP, PEAK), STEPS)
    assert causes(kind.spec(TOTAL, WARMUP, PEAK), log) == [("log-clock", 3)]


@pytest.mark.parametrize("factor", [0.5, 2, 0.1, 8, 1.5])
@pytest.mark.parametrize("digits", ["full", "float32", 4])
def test_a_multiple_of_the_planned_peak(factor, digits):
    assert causes(COSINE, logged(lambda s: factor * rate(s), STEPS, "used", digits)) == [("log-scaled", factor)]


def test_a_multiple_of_the_peak_above_the_same_floor():
    spec = {"steps": TOTAL, "lr": PEAK, "schedule": {"kind": "cosine", "to": 1e-4}}
    log = logged(lambda s: 1e-4 + (2e-3 - 1e-4) * 0.5 * (1 + np.cos(np.pi * s / TOTAL)), STEPS)
    assert causes(spec, log) == [("log-scaled", 2)]


def test_a_multiple_of_the_peak_with_skipped_updates():
    found = compared(COSINE, skipping(lambda s: rate(s) / 2, STEPS, [500]))
    assert [each.code for each in found.causes] in (["log-scaled"], ["log-differs"])


def test_a_factor_at_a_warmup_alone_is_no_multiple():
    assert causes(COSINE, logged(lambda s: np.where(s < 100, 2, 1) * rate(s), STEPS)) != [("log-scaled", 2)]


@pytest.mark.parametrize("total", [500, 800, 999, 1001, 1250, 3000])
def test_the_length_of_another_run(total):
    log = logged(lambda s: linear(s, total, WARMUP, PEAK), STEPS)
    spec = {"steps": TOTAL, "lr": PEAK, "schedule": {"kind": "linear", "warmup": WARMUP}}
    assert causes(spec, log) == [("log-horizon", total)]


def test_the_length_of_another_run_with_a_warmup_that_is_a_share():
    spec = {"steps": TOTAL, "lr": PEAK, "schedule": {"kind": "linear", "warmup": "10%"}}
    log = logged(lambda s: linear(s, 800, 80, PEAK), STEPS)
    assert causes(spec, log) == [("log-horizon", 800)]


def test_the_length_of_another_run_with_a_translated_warmup():
    config = {"learning_rate": PEAK, "lr_scheduler_type": "linear", "warmup_ratio": 0.03, "max_steps": TOTAL}
    log = logged(lambda s: linear(s, 600, 18, PEAK), STEPS)
    assert causes(config, log) == [("log-horizon", 600)]


@pytest.mark.parametrize(
    ("name", "formula"),
    [("stable", stable), ("stairs", stairs), ("torch line", torch_line), ("phases", cosine)],
)
def test_the_length_of_another_run_for_other_kinds(name, formula):
    log = logged(lambda s: formula(s, 800, WARMUP, PEAK), STEPS)
    assert causes(KINDS[name].spec(TOTAL, WARMUP, PEAK), log)[0] == ("log-horizon", 800)


@pytest.mark.parametrize("warmup", [0, 50, 200])
@pytest.mark.parametrize("name", ["cosine", "phases", "trainer, linear", "transformers function", "stable"])
def test_another_warmup(warmup, name):
    kind = KINDS[name]
    log = logged(lambda s: kind.rate(s, TOTAL, warmup, PEAK), STEPS, "used")
    assert causes(kind.spec(TOTAL, WARMUP, PEAK), log) == [("log-warmup", warmup)]


def test_a_warmup_that_is_not_planned():
    spec = {"steps": TOTAL, "lr": PEAK, "schedule": "cosine"}
    found = compared(spec, logged(lambda s: rate(s, warmup=50), STEPS))
    assert [each.statement for each in found.causes] == ["the run has a warmup of 50 updates; none is planned"]


@pytest.mark.parametrize("start", [200, 333, 700])
def test_a_schedule_that_begins_again(start):
    log = logged(lambda s: rate(np.where(s >= start, s - start, s)), np.arange(1, 1001))
    assert causes(COSINE, log) == [("log-restarted", start)]


def test_a_schedule_that_begins_again_three_times():
    def restarting(s):
        return rate(s - np.select([s >= 800, s >= 500, s >= 200], [800, 500, 200], 0))

    (cause,) = compared(COSINE, logged(restarting, STEPS)).causes
    assert cause.statement == "the schedule began again at updates 200, 500 and 800"
    assert (cause.number, cause.line) == (200, 21)


@pytest.mark.parametrize("start", [50, 137, 300])
def test_a_schedule_that_begins_late(start):
    assert causes(COSINE, logged(lambda s: rate(np.maximum(s - start, 0)), STEPS)) == [("log-late", start)]


def test_a_schedule_that_is_late_throughout_and_one_that_is_ahead():
    (late,) = compared(COSINE, logged(lambda s: rate(s - 300), STEPS[40:])).causes
    assert late.statement == "the schedule began at update 300: it is 300 updates late throughout"
    (ahead,) = compared(COSINE, logged(lambda s: rate(s + 300), STEPS)).causes
    assert (ahead.code, ahead.number) == ("log-late", -300)


def test_a_very_long_run():
    spec = {"steps": 10**9, "lr": PEAK, "schedule": {"kind": "cosine", "warmup": 10**6}}
    steps = np.arange(1, 10**9, 10**7)
    assert causes(spec, log_of(steps, rate(steps, 2 * 10**9, 10**6))) == [("log-horizon", 2 * 10**9)]
    late = log_of(steps, rate(np.maximum(steps - 3 * 10**7, 0), 10**9, 10**6))
    assert causes(spec, late) == [("log-late", 3 * 10**7)]
    again = log_of(steps, rate(np.where(steps > 5 * 10**8, steps - 5 * 10**8, steps), 10**9, 10**6))
    assert causes(spec, again) == [("log-restarted", 5 * 10**8)]


def test_a_cosine_that_rises_again_past_its_end():
    log = logged(lambda s: cosine_forever(s, 800, WARMUP, PEAK), STEPS)
    for name in ("cosine", "trainer, cosine", "phases"):
        (cause,) = compared(KINDS[name].spec(TOTAL, WARMUP, PEAK), log).causes
        assert (cause.code, cause.number, cause.update, cause.line) == ("log-rises", 800, 800, 81)


@pytest.mark.parametrize("spec", [TORCH, {"steps": TOTAL, "lr": PEAK, "schedule": "cosine"}])
def test_a_run_that_goes_on_past_the_end_of_the_plan(spec):
    assert causes(spec, logged(lambda s: torch_cosine(s, TOTAL, 0, PEAK), np.arange(10, 1500, 10))) == [
        ("log-rises", 1000)
    ]


def test_a_scheduler_that_follows_its_plan_past_the_end_without_a_rise():
    found = compared(COSINE, logged(rate, np.arange(10, 1500, 10)))
    assert found.agrees
    assert found.unjudged == ("the length of the run: 49 points lie past its 1,000 updates",)


@pytest.mark.parametrize("digits", ["full", 3, -6])
def test_a_schedule_that_never_decays(digits):
    log = logged(lambda s: rate(np.minimum(s, WARMUP)), STEPS, digits=digits)
    assert causes(COSINE, log)[0] == ("log-constant", WARMUP)


def test_one_value_throughout():
    found = compared(COSINE, log_of(STEPS, np.full(len(STEPS), 7e-4)))
    assert found.causes[0].statement == "the learning rate stays at 7e-4 throughout"


def test_a_value_that_jumps_and_stays():
    log = logged(lambda s: np.where(s >= 500, 2e-3, rate(s)), STEPS)
    assert causes(COSINE, log) == [("log-constant", 500)]


def test_another_schedule_is_what_inference_finds():
    log = logged(lambda s: PEAK / (1 + 0.01 * s), STEPS)
    (cause,) = compared(COSINE, log, infer=lambda log: f"inverse_time from {log.name}").causes
    assert (cause.code, cause.statement) == ("log-other", "the log follows another schedule: inverse_time from run")


def test_no_cause():
    log = logged(lambda s: rate(s) * (1 + 0.01 * np.sin(s) * (s > 500)), STEPS)
    (cause,) = compared(COSINE, log, infer=lambda log: None).causes
    assert (cause.code, cause.number, cause.line) == ("log-differs", 510, 52)
    assert cause.statement.startswith("the log differs from the schedule from update 510 on, 5.")


@pytest.mark.parametrize("count", [1, 2])
def test_one_or_two_points_tell_no_cause(count):
    assert [code for code, _ in causes(COSINE, log_of([10, 500][:count], [5e-4, 1e-5][:count]))] == ["log-differs"]


def test_causes_that_explain_all_points_alike_are_all_named():
    log = logged(lambda s: torch_cosine(2 * s, TOTAL, 0, PEAK), np.arange(5, 500, 5))
    assert causes(TORCH, log) == [("log-clock", 2), ("log-horizon", 500)]


def test_faults_in_logs_with_a_row_for_each_epoch():
    assert causes(EPOCHS, by_epoch(lambda s: rate(s, 2000), 20, 50, "mean")) == [("log-horizon", 2000)]
    assert causes(EPOCHS, by_epoch(lambda s: rate(s) / 2, 20, 50, "last")) == [("log-scaled", 0.5)]
    assert ("log-clock", 2) in causes(EPOCHS, by_epoch(lambda s: rate(2 * s), 20, 50, "median"))
    assert causes(EPOCHS, by_epoch(lambda s: rate(s, warmup=300), 20, 50, "first")) == [("log-warmup", 300)]


def test_faults_in_smoothed_logs():
    log = smoothed(lambda s: rate(s, 2000), np.arange(0, 1000, 10), 20, "lower median")
    assert causes(COSINE, log) == [("log-horizon", 2000)]


def test_the_parts_of_the_run_that_the_log_does_not_show():
    assert compared(COSINE, logged(rate, STEPS[:5])).unjudged == (
        "everything after the warmup: the log ends at update 50 of 1,000",
    )
    assert compared(COSINE, logged(rate, STEPS[40:60])).unjudged == (
        "updates after 600 of 1,000",
        "updates before 410",
    )


def test_rows_where_the_scheduler_raises_are_not_judged():
    spec = {"steps": 100, "lr": PEAK, "schedule": {"use": "torch.OneCycleLR", "max_lr": PEAK, "total_steps": 100}}
    values = np.append(load(spec).lr, np.zeros(20))
    found = compared(spec, log_of(np.arange(120), values))
    assert found.agrees
    assert found.unjudged == ("20 points where the scheduler raises",)


def grouped(**tracks):
    log = log_of(STEPS, rate(STEPS))
    values = {name.replace("_", "/"): Values(each, np.zeros(len(STEPS))) for name, each in tracks.items()}
    points = Points(STEPS, np.arange(len(STEPS)) + 1, {**log.points.tracks, **values})
    return replace(log, runs=(log.points, points))


def test_parameter_groups():
    spec = {**COSINE, "groups": {"head": {"lr": 1e-2}, "body": {"lr": 1e-4}}}
    found = compared(spec, grouped(lr_head=10 * rate(STEPS), lr_extra=rate(STEPS)))
    assert found.agrees
    assert found.unjudged == (
        "1 group, which the log does not have: `body`",
        "1 group, which the plan does not have: `extra`",
        "1 run before the last one in the log",
    )
    (other,) = compared(spec, grouped(lr_head=5 * rate(STEPS))).groups
    assert [(each.code, each.number) for each in other.causes] == [("log-scaled", 0.5)]


def test_a_log_without_values():
    with pytest.raises(Fault, match="no value of `lr`"):
        compared(COSINE, log_of([1, 2], [np.nan, np.nan]))


def test_a_plan_of_zeros():
    spec = {"steps": 100, "lr": 0, "schedule": "constant"}
    assert compared(spec, log_of([1, 2, 3, 4], [0, 0, 0, 0])).agrees
    assert compared(spec, log_of([1, 2, 3, 4], [0, 0, 0, 1e-3])).share == pytest.approx(1e-3)


def test_the_sentence():
    found = compared(COSINE, logged(rate, STEPS, "used"))
    assert found.sentence == (
        f"run follows schedule: 100 points, largest difference {100 * found.share:.2g}% of the peak at step "
        f"{found.step:,}; step N has the value of update N − 1, the one just made."
    )
    far = compared(COSINE, log_of(STEPS, np.full(len(STEPS), 5.0)))
    assert "run does not follow schedule: 100 points, largest difference 5,000 times the peak" in far.sentence


def test_a_single_value_that_differs_tells_no_cause():
    values = rate(STEPS - 1)
    values[4] *= 2
    (cause,) = compared(COSINE, log_of(STEPS, values)).causes
    assert (cause.code, cause.number, cause.line) == ("log-differs", 49, 6)


def test_a_short_log_is_not_explained_by_many_skipped_updates():
    spec = {"steps": 12, "lr": 0.1, "schedule": {"kind": "step", "every": 2, "gamma": 0.5}}
    steps = np.arange(12)
    assert ("log-clock", 0.5) in causes(spec, log_of(steps, 0.1 * 0.5 ** (steps // 4)))
