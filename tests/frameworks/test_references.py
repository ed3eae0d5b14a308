"""Every framework's schedulers against values that the framework itself gave."""

import pickle
from functools import cache

import numpy as np
import pytest
from frameworks.cases import REFERENCES, Case, deviation, read

import lrplot
from lrplot.frameworks import NAMES, framework
from lrplot.frameworks.shared.measured import measured

CASES = {path.stem: read(path) for path in sorted(REFERENCES.glob("*.jsonl"))}


def test_every_scheduler_of_every_framework_has_cases():
    assert sorted(CASES) == sorted(NAMES)
    for name, (header, cases) in CASES.items():
        used = {case.use.rpartition(".")[2] for case in cases}
        assert used == set(framework(name).schedulers), name
        assert header["version"] == framework(name).version


@cache
def deviations(use: str) -> list[tuple[float, Case]]:
    """How far each case of a scheduler is off."""
    cases = [case for case in CASES[use.partition(".")[0]][1] if case.use == use]
    return [(deviation(case), case) for case in cases]


USES = [kind.name for name in NAMES for kind in framework(name).schedulers.values()]


@pytest.mark.parametrize("use", USES)
def test_values_are_the_frameworks(use):
    wrong = [(off, case.spec) for off, case in deviations(use) if not off <= case.tolerance]
    assert not wrong, f"{len(wrong)} of {len(deviations(use))} cases, such as {max(wrong, key=lambda each: each[0])}"


# Processors may round a last bit differently; numpy 1 rounds some powers and exponentials worse.
ROUNDING = 1e-15 if np.__version__ >= "2" else 1e-13


def test_the_measured_deviations_are_true():
    assert list(measured()) == USES
    for use in USES:
        found = [off for off, _ in deviations(use)]
        assert len(found) == measured()[use].cases
        assert max(found) <= measured()[use].deviation * 1.1 + ROUNDING


def runnable(cases: list[Case]) -> list[lrplot.Schedule]:
    return [lrplot.load(case.spec) for case in cases if not case.raises or case.raises[0] >= case.spec.get("steps", 0)]


@pytest.mark.parametrize("name", NAMES)
def test_blocks_and_single_steps_agree_with_the_whole(name):
    for schedule in runnable(CASES[name][1][::5]):
        whole = schedule.evaluate()
        middle = schedule.steps // 2
        for track, values in whole.items():
            assert np.array_equal(schedule.evaluate(middle)[track], values[middle:])
            assert schedule.at(middle)[track] == values[middle]


@pytest.mark.parametrize("name", NAMES)
def test_schedules_can_be_pickled(name):
    for schedule in runnable(CASES[name][1][::7]):
        again = pickle.loads(pickle.dumps(schedule))
        assert np.array_equal(again.lr, schedule.lr)


@pytest.mark.parametrize("name", NAMES)
def test_turning_points_attain_the_extremes(name):
    for schedule in runnable(CASES[name][1][::3]):
        for track in schedule.run.tracks.values():
            points = track.curve.turning_points(0, schedule.steps)
            if points is None:
                continue
            every = track.curve.values(np.arange(schedule.steps))
            some = track.curve.values(np.unique([0, *points.tolist(), schedule.steps - 1]))
            assert (some.min(), some.max()) == (every.min(), every.max()), (schedule.run, points)
