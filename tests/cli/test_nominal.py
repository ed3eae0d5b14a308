"""Commands on a config that says all but its length."""

import json

import pytest
from support import Run

CONFIG = """\
learning_rate: 1
lr_scheduler_type: linear
warmup_ratio: 0.2
per_device_train_batch_size: 4
"""
ASKED = "error[missing-fact]: the config does not say how many updates the run has"


@pytest.fixture
def config(spec):
    return spec(CONFIG, "args.yaml")


def test_the_page_is_in_percent(run: Run, config):
    page = run("show", config, "--ascii").out
    assert page.splitlines()[0].endswith("length unknown")
    assert " phase    run           learning rate" in page
    assert " warmup     0% -  20%   0 -> 1\n linear    20% - 100%   1 -> 0" in page
    assert " first update: 0, so it changes nothing - peak 1 at 20% - end 0" in page
    assert "note[unknown-length]" in page
    assert "updates" not in page.split("note[")[0]


def test_places_in_json_are_fractions(run: Run, config):
    (page,) = json.loads(run("show", config, "--json").out)["runs"]
    assert page["steps"] is None
    assert [(phase["start"], phase["stop"]) for phase in page["phases"]] == [(0, 0.2), (0.2, 1)]
    assert page["tracks"]["lr"]["peak_step"] == 0.2
    assert page["tracks"]["lr"]["last"] is None


def test_values_at_shares_of_the_run(run: Run, config):
    assert run("at", config, "10%", "60%", "peak", "first", "100%").out.splitlines() == [
        "when    run  lr",
        "10%     10%  0.5",
        "60%     60%  0.5",
        "peak    20%  1.0",
        "first    0%  0.0",
        "100%   100%  0.0  past the end",
    ]
    values = json.loads(run("at", config, "60%", "--json").out)["values"]
    assert values == [{"when": "60%", "run": 0.6, "lr": 0.5, "past_end": False}]


@pytest.mark.parametrize(
    "words",
    [
        ("at", "last"),
        ("at", "500"),
        ("at", "2 epochs"),
        ("show", "--start", "10"),
        ("plot", "--x", "steps", "-o", "a.png"),
        ("export",),
        ("compare", "cosine"),
        ("convert",),
    ],
)
def test_what_needs_updates_asks_for_the_length(run: Run, config, words):
    command, *others = words
    result = run(command, config, *others)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(ASKED)


def test_check_says_that_the_length_is_unknown(run: Run, config):
    result = run("check", config)
    assert result.code == 0
    assert "note[unknown-length]" in result.out


def test_runs_of_known_and_unknown_length_share_an_axis(run: Run, config):
    out = run("show", "cosine", config, "--overlay").out
    assert "run 0%" in out
    assert "unknown" in out


def test_a_window_in_percent(run: Run, config):
    assert "50%" in run("show", config, "--start", "50%").out


def test_a_picture_says_that_the_length_is_unknown(run: Run, config, tmp_path):
    path = tmp_path / "lr.svg"
    assert run("plot", config, "-o", path).code == 0
    text = path.read_text()
    assert "the length of the run is not known" in text
    assert "fraction of the run" in text
    assert "over the run: warmup from 0 to 1 up to 20%" in text


def test_a_single_update_is_no_share_of_the_run(run: Run, spec):
    engine = '{"scheduler": {"type": "WarmupLR", "params": {"warmup_num_steps": "auto", "warmup_type": "linear"}}}'
    spec(engine, "engine.json")  # its first value comes twice
    page = run("show", spec(CONFIG + "deepspeed: engine.json\n", "args.yaml"), "--ascii").out
    assert " warmup     0% -  20%   0 -> 1" in page
    assert "start" not in page
