"""Numbers as findings write them."""

import pytest

from lrplot.analysis.checks.wording import rate, share, updates


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (3e-4, "3e-4"), (1.25e-5, "1.25e-5"), (0.05, "0.05"), (2.0, "2"), (1e20, "1e20"), (-1e-3, "-1e-3")],
)
def test_rate(value, text):
    assert rate(value) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"), [(12, 100, "12%"), (1, 200, "0.5%"), (100, 100, "100%"), (3000, 100, "3,000%")]
)
def test_share(part, whole, text):
    assert share(part, whole) == text


def test_updates():
    assert (updates(1), updates(10_000), updates(1e300)) == ("1 update", "10,000 updates", "1e+300 updates")
