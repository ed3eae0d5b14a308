"""The run's length, and epochs, samples and tokens in updates."""

from fractions import Fraction

import pytest

import lrplot
from lrplot.diagnostics import Fault
from lrplot.runs.conversions import derive
from lrplot.runs.timebase import Rates, Timebase

LONG = 1_281_167  # images in ImageNet's training set


@pytest.mark.parametrize(
    ("given", "steps"),
    [
        ({"steps": 1}, 1),
        ({"steps": 10_000}, 10_000),
        ({"steps": "10k"}, 10_000),
        ({"epochs": 90}, 90),
        ({"epochs": 90, "steps_per_epoch": 5005}, 450_450),
        ({"epochs": 0.5, "steps_per_epoch": 5}, 3),  # 2.5: a half goes up
        ({"epochs": 1.1, "steps_per_epoch": 10}, 11),
        ({"epochs": "1/3", "steps_per_epoch": 10}, 3),
        ({"samples": 1000, "batch_size": 64}, 16),  # 15.625
        ({"samples": 1000, "batch_size": 80}, 13),  # 12.5
        ({"samples": 992, "batch_size": 64}, 16),  # 15.5
        ({"samples": 991, "batch_size": 64}, 15),
        ({"tokens": "300B", "tokens_per_step": "2M"}, 150_000),
        ({"tokens": "1M", "sequence_length": 2048, "batch_size": 4}, 122),  # 122.07
        ({"tokens": 2**20, "sequence_length": 1024, "per_device_batch_size": 4, "devices": 8, "accumulate": 2}, 16),
        ({"samples": 640, "per_device_batch_size": 8, "devices": 4, "accumulate": 2}, 10),
        ({"samples": 640, "per_device_batch_size": 8}, 80),
        ({"samples": 640, "per_device_batch_size": 8, "accumulate": 2}, 40),
        ({"epochs": 2, "dataset_size": 100, "batch_size": 32}, 8),
        ({"epochs": 2, "dataset_size": 100, "batch_size": 32, "drop_last": True}, 6),
        ({"epochs": 2, "dataset_size": 96, "batch_size": 32, "drop_last": True}, 6),
        ({"epochs": 2, "dataset_size": 96, "batch_size": 32}, 6),
        ({"epochs": 2, "dataset_size": 10, "batch_size": 32}, 2),
        ({"epochs": 90, "dataset_size": LONG, "batch_size": 256}, 450_450),
        ({"epochs": 90, "dataset_size": LONG, "per_device_batch_size": 32, "devices": 8}, 450_450),
        ({"epochs": 90, "dataset_size": LONG, "batch_size": 256, "drop_last": True}, 450_360),
        ({"epochs": 3, "dataset_size": 100, "batch_size": 32, "steps_per_epoch": 4}, 12),
        ({"steps": 2**53}, 2**53),
    ],
)
def test_length_in_updates(given, steps):
    assert lrplot.load({"lr": 1, "schedule": "constant", **given}).steps == steps


@pytest.mark.parametrize(
    ("duration", "steps"),
    [
        (7, 7),
        ("7 steps", 7),
        ("1 step", 1),
        ("7 updates", 7),
        ("1k", 1000),
        ("3 epochs", 12),
        ("1.1 epochs", 4),  # 4.4
        ("0.125 epochs", 1),  # 0.5
        ("0.1 epochs", 0),
        ("1 epoch", 4),
        ("320 samples", 10),
        ("336 samples", 11),  # 10.5
        ("335 samples", 10),
        ("64k tokens", 4),  # 64,000 ÷ 16,384 = 3.9
        ("1M tokens", 61),
        ("3%", 30),
        ("0.05%", 1),  # 0.5
        ("0.04%", 0),
        ("12.5 %", 125),
        ("100%", 1000),
        ("0%", 0),
    ],
)
def test_durations_in_updates(duration, steps):
    phases = [{"kind": "constant", "value": 0, "for": duration}, {"kind": "constant", "value": 1}]
    spec = {"steps": 1000, "dataset_size": 100, "batch_size": 32, "sequence_length": 512, "schedule": phases}
    assert lrplot.load(spec).lr.tolist() == [0] * steps + [1] * (1000 - steps)


@pytest.mark.parametrize(
    ("duration", "code", "match"),
    [
        ("7", "quoted-number", "text in quotes, not a number"),
        (1.5, "not-whole", "`1.5` steps is not a whole number"),
        (True, "boolean", "not the boolean `true`"),
        (-1, "bad-value", "must not be negative"),
        ("-1 epochs", "bad-value", "must not be negative"),
        ("3 days", "bad-type", "must be a duration or `rest`"),
        ("epochs", "bad-type", "must be a duration or `rest`"),
        ([1], "bad-type", "must be a duration or `rest`, not a list"),
    ],
)
def test_a_faulty_duration_is_refused(duration, code, match, refuse):
    refuse([{"kind": "linear", "for": duration}], code, match, steps_per_epoch=2)


