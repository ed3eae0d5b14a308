"""Formats: found by their files, chosen by the suffix of a file's name."""

import pytest

from lrplot.diagnostics import Fault
from lrplot.output.writers import PICTURES, REPORTS, TABLES, find_format
from lrplot.registry import module_names


def test_every_file_registers_its_format():
    assert sorted(TABLES) == module_names("lrplot.output.tables")
    assert sorted(PICTURES) == [name for name in module_names("lrplot.output.image") if name != "figure"]
    assert sorted(REPORTS) == module_names("lrplot.output.reports")


@pytest.mark.parametrize("output", ["out.csv", "a.b/out.CSV", "/tmp/x.tsv.csv"])
def test_format_of_a_suffix(output):
    assert find_format(TABLES, output) is TABLES["csv"]


def test_format_by_name_wins_over_the_suffix():
    assert find_format(TABLES, "out.csv", "npz") is TABLES["npz"]


@pytest.mark.parametrize(
    ("output", "name", "field", "message"),
    [
        ("out.xlsx", None, "output", "`out.xlsx` does not end in .csv, .json, .jsonl, .npz, .tsv"),
        ("csv", None, "output", "`csv` does not end in .csv, .json, .jsonl, .npz, .tsv"),
        ("out.csv", "xlsx", "format", "there is no format `xlsx`"),
    ],
)
def test_unknown_format(output, name, field, message):
    with pytest.raises(Fault) as error:
        find_format(TABLES, output, name)
    assert (error.value.field, error.value.message) == (field, message)
