"""Logs that print epochs without steps: steps by the plan, if one distance of rows alone gives the epochs."""

from __future__ import annotations

import numpy as np
import pytest

import lrplot
from lrplot.analysis.agreement.numbering import with_steps
from lrplot.api import load

HF = {"learning_rate": 5e-5, "num_train_epochs": 3, "warmup_steps": 30, "lr_scheduler_type": "linear"}


def rate(step):
    """transformers' linear schedule of 300 updates with a warmup of 30."""
    return 5e-5 * (step / 30 if step < 30 else (300 - step) / 270)


def printed(path, steps, per_epoch, digits=2):
    lines = [{"loss": 1.0, "learning_rate": rate(step), "epoch": round(step / per_epoch, digits)} for step in steps]
    path.write_text("loading\n" + "".join(f"{line}\n" for line in lines))
    return path


def steps_of(path, config, *settings):
    return with_steps(load(config, settings).run, lrplot.read_log(path)).points.steps.tolist()


@pytest.fixture
def log(tmp_path):
    return tmp_path / "console.log"


def test_the_updates_of_an_epoch_give_the_steps(log):
    printed(log, range(10, 301, 10), 100)
    assert steps_of(log, HF, "steps_per_epoch=100") == [*range(10, 301, 10)]
    agreement = lrplot.agree(HF, log, ["steps_per_epoch=100"])
    assert (agreement.agrees, agreement.points) == (True, 30)


def test_the_first_update_may_be_logged_too(log):
    printed(log, [1, *range(25, 301, 25)], 100)
    assert steps_of(log, HF, "steps_per_epoch=100") == [1, *range(25, 301, 25)]


def test_the_config_says_which_updates_are_logged(log):
    printed(log, range(5, 61, 5), 12_000)
    assert set(lrplot.read_log(log).points.epochs) == {0.0, 0.01}
    assert steps_of(log, {**HF, "max_steps": 300, "logging_steps": 5}) == [*range(5, 61, 5)]
    assert steps_of(log, {**HF, "logging_steps": 5}, "steps_per_epoch=12_000") == [*range(5, 61, 5)]


def test_an_epoch_may_end_with_a_partial_update(log):
    epochs = [(step - 1) // 251 + min((step - 1) % 251 * 4 + 4, 1001) / 1001 for step in range(20, 753, 20)]
    log.write_text("".join(f"{{'learning_rate': 1e-05, 'epoch': {round(epoch, 2)}}}\n" for epoch in epochs))
    assert steps_of(log, HF, "steps_per_epoch=251") == [*range(20, 753, 20)]


def test_a_later_run_in_the_log_is_numbered_for_itself(log):
    printed(log, range(10, 101, 10), 100)
    first = log.read_text()
    log.write_text(first + printed(log, range(10, 301, 10), 100).read_text())
    assert steps_of(log, HF, "steps_per_epoch=100") == [*range(10, 301, 10)]


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        (["max_steps=300"], "the plan does not say how many updates an epoch has"),
        (["steps_per_epoch=100", "logging_steps=20"], "a row at every 20 updates, as the config has it"),
        (["steps=300", "logging_steps=20"], "a row at every 20 updates"),
        (["steps_per_epoch=7"], "no distance of rows gives"),
        (["steps_per_epoch=12_000"], "several distances of rows give the printed epochs"),
    ],
)
def test_steps_that_are_not_known_are_refused_at_the_first_row(log, settings, reason):
    step = range(10, 41, 10) if "12_000" in settings[0] else range(10, 301, 10)
    printed(log, step, 12_000 if "12_000" in settings[0] else 100)
    with pytest.raises(lrplot.SpecError) as caught:
        lrplot.agree({**HF}, log, settings)
    (fault,) = caught.value.diagnostics
    assert (fault.code, fault.span.source.name, fault.span.line) == ("no-steps", str(log), 1)
    assert reason in fault.message
    assert "logging_steps" in fault.help


def test_logs_with_steps_stay_as_they_are(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("step,lr\n1,0.1\n2,0.2\n")
    log = lrplot.read_log(path)
    assert with_steps(load({"steps": 2, "lr": 1, "schedule": "linear"}).run, log) is log


def test_rows_are_numbered_through_many_blocks(log):
    count = 60_000
    log.write_text("".join(f"{{'learning_rate': 1e-05, 'epoch': {n % 30_000 / 1000}}}\n" for n in range(count)))
    runs = lrplot.read_log(log).runs
    assert [run.steps.tolist() for run in runs] == [np.arange(1, 30_001).tolist()] * 2
