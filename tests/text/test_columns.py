"""A column out of a user's own table."""

import pytest

from lrplot.diagnostics import Fault
from lrplot.text import columns
from lrplot.text.columns import read_column


@pytest.fixture
def table(tmp_path):
    """Write a table; its path."""

    def write(content, name="table.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.mark.parametrize(
    ("content", "column", "expected"),
    [
        ("step,lr\n0,0.1\n1,0.2\n", None, [0.1, 0.2]),
        ("lr\n1e-3\n-2\n+.5\n0\n", None, [1e-3, -2, 0.5, 0]),
        ("step,rate\n0,0.1\n", None, [0.1]),
        ("rate\n0.1\n", None, [0.1]),
        ("loss,lr\n5,0.1\n", None, [0.1]),
        ("loss,lr\n5,0.1\n", "loss", [5]),
        ("lr,step\n0.1,0\n0.2,1\n", None, [0.1, 0.2]),
        ("step\n0\n1\n", "step", [0, 1]),
        (" step , lr \n 0 , 0.1 \n", None, [0.1]),
        ('"step","lr"\r\n"0","0.1"\r\n"1","0.2"\r\n', None, [0.1, 0.2]),
        ("\ufefflr,loss\n0.1,5\n", None, [0.1]),
        ("\nstep,lr\n\n0,0.1\n\n\n1,0.2", None, [0.1, 0.2]),
        ("step,lr,lr/head\n0,0.1,0.5\n", "lr/head", [0.5]),
        ("Step,lr\n0,0.1\n1,0.2\n", None, [0.1, 0.2]),
        ("STEP,rate\n0,0.1\n", None, [0.1]),
        ("lr\n0.1000000000000000055511151231257827\n", None, [0.1]),
    ],
)
def test_a_column_is_read(content, column, expected, table):
    assert read_column(table(content), column).tolist() == expected


def test_a_tsv_file_is_separated_by_tabs(table):
    assert read_column(table("step\tlr\n0\t0.1\n", "run.tsv"), None).tolist() == [0.1]
    with pytest.raises(Fault, match="no column `lr`"):
        read_column(table("a\tb\n1\t2\n", "run.csv"), "lr")


@pytest.mark.parametrize(
    ("content", "column", "field", "match"),
    [
        ("", None, "file", "the table is empty"),
        ("\n\n", None, "file", "the table is empty"),
        ("step,lr\n", None, "file", "the table has no rows"),
        ("a,b\n1,2\n", None, "column", "no column `lr`"),
        ("step,lr\n0,1\n", "LR", "column", "no column `LR`"),
        ("step\n0\n", None, "column", "no column `lr`"),
        ("step,lr\n1,0.1\n", None, "file", "line 2 is step `1`, not 0: a table has one row for each step from 0"),
        ("step,lr\n0,0.1\n2,0.2\n", None, "file", "line 3 is step `2`, not 1"),
        ("step,lr\n0,0.1\n0,0.2\n", None, "file", "line 3 is step `0`, not 1"),
        ("step,lr\n0.0,0.1\n", None, "file", "line 2 is step `0.0`"),
        ("lr,step\n0.1\n", None, "file", "line 2 has 1 cells, but the header has 2 columns"),
        ("step,lr\n0,x\n", None, "file", "line 2 holds `x`, not a finite number"),
        ("step,lr\n0,0.1\n1,\n", None, "file", "line 3 holds ``, not a finite number"),
        ("step,lr\n0\n", None, "file", "line 2 has 1 cells"),
        ("step,lr\n0,0,001\n", None, "file", "line 2 has 3 cells, but the header has 2 columns"),
        ("step,lr\n\n0,0.1\n\n1,0,2\n", None, "file", "line 5 has 3 cells"),
        ("Step,lr\n0,0.1\n50,0.2\n", None, "file", "line 3 is step `50`, not 1"),
        ("0.1\n0.2\n", None, "file", "the table has no header: its first row holds `0.1`"),
        ("0,0.1\n1,0.2\n", "1", "file", "the table has no header: its first row holds `0`"),
        ("lr\nnan\n", None, "file", "line 2 holds `nan`, not a finite number"),
        ("lr\n-inf\n", None, "file", "line 2 holds `-inf`, not a finite number"),
        ("lr\n1e999\n", None, "file", "line 2 holds `1e999`, not a finite number"),
        ("lr\n0.1\n10%\n", None, "file", "line 3 holds `10%`, not a finite number"),
    ],
)
def test_a_faulty_table_is_refused(content, column, field, match, table):
    with pytest.raises(Fault, match=match) as caught:
        read_column(table(content), column)
    assert caught.value.field == field


def test_the_nearest_column_is_suggested(table):
    with pytest.raises(Fault, match="no column `learning_rat`") as caught:
        read_column(table("step,learning_rate,loss\n0,1,2\n"), "learning_rat")
    assert caught.value.help == "did you mean `learning_rate`?"


@pytest.mark.parametrize(
    ("content", "match"),
    [(b"lr\n\xff\xfe\n", "cannot read .*codec"), (b"lr\n" + b"9" * 200_000, "cannot read .*limit")],
)
def test_a_file_that_is_not_csv_text_is_unreadable(content, match, table):
    with pytest.raises(Fault, match=match) as caught:
        read_column(table(content), None)
    assert caught.value.code == "unreadable"


def test_a_missing_file_and_a_folder_are_unreadable(tmp_path):
    for path, match in ((tmp_path / "none.csv", "cannot read .*No such file"), (tmp_path, "is not a file")):
        with pytest.raises(Fault, match=match) as caught:
            read_column(path, None)
        assert caught.value.code == "unreadable"


def test_a_file_that_is_too_large_is_not_read(table, monkeypatch):
    monkeypatch.setattr(columns, "LARGEST", 10)
    assert read_column(table("lr\n0.5\n0.5"), None).tolist() == [0.5, 0.5]
    with pytest.raises(Fault, match="is larger than 1 GiB"):
        read_column(table("lr\n0.5\n0.25"), None)
