"""`lrplot at`."""

import json

from support import Run

SPEC = "epochs: 4\nsteps_per_epoch: 2_500\nlr: 1\nschedule: linear"


def test_every_way_to_name_a_step(run: Run, spec):
    out = run("at", spec(SPEC + "\nbatch_size: 4"), "0", "2k", "50%", "3 epochs", "20k samples", "first", "last").out
    assert out.splitlines() == [
        "when         step  lr",
        "0               0  1.0",
        "2k           2000  0.8",
        "50%          5000  0.5",
        "3 epochs     7500  0.25",
        "20k samples  5000  0.5",
        "first           0  1.0",
        "last         9999  0.0001",
    ]


def test_the_peak_is_the_first_update_with_the_highest_rate(run: Run, spec):
    path = spec("steps: 100\nlr: 1\nschedule: [{kind: warmup, for: 20}, {kind: constant, for: 50}, cosine]")
    assert run("at", path, "peak").out.splitlines()[1] == "peak    20  1.0"


def test_a_time_past_the_end_is_marked(run: Run, spec):
    assert run("at", spec(SPEC), "9999", "10k", "150%", "100B").out.splitlines() == [
        "when          step  lr",
        "9999          9999  0.0001",
        "10k          10000  0.0     past the end (10,000)",
        "150%         15000  0.0     past the end (10,000)",
        "100B  100000000000  0.0     past the end (10,000)",
    ]


def test_many_groups_have_a_line_each(run: Run, spec):
    path = spec(SPEC + "\nlayer_decay: {layers: 12, decay: 0.7}")
    lines = run("at", path, "0", "20k").out.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[:3] == ["when         0                     20k", "step         0                     20000",
                         "lr           1.0                   0.0"]  # fmt: skip
    assert len(lines) == 16
    assert lines[-1].split() == ["past", "the", "end", "(10,000)"]


def test_json(run: Run, spec):
    data = json.loads(run("at", spec(SPEC), "50%", "100%", "--json").out)
    assert data == {
        "format": "lrplot/at/1",
        "name": "run",
        "values": [
            {"when": "50%", "step": 5000, "lr": 0.5, "past_end": False},
            {"when": "100%", "step": 10000, "lr": 0.0, "past_end": True},
        ],
    }


def test_not_a_step(run: Run, spec):
    for when, code in (("soon", "bad-value"), ("2.5", "not-whole"), ("1M tokens", "missing-conversion")):
        result = run("at", spec(SPEC), when)
        assert result.code == 2
        assert result.err.startswith(f"error[{code}]")


def test_override(run: Run, spec):
    assert run("at", spec(SPEC), "0", "--set", "lr=2").out.splitlines()[1] == "0        0  2.0"
