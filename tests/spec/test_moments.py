"""Points in a run as `at` takes them."""

from __future__ import annotations

import pytest

from lrplot import SpecError, load
from lrplot.spec.moments import read_step

SPEC = {"steps": 1000, "lr": 1, "schedule": "cosine"}
KNOWN = {**SPEC, "steps_per_epoch": 100, "batch_size": 8, "sequence_length": 4}


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("0", 0),
        ("-0", 0),
        ("999", 999),
        ("1000", 1000),
        ("2k", 2000),
        ("1_000", 1000),
        ("0x10", 16),
        ("010", 10),
        ("1e2", 100),
        ("5 steps", 5),
        ("1 step", 1),
        ("0%", 0),
        ("50%", 500),
        ("100%", 1000),
        ("2.5%", 25),
        ("0.06%", 1),
        ("0.04%", 0),
        ("1 epoch", 100),
        ("3 epochs", 300),
        ("0.5 epochs", 50),
        ("1/4 epochs", 25),
        ("80 samples", 10),
        ("3.2k tokens", 100),
        ("first", 0),
        ("peak", 0),
        ("last", 999),
        ("9007199254740992", 2**53),
    ],
)
def test_a_point_in_a_run(text, step):
    assert read_step(text, load(KNOWN).run) == step


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("", "bad-value", "is not a point in a run"),
        ("rest", "bad-value", "`rest` is not a point in a run"),
        ("end", "bad-value", "`end` is not a point in a run"),
        ("half", "bad-value", "`half` is not a point in a run"),
        ("5 weeks", "bad-value", "`5 weeks` is not a point in a run"),
        ("'5'", "bad-value", "`'5'` is not a point in a run"),
        ("true", "bad-value", "`true` is not a point in a run"),
        ("1,000", "bad-value", "`1,000` is not a point in a run"),
        ("-1", "bad-value", "steps count from 0, not `-1`"),
        ("-50%", "bad-value", "steps count from 0, not `-50%`"),
        ("3 epochs", "missing-conversion", "`steps_per_epoch` is missing"),
        ("3 tokens", "missing-conversion", "`tokens_per_step` is missing"),
        (".nan", "not-finite", "`.nan` is not a finite number"),
        ("1e400", "not-finite", "`1e400` is too large for float64"),
        ("1/0", "bad-number", "`1/0` divides by zero"),
        ("9" * 400, "bad-number", "at most 300 characters, this one has 400"),
        ("9007199254740993", "too-large", "more than 2^53"),
    ],
)
def test_text_that_is_no_point_in_a_run_is_refused(text, code, words):
    run = load(SPEC).run
    with pytest.raises(SpecError) as error:
        read_step(text, run)
    (found,) = error.value.diagnostics
    assert words in found.message
    assert found.code == code
    assert (found.span.source.text, found.span.line) == (text, 0)
    assert (found.span.column, found.span.end_column) == (0, len(text))


@pytest.mark.parametrize("text", ["1.5", "1/3"])
def test_a_step_is_a_whole_number(text):
    with pytest.raises(SpecError, match=f"`{text}` steps is not a whole number"):
        read_step(text, load(SPEC).run)
