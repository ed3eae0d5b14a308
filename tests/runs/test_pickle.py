"""A schedule is plain data: it can be pickled, sent to another process and copied. So can its faults."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys

import numpy as np
import pytest
from frameworks.cases import REFERENCES, read
from support import ROOT

import lrplot
from lrplot.diagnostics import AlreadyReported, Fault, Faults, NotFinite, Span, parts_of
from lrplot.frameworks import frameworks
from lrplot.spec.source import preset_names

MOST = 500  # updates that are compared


def values(schedule):
    """The values of every track at the first updates, as bytes."""
    steps = np.arange(min(schedule.steps, MOST))
    return {name: array.tobytes() for name, array in schedule.at(steps).items()}


def runnable_specs():
    """For each scheduler of each framework, its first reference spec that runs to its end."""
    specs = {}
    for path in sorted(REFERENCES.glob("*.jsonl")):
        for case in read(path)[1]:
            if not case.raises or case.raises[0] >= case.spec.get("steps", 0):
                specs.setdefault(case.use, case.spec)
    return specs


SPECS = runnable_specs()


def test_every_scheduler_has_a_spec_to_pickle():
    assert sorted(SPECS) == sorted(kind.name for each in frameworks() for kind in each.schedulers.values())


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_can_be_pickled(name):
    schedule = lrplot.load(name)
    assert values(pickle.loads(pickle.dumps(schedule))) == values(schedule)


@pytest.mark.parametrize("use", SPECS)
def test_a_framework_s_scheduler_can_be_pickled_and_copied(use):
    schedule = lrplot.load(SPECS[use])
    for again in (pickle.loads(pickle.dumps(schedule)), copy.deepcopy(schedule)):
        assert values(again) == values(schedule)


def test_another_process_can_load_a_pickle(tmp_path):
    schedules = {use: lrplot.load(spec) for use, spec in SPECS.items()}
    for i, schedule in enumerate(schedules.values()):
        (tmp_path / f"{i}.pkl").write_bytes(pickle.dumps(schedule))
    program = (
        "import pathlib, pickle, sys, numpy as np\n"
        "for path in map(pathlib.Path, sys.argv[1:]):\n"
        "    schedule = pickle.loads(path.read_bytes())\n"
        "    print(schedule.at(np.arange(20))['lr'].tobytes().hex())\n"
    )
    paths = [str(tmp_path / f"{i}.pkl") for i in range(len(schedules))]
    ended = subprocess.run(
        [sys.executable, "-c", program, *paths], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ended.stdout.split() == [schedule.at(np.arange(20))["lr"].tobytes().hex() for schedule in schedules.values()]


def test_a_spec_error_can_be_pickled():
    with pytest.raises(lrplot.SpecError) as caught:
        lrplot.load({"step": 10, "lr": True, "schedule": "cosin"})
    error = caught.value
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert again.diagnostics == error.diagnostics
        assert str(again) == str(error)


SPAN = Span(lrplot.Source("run.yaml", "lr: 1"), "lr", 0, 4, 5)


@pytest.mark.parametrize(
    "fault",
    [
        Fault("wrong", field="lr", help="write `1`", code="bad-type", once=True).at(SPAN),
        Faults([Fault("a").at(SPAN), Faults([Fault("b", code="c")])]),
        AlreadyReported(),
        NotFinite(3, float("inf")),
    ],
)
def test_a_fault_can_be_pickled(fault):
    again = pickle.loads(pickle.dumps(fault))
    assert (type(again), str(again)) == (type(fault), str(fault))
    if isinstance(fault, Fault):
        assert [{**vars(part), "faults": ()} for part in parts_of(again)] == [
            {**vars(part), "faults": ()} for part in parts_of(fault)
        ]
    else:
        assert vars(again) == vars(fault)
