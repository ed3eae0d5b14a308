"""Laws of agreement on runs at random: a sound log raises nothing, and a fault is named with its number."""

from __future__ import annotations

import numpy as np
from analysis.agreement.simulated import KINDS, SHOWN, logged, skipping
from hypothesis import given
from hypothesis import strategies as st

from lrplot.analysis.agreement.agree import agree
from lrplot.api import load

RUNS = st.tuples(
    st.sampled_from(sorted(KINDS)), st.integers(400, 30_000), st.floats(0.01, 0.2), st.sampled_from([1e-3, 3e-4, 2e-5])
)
DIGITS = st.one_of(st.just("full"), st.just("float32"), st.integers(3, 17))


@st.composite
def runs(draw):
    """A kind with its length, warmup and peak."""
    name, total, share, peak = draw(RUNS)
    return KINDS[name], total, max(int(total * share), 2), peak


@st.composite
def rows(draw, total):
    """From 20 to 2,000 logged steps below a length, with gaps."""
    count = draw(st.integers(20, 2000))
    steps = np.unique(np.linspace(draw(st.integers(0, total // 4)), total - 1, count).astype(np.int64))
    gaps = draw(st.sets(st.integers(0, 19)))
    kept = ~np.isin(np.arange(len(steps)) * 20 // len(steps), sorted(gaps))
    return steps[kept] if kept.sum() >= 20 else steps


@given(runs(), st.sampled_from(sorted(SHOWN)), DIGITS, st.data())
def test_sound_logs_raise_nothing(run, shown, digits, data):
    kind, total, warmup, peak = run
    log = logged(lambda s: kind.rate(s, total, warmup, peak), data.draw(rows(total)), shown, digits)
    assert agree(load(kind.spec(total, warmup, peak)).run, log).causes == ()


@given(runs(), st.sets(st.integers(0, 300), min_size=1, max_size=4), DIGITS, st.data())
def test_skipped_updates_raise_nothing(run, skips, digits, data):
    kind, total, warmup, peak = run
    log = skipping(lambda s: kind.rate(s, total, warmup, peak), data.draw(rows(total)), sorted(skips), digits)
    assert agree(load(kind.spec(total, warmup, peak)).run, log).causes == ()


@given(runs(), st.sampled_from([0.1, 0.25, 0.5, 2, 3, 8]), st.sampled_from(sorted(SHOWN)), DIGITS, st.data())
def test_a_multiple_of_the_peak_is_named(run, factor, shown, digits, data):
    kind, total, warmup, peak = run
    log = logged(lambda s: kind.rate(s, total, warmup, factor * peak), data.draw(rows(total)), shown, digits)
    named = {each.code: each.number for each in agree(load(kind.spec(total, warmup, peak)).run, log).causes}
    if "log-constant" not in named:  # all rows lie where the schedule holds one value
        assert abs(named["log-scaled"] - factor) < 5e-3 * factor
