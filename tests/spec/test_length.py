"""The run's length and what it is converted by."""

from __future__ import annotations

from fractions import Fraction

import pytest

TAIL = "lr: 1\nschedule: constant\n"


@pytest.mark.parametrize(
    ("keys", "steps"),
    [
        ("steps: 10_000", 10_000),
        ("steps: 10k", 10_000),
        ("steps: 1e4", 10_000),
        ("steps: 1", 1),
        ("steps: 9007199254740992", 2**53),
        ("epochs: 90", 90),
        ("epochs: 90\nsteps_per_epoch: 100", 9_000),
        ("epochs: 1.5\nsteps_per_epoch: 100", 150),
        ("epochs: 1/3\nsteps_per_epoch: 100", 33),
        ("epochs: 2/3\nsteps_per_epoch: 100", 67),
        ("epochs: 90\ndataset_size: 1_000\nbatch_size: 64", 90 * 16),
        ("epochs: 90\ndataset_size: 1_000\nbatch_size: 64\ndrop_last: false", 90 * 16),
        ("epochs: 90\ndataset_size: 1_000\nbatch_size: 64\ndrop_last: true", 90 * 15),
        ("epochs: 90\ndataset_size: 1_024\nbatch_size: 64\ndrop_last: true", 90 * 16),
        ("epochs: 3\ndataset_size: 1_000\nper_device_batch_size: 8\ndevices: 4\naccumulate: 2", 3 * 16),
        ("epochs: 3\ndataset_size: 1_000\nper_device_batch_size: 64", 3 * 16),
        ("epochs: 3\ndataset_size: 1_000\nper_device_batch_size: 32\naccumulate: 2", 3 * 16),
        ("epochs: 90\ndataset_size: 1_281_167\nbatch_size: 256", 90 * 5_005),
        ("epochs: 90\nsteps_per_epoch: 16\ndataset_size: 1_000\nbatch_size: 64", 90 * 16),
        ("samples: 6_400\nbatch_size: 64", 100),
        ("samples: 1_000\nbatch_size: 64", 16),
        ("samples: 1_000\nper_device_batch_size: 8\ndevices: 8", 16),
        ("tokens: 300B\ntokens_per_step: 2M", 150_000),
        ("tokens: 300B\nsequence_length: 2048\nbatch_size: 512", 286_102),
        ("tokens: 300B\nsequence_length: 2048\nbatch_size: 512\ntokens_per_step: 1_048_576", 286_102),
        ("tokens: 1M\nsequence_length: 1k\nper_device_batch_size: 5\ndevices: 2", 100),
        ("steps: 5\ntokens_per_step: 2M\nsequence_length: 2048\ndataset_size: 7", 5),
    ],
)
def test_a_length_in_updates(keys, steps, read):
    assert read(f"{keys}\n{TAIL}").steps == steps


def test_conversions_from_the_dataset(read):
    keys = "epochs: 2\ndataset_size: 1_000\nper_device_batch_size: 8\ndevices: 4\naccumulate: 2\nsequence_length: 512\n"
    timebase = read(keys + TAIL).run.timebase
    assert (timebase.amount, timebase.unit) == (2, "epochs")
    rates = timebase.rates
    assert (rates.steps_per_epoch, rates.samples_per_step, rates.tokens_per_step) == (16, 64, 32_768)
    assert [rates.per_step(unit) for unit in ("steps", "epochs", "samples", "tokens")] == [
        1,
        Fraction(1, 16),
        64,
        32_768,
    ]


@pytest.mark.parametrize(
    ("keys", "code", "words"),
    [
        ("", "missing-field", "the run has no length"),
        ("tokens_per_step: 5", "missing-field", "the run has no length"),
        ("steps: 5\nepochs: 5", "conflict", "given twice, by `steps` and `epochs`"),
        ("tokens: 5\nsamples: 5\ntokens_per_step: 1\nbatch_size: 1", "conflict", "by `samples` and `tokens`"),
        ("tokens: 5", "missing-conversion", "`tokens_per_step` is missing"),
        ("tokens: 5\nsequence_length: 5", "missing-conversion", "cannot turn tokens into steps"),
        ("samples: 5", "missing-conversion", "`batch_size` is missing"),
        ("samples: 5\nsteps_per_epoch: 5", "missing-conversion", "cannot turn samples into steps"),
        ("epochs: 0.4", "bad-value", "shorter than one update"),
        ("tokens: 9\ntokens_per_step: 20", "bad-value", "shorter than one update"),
        ("steps: 9007199254740993", "too-large", "2^53"),
        ("tokens: 1e300\ntokens_per_step: 1", "too-large", "2^53"),
        ("steps: 5\nbatch_size: 4\ndevices: 2", "conflict", "`devices` cannot be combined with `batch_size`"),
        ("steps: 5\ndevices: 2", "conflict", "has no effect without `per_device_batch_size`"),
        ("steps: 5\naccumulate: 2", "conflict", "has no effect without `per_device_batch_size`"),
        ("steps: 5\ndataset_size: 100\nbatch_size: 4\nsteps_per_epoch: 26", "conflict", "divided by the batch is 25"),
        ("steps: 5\nsequence_length: 100\nbatch_size: 4\ntokens_per_step: 300", "conflict", "times the batch is 400"),
        ("steps: 5\ndataset_size: 3\nbatch_size: 4\ndrop_last: true", "conflict", "is less than one batch of 4"),
        ("steps: 0", "bad-value", "at least 1"),
        ("steps: -5", "bad-value", "at least 1"),
        ("steps: 1.5", "not-whole", "whole number"),
        ("steps: '5'", "quoted-number", "quotes"),
        ("steps: 5%", "bad-type", "whole number"),
        ("steps: 5 epochs", "bad-type", "whole number"),
        ("steps: true", "boolean", "boolean"),
        ("steps: 1e400", "not-finite", "too large"),
        ("epochs: 0", "bad-value", "must be above 0"),
        ("epochs: -1", "bad-value", "must be above 0"),
        ("epochs: .inf", "not-finite", "finite"),
        ("tokens: 300 B\ntokens_per_step: 2M", "bad-type", "whole number"),
    ],
)
def test_a_faulty_length_is_refused(keys, code, words, diagnostics):
    (found,) = diagnostics(f"{keys}\n{TAIL}")
    assert found.code == code
    assert words in found.message


@pytest.mark.parametrize("unit", ["epochs", "samples", "tokens"])
def test_a_duration_without_its_conversion_names_the_key(unit, diagnostics):
    (found,) = diagnostics(f"steps: 100\nlr: 1\nschedule: {{kind: cosine, warmup: 5 {unit}}}\n")
    key = {"epochs": "steps_per_epoch", "samples": "batch_size", "tokens": "tokens_per_step"}[unit]
    assert (found.code, found.message) == (
        "missing-conversion",
        f"cannot turn {unit} into steps: `{key}` is missing",
    )
