"""Names of runs."""

import pytest

from lrplot.chart.names import distinct, shortened


def test_repeated_names_are_numbered():
    assert distinct(["a", "b", "a"]) == ["a", "b", "a (2)"]


@pytest.mark.parametrize(
    ("names", "width", "short"),
    [
        (["head", "body"], 5, ["head", "body"]),
        (["a long name of a run"], 9, ["a lo… run"]),
        (["encoder_1_attention", "encoder_12_attention", "head"], 16, ["enco…_1_attent…", "enc…_12_attent…", "head"]),
        (["encoder_1_attention", "encoder_12_attention", "head"], 8, ["…r_1_at…", "…r_12_a…", "head"]),
        (["Cosine, resumed at 4000", "Cosine, resumed at 8000"], 12, ["Cos…t 4000", "Cos…t 8000"]),
    ],
)
def test_long_names_keep_what_differs(names, width, short):
    result = shortened(names, width)
    assert all(len(name) <= width for name in result)
    assert len(set(result)) == len(names)
