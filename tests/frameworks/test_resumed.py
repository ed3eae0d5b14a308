"""Resumed runs against values that the frameworks themselves gave, their states saved and loaded there."""

import pytest
from frameworks.resumptions import RESUMED, deviation, read

from lrplot.frameworks import framework

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
