"""Resumed runs against values that the frameworks themselves gave, their states saved and loaded there."""

import numpy as np
import pytest
from frameworks import cases
from frameworks.resumptions import RESUMED, deviation, read

import lrplot
from lrplot.frameworks import NAMES, find, framework

CASES = {path.stem: read(path) for path in sorted(RESUMED.glob("*.jsonl"))}


@pytest.mark.parametrize("name", CASES)
def test_the_cases_are_of_the_version_that_the_schedulers_were_checked_with(name):
    assert CASES[name][0]["version"] == framework(name).version


@pytest.mark.parametrize("name", CASES)
def test_every_scheduler_with_a_state_is_resumed(name):
    used = {use.rpartition(".")[2] for case in CASES[name][1] if (use := case.new["schedule"]["use"])}
    known = {key for key, kind in framework(name).schedulers.items() if kind.resuming is not None}
    assert known <= used


@pytest.mark.parametrize(
    ("name", "mode"), [(name, mode) for name in CASES for mode in sorted({case.mode for case in CASES[name][1]})]
)
def test_further_updates_get_the_framework_s_values(name, mode):
    cases = [case for case in CASES[name][1] if case.mode == mode]
    wrong = []
    for case in cases:
        try:
            off = deviation(case)
        except AssertionError as error:
            wrong.append((str(error), case))
        else:
            if not off <= case.tolerance:
                wrong.append((f"off by {off:.2g} of the peak", case))
    assert not wrong, f"{len(wrong)} of {len(cases)}, such as {wrong[0]}"


def keeps_its_place(use):
    """Whether a checkpoint has the steps done: a few schedulers have no state, or one without them."""
    return getattr(find(use).resuming, "saves_count", True)


@pytest.mark.parametrize("name", NAMES)
def test_an_unchanged_plan_goes_on_exactly(name):
    for case in cases.read(cases.REFERENCES / f"{name}.jsonl")[1][::9]:
        if (case.raises and case.raises[0] < case.spec.get("steps", 0)) or not keeps_its_place(case.use):
            continue
        plan = lrplot.load(case.spec)
        for at in {0, 1, plan.steps // 2, plan.steps - 1} & set(range(plan.steps)):
            further = lrplot.resume(case.spec, at=at).resumed
            for track, values in plan.evaluate().items():
                np.testing.assert_allclose(further[track], values[at:], rtol=1e-9, atol=1e-9 * np.max(np.abs(values)))
