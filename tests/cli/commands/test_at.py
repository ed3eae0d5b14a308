"""`lrplot at`."""

import json

from support import Run

SPEC = "epochs: 4\nsteps_per_epoch: 2_500\nlr: 1\nschedule: linear"


def test_every_way_to_name_a_step(run: Run, spec):
    out = run("at", spec(SPEC), "0", "2k", "50%", "3 epochs", "last", "10k").out
    assert out.splitlines() == [
        "when       step  lr",
        "0             0  1.0",
        "2k         2000  0.8",
        "50%        5000  0.5",
        "3 epochs   7500  0.25",
        "last       9999  0.0001",
        "10k       10000  0.0",
    ]


def test_json(run: Run, spec):
    data = json.loads(run("at", spec(SPEC), "50%", "--json").out)
    assert data == {
        "format": "lrplot/at/1",
        "name": "run",
        "values": [{"when": "50%", "step": 5000, "lr": 0.5}],
    }


def test_not_a_step(run: Run, spec):
    for when, code in (("soon", "bad-value"), ("2.5", "not-whole"), ("1M tokens", "missing-conversion")):
        result = run("at", spec(SPEC), when)
        assert result.code == 2
        assert result.err.startswith(f"error[{code}]")


def test_override(run: Run, spec):
    assert run("at", spec(SPEC), "0", "--set", "lr=2").out.splitlines()[1] == "0        0  2.0"