def test_the_derivation_lists_each_conversion():
    given = {"dataset_size": LONG, "per_device_batch_size": 32, "devices": 4, "accumulate": 2, "sequence_length": 197}
    rates = derive({key: Fraction(value) for key, value in given.items()}, False, _no_conflict)
    assert rates.derivation == (
        "32 per device × 4 devices × 2 accumulated = 256 samples per update",
        "197 tokens per sample × 256 samples = 50,432 tokens per update",
        "1,281,167 samples ÷ 256 = 5,005 updates per epoch (last one partial)",
    )
    assert (rates.samples_per_step, rates.tokens_per_step, rates.steps_per_epoch) == (256, 50_432, 5005)


@pytest.mark.parametrize(
    ("size", "drop_last", "line"),
    [
        (100, False, "100 samples ÷ 32 = 4 updates per epoch (last one partial)"),
        (100, True, "100 samples ÷ 32 = 3 updates per epoch (last one dropped)"),
        (96, False, "96 samples ÷ 32 = 3 updates per epoch"),
        (96, True, "96 samples ÷ 32 = 3 updates per epoch"),
    ],
)
def test_derivation_of_an_epoch(size, drop_last, line):
    given = {"dataset_size": Fraction(size), "batch_size": Fraction(32)}
    assert derive(given, drop_last, _no_conflict).derivation == (line,)


@pytest.mark.parametrize(
    ("size", "accumulate", "drop_last", "updates"),
    [
        (1000, 4, True, 32),  # 125 batches, the last update takes one of them
        (1000, 4, False, 32),
        (1003, 4, True, 32),
        (1003, 4, False, 32),  # 126 batches
        (1025, 4, True, 32),  # 128 batches
        (1025, 4, False, 33),
        (100, 16, True, 1),  # 12 batches
        (100, 1, True, 12),
        (100, 1, False, 13),
    ],
)
def test_a_partial_batch_is_dropped_and_a_partial_accumulation_counts(size, accumulate, drop_last, updates):
    given = {"dataset_size": size, "per_device_batch_size": 8, "accumulate": accumulate}
    rates = derive({key: Fraction(value) for key, value in given.items()}, drop_last, _no_conflict)
    assert rates.steps_per_epoch == updates


def test_the_derivation_of_accumulated_batches_after_one_was_dropped():
    given = {"dataset_size": Fraction(1003), "per_device_batch_size": Fraction(8), "accumulate": Fraction(4)}
    assert derive(given, True, _no_conflict).derivation[1:] == (
        "1,003 samples ÷ 8 = 125 batches per epoch (last one dropped)",
        "125 batches ÷ 4 = 32 updates per epoch (last one partial)",
    )


@pytest.mark.parametrize(
    ("epochs", "size", "updates"),
    [(0.33, 125, 42), (0.5, 125, 63), (1, 125, 125), (2.004, 125, 251), (0.07, 100, 8)],  # 0.07 · 100 is above 7
)
def test_a_trainer_rounds_a_partial_epoch_up(epochs, size, updates):
    schedule = {"use": "transformers.TrainingArguments"}
    assert lrplot.load({"epochs": epochs, "steps_per_epoch": size, "lr": 1, "schedule": schedule}).steps == updates
    assert lrplot.load({"epochs": epochs, "steps_per_epoch": size, "lr": 1, "schedule": "linear"}).steps <= updates


def test_without_keys_nothing_is_derived():
    assert derive({}, False, _no_conflict) == Rates()
    assert derive({"steps_per_epoch": Fraction(5)}, False, _no_conflict) == Rates(steps_per_epoch=Fraction(5))


def _no_conflict(key, message):
    raise AssertionError(f"{key}: {message}")


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({"batch_size": 8, "devices": 2}, "cannot be combined with `batch_size`"),
        ({"batch_size": 8, "per_device_batch_size": 8}, "cannot be combined with `batch_size`"),
        ({"devices": 2}, "`devices` has no effect without `per_device_batch_size`"),
        ({"accumulate": 2}, "`accumulate` has no effect without `per_device_batch_size`"),
        ({"tokens_per_step": 10, "sequence_length": 5, "batch_size": 3}, "`sequence_length` times the batch is 15"),
        (
            {"steps_per_epoch": 5, "dataset_size": 100, "batch_size": 32},
            "is 5, but `dataset_size` divided by the batch is 4",
        ),
        ({"dataset_size": 10, "batch_size": 32, "drop_last": True}, "is less than one batch of 32"),
    ],
)
def test_conversions_that_contradict_each_other(given, match, refuse):
    refuse("linear", "conflict", match, **given)


