"""Configs that say all but their length."""

import pickle
from math import cos, pi

import pytest

import lrplot
from lrplot.api import load_nominal
from lrplot.trainers.shared.config import missing

ARGUMENTS = {
    "learning_rate": 2e-5,
    "lr_scheduler_type": "cosine",
    "warmup_ratio": 0.03,
    "num_train_epochs": 3,
    "per_device_train_batch_size": 4,
}


@pytest.fixture
def arguments(tmp_path):
    """The path of training arguments that name no length, with some changed."""

    def write(**changes):
        path = tmp_path / "args.yaml"
        path.write_text("".join(f"{key}: {value}\n" for key, value in {**ARGUMENTS, **changes}.items()))
        return path

    return write


def share(path, percent):
    """The learning rate at a share of the run."""
    schedule = load_nominal(path)
    return schedule(percent * schedule.steps // 100)


def test_values_are_those_of_a_share_of_the_run(arguments):
    path = arguments()
    assert share(path, 3) == 2e-5
    assert share(path, 50) == pytest.approx(2e-5 * 0.5 * (1 + cos(pi * 0.47 / 0.97)), rel=1e-12)
    assert share(path, 100) == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"warmup_ratio": 0, "warmup_steps": 500},
        {"lr_scheduler_type": "inverse_sqrt", "warmup_ratio": 0},
        {"warmup_ratio": 0, "warmup_steps": 10},
    ],
)
def test_a_length_that_changes_the_shape_is_asked_for(arguments, changes):
    with pytest.raises(lrplot.SpecError, match="the config does not say how many updates the run has"):
        load_nominal(arguments(**changes))


@pytest.mark.parametrize("changes", [{"warmup_ratio": 0}, {"lr_scheduler_type": "constant", "warmup_ratio": 0}])
def test_no_warmup_needs_no_length(arguments, changes):
    assert load_nominal(arguments(**changes)).run.nominal is not None


def test_a_warmup_that_is_cut_at_a_number_of_updates_asks_for_the_length(tmp_path):
    path = tmp_path / "axolotl.yaml"  # without a warmup it is min(int(0.03 · T), 100) updates
    path.write_text("base_model: x\nmicro_batch_size: 2\nlearning_rate: 1e-4\nnum_epochs: 2\nsample_packing: true\n")
    with pytest.raises(lrplot.SpecError, match="how many updates the run has"):
        load_nominal(path)
    path.write_text(path.read_text() + "warmup_ratio: 0.1\n")
    assert share(path, 10) == 1e-4


def test_other_missing_facts_are_asked_for(arguments):
    path = arguments()
    with pytest.raises(lrplot.SpecError, match="processes"):
        load_nominal(path, ["dataset_size=1000"])


def test_the_python_api_asks_for_the_length(arguments):
    with pytest.raises(lrplot.SpecError, match="how many updates"):
        lrplot.load(arguments())
    with pytest.raises(lrplot.SpecError, match="how many updates"):
        lrplot.convert(arguments())


def test_findings_hold_for_every_length(arguments):
    assert lrplot.check(arguments(lr_scheduler_type="constant")).codes == ("unknown-length", "ignored-key")
    assert lrplot.check(arguments()).codes == ("unknown-length", "zero-first-update")


def test_a_finding_whose_numbers_depend_on_the_length_is_told_without_them(arguments):
    assert lrplot.check(arguments())[1].message == "the learning rate is 0 at the first update"


def test_a_derivation_says_nothing_of_the_length_that_stands_for_every_one(tmp_path):
    path = tmp_path / "olmo.yaml"
    path.write_text(
        "optimizer:\n  learning_rate: 1e-4\nscheduler:\n  name: linear_with_warmup\n  t_warmup: 0\n  alpha_f: 0\n"
        "max_duration: 1ep\nglobal_train_batch_size: 8\ndevice_train_microbatch_size: 2\n"
    )
    assert load_nominal(path).run.reading.derivation == ()
    assert any(
        "1,000 updates are scheduled" in line for line in lrplot.load(path, ["steps=1000"]).run.reading.derivation
    )


def test_a_length_makes_it_an_ordinary_run(arguments):
    schedule = load_nominal(arguments(), ["steps=200"])
    assert (schedule.steps, schedule.run.nominal, schedule.run.timebase.unit) == (200, None, "steps")


def test_a_missing_fact_pickles():
    fault = missing("the length", ("steps",))
    copy = pickle.loads(pickle.dumps(fault))
    assert (copy.message, copy.ways, copy.help) == (fault.message, fault.ways, "add `--set steps=1000`")


@pytest.mark.parametrize("percent", [1, 4, 5, 7, 10, 50])
def test_a_warmup_of_any_share_only_stretches(arguments, percent):
    assert share(arguments(warmup_ratio=percent / 100), percent) == pytest.approx(2e-5, rel=1e-3)
