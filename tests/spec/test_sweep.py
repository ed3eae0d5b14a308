"""Families of a spec: combinations, names, refusals."""

import pytest

import lrplot
from lrplot.spec.sweep import MOST_VARIANTS, variants


def test_every_combination_is_named_by_the_fields_that_vary():
    found = variants(["lr=1e-4,3e-4", "schedule.warmup=0,500"])
    assert [each.name for each in found] == [
        "lr=1e-4 warmup=0",
        "lr=1e-4 warmup=500",
        "lr=3e-4 warmup=0",
        "lr=3e-4 warmup=500",
    ]
    assert found[1].settings == ("lr=1e-4", "schedule.warmup=500")


def test_without_sweeps_there_is_one_variant():
    assert [(each.name, each.settings) for each in variants([])] == [("", ())]


def test_keys_that_end_alike_are_written_in_full():
    (found,) = variants(["schedule.0.for=5", "schedule.1.for=6"])
    assert found.name == "schedule.0.for=5 schedule.1.for=6"


def test_commas_inside_brackets_do_not_separate():
    found = variants(["schedule.milestones=[1, 2],[3]"])
    assert [each.settings for each in found] == [("schedule.milestones=[1, 2]",), ("schedule.milestones=[3]",)]


@pytest.mark.parametrize("sweep", ["lr", "=1,2", "lr=", "lr=1,,2", ""])
def test_a_faulty_sweep_is_refused(sweep):
    with pytest.raises(lrplot.SpecError, match="is not `key=value,value`"):
        variants([sweep])


def test_too_many_variants_are_refused():
    numbers = ",".join(map(str, range(MOST_VARIANTS + 1)))
    with pytest.raises(lrplot.SpecError, match=f"{MOST_VARIANTS + 1} variants, more than {MOST_VARIANTS}"):
        variants([f"lr={numbers}"])
