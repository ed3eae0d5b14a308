"""Summaries: first, peak, last, mean, checked by hand."""

import pytest

import lrplot
from lrplot.analysis import summary as module
from lrplot.analysis.summary import summarize


def of(**spec):
    run = lrplot.load(spec).run
    return summarize(run.tracks["lr"].curve, run.steps)


def test_warmup_then_linear():
    found = of(steps=10, lr=1.0, schedule={"kind": "linear", "warmup": 5, "to": 0.5})
    assert (found.first, found.peak, found.peak_step) == (0.0, 1.0, 5)
    assert found.last == pytest.approx(0.6, rel=1e-12)
    assert found.end == 0.5
    assert (found.low, found.low_step) == (0.0, 0)
    # 0 + .2 + .4 + .6 + .8 and 1 + .9 + .8 + .7 + .6
    assert found.mean == pytest.approx(0.6, rel=1e-12)
    assert not found.mean_sampled


def test_first_of_equal_peaks():
    found = of(steps=9, lr=1.0, schedule={"kind": "points", "at": {0: 0, 3: 1, 6: 1}})
    assert found.peak_step == 3


def test_mean_of_a_long_run_is_sampled():
    found = of(steps=10**12, lr=1.0, schedule={"kind": "cosine", "warmup": "50%"})
    assert found.mean_sampled
    assert found.mean == pytest.approx(0.5, rel=1e-5)
    assert found.peak_step == 5 * 10**11


def test_sampling_is_not_in_step_with_a_period(monkeypatch):
    monkeypatch.setattr(module, "SUMMED", 1000)
    # Half of each 64-step cycle at 1, half at 0.
    inner = [{"kind": "constant", "value": 1, "for": 32}, {"kind": "constant", "value": 0, "for": 32}]
    found = of(steps=2**26, lr=1.0, schedule={"kind": "repeat", "of": inner})
    assert found.mean == pytest.approx(0.5, abs=2e-3)
