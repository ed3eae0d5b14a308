"""Families of a spec: combinations, names, refusals."""

from fractions import Fraction

import pytest

import lrplot
from lrplot.spec.sweep import MOST_VARIANTS, numbers_of, swept_fields, variants


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


@pytest.mark.parametrize(
    ("sweeps", "numbers"),
    [
        (["lr=1e-4,3e-4"], [Fraction("1e-4"), Fraction("3e-4")]),
        (["schedule.warmup=0.5,1"], [Fraction(1, 2), 1]),
        (["schedule.warmup=3%,1%"], [3, 1]),
        (["schedule.warmup=3 epochs,1 epochs"], [3, 1]),
        (["schedule.kind=cosine,linear"], None),
        (["lr=1,x"], None),
        (["schedule.warmup=3 epochs,100"], None),
        (["lr=1,2", "steps=3,4"], None),
    ],
)
def test_variants_of_one_number_have_an_order(sweeps, numbers):
    assert numbers_of(sweeps) == numbers


def test_swept_fields_are_named_as_in_the_variants():
    assert swept_fields(["lr=1,2", "schedule.to=0,1"]) == ["lr", "to"]
