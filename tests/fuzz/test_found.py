"""What fuzzing and the property tests found, by name."""

from __future__ import annotations

import pytest
from fuzz.trial import judged

import lrplot

FOUND = [
    pytest.param(
        "steps: 1T\nlr: 1\nschedule: {kind: repeat, times: 9007199254740992, of: {kind: linear, for: 1000T}}\n",
        "yaml",
        id="repetitions-past-int64",
    ),
    pytest.param(
        f"steps: 5\nlr: 1\nschedule: {{kind: table, file: {'x' * 5_000}}}\n",
        "yaml",
        id="table-with-a-name-too-long",
    ),
    pytest.param(
        "steps: 5\nschedule:\n  use: optax.cosine_decay_schedule\n  use: optax.cosine_decay_schedule\n  init_value: 1\n"
        "  decay_steps: 5\n",
        "yaml",
        id="use-given-twice",
    ),
    pytest.param(
        "steps: 30\nlr: 1\nschedule: {use: torchtitan.LRSchedulersContainer, warmup_steps: 5, decay_ratio: 1e308}\n",
        "yaml",
        id="torchtitan-ratio-past-float64",
    ),
    pytest.param(
        "steps: 9T\nlr: 1\nschedule: {use: ignite.LinearCyclicalScheduler, param_name: lr, start_value: 0.3, "
        "end_value: 0, cycle_size: 5, start_value_mult: 0.7, end_value_mult: 0.9}\n",
        "yaml",
        id="ignite-cycles-without-number",
    ),
]


@pytest.mark.parametrize(("content", "suffix"), FOUND)
def test_found(content, suffix, tmp_path):
    path = tmp_path / f"spec.{suffix}"
    path.write_text(content, encoding="utf-8")
    _, wrong = judged(lambda: lrplot.load(path))
    assert wrong == ""
