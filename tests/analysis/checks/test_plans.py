"""The table of horizons names schedulers and fields that there are."""

from __future__ import annotations

import pytest

from lrplot.analysis.checks.plans import HANDOVERS, PLANS, TOGETHER
from lrplot.frameworks import find
from lrplot.frozen import asdict
from lrplot.schedules.kinds import KINDS


def fields(name: str) -> set[str]:
    kind = KINDS[name] if name in KINDS else find(name)
    return {field.name for field in (*kind.fields, *kind.shared_fields)}


@pytest.mark.parametrize("name", PLANS)
def test_a_plan_names_fields_of_its_scheduler(name):
    horizon, *others = asdict(PLANS[name]).values()
    named = {each for each in (*horizon, *others) if each}
    assert named
    assert named <= fields(name)


def test_composites_are_schedulers():
    assert all(field in fields(name) for name, field in HANDOVERS.items())
    assert all(fields(name) for name in TOGETHER)