def test_conversions_that_agree_are_no_conflict(load):
    tokens = load("linear", tokens_per_step=15, sequence_length=5, batch_size=3).run.timebase
    assert tokens.rates.tokens_per_step == 15
    epochs = load("linear", steps_per_epoch=4, dataset_size=100, batch_size=32).run.timebase
    assert epochs.rates.steps_per_epoch == 4


@pytest.mark.parametrize(
    ("unit", "missing"), [("epochs", "steps_per_epoch"), ("samples", "batch_size"), ("tokens", "tokens_per_step")]
)
@pytest.mark.parametrize(
    "schedule",
    [
        [{"kind": "warmup", "for": "{}"}],
        {"kind": "step", "every": "{}"},
        {"kind": "multistep", "milestones": [1, "{}"]},
        {"kind": "cosine", "warmup": "{}"},
        {"kind": "cosine", "cooldown": {"for": "{}"}},
        {"kind": "cosine_restarts", "period": "{}"},
        {"kind": "cyclic", "up": 1, "down": "{}"},
        {"kind": "inverse_sqrt", "timescale": "{}"},
        {"kind": "wsd", "cooldown": "{}"},
        {"kind": "points", "at": {"{}": 1}},
        {"kind": "repeat", "of": {"kind": "linear", "for": "{}"}},
    ],
)
def test_a_duration_without_its_conversion_names_the_missing_key(schedule, unit, missing, refuse):
    filled = _filled(schedule, f"3 {unit}")
    refuse(filled, "missing-conversion", f"cannot turn {unit} into steps: `{missing}` is missing")


def _filled(node, text):
    if isinstance(node, dict):
        return {_filled(key, text): _filled(value, text) for key, value in node.items()}
    if isinstance(node, list):
        return [_filled(item, text) for item in node]
    return text if node == "{}" else node


@pytest.mark.parametrize(("unit", "missing"), [("samples", "batch_size"), ("tokens", "tokens_per_step")])
def test_a_length_without_its_conversion_names_the_missing_key(unit, missing, refuse):
    refuse(
        "linear", "missing-conversion", f"cannot turn {unit} into steps: `{missing}` is missing", None, **{unit: 100}
    )


def test_a_sequence_length_alone_does_not_convert_tokens(refuse):
    refuse("linear", "missing-conversion", "`tokens_per_step` is missing", None, tokens=100, sequence_length=10)


def test_the_cure_names_every_way():
    with pytest.raises(lrplot.SpecError, match="cannot turn samples") as caught:
        lrplot.load({"samples": 5, "lr": 1, "schedule": "linear"})
    cure = "give `batch_size`, or `per_device_batch_size` with `devices` and `accumulate`"
    assert caught.value.diagnostics[0].help == cure


@pytest.mark.parametrize(
    ("given", "code", "match"),
    [
        ({}, "missing-field", "the run has no length"),
        ({"steps": 5, "epochs": 5}, "conflict", "given twice, by `steps` and `epochs`"),
        ({"steps": 0}, "bad-value", "`steps` must be at least 1"),
        ({"steps": 2.5}, "not-whole", "`steps` must be a whole number"),
        ({"epochs": 0}, "bad-value", "`epochs` must be"),
        ({"epochs": 0.1, "steps_per_epoch": 4}, "bad-value", "shorter than one update"),
        ({"tokens": 4, "tokens_per_step": 10}, "bad-value", "shorter than one update"),
        ({"steps": 2**53 + 1}, "too-large", "more than 2\\^53"),
        ({"steps": 5, "schedule": {"kind": "step", "every": "1e30%"}}, "too-large", "steps is more than 2\\^53"),
        ({"epochs": 2**40, "steps_per_epoch": 2**14}, "too-large", "steps is more than 2\\^53"),
    ],
)
def test_a_faulty_length_is_refused(given, code, match, refuse):
    refuse(**{"schedule": "linear", "code": code, "match": match, "steps": None} | given)


def test_rates_and_timebase_convert_exactly():
    rates = Rates(Fraction(7, 2), Fraction(32), None)
    assert [rates.has(unit) for unit in ("steps", "epochs", "samples", "tokens")] == [True, True, True, False]
    assert rates.per_step("epochs") == Fraction(2, 7)
    assert rates.to_steps(Fraction(3), "epochs") == 11  # 10.5
    assert rates.to_steps(Fraction(10**15 * 32 + 16), "samples") == 10**15 + 1
    with pytest.raises(Fault, match="cannot turn tokens into steps: `tokens_per_step` is missing"):
        rates.to_steps(Fraction(1), "tokens")
    timebase = Timebase(10**15, "steps", Fraction(10**15), rates)
    assert timebase.to_steps(Fraction(1, 3), "%") == 3_333_333_333_333
    assert timebase.to_steps(Fraction(64), "samples") == 2
    assert timebase.epoch() == 4  # 3.5
