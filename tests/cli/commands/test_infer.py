"""`lrplot infer`."""

from __future__ import annotations

import io
import json

import pytest
from support import Run

import lrplot

ROWS = [(step, 3e-4 * (1 - step / 2000)) for step in range(0, 2000, 20)]


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("step,lr\n" + "".join(f"{step},{rate!r}\n" for step, rate in ROWS), encoding="utf-8")
    return path


def test_the_text_is_a_spec_that_loads(run: Run, log, tmp_path):
    result = run("infer", log)
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("# linear: equal at all 100 rows of ")
    assert result.out.endswith("steps: 2000\nlr: 0.0003\nschedule: linear\n")
    assert run("infer", log, "-o", tmp_path / "spec.yaml").out == ""
    assert (tmp_path / "spec.yaml").read_text(encoding="utf-8") == result.out
    assert lrplot.load(tmp_path / "spec.yaml").steps == 2000
    assert run("show", tmp_path / "spec.yaml").code == 0


def test_the_columns_may_be_named(run: Run, tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("a,b\n" + "".join(f"{step},{rate!r}\n" for step, rate in ROWS), encoding="utf-8")
    assert "schedule: linear" in run("infer", path, "--columns", "step=a,lr=b").out


def test_rows_without_steps_are_named_as_such(run: Run, tmp_path):
    path = tmp_path / "output.txt"
    rows = ({"loss": 1.0, "learning_rate": rate, "epoch": step / 1000} for step, rate in ROWS)
    path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    comment = "# a step is a row; the log has no steps, and a row may stand for several updates\n"
    assert comment in run("infer", path).out


def test_standard_input(run: Run, log, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(log.read_bytes())))
    assert "rows of <stdin>" in run("infer", "-").out


def test_json(run: Run, log):
    data = json.loads(run("infer", log, "--json").out)
    assert data["format"] == "lrplot/infer/1"
    assert (data["exact"], data["points"], data["offset"]) == (True, 100, 0)
    assert data["spec"] == {"steps": 2000, "lr": 3e-4, "schedule": "linear"}
    assert lrplot.load(data["spec"]).steps == 2000
    assert data["open"][0]["name"] == "steps"


def test_exit_1_and_the_nearest_if_nothing_fits(run: Run, tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("step,lr\n" + "".join(f"{i},{(i * 7919 % 101) / 1000}\n" for i in range(60)), encoding="utf-8")
    result = run("infer", path)
    assert result.code == 1
    assert "# nothing found equals the 60 rows" in result.out
    assert "# nearest: " in result.out
    assert json.loads(run("infer", path, "--json").out)["exact"] is False


def test_a_file_that_is_no_log_is_an_error(run: Run, tmp_path):
    result = run("infer", tmp_path / "nowhere.csv")
    assert (result.code, result.out) == (2, "")
    assert "there is no such file" in result.err


def test_every_row_without_a_rate_is_an_error(run: Run, tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("step,lr\n0,nan\n1,nan\n", encoding="utf-8")
    assert run("infer", path).code == 2
