"""Numbers and texts as every command prints them."""

import pytest

from lrplot.wording import (
    amount,
    cells,
    cut,
    did_you_mean,
    learning_rate,
    misspelt,
    nearest,
    one_of,
    several,
    share,
    updates,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (3e-4, "3e-4"),
        (1.25e-5, "1.25e-5"),
        (0.001, "1e-3"),
        (0.01, "0.01"),
        (0.05, "0.05"),
        (0.1 * 3, "0.3"),
        (1.0, "1"),
        (10.0, "10"),
        (99999.6, "1e5"),
        (12345.6, "12,346"),
        (1e20, "1e20"),
        (1e300, "1e300"),
        (-1e-3, "-1e-3"),
        (-2e-3, "-2e-3"),
        (2.4674011002723395e-09, "2.467e-9"),
        (0.0099999, "0.01"),
    ],
)
def test_learning_rate(value, text):
    assert learning_rate(value) == text


@pytest.mark.parametrize(("digits", "text"), [(1, "3e-5"), (4, "3e-5"), (8, "3.0000007e-5")])
def test_learning_rate_with_more_digits(digits, text):
    assert learning_rate(3.0000007381698515e-05, digits) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (90, "90"),
        (2.5, "2.5"),
        (1000, "1k"),
        (10_000, "10k"),
        (450_450, "450.45k"),
        (1_281_167, "1.281M"),
        (375e6, "375M"),
        (300e9, "300B"),
        (1e12, "1T"),
        (5e12, "5T"),
        (5_005, "5,005"),
        (1 / 3, "0.3333"),
    ],
)
def test_amount(value, text):
    assert amount(value) == text


def test_amounts_above_the_largest_suffix():
    assert amount(2**53) == "9007T"


@pytest.mark.parametrize(
    ("part", "whole", "text"), [(12, 100, "12%"), (1, 200, "0.5%"), (100, 100, "100%"), (3000, 100, "3,000%")]
)
def test_share(part, whole, text):
    assert share(part, whole) == text


def test_counts_of_things():
    assert (updates(1), updates(10_000), updates(1e300)) == ("1 update", "10,000 updates", "1e+300 updates")
    assert (updates(10**12), several(1, "epoch"), several(2.5, "epoch")) == (
        "1,000,000,000,000 updates", "1 epoch", "2.5 epochs",
    )  # fmt: skip


@pytest.mark.parametrize(("text", "width"), [("", 0), ("abc", 3), ("学習", 4), ("e\u0301", 1)])
def test_cells_are_columns_of_a_terminal(text, width):
    assert cells(text) == width


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("ab cd", 4, "ab…"), ("学習率", 5, "学習…"), ("学習率", 6, "学習率")],
)
def test_cut_text_fits_the_width(text, width, expected):
    assert cut(text, width) == expected


def test_did_you_mean():
    assert did_you_mean("cosin", ["linear", "cosine"]) == "did you mean `cosine`?"
    assert did_you_mean("xyz", ["linear", "cosine"]) == "known: `linear`, `cosine`"
    assert did_you_mean("xyz", []) is None
    assert did_you_mean("xyz", ["linear"], "look it up") == "look it up"


def test_of_many_names_the_nearest_are_listed():
    names = [f"{letter}{letter}" for letter in "abcdefghijklm"]
    assert did_you_mean("ab", names) == "the nearest of 13 are `bb`, `aa`, `mm`, `ll`, `kk`"
    assert nearest("ab", names, 2) == ["bb", "aa"]
    assert nearest("AB", ["aB", "x"], 5, 0.6) == ["aB"]
    assert nearest("a" * 10**6, names, 1) == ["aa"]


def test_one_of():
    assert one_of(["a"]) == "`a`"
    assert one_of(["a", "b", "c"]) == "`a`, `b` or `c`"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("wamup", "warmup"),  # a letter is missing
        ("warmmup", "warmup"),
        ("wermup", "warmup"),
        ("wramup", "warmup"),  # two are exchanged
        ("WARMUP", "warmup"),
        ("wrmpu", None),  # two slips in a short name
        ("armup", None),  # another first letter
        ("warmup2", None),  # another digit
        ("stps_per_epcoh", "steps_per_epoch"),  # two in a long one
        ("form", None),  # `from` or `for`
        ("to", None),  # too short to be sure
        ("x" * 500, None),
        ("", None),
    ],
)
def test_a_slip_of_the_pen_is_certain_only_if_one_name_is_near(name, meant):
    assert misspelt(name, ["warmup", "from", "for", "steps_per_epoch", "too"]) == meant
