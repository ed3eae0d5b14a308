"""Laws of the algebra of schedules: each says that two specs mean the same curve, bit for bit."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kinds.examples import EXAMPLES
from support import Run

import lrplot
from lrplot.kinds import KINDS as DEFINITIONS

STEPS = 240
PARTS = st.lists(
    st.tuples(st.sampled_from(["linear", "cosine", "sqrt", "constant", "rex"]), st.integers(0, 90), st.integers(0, 9)),
    min_size=3,
    max_size=3,
)
KINDS = sorted(set(EXAMPLES) - {"table"})


def phase(kind: str, length: int, level: int) -> dict[str, Any]:
    """A phase that ends at a level."""
    return {"kind": kind, "for": length, "value" if kind == "constant" else "to": level / 8}


def values(schedule: Any, **more: Any) -> list[float]:
    """The learning rate at every step, and some past the end."""
    spec = {"steps": STEPS, "lr": 1.0, "steps_per_epoch": 30, "schedule": schedule, **more}
    return lrplot.load(spec)(np.arange(STEPS + 20)).tolist()


@given(PARTS)
def test_a_sequence_is_associative(parts):
    a, b, c = (phase(*part) for part in parts)
    assert values([[a, b], c]) == values([a, [b, c]]) == values([a, b, c])


@given(PARTS)
def test_a_sequence_of_one_is_that_phase(parts):
    one = phase(*parts[0])
    assert values([one]) == values(one)


@pytest.mark.parametrize("kind", KINDS)
def test_one_repetition_is_the_schedule_itself(kind):
    schedule = {"kind": kind, **EXAMPLES[kind][0]}
    assert values({"kind": "repeat", "of": schedule, "times": 1})[:STEPS] == values(schedule)[:STEPS]


@pytest.mark.parametrize("kind", KINDS)
def test_a_product_of_one_is_the_schedule_at_a_base_of_one(kind):
    schedule = {"kind": kind, **EXAMPLES[kind][0]}
    assert values({"kind": "product", "of": [schedule]}) == values(schedule)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if DEFINITIONS[kind].decaying])
def test_a_floor_below_everything_changes_nothing(kind):
    schedule = {"kind": kind, **EXAMPLES[kind][0]}
    assert values({**schedule, "min": 0}) == values(schedule)


@pytest.mark.parametrize("kind", KINDS)
def test_exported_and_read_as_a_table_is_the_schedule(kind, run: Run, spec: Callable[..., Path]):
    schedule = json.dumps({"steps": STEPS, "lr": 1.0, "schedule": {"kind": kind, **EXAMPLES[kind][0]}})
    source = spec(schedule, "source.json")
    assert run("export", source, "-o", source.with_name("table.csv")).code == 0
    table = spec(f"steps: {STEPS}\nschedule: {{kind: table, file: table.csv}}")
    assert lrplot.load(table).lr.tolist() == lrplot.load(source).lr.tolist()
